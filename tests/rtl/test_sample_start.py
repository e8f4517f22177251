"""The RTL that starts the core once per sample, against a core that stalls as Vitis HLS writes
them."""

import subprocess
from pathlib import Path

import pytest

from hls4ml_soc import resources

HERE = Path(__file__).parent


def simulate(folder: Path, **parameters: int) -> dict[str, int]:
    """Compile and run the bench (Icarus Verilog, plain Verilog-2005) and return what it counted."""
    program = folder / "bench.vvp"
    sources = [
        resources.folder("vivado_tcl") / "rtl/sample_start.v",
        HERE / "stalling_core.v",
        HERE / "bench.v",
    ]
    given = [f"-Pbench.{name}={value}" for name, value in parameters.items()]
    subprocess.run(
        ["iverilog", "-g2005", "-Wall", "-s", "bench", *given, "-o", program, *sources],
        check=True,
        timeout=60,
    )
    done = subprocess.run(
        ["vvp", "-n", program], capture_output=True, text=True, check=True, timeout=120
    )
    pairs = (pair.split("=") for pair in done.stdout.split())
    return {name: int(value) for name, value in pairs}


@pytest.mark.parametrize("slice_", [0, 1])
@pytest.mark.parametrize("latency", [1, 4, 17])
@pytest.mark.parametrize(("gaps", "stalls"), [(0, 0), (3, 0), (0, 3), (2, 2)])
@pytest.mark.parametrize("beats", [1, 2, 8])
def test_every_sample_comes_out(
    tmp_path, beats: int, latency: int, gaps: int, stalls: int, slice_: int
) -> None:
    shape = {"BEATS": beats, "LATENCY": latency, "SLICE": slice_}
    counted = simulate(tmp_path, STARTER=1, GAPS=gaps, STALLS=stalls, SAMPLES=40, **shape)
    assert counted == {"in": 40 * beats, "out": 40 * beats, "wrong": 0, "starts": 40}


def test_a_core_that_runs_freely_keeps_its_last_samples(tmp_path) -> None:
    """The fault that the module is there for: without it the end of a batch never comes out."""
    counted = simulate(tmp_path, STARTER=0, BEATS=8, LATENCY=17, GAPS=0, STALLS=0, SAMPLES=40)
    assert counted["out"] == 40 * 8 - 17
    assert counted["wrong"] == 0


def test_after_a_reset_in_mid_sample_the_next_sample_is_whole(tmp_path) -> None:
    counted = simulate(tmp_path, STARTER=1, BEATS=8, LATENCY=4, GAPS=1, STALLS=1, SAMPLES=20, CUT=5)
    assert counted == {"in": 20 * 8, "out": 20 * 8, "wrong": 0, "starts": 20}
