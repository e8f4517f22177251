"""The example on both cards: all compute units, all batches, again and again; sanitizers, clang."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import deploy as story
from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.reference import Reference

from .conftest import (
    Build,
    build,
    compile_host,
    host_variables,
    left_behind,
    on_card,
    results,
    standin_variables,
)

pytestmark = pytest.mark.deep
BATCHES, UNITS, REPEATS = (1, 7, 64, 360), (1, 2, 4), 50
SANITIZERS = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined"


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.load(story.example()[1])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digits") / "project"
    source = frontends.read(story.example()[0])
    return source.project(folder, name="digits", part="xcu250-figd2104-2L-e", clock_ns=10 / 3)


@pytest.fixture(scope="module")
def expected(project: Path, images: np.ndarray) -> np.ndarray:
    (outputs,) = Reference(Accelerator.read(project), project.parent / "reference").predict(
        [images]
    )
    return outputs


def digits(project: Path, folder: Path, board: str, units: int) -> Build:
    folder.mkdir()
    shutil.copytree(project, folder / "project")
    accelerator = Accelerator.read(folder / "project")
    return build(Contract(accelerator, Board.load(board), "aligned", units), folder)


@pytest.mark.parametrize("board", ["alveo-u250", "alveo-u55c"])
@pytest.mark.parametrize("units", UNITS)
def test_every_batch_on_every_number_of_units(
    board: str, units: int, project: Path, images: np.ndarray, expected: np.ndarray, runner: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    built = digits(project, tmp_path / "build", board, units)
    for batch in BATCHES:
        done = on_card(runner, built, "--batch", str(batch), "--json", x=images)
        assert (done.returncode, done.stderr) == (0, "")
        assert (results(runner) == expected).all(axis=1).sum() == 360
        told = json.loads(done.stdout)
        assert (told["compute_units"], told["starts"]) == (units, -(-360 // batch))


def test_again_and_again(
    project: Path, images: np.ndarray, expected: np.ndarray, runner: Path, tmp_path: Path
) -> None:
    built = digits(project, tmp_path / "build", "alveo-u250", 4)
    for _ in range(REPEATS):
        (runner.parent / "y.npy").unlink(missing_ok=True)
        done = on_card(runner, built, "--batch", "16", "--runs", "2", x=images)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (results(runner) == expected).all()
        assert left_behind(runner) == []


@pytest.mark.parametrize("on", ["what there is", "the stand-in"])
def test_under_sanitizers(
    on: str, loopback: Build, words: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin = on == "the stand-in"
    variables = standin_variables() if standin else host_variables()
    program = compile_host(tmp_path, variables, SANITIZERS)
    # XRT itself leaks, and its emulation's threads keep the leak checker from looking.
    monkeypatch.setenv("ASAN_OPTIONS", f"detect_leaks={int(standin)}")
    x = words.astype(np.float64)
    done = on_card(program, loopback, "--batch", "7", "--runs", "3", x=x)
    assert (done.returncode, done.stderr) == (0, "")
    assert (results(program) == words).all()
    x[3, 3] = np.nan
    done = on_card(program, loopback, "--batch", "1", x=x)
    message = "sent: sample 3 holds a number that has no word in ap_uint<32>"
    assert (done.returncode, done.stderr) == (2, f"ERROR: {message}\n")


def test_clang_has_nothing_to_say(tmp_path: Path) -> None:
    found = [name for name in ("clang++", "clang++-14", "clang++-19") if shutil.which(name)]
    for compiler in found:
        plain = compiler.replace("++", "")
        folder = tmp_path / compiler
        folder.mkdir()
        variables = [*host_variables(), f"CXX={compiler}", f"CC={plain}"]
        assert compile_host(folder, variables, goal="all").is_file()


def test_the_library_and_the_command_come_from_one_make(tmp_path: Path) -> None:
    compile_host(tmp_path, host_variables(), "-O2", goal="all")
    told = subprocess.run(
        ["nm", "-D", "--defined-only", str(tmp_path / "libhls4ml_accelerator.so")],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    for name in ("open", "close", "error", "predict_float", "predict_double", "predict_fixed"):
        assert f" T soc_{name}\n" in told
