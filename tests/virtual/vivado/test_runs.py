"""Runs that fail, and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STATUS = (
    "set run [get_runs impl_1]\n"
    'puts "end: [get_property STATUS $run] [get_property PROGRESS $run]"\nexit\n'
)


def _until_waited(benches: Any) -> str:
    good: str = benches.GOOD
    return good[: good.index('puts "run:')] + STATUS


@pytest.mark.parametrize(
    ("fault", "end", "log"),
    [
        (
            "impl",
            "place_design ERROR 30%",
            "ERROR: [Place 30-640] Place Check : This design "
            "requires more Slice LUTs "
            "cells than are available in the target device (HLS4ML_SOC_VIRTUAL_FAIL=impl).\n"
            "ERROR: [Common 17-39] 'place_design' failed due to earlier errors.\n",
        ),
        (
            "memory",
            "place_design ERROR 30%",
            "ERROR: [Common 17-179] Fork failed: Cannot allocate "
            "memory "
            "(HLS4ML_SOC_VIRTUAL_FAIL=memory)\nERROR: [Common 17-39] 'place_design' failed due to "
            "earlier errors.\n",
        ),
        (
            "timing",
            "write_bitstream Complete! 100%",
            "hls4ml_soc's stand-in: nothing was "
            "run\ninjected fault "
            "HLS4ML_SOC_VIRTUAL_FAIL=timing: timing is not met "
            "(WNS -1.000 ns, not a measurement)\n",
        ),
    ],
)
def test_failed_implementation(bench: Any, benches: Any, fault: str, end: str, log: str) -> None:
    result = bench.run(_until_waited(benches), fault=fault)
    assert result.text.endswith(f"end: {end}\n")  # wait_on_run returned normally
    assert (result.folder / "project/soc.runs/impl_1/runme.log").read_text() == log
    assert (result.folder / "project/soc.runs/impl_1/soc_wrapper.bit").exists() == (
        fault == "timing"
    )


@pytest.mark.parametrize("fault", ["synth", "license"])
def test_failed_synthesis(bench: Any, benches: Any, fault: str) -> None:
    script = benches.GOOD[: benches.GOOD.index("launch_runs impl_1")]
    result = bench.run(
        script
        + 'puts "end: [get_property STATUS [get_runs synth_1]] [get_property PROGRESS [get_runs '
        'synth_1]]"',
        fault=fault,
    )
    assert result.text.endswith("end: synth_design ERROR 0%\n")


def test_crash_ends_the_process(bench: Any, benches: Any) -> None:
    result = bench.run(_until_waited(benches), fault="crash")
    assert result.code == 139
    assert result.text.endswith("Abnormal program termination (11)\n")


def test_no_slack_is_known(bench: Any, benches: Any) -> None:
    result = bench.run(
        benches.GOOD + "puts <[get_property STATS.WNS [get_runs impl_1]]>[get_timing_paths]"
    )
    assert result.text.endswith("<>\n")


def test_injected_slack_says_so(bench: Any, benches: Any) -> None:
    result = bench.run(
        benches.GOOD + "puts [get_property STATS.WNS [get_runs impl_1]]", fault="timing"
    )
    assert result.text.endswith("-1.000\n")
    assert (
        "injected fault HLS4ML_SOC_VIRTUAL_FAIL=timing"
        in (result.folder / "timing.rpt").read_text()
    )


def test_missing_core_is_named(bench: Any, benches: Any) -> None:
    (bench.folder / "iprepo/standin/core.so").unlink()
    assert bench.run(benches.GOOD).severe()[0] == (
        f"ERROR: [Standin 1] {bench.folder}/iprepo/standin/core.so is missing: IP "
        "xilinx.com:hls:digits_soc:1.0 was not "
        "made by hls4ml_soc's stand-in for HLS, and the virtual bitstream needs its compiled model"
    )


def _command(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-m", "hls4ml_soc.virtual.vivado", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(root), **environment},
    )


def test_vivados_own_arguments(tmp_path: Path) -> None:
    (tmp_path / "x.tcl").write_text("puts [version -short]\nputs $argv")
    result = _command(
        tmp_path,
        "-mode",
        "batch",
        "-source",
        "x.tcl",
        "-nojournal",
        "-log",
        "run.log",
        "-notrace",
        "-tclargs",
        "a",
        "b c",
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[2:] == ["2023.2", "a {b c}"]
    assert (tmp_path / "run.log").read_text() == result.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.log", "x.tcl"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-mode", "gui"], "the stand-in has batch mode only: -mode batch -source FILE"),
        (["-mode", "batch", "-source", "none.tcl"], "no such file: none.tcl"),
        (["-mode", "batch", "-sauce", "x.tcl"], "unknown argument '-sauce'"),
        (["-mode"], "-mode needs a value"),
        (
            ["--version", "2018.3", "-mode", "batch", "-source", "x.tcl", "-nolog"],
            "Vivado 2018.3 is none the stand-in knows: 2019.2, 2020.1, 2020.2, 2021.1, 2021.2, "
            "2022.1, 2022.2, 2023.1, 2023.2, "
            "2024.1, 2024.2, 2025.1, 2025.2",
        ),
    ],
)
def test_wrong_arguments(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "x.tcl").write_text("")
    result = _command(tmp_path, *arguments)
    assert (result.returncode, result.stderr) == (2, f"ERROR: [Standin 1] {message}\n")


def test_unknown_fault(tmp_path: Path) -> None:
    (tmp_path / "x.tcl").write_text("")
    result = _command(
        tmp_path, "-mode", "batch", "-source", "x.tcl", "-nolog", HLS4ML_SOC_VIRTUAL_FAIL="flood"
    )
    assert result.stderr == (
        "ERROR: [Standin 1] HLS4ML_SOC_VIRTUAL_FAIL=flood is none of synth, impl, timing, "
        "license, crash, memory\n"
    )
