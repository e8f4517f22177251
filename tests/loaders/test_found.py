"""Tools for programs and for loading, where Vitis and Vivado have them."""

import stat
from pathlib import Path

import pytest

from hls4ml_soc.errors import ToolError
from hls4ml_soc.toolchains import installed


def program(path: Path, text: str = "exit 9") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("tool", "folder"),
    [
        ("xsct", "Vitis/2022.2"),
        ("vitis", "2025.1/Vitis"),
        ("xsdb", "Vivado/2023.2"),
        ("updatemem", "2025.2/Vivado"),
        ("bootgen", "Vitis/2021.1"),
    ],
)
def test_a_tool_in_the_usual_folders(lab, tool: str, folder: str) -> None:
    """None is started to be found: some of them would wait at a prompt."""
    # Not this machine's: Debian has a bootgen of its own.
    lab.monkeypatch.setenv("PATH", str(lab.folder))
    lab.monkeypatch.setenv("HLS4ML_SOC_XILINX", str(lab.folder / "Xilinx"))
    path = program(lab.folder / "Xilinx" / folder / "bin" / tool)
    assert installed.find(tool).program == path
    (path.parents[1] / "settings64.sh").write_text("")
    assert installed.find(tool).command("a")[3:] == [
        str(path.parents[1] / "settings64.sh"), str(path), "a",
    ]  # fmt: skip


def test_releases_of_tools_that_tell_none(lab) -> None:
    path = program(lab.folder / "Vitis/2022.2/bin/xsct")
    assert installed.release(str(path)) == "2022.2"
    path = program(lab.folder / "tools/bin/xsct")
    banner = "echo; echo '****** Vitis v2021.1 (64-bit)'"
    program(lab.folder / "tools/bin/vitis", banner)
    assert installed.release(str(path)) == "2021.1"
    alone = program(lab.folder / "other/bin/xsdb")
    with pytest.raises(ToolError) as caught:
        installed.release(str(alone))
    assert str(caught.value) == (
        f"{alone} tells no release: neither its path does, nor a vitis beside it"
    )


def test_a_tool_of_ones_own(lab) -> None:
    path = program(lab.folder / "mine")
    lab.monkeypatch.setenv("HLS4ML_SOC_OPENFPGALOADER", str(path))
    assert installed.find("openFPGALoader").command("-b", "x") == [str(path), "-b", "x"]
