"""Pictures of block designs: what is in them, that nothing lies on anything else, and that those
of ``docs/hardware.md`` are of today's designs (``BLESS=1 pytest tests/test_picture.py`` draws them
anew)."""

import itertools
import os
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pynqmetadata
import pytest

from hls4ml_soc import frontends, hwh, picture
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.deploy import deploy
from hls4ml_soc.execute import execute
from hls4ml_soc.job import Silence
from hls4ml_soc.options import Options
from hls4ml_soc.picture.graph import address, graph, size
from hls4ml_soc.picture.layout import Layout, lay_out
from hls4ml_soc.plan import Plan
from hls4ml_soc.toolchains.standin import StandIn
from tests.networks import mlp, save

DOCS = Path(__file__).parents[1] / "docs"
#: Family -> the board that stands for it.
BOARDS = {"zynq7": "pynq-z2", "zynqmp": "zcu102", "microblaze": "arty-a7-100"}
REAL = sorted((Path(pynqmetadata.__file__).parent / "tests" / "hwhs").glob("*.hwh"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def designs(tmp_path_factory) -> dict[str, hwh.Hwh]:
    """A small network on a board of every family, built by the stand-ins; and real designs. HLS
    runs once: its streams are as wide on all boards."""
    folder = tmp_path_factory.mktemp("designs")
    network = save(mlp((3, 3), softmax=False), folder / "net.onnx")
    first = Board.load(BOARDS["zynq7"])
    project = folder / "zynq7" / "project"
    frontends.read(network).project(project, name="net", part=first.part, clock_ns=10.0)
    found = {path.stem: hwh.read(path) for path in REAL}
    for family, name in BOARDS.items():
        plan = BlockDesign(Contract(Accelerator.read(project), Board.load(name))).checked().plan()
        if family != "zynq7":
            shutil.copytree(folder / "zynq7" / "hls", folder / family / "hls")
            plan = Plan(plan.files, plan.steps[-1:])
        found[family] = hwh.read(execute(plan, folder / family, StandIn(), Silence())["hwh"])
    return found


NAMES = [*BOARDS, *(path.stem for path in REAL)]


def lines(text: str) -> list[str]:
    """A picture without the constants of the design's identity, which follow every setting."""
    return re.sub(r"= 0x[0-9a-f]+", "= 0x", text).splitlines()


@pytest.mark.parametrize("family", BOARDS)
def test_the_pictures_of_the_docs_are_up_to_date(family: str, designs) -> None:
    path = DOCS / "pictures" / f"{family}.svg"
    if os.environ.get("BLESS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture.svg(designs[family]), encoding="utf-8")
    assert lines(path.read_text(encoding="utf-8")) == lines(picture.svg(designs[family]))
    assert f"(pictures/{family}.svg)" in (DOCS / "hardware.md").read_text(encoding="utf-8")


def test_a_build_has_its_picture_beside_it(tmp_path) -> None:
    deploy(None, "pynq-z2", Options(loopback=True, until="build", out=tmp_path))
    drawn = (tmp_path / "vivado" / "soc.svg").read_text(encoding="utf-8")
    assert drawn == picture.svg(hwh.read(tmp_path / "vivado" / "soc.hwh"))
    assert "<title>dma/M_AXIS_MM2S to accelerator/S_AXIS (axis)</title>" in drawn


def texts(design: hwh.Hwh) -> list[str]:
    root = ElementTree.fromstring(picture.svg(design))
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_cells_interfaces_clocks_and_addresses_are_there(designs) -> None:
    said = texts(designs["zynq7"])
    assert said[0] == "soc on xc7z020clg400-1"
    assert {"ps", "dma", "start", "accelerator", "identity", "memory", "control"} <= set(said)
    assert {"axi_dma", "net_soc", "processing_system7"} <= set(said)
    for line in (
        "0x4040_0000, 64K, for ps",
        "0x0000_0000, 512M, for dma",
        "reset by dma/mm2s_prmry_reset_out_n",
        "gpio_io_i from id_low/dout",
        "DDR to ports",
        "clock ps/FCLK_CLK0, 100 MHz",
        "AXI4-Stream",
        "single signal",
    ):
        assert line in said
    assert "0x0008_0000_0000, 2G, for dma" in texts(designs["zynqmp"])
    soft = texts(designs["microblaze"])
    assert "tx to port uart_tx" in soft and "clock port clk, 100 MHz" in soft
    assert "0xC000_0000, 128K, for cpu, dma" in soft


def test_the_wires_are_those_of_the_design(designs) -> None:
    found = {(str(w.source), str(w.target), w.kind) for w in graph(designs["zynq7"]).wires}
    assert found == {
        ("ps/M_AXI_GP0", "control/S00_AXI", "aximm"),
        ("control/M00_AXI", "dma/S_AXI_LITE", "aximm"),
        ("control/M01_AXI", "identity/S_AXI", "aximm"),
        ("dma/M_AXI_MM2S", "memory/S00_AXI", "aximm"),
        ("dma/M_AXI_S2MM", "memory/S01_AXI", "aximm"),
        ("memory/M00_AXI", "ps/S_AXI_HP0", "aximm"),
        ("dma/M_AXIS_MM2S", "start/s_axis", "axis"),
        ("start/m_axis", "accelerator/s_axis", "axis"),
        ("accelerator/m_axis", "dma/S_AXIS_S2MM", "axis"),
        ("start/ap_start", "accelerator/ap_start", "signal"),
        ("accelerator/ap_ready", "start/ap_ready", "signal"),
    }
    soft = {(str(w.source), str(w.target)) for w in graph(designs["microblaze"]).wires}
    assert ("dlmb/LMB_Sl_0", "dlmb_memory/SLMB") in soft


@pytest.mark.parametrize("name", NAMES)
def test_cells_and_wires_do_not_lie_on_each_other(name: str, designs) -> None:
    layout = lay_out(graph(designs[name]))
    boxes = [*layout.boxes.values(), *layout.others]
    for one, other in itertools.combinations(boxes, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y, (one.cell.name, other.cell.name)
    for box in boxes:
        assert 0 < box.x and box.x + box.width < layout.width
        assert 0 < box.y and box.y + box.height < layout.height
    assert not overlaps(layout)


def overlaps(layout: Layout) -> list[tuple[str, str]]:
    """Wires of different sources that run on each other, along an axis."""
    found = []
    for one, other in itertools.combinations(layout.routes, 2):
        shared = one.wire.source == other.wire.source or one.wire.target == other.wire.target
        for a, b in itertools.pairwise(one.points):
            for c, d in itertools.pairwise(other.points):
                if not shared and _on(a, b, c, d):
                    found.append((str(one.wire), str(other.wire)))
    return found


def _on(a, b, c, d) -> bool:
    for along, across in ((0, 1), (1, 0)):
        if a[across] == b[across] == c[across] == d[across]:
            low = max(min(a[along], b[along]), min(c[along], d[along]))
            if low < min(max(a[along], b[along]), max(c[along], d[along])):
                return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_no_wire_runs_through_a_cell(name: str, designs) -> None:
    layout = lay_out(graph(designs[name]))
    for route, box in itertools.product(layout.routes, layout.boxes.values()):
        for (x0, y0), (x1, y1) in itertools.pairwise(route.points):
            outside = (
                max(x0, x1) <= box.x
                or min(x0, x1) >= box.x + box.width
                or max(y0, y1) <= box.y
                or min(y0, y1) >= box.y + box.height
            )
            assert outside, (str(route.wire), box.cell.name)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_its_cell(name: str, designs) -> None:
    """DejaVu Sans Mono is 0.602 of its size wide."""
    layout = lay_out(graph(designs[name]))
    for box in (*layout.boxes.values(), *layout.others):
        cell, small = box.cell, 6.02
        for line in (cell.kind, *cell.notes, *cell.clocks):
            assert 21 * (line in cell.clocks) + 10 + small * len(line) <= box.width
        both = max(map(len, cell.inputs), default=0) + max(map(len, cell.outputs), default=0)
        assert 18 + small * both <= box.width


def test_a_picture_follows_the_screen_and_is_the_same_every_time(designs) -> None:
    one, other = picture.svg(designs["zynqmp"]), picture.svg(designs["zynqmp"])
    assert one == other
    assert "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}" in one
    assert picture.style(True) in one


def test_addresses_and_sizes() -> None:
    assert [address(v) for v in (0, 0x40400000, 0x800000000)] == [
        "0x0000_0000",
        "0x4040_0000",
        "0x0008_0000_0000",
    ]
    assert [size(v) for v in (0x10000, 1 << 29, 1 << 31, 100, 0x1800)] == [
        "64K",
        "512M",
        "2G",
        "100 bytes",
        "6K",
    ]
