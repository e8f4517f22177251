"""The hand-off file: read by the real pynq, and compared with what Vivado 2019.2 wrote for the same
cells.

``vivado_2019.2_pynq_z2.json`` is derived from the .hwh of a public hls4ml project on a Pynq-Z2.
"""

from __future__ import annotations

import json
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc.virtual.vivado import hwh, interface
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.ip_catalogue import Catalogue
from hls4ml_soc.virtual.vivado.ip_rules import attach
from hls4ml_soc.virtual.vivado.project import Part

REAL = json.loads(Path(__file__).with_name("vivado_2019.2_pynq_z2.json").read_text())


@pytest.fixture(scope="module")
def written(benches: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    result = benches.Bench(folder).run(benches.GOOD)
    assert result.code == 0
    return folder / "project/soc.gen/sources_1/bd/soc/hw_handoff/soc.hwh"


def test_pynq_reads_it(written: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pynq warns about every processor that is not a board's
        from pynq.metadata.runtime_metadata_parser import RuntimeMetadataParser
        from pynqmetadata.frontends import Metadata

        parser = RuntimeMetadataParser(Metadata(input=str(written)))
    found = {
        n: (e["type"], e.get("phys_addr"), e.get("addr_range")) for n, e in parser.ip_dict.items()
    }
    assert found == {
        "dma": ("xilinx.com:ip:axi_dma:7.1", 0x40400000, 0x10000),
        "identity": ("xilinx.com:ip:axi_gpio:2.0", 0x41200000, 0x10000),
        "ps": ("xilinx.com:ip:processing_system7:5.5", None, None),
    }
    assert parser.clock_dict[0] == {"enable": 1, "divisor0": 5, "divisor1": 2}
    assert [parser.clock_dict[n]["enable"] for n in (1, 2, 3)] == [0, 0, 0]
    parameters = parser.ip_dict["dma"]["parameters"]
    assert (parameters["c_sg_length_width"], parameters["c_include_sg"]) == ("26", "0")
    registers = parser.ip_dict["dma"]["registers"]
    assert registers["S2MM_LENGTH"]["address_offset"] == 0x58
    assert registers["MM2S_DMACR"]["fields"]["RS"] == {
        "bit_offset": 0,
        "bit_width": 1,
        "access": "read-write",
        "description": "RS",
    }


def _module(path: Path, name: str) -> ET.Element:
    return next(m for m in ET.parse(path).getroot().iter("MODULE") if m.get("INSTANCE") == name)


def _ends(module: ET.Element, port: str) -> list[str]:
    found = next(p for p in module.iter("PORT") if p.get("NAME") == port)
    return [f"{c.get('INSTANCE')}/{c.get('PORT')}" for c in found.iter("CONNECTION")]


@pytest.mark.parametrize(
    ("cell", "port", "ends"),
    [
        ("accelerator", "ap_start", ["start/ap_start"]),
        ("start", "ap_start", ["accelerator/ap_start"]),
        ("start", "ap_ready", ["accelerator/ap_ready"]),
        ("accelerator", "ap_rst_n", ["dma/mm2s_prmry_reset_out_n"]),
        ("dma", "mm2s_prmry_reset_out_n", ["start/aresetn", "accelerator/ap_rst_n"]),
        ("start", "s_axis_tdata", ["dma/m_axis_mm2s_tdata"]),
        ("start", "s_axis_tready", ["dma/m_axis_mm2s_tready"]),
        ("accelerator", "m_axis_TLAST", ["dma/s_axis_s2mm_tlast"]),
        ("dma", "s_axis_s2mm_tlast", ["accelerator/m_axis_TLAST"]),
        ("identity", "gpio2_io_i", ["id_high/dout"]),
        ("id_low", "dout", ["identity/gpio_io_i"]),
        ("control", "S00_AXI_arvalid", ["ps/M_AXI_GP0_ARVALID"]),
        ("dma", "s_axi_lite_awaddr", ["control/M00_AXI_awaddr"]),
        ("ps", "S_AXI_HP0_WDATA", ["memory/M00_AXI_wdata"]),
        ("ps", "DDR_CAS_n", ["External_Ports/DDR_cas_n"]),
        ("dma", "mm2s_introut", []),
    ],
)
def test_signals(written: Path, cell: str, port: str, ends: list[str]) -> None:
    assert _ends(_module(written, cell), port) == ends


def test_memory_maps(written: Path) -> None:
    def ranges(cell: str) -> list[tuple[str | None, ...]]:
        keys = (
            "MASTERBUSINTERFACE",
            "INSTANCE",
            "SLAVEBUSINTERFACE",
            "BASEVALUE",
            "HIGHVALUE",
            "MEMTYPE",
        )
        return [tuple(r.get(k) for k in keys) for r in _module(written, cell).iter("MEMRANGE")]

    assert ranges("ps") == [
        ("M_AXI_GP0", "dma", "S_AXI_LITE", "0x40400000", "0x4040FFFF", "REGISTER"),
        ("M_AXI_GP0", "identity", "S_AXI", "0x41200000", "0x4120FFFF", "REGISTER"),
    ]
    assert ranges("dma") == [
        ("M_AXI_MM2S", "ps", "S_AXI_HP0", "0x00000000", "0x1FFFFFFF", "MEMORY"),
        ("M_AXI_S2MM", "ps", "S_AXI_HP0", "0x00000000", "0x1FFFFFFF", "MEMORY"),
    ]


def test_clock_frequency_reaches_every_clock(written: Path) -> None:
    clocks = {
        p.get("CLKFREQUENCY")
        for p in ET.parse(written).getroot().iter("PORT")
        if p.get("SIGIS") == "clk" and p.get("DIR") == "I"
    }
    assert clocks == {"100000000"}


@pytest.fixture(params=sorted(REAL))
def rebuilt(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Design, Cell]:
    """A cell with the parameters of the real one."""
    real = REAL[request.param]
    ip = Catalogue("2019.2").find(real["vlnv"])
    assert ip is not None
    design = Design("design_1")
    cell = design.cells["/x"] = Cell("/x", ip, "zynq")
    attach(cell)
    cell.user = dict(real["set"])
    cell.changed()
    design.sync(cell)
    return real, design, cell


def test_ports_are_those_of_vivado(rebuilt: tuple[dict[str, Any], Design, Cell]) -> None:
    real, design, _ = rebuilt
    root = ET.fromstring(hwh.write(design, _part(), "2019.2"))
    ports = [
        " ".join(p.get(k, "") for k in ("DIR", "NAME", "LEFT", "RIGHT")).strip()
        for p in root.iter("PORT")
    ]
    # Vivado lists no test vector port.
    assert sorted(p for p in ports if "tstvec" not in p) == sorted(real["ports"])


def test_interfaces_are_those_of_vivado(rebuilt: tuple[dict[str, Any], Design, Cell]) -> None:
    real, design, _ = rebuilt
    root = ET.fromstring(hwh.write(design, _part(), "2019.2"))
    found = {
        b.get("NAME"): [b.get("TYPE"), b.get("VLNV"), len(list(b.iter("PORTMAP")))]
        for b in root.iter("MODULE")
        for b in b.iter("BUSINTERFACE")
    }
    assert found == real["interfaces"]
    for name, parameters in real["parameters"].items():
        own = interface.parameters(design, design.buses[f"/x/{name}"])
        assert {k: own.get(k) for k in parameters} == parameters, name


def test_model_parameters_are_those_of_vivado(rebuilt: tuple[dict[str, Any], Design, Cell]) -> None:
    real, design, _ = rebuilt
    root = ET.fromstring(hwh.write(design, _part(), "2019.2"))
    found = {
        p.get("NAME"): p.get("VALUE") for p in root.findall("MODULES/MODULE/PARAMETERS/PARAMETER")
    }
    assert {n: found.get(n) for n in real["model"]} == real["model"]


def _part() -> Part:
    part = Part.find("xc7z020clg400-1")
    assert part is not None
    return part
