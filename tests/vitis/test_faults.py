"""Programs and kernels that a card would not stand: one message each, and nothing left."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.virtual.xrt import launch

from .conftest import (
    Build,
    build,
    card,
    host_variant,
    left_behind,
    on_card,
    results,
    surroundings,
)

FAILED = 3
READ = "    soc::read_words<16>(in, batch, received);\n"


@pytest.fixture(scope="module")
def endless(loopback: Build, tmp_path_factory: pytest.TempPathFactory) -> Build:
    change = (
        f"kernel/{loopback.contract.top}.cpp",
        READ,
        f'    for (;;) asm volatile("");\n{READ}',
    )
    return build(loopback.contract, tmp_path_factory.mktemp("endless"), change)


def test_a_kernel_that_never_finishes(runner: Path, endless: Build, words: np.ndarray) -> None:
    done = on_card(runner, endless, "--deadline", "0.3", "--batch", "20", x=words)
    assert (done.returncode, done.stderr) == (
        FAILED,
        "ERROR: compute unit loopback_soc_1 did not finish 20 samples within 0.300 s: reset the "
        "card (xbutil reset)\n",
    )
    assert left_behind(runner) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_from_outside(
    how: signal.Signals, runner: Path, endless: Build, words: np.ndarray, tmp_path: Path
) -> None:
    np.save(tmp_path / "x.npy", words)
    argv = [str(runner), "--xclbin", str(endless.xclbin), "--input", str(tmp_path / "x.npy")]
    argv += ["--output", str(tmp_path / "y.npy"), "--deadline", "1000"]
    environment = surroundings(tmp_path)
    with subprocess.Popen(card(endless, argv), cwd=tmp_path, env=environment) as process:
        for _ in range(1500):
            if any((tmp_path / "tmp").glob("*/loopback_soc_2.so")):  # the card is loaded
                break
            time.sleep(0.02)
        else:
            process.kill()
            raise AssertionError("the card was not loaded within 30 s")
        process.send_signal(how)
        process.wait(20)
    for _ in range(500):  # killed: its program ends a moment later, its folder stays
        left = left_behind(runner)
        if how == signal.SIGKILL:
            left = [each for each in left if each.isdigit()]
        if not left:
            break
        time.sleep(0.02)
    assert left == []
    if how == signal.SIGKILL:
        (name,) = (path.name for path in (tmp_path / "tmp").iterdir())
        shutil.rmtree(Path("/tmp") / f"{name}_socket")
    else:
        assert process.returncode == {signal.SIGTERM: 143, signal.SIGINT: 130}[how]


def test_a_kernel_that_leaves_its_buffers(
    runner: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    further = READ.replace("batch", "batch + 1")
    built = build(
        loopback.contract,
        tmp_path / "beyond",
        (f"kernel/{loopback.contract.top}.cpp", READ, further),
    )
    done = on_card(runner, built, "--batch", "20", x=words)
    assert done.returncode == FAILED
    # Both compute units do it; the first to come is told.
    first, second = (
        f"ERROR: the virtual card: loopback_soc_{n} leaves its buffers: in is 20480 bytes, the "
        "access was at byte 20480\n"
        for n in (1, 2)
    )
    assert done.stderr in (first, second)
    assert left_behind(runner) == []


def test_a_sync_to_the_card_that_is_missing(
    host: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    line = "            slot.in.sync(XCL_BO_SYNC_BO_TO_DEVICE, count * design.bytes_in, 0);\n"
    program = host_variant(host, tmp_path, line, "")
    done = on_card(program, loopback, "--batch", "50", x=words)
    assert done.returncode == FAILED
    assert done.stderr.startswith(
        "ERROR: the virtual card: loopback_soc_1.in: the host never sent anything to its buffer at "
    )
    assert done.stderr.endswith(": is a sync to the card missing?\n")
    assert left_behind(program) == []


def test_a_sync_from_the_card_that_is_missing_gives_wrong_results(
    host: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    line = "slot.out.sync(XCL_BO_SYNC_BO_FROM_DEVICE, slot.count * design.bytes_out, 0);"
    program = host_variant(host, tmp_path, line, "")
    done = on_card(program, loopback, x=words)
    assert done.returncode == 0
    assert not (results(program) == words).all()


def test_a_pointer_into_a_foreign_bank(
    host: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    """Not a buffer of a foreign bank, which XRT itself refuses or copies: an address."""
    old = "        made.run.set_arg(argument_in, made.in);\n"
    new = (
        "        made.in = xrt::bo(device, settings.batch * design.bytes_in, "
        "static_cast<unsigned>(kernel.group_id(argument_in)) + 1);\n"
        "        made.in_bytes = made.in.map<std::uint8_t *>();\n"
        "        made.run.set_arg(argument_in, made.in.address());\n"
    )
    program = host_variant(host, tmp_path, old, new)
    done = on_card(program, loopback, "--batch", "50", x=words)
    assert done.returncode == FAILED
    assert done.stderr.endswith("; the linker connected it to DDR[0]\n")
    assert "loopback_soc_1.in points to DDR[1] at 0x4" in done.stderr
    assert left_behind(program) == []


def test_without_a_card_xrt_says_so(runner: Path, loopback: Build, words: np.ndarray) -> None:
    np.save(runner.parent / "x.npy", words)
    done = subprocess.run(
        [str(runner), "--xclbin", str(loopback.xclbin), "--input", str(runner.parent / "x.npy"),
         "--output", str(runner.parent / "y.npy")],
        capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == FAILED
    assert done.stderr.startswith("ERROR: card 0 cannot be opened: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("installed", [True, False])
def test_what_runs_is_told(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    there = launch.find_emulation()
    if not installed:
        monkeypatch.setattr(launch, "find_emulation", lambda: None)
    expected = "XRT " if there and installed else "a stand-in for XRT's C++ API"
    assert str(launch.runtime()["runtime"]).startswith(expected)
