"""Random input, under AddressSanitizer and UBSan."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.baremetal import toy


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    toy.SMALL.write(folder)
    sources = (*toy.common_sources(), Path(__file__).parent / "fuzz.c")
    include = (folder, toy.SOURCES / "src")
    options = (*toy.SANITIZERS, "-O2")
    return toy.compile_c(folder / "fuzz", include, *sources, options=options)


def run(program: Path, what: str, count: int) -> tuple[int, int]:
    done = subprocess.run([program, what, str(count)], capture_output=True, text=True, timeout=3600)
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(map(int, re.findall(r"\d+", done.stdout)))


def test_the_decoder_takes_nothing_that_is_wrong(fuzz: Path) -> None:
    inputs, accepted = run(fuzz, "decoder", 100_000)
    assert inputs == 100_000
    assert 30_000 < accepted < 60_000


def test_every_right_request_has_one_answer(fuzz: Path) -> None:
    inputs, answers = run(fuzz, "program", 20_000)
    assert inputs == 20_000
    assert 10_000 < answers < 20_000


@pytest.mark.deep
def test_ten_million_inputs(fuzz: Path) -> None:
    assert run(fuzz, "decoder", 10_000_000)[0] == 10_000_000
    assert run(fuzz, "program", 1_000_000)[0] == 1_000_000
