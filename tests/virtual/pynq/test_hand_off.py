"""A board from a hand-off file alone, the user's own: no bitstream, or that of a real device."""

import subprocess
import sys
from pathlib import Path

import pynqmetadata
import pytest

from hls4ml_soc.hwh import read
from hls4ml_soc.virtual.pynq import hand_off

ROOT = Path(__file__).parents[3]
#: A design of PYNQ for its Pynq-Z2, written by Vivado 2019.2.
REAL = Path(pynqmetadata.__file__).parent / "tests" / "hwhs" / "resizer.hwh"
RADIO = REAL.with_name("rfsoc_sam.hwh")

LOOP = """
import os, sys
import numpy as np
import pynq
assert os.environ["VIRTUAL_BIT"] == sys.argv[1]
overlay = pynq.Overlay(sys.argv[1])
source, target = pynq.allocate(8, np.uint64), pynq.allocate(8, np.uint64)
source[:] = range(8)
overlay.dma.recvchannel.transfer(target)
overlay.dma.sendchannel.transfer(source)
overlay.dma.recvchannel.wait()
print(pynq.Device.devices[0].arch, os.path.basename(sys.argv[1]), target.tolist())
"""


@pytest.fixture
def run(tmp_path):
    def start(script: str, path: Path, *options: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "program.py").write_text(script)
        argv = [sys.executable, "-m", "hls4ml_soc.virtual.pynq", "--hwh", str(path), *options]
        return subprocess.run(
            [*argv, str(tmp_path / "program.py"), "{bit}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return start


def test_a_design_runs_from_its_hand_off_file(run, designs, tmp_path) -> None:
    path = tmp_path / "mine.hwh"
    path.write_text(designs.loopback().text())
    done = run(LOOP, path)
    assert (done.stdout, done.stderr) == ("armv7l mine.bit [0, 1, 2, 3, 4, 5, 6, 7]\n", "")
    assert done.returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.hwh", "program.py"]


def test_part_and_processor_are_those_of_the_design() -> None:
    design, radio = read(REAL), read(RADIO)
    assert (hand_off.part_of(design), hand_off.arch_of(design)) == ("xc7z020clg400-1", "armv7l")
    assert (hand_off.part_of(radio), hand_off.arch_of(radio)) == ("xczu48dr-ffvg1517-2", "aarch64")
    assert hand_off.cores_wanted(design) == ["xilinx.com:hls:resize_accel:1.0"]
    assert (hand_off.cores_wanted(radio), hand_off.untouchable(design)) == ([], [])


def test_a_hand_off_file_that_cannot_be_a_pynq_board(run, tmp_path) -> None:
    path = tmp_path / "soft.hwh"
    text = REAL.read_text().replace('MODTYPE="processing_system7"', 'MODTYPE="microblaze"')
    path.write_text(text)
    done = run("", path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"python -m hls4ml_soc.virtual.pynq: error: {path}: no Zynq processing system: PYNQ does "
        "not run on it"
    )
    done = run("", tmp_path / "none.hwh")
    assert done.stderr.splitlines()[-1] == (
        f"python -m hls4ml_soc.virtual.pynq: error: {tmp_path}/none.hwh: No such file or directory"
    )
