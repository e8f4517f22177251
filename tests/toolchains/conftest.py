"""Vendor tools that are none: small programs on PATH. Those that get as far execute the real Tcl,
by the stand-in."""

import os
import stat
import sys
from pathlib import Path

import pytest

from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.plan import Plan
from hls4ml_soc.toolchains import installed

#: What a fake does by itself: tell its release. ``{body}`` is all else.
PROGRAM = """#!{python}
import os, signal, subprocess, sys
if sys.argv[1:] in (["-version"], ["--version"]):
    print({banner!r})
    sys.exit(0)
def standin(*environment):
    "Execute the Tcl by the stand-in for Vivado, with a fault injected."
    keep = [word for word in sys.argv[1:] if word != "-log"]
    argv = [sys.executable, "-m", "hls4ml_soc.virtual.vivado", "--version", "{release}"]
    told = dict(pair.split("=") for pair in environment)
    return subprocess.run([*argv, *sys.argv[1:]], env={{**os.environ, **told}}).returncode
{body}
"""
BANNERS = {
    "vivado": (
        "vivado v{release} (64-bit)\nTool Version Limit: 2024.05\nSW Build 5076996 on Wed May 22 "
        "18:36:09 MDT 2024\n"
    ),
    "vitis_hls": (
        "\n****** Vitis HLS - High-Level Synthesis from C, C++ and OpenCL v{release} (64-bit)\n"
        "  **** SW Build 3671529 on Thu Oct 13 04:52:11 MDT 2022\n"
    ),
    "vivado_hls": (
        "****** Vivado(TM) HLS - High-Level Synthesis from C, C++ and SystemC v{release} (64-bit)\n"
    ),
    "vitis-run": (
        "\n****** vitis-run v{release} (64-bit)\n  **** SW Build 5239630 on 2024-11-08\n"
    ),
}


def program(path: Path, name: str, release: str, body: str = "sys.exit(0)") -> Path:
    """Write a fake tool."""
    banner = BANNERS[name].format(release=release)
    text = PROGRAM.format(python=sys.executable, banner=banner, release=release[:6], body=body)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path, monkeypatch):
    """No vendor tool but those that a test writes; what a program says is asked anew."""
    for name in list(os.environ):
        if name.startswith(("XILINX", "HLS4ML_SOC")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(installed, "ROOTS", (str(tmp_path / "Xilinx"),))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    installed.release.cache_clear()


@pytest.fixture
def tool(tmp_path):
    """Put a fake tool on PATH."""

    def write(name: str, release: str = "2023.2", body: str = "sys.exit(0)") -> Path:
        return program(tmp_path / "bin" / name, name, release, body)

    return write


def loopback(name: str = "pynq-z2") -> Plan:
    """The plan of a loopback: Vivado alone."""
    board = Board.load(name)
    return BlockDesign(Contract(Loopback.on(board), board)).checked().plan()


REPORTS = Path(__file__).parent / "reports"
