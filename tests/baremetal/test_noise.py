"""Bytes dropped, flipped and invented, and both sides reset: no wrong result is accepted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hls4ml_soc.errors import LinkError
from hls4ml_soc.serial_protocol.board import SerialBoard
from tests.baremetal.toy import SMALL, Board


class Noise:
    """A line that spoils a byte with some probability, both ways."""

    def __init__(self, line: Board, rate: float, seed: int) -> None:
        self.line, self.rate, self.random = line, rate, random.Random(seed)
        self.reopen = line.reopen

    def spoil(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            if self.random.random() >= self.rate:
                out.append(byte)
                continue
            what = self.random.randrange(3)
            if what == 1:
                out.append(byte ^ (1 << self.random.randrange(8)))
            elif what == 2:
                out += bytes([byte, self.random.randrange(256)])
        return bytes(out)

    def read(self, seconds: float) -> bytes:
        return self.spoil(self.line.read(seconds))

    def write(self, data: bytes) -> None:
        self.line.write(self.spoil(data))


def connect(line: Noise) -> SerialBoard:
    """Connect, however often it takes."""
    while True:
        try:
            return SerialBoard(line, SMALL.described, baud=10**7, patience=0.05, attempts=12)
        except LinkError:
            continue


def ordeal(program: Path, rate: float, requests: int, seed: int) -> tuple[int, int]:
    """Return how many requests ended in a result, and in an error."""
    chance = random.Random(seed)
    results = errors = 0
    with Board.on(program) as line:
        noise = Noise(line, rate, seed)
        board = connect(noise)
        for number in range(requests):
            if chance.random() < 0.003:
                line.stop()
                line.start()  # it says its welcome while requests come in
            if chance.random() < 0.01:
                board = connect(noise)
            raw = SMALL.raw(chance.choice((1, 2, 5)), seed=number)
            try:
                assert (board.compute(raw) == SMALL.compute(raw)).all()
                results += 1
            except LinkError:
                errors += 1
    return results, errors


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 1e-2])
def test_no_wrong_result_is_accepted(small: Path, rate: float) -> None:
    results, errors = ordeal(small, rate, 40, seed=1)
    assert results + errors == 40
    assert errors < 20


@pytest.mark.deep
@pytest.mark.parametrize("rate", [1e-4, 3e-4, 1e-3, 3e-3, 1e-2])
def test_ten_thousand_requests(small: Path, rate: float) -> None:
    results, errors = ordeal(small, rate, 2000, seed=2)
    assert results + errors == 2000
    assert errors < 1000
