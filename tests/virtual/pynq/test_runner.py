"""``python -m hls4ml_soc.virtual.pynq``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

LOOP = """
import sys
import numpy as np
import pynq
import beside
overlay = pynq.Overlay(sys.argv[1])
source, target = pynq.allocate(8, np.uint64), pynq.allocate(8, np.uint64)
source[:] = range(8)
overlay.dma.recvchannel.transfer(target)
overlay.dma.sendchannel.transfer(source)
overlay.dma.recvchannel.wait()
print(__name__, pynq.Device.active_device.name, pynq.Device.devices[0].arch, target.tolist())
sys.exit(beside.code)
"""


@pytest.fixture
def run(tmp_path):
    """Run a script on the board; return the finished process."""

    def start(script, *arguments, options=()):
        (tmp_path / "program.py").write_text(script)
        (tmp_path / "beside.py").write_text("code = 7\n")
        command = [sys.executable, "-m", "hls4ml_soc.virtual.pynq", *options]
        return subprocess.run(
            [*command, str(tmp_path / "program.py"), *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return start


def test_script_runs_as_on_the_board(run, write_bit, designs):
    done = run(LOOP, write_bit(designs.loopback()), options=["--name", "Mine"])
    assert done.stdout == "__main__ Mine armv7l [0, 1, 2, 3, 4, 5, 6, 7]\n"
    assert (done.returncode, done.stderr) == (7, "")


def test_trace_counts(run, write_bit, designs):
    done = run(LOOP, write_bit(designs.loopback()), options=["--trace"])
    counts = json.loads(done.stderr)
    assert counts["downloads"] == 1
    assert counts["transfers"] == {
        "dma MM2S": {"started": 1, "bytes": 64},
        "dma S2MM": {"started": 1, "bytes": 64},
    }
    assert counts["reads"] > 0 and counts["writes"] > 0


def test_traceback_is_passed_on(run):
    done = run("def broken():\n    raise ValueError('seven')\nbroken()\n", options=["--trace"])
    assert done.returncode == 1
    assert "in broken" in done.stderr
    assert done.stderr.endswith("ValueError: seven\n")


def test_bus_fault_ends_the_script(run):
    done = run("import pynq\npynq.MMIO(0x43C00000, 4).read()\n")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "hls4ml_soc.virtual.board.errors.BusFault: access to 0x43c00000, but no bitstream has been "
        "downloaded: on silicon the processor hangs"
    )


def test_part_of_the_board(run, write_bit, designs):
    done = run(LOOP, write_bit(designs.loopback()), options=["--part", "xc7z010clg400-1"])
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "soc.bit: bitstream is for 7z020clg400, this board has xc7z010clg400-1"
    )


def test_faults_and_cores_reach_the_board(run, tmp_path):
    (tmp_path / "core.so").write_bytes(b"")
    script = "import pynq\nprint(pynq.Device.active_device.options)\n"
    core = f"a:b:c:1.0={tmp_path / 'core.so'}"
    done = run(script, options=["--fault", "stalling", "--cores", core, "--arch", "aarch64"])
    assert "arch='aarch64'" in done.stdout
    assert "stalling=True" in done.stdout
    assert f"'a:b:c:1.0': {tmp_path / 'core.so'!r}" in done.stdout


@pytest.mark.parametrize(
    "options, message",
    [
        (
            ["--cores", "a:b:c:1.0"],
            "--cores takes VENDOR:LIBRARY:NAME:VERSION=PATH with an existing file or hls4ml "
            "project, not a:b:c:1.0",
        ),
        (["--fault", "fire"], "argument --fault: invalid choice: 'fire' (choose from 'stalling')"),
    ],
)
def test_wrong_options(run, options, message):
    done = run("", options=options)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"python -m hls4ml_soc.virtual.pynq: error: {message}"


def test_missing_script(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hls4ml_soc.virtual.pynq", str(tmp_path / "absent.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(f"error: no such script: {tmp_path / 'absent.py'}")
