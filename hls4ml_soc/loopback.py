"""A FIFO in the network's place: the first thing to try on a new board."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .accelerator import Accelerator, Tensor
from .board import Board
from .fixed_point import FixedPoint
from .report import Arrays

#: Words of a sample, and samples of a run: some hundred kB each way.
WORDS, SAMPLES = 256, 400

_WORDS = FixedPoint.parse("ap_uint<32>")


class Loopback(Accelerator):
    """An "accelerator" that gives back what it takes: 32-bit words."""

    @classmethod
    def on(cls, board: Board) -> Loopback:
        """Return the loopback for a board, at the board's own clock."""
        return cls(
            name="loopback",
            io_type="io_stream",
            inputs=(Tensor("sent", (WORDS,), _WORDS, ""),),
            outputs=(Tensor("received", (WORDS,), _WORDS, ""),),
            clock_ns=1000 / board.clock.mhz,
            part=board.part,
            backend="",
            namespace="",
            project=Path(),
        )

    def digest(self) -> str:
        """Return a constant: there are no sources."""
        return "loopback"


def samples() -> Arrays:
    """Return words in which every bit changes, the same every time."""
    words = np.random.default_rng(0).integers(0, 1 << 32, (SAMPLES, WORDS), dtype=np.uint32)
    words[0], words[1] = 0, (1 << 32) - 1
    return {"sent": words}


def expected(inputs: Arrays) -> Arrays:
    """Return what has to come back."""
    return {"received": inputs["sent"]}
