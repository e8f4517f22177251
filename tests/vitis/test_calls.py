"""The library against a loop written by hand: calls of XRT's API, and bytes, for each batch."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.loopback import Loopback

from .conftest import STANDIN, Build, build, compile_host, results, run_on_card, standin_variables

BATCH, SAMPLE = 10, 1024
#: As on a card, where wait() keeps the time that it is given.
PLAIN = ("env", "-u", "XCL_EMULATION_MODE")


@pytest.fixture(scope="module")
def one_unit(tmp_path_factory: pytest.TempPathFactory) -> Build:
    board = Board.load("alveo-u55c")
    return build(Contract(Loopback.on(board), board, "aligned", 1), tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The host on the stand-in for XRT, which counts calls."""
    return compile_host(tmp_path_factory.mktemp("counted"), standin_variables())


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("minimal") / "minimal"
    source = str(Path(__file__).with_name("minimal.cpp"))
    argv = ["g++", "-std=c++17", "-O0", f"-I{STANDIN}", source, "-o", str(program)]
    subprocess.run(argv, check=True, timeout=120)
    return program


def per_batch(
    name: str, program: list[str], more: list[str], built: Build, folder: Path
) -> tuple[Counter[str], dict[str, float]]:
    """Count what ten batches take more than five, by five: not what happens once."""
    told = []
    for batches in (5, 10):
        calls, card = folder / f"{name}{batches}.calls", folder / f"{name}{batches}.json"
        argv = [*PLAIN, f"HLS4ML_SOC_XRT_CALLS={calls}", *program]
        argv += [word.replace("BATCHES", str(batches)) for word in more]
        done = run_on_card(argv, built, folder, card)
        assert (done.returncode, done.stderr) == (0, "")
        counted = Counter({n: int(c) for n, c in map(str.split, calls.read_text().splitlines())})
        told.append((counted, Counter(json.loads(card.read_text()))))
    (few_calls, few_bytes), (many_calls, many_bytes) = told
    calls_more = Counter({n: c // 5 for n, c in (many_calls - few_calls).items()})
    return calls_more, {n: c / 5 for n, c in (many_bytes - few_bytes).items()}


def test_no_more_calls_and_bytes_than_by_hand(
    one_unit: Build, library: Path, minimal: Path, tmp_path: Path
) -> None:
    unit = one_unit.contract.units[0]
    by_hand = per_batch(
        "minimal", [str(minimal)],
        [str(one_unit.xclbin), f"{one_unit.contract.top}:{{{unit}}}", str(SAMPLE), str(SAMPLE),
         str(BATCH), "BATCHES"],
        one_unit, tmp_path,
    )  # fmt: skip
    words = np.random.default_rng(2).integers(0, 1 << 32, (10 * BATCH, 256), dtype=np.uint32)
    for batches in (5, 10):
        np.save(tmp_path / f"x{batches}.npy", words[: batches * BATCH])
    ours = per_batch(
        "library", [str(library)],
        ["--xclbin", str(one_unit.xclbin), "--batch", str(BATCH), "--input",
         str(tmp_path / "xBATCHES.npy"), "--output", str(library.parent / "y.npy")],
        one_unit, tmp_path,
    )  # fmt: skip
    assert (results(library) == words).all()
    assert by_hand[0] == {"sync": 2, "start": 1, "wait": 1}
    sent = {"bytes_to_card": 10240, "bytes_from_card": 10240}
    assert by_hand[1] == {"starts": 1, "to_card": 1, "from_card": 1, **sent}
    assert ours == by_hand
