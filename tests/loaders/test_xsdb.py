"""Loading over JTAG by xsdb: the start-up orders, executed on models of the devices."""

import pytest

from hls4ml_soc import loaders
from hls4ml_soc.board import Board

BOARDS = ("pynq-z2", "zcu102", "arty-a7-100")


def load(lab, bundle, cable: str | None = None) -> list[str]:
    remarks: list[str] = []
    loader = loaders.choose(Board.load(bundle.manifest["board"]), cable or "tcp:localhost")
    loader.load(bundle, lab.folder / "scratch", remarks.append)
    return remarks


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("pynq-z2", "ARM Cortex-A9 MPCore #0"),
        ("zcu102", "Cortex-A53 #0"),
        ("arty-a7-100", "Hart #0"),
    ],
)
def test_a_board_is_loaded_and_its_program_runs(lab, bundles, name: str, core: str) -> None:
    lab.tool("xsdb")
    lab.put(name)
    assert load(lab, bundles(name)) == ["loaded by xsdb"]
    assert lab.state["running"] == core
    assert lab.state["program"] == str(bundles(name).folder / "loopback.elf")
    assert (lab.state["configured"], lab.state["forced"]) == (True, False)
