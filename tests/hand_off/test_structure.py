"""The hand-off files of all families against what Vivado wrote for the same IPs: every element,
attribute, module class, port, interface and name of a parameter.

``vivado.json`` is derived from three public projects: an hls4ml design on a Pynq-Z2 (2019.2), a
MicroBlaze on an Artix-7 100T (2020.2) and a DMA on a Zynq UltraScale+ (2024.2). What differs stands
here, each with its reason; everything else has to be the same.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.execute import Silence, execute
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.toolchains.standin import StandIn

REAL: dict[str, Any] = json.loads(Path(__file__).with_name("vivado.json").read_text())
BOARDS = ("pynq-z2", "kv260", "arty-a7-100")

#: Elements (attributes) that Vivado writes and the stand-in does not: pattern -> reason.
LEFT_OUT = {
    r"/DOCUMENTS/DOCUMENT$": "addresses of product guides; nobody reads them",
    r"/EXTERNALINTERFACES/BUSINTERFACE(/PARAMETER| DATAWIDTH)$": "properties of DDR and clock "
    "ports: they are those of the interface inside",
    r"/EDKSYSTEM/SYSTEMINFO BOARD$": "only of a project with a board part, which ours needs not",
}
#: What belongs to ports that one design has and the other has not.
_OTHER_PORTS = r"(M_AXI_|S_AXI_|[ms]axi(gp|hp)|[MS]0\d_AXI|GPIO2|gpio2?_|BRAM_|bram_|clk_out)"
#: Ports, interfaces and parameters only the stand-in has: (kind, pattern) -> reason.
OURS = {
    ("axi_dma", r"axi_dma_tstvec$"): "a test port that later releases list and 2019.2 does not",
    ("smartconnect", r"S\d\d_AXI_(wid|[a-z]+user)$"): "optional signals: Vivado lists those that "
    "the master has, of AXI3 and of a processing system",
    ("smartconnect", r"STRATEGY$"): "a parameter of releases other than 2024.2",
    ("zynq_ultra_ps_e", r"C_(BASEADDR|HIGHADDR)$"): "the memory that masters reach through it; "
    "that real design has none on the ports of its DMA",
    ("zynq_ultra_ps_e", r"pl_(ps_irq0|clk1)$"): "switched on by the preset, off in that design",
    ("clk_wiz", r"OPTIMIZE_CLOCKING_STRUCTURE_EN$"): "newer than 2020.2",
    ("lmb_v10", r"C_LMB_HAS_PROT$"): "newer than 2020.2",
    ("lmb_bram_if_cntlr", r"(C_ARBITRATION|C_LMB_HAS_PROT|C_MASK[4-7]|C_PROT_CFG\d?|"
     r"C_NUM_LMB|SLMB[4-7]?.*)$"): "newer than 2020.2",
}  # fmt: skip
#: What only Vivado has.
THEIRS = {
    ("smartconnect", r"TLM_COMPONENT_NAME$"): "of the simulation model of 2024.2",
    ("lmb_bram_if_cntlr", r"EDK_SPECIAL$"): "of the software tools of 2020.2",
    ("axi_bram_ctrl", r"EDK_SPECIAL$"): "of the software tools of 2020.2",
}
#: Ports that the stand-in describes otherwise: (kind, pattern) -> reason.
DIFFERENT = {
    ("processing_system7", r"DDR_(Clk(_n)?|DRSTB)$"): "clock and reset inside of an interface: "
    "Vivado says so in SIGIS, the stand-in says undef; nobody reads it there",
    ("lmb_v10", r"LMB_Rst$"): "the same",
    ("lmb_bram_if_cntlr", r"BRAM_(Clk|Rst)_A$"): "the same",
    ("blk_mem_gen", r"(clk|rst)[ab]$"): "the same",
    ("axi_bram_ctrl", r"bram_(clk|rst)_a$"): "the same",
    ("proc_sys_reset", r"ext_reset_in$"): "POLARITY: Vivado propagates that of the source, the "
    "stand-in writes the IP's own and has the source's in C_EXT_RESET_HIGH",
}
#: Signals of interfaces that one design's other end has and another's has not.
OPTIONAL = {
    "smartconnect": r"WID|[A-Z]+USER|A[RW]QOS",  # those of AXI3 and of a processing system
    "axi_gpio": r"TRI_[IOT]",  # inputs, outputs or both
}
#: IPs whose vectors are as wide as what is connected.
ELASTIC = ("smartconnect",)


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ElementTree.Element]:
    """The hand-off file of a board of each family."""
    found = {}
    for name in BOARDS:
        board = Board.load(name)
        plan = BlockDesign(Contract(Loopback.on(board), board)).plan()
        products = execute(plan, tmp_path_factory.mktemp(name), StandIn(), Silence())
        found[name] = ElementTree.parse(products["hwh"]).getroot()
    return found


@pytest.fixture(params=BOARDS)
def written(
    request: pytest.FixtureRequest, designs: dict[str, ElementTree.Element]
) -> ElementTree.Element:
    return designs[request.param]


def shape(root: ElementTree.Element) -> dict[str, set[str]]:
    """Return the attributes of each kind of element, by its path."""
    found: dict[str, set[str]] = defaultdict(set)

    def walk(element: ElementTree.Element, path: str) -> None:
        path = f"{path}/{element.tag}"
        found[path] |= set(element.keys())
        for child in element:
            walk(child, path)

    walk(root, "")
    return found


def modules(root: ElementTree.Element) -> list[tuple[str, ElementTree.Element]]:
    """Return the modules of IPs that the real designs have as well."""
    every = [(module.get("MODTYPE", ""), module) for module in root.iter("MODULE")]
    return [(kind, module) for kind, module in every if kind in REAL["modules"]]


def excused(table: dict[tuple[str, str], str], kind: str, name: str) -> bool:
    return any(k == kind and re.match(pattern, name) for k, pattern in table) or bool(
        re.match(_OTHER_PORTS, name)
    )


def test_every_element_and_attribute_is_one_of_vivados(written: ElementTree.Element) -> None:
    real = {path: set(names.split()) for path, names in REAL["elements"].items()}
    ours = shape(written)
    assert {
        p: a - real.get(p, set()) for p, a in ours.items() if p not in real or a - real[p]
    } == {}


def test_what_vivado_writes_besides_is_known(designs: dict[str, ElementTree.Element]) -> None:
    """Over all families; and every reason is needed."""
    ours: dict[str, set[str]] = defaultdict(set)
    for root in designs.values():
        for path, names in shape(root).items():
            ours[path] |= names
    missing = [path for path in REAL["elements"] if path not in ours]
    missing += [
        f"{path} {name}"
        for path, names in REAL["elements"].items()
        for name in set(names.split()) - ours.get(path, set())
        if path in ours
    ]
    assert [m for m in missing if not any(re.search(p, m) for p in LEFT_OUT)] == []
    assert [p for p in LEFT_OUT if not any(re.search(p, m) for m in missing)] == []


def test_modules_have_vivados_classes(written: ElementTree.Element) -> None:
    for kind, module in modules(written):
        real = REAL["modules"][kind]["classes"]
        assert {name: module.get(name) for name in real} == real, kind


def test_ports_are_vivados(written: ElementTree.Element) -> None:
    strange, different = [], []
    for kind, module in modules(written):
        real = REAL["modules"][kind]["ports"]
        for port in module.iterfind("PORTS/PORT"):
            name = port.get("NAME", "")
            if name not in real:
                if not excused(OURS, kind, name):
                    strange.append(f"{kind} {name}")
                continue
            direction, sigis, polarity, width = real[name].split()
            if any(k == kind and re.match(pattern, name) for k, pattern in DIFFERENT):
                continue
            own = "bus" if port.get("LEFT") else "bit"
            told = (port.get("DIR"), port.get("SIGIS"), width if kind in ELASTIC else own)
            if told != (direction, sigis, width) or (
                polarity != "-" and port.get("POLARITY") != polarity
            ):
                different.append(f"{kind} {name}: {told} {port.get('POLARITY')}, not {real[name]}")
    assert (strange, different) == ([], [])


def test_interfaces_are_vivados(written: ElementTree.Element) -> None:
    strange, different = [], []
    for kind, module in modules(written):
        real = REAL["modules"][kind]["buses"]
        for bus in module.iterfind("BUSINTERFACES/BUSINTERFACE"):
            name = bus.get("NAME", "")
            if name not in real:
                if not excused(OURS, kind, name):
                    strange.append(f"{kind} {name}")
                continue
            mode, vlnv, logical = real[name]
            if (bus.get("TYPE"), bus.get("VLNV")) != (mode, vlnv):
                different.append(f"{kind} {name}: {bus.attrib}, not {mode} {vlnv}")
            maps = {each.get("LOGICAL", "") for each in bus.iterfind("PORTMAPS/PORTMAP")}
            free = re.compile(OPTIONAL.get(kind, "-"))
            if odd := {n for n in maps ^ set(logical.split()) if not free.fullmatch(n)}:
                different.append(f"{kind} {name}: {sorted(odd)}")
    assert (strange, different) == ([], [])


def test_parameters_have_vivados_names(written: ElementTree.Element) -> None:
    strange, missing = [], []
    for kind, module in modules(written):
        real = set(REAL["modules"][kind]["parameters"].split())
        ours = {each.get("NAME", "") for each in module.iterfind("PARAMETERS/PARAMETER")}
        strange += [f"{kind} {n}" for n in sorted(ours - real) if not excused(OURS, kind, n)]
        missing += [f"{kind} {n}" for n in sorted(real - ours) if not excused(THEIRS, kind, n)]
    assert (strange, missing) == ([], [])
