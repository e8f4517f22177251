"""The emulation against one loop in C++, and a virtual board against the emulation itself."""

from __future__ import annotations

import ctypes
import os
import statistics
import subprocess
from operator import truediv
from pathlib import Path
from typing import Any

import numpy as np

from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.reference import Reference

from . import child
from .goals import Goal, Part
from .race import Times, medians, race, ratio

#: As simple as a loop over an emulation can be.
LOOP = """
extern "C" void NAME_double(double *, double *);
extern "C" void all_samples(double *x, double *y, long samples) {
    for (long i = 0; i < samples; i++)
        NAME_double(x + i * IN, y + i * OUT);
}
"""
BATCH, BOARD_BATCH = 10_000, 1_000


class Loop:
    """The rival: the loop, compiled with -O3 and linked with the library of an emulation."""

    def __init__(self, reference: Reference, library: Path, scratch: Path) -> None:
        accelerator = reference.accelerator
        self._sizes = accelerator.inputs[0].size, accelerator.outputs[0].size
        text = LOOP.replace("NAME", accelerator.name)
        for word, size in zip(("IN", "OUT"), self._sizes, strict=True):
            text = text.replace(f"* {word}", f"* {size}")
        (scratch / "loop.cpp").write_text(text)
        subprocess.run(
            ["g++", "-O3", "-shared", "-fPIC", "loop.cpp", str(library), "-o", "loop.so"],
            cwd=scratch,
            check=True,
        )
        self._call = ctypes.CDLL(str(scratch / "loop.so")).all_samples
        self._call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long]
        self._call.restype = None

    def __call__(self, x: Any) -> Any:
        y = np.zeros((len(x), self._sizes[1]))
        self._call(x.ctypes.data, y.ctypes.data, len(x))
        return y


def load(out: Path, scratch: Path) -> tuple[Reference, Loop]:
    """Return the emulation of a build, and the rival on the very same library."""
    reference = Reference(Accelerator.read(out / "project"), out / "reference")
    return reference, Loop(reference, Path(reference.library._name), scratch)


def samples(count: int, size: int) -> Any:
    """Return inputs that float32 and float64 both hold."""
    values = np.random.default_rng(0).uniform(-4, 4, (count, size)).astype(np.float32)
    return values.astype(np.float64)


def measure(out: Path, scratch: Path, rounds: int) -> tuple[list[Goal], dict[str, Any]]:
    """Return the rows of emulation and virtual board.

    Raises AssertionError where outputs differ in a bit."""
    reference, loop = load(out, scratch)
    x = samples(BATCH, reference.accelerator.inputs[0].size)
    threads = len(os.sched_getaffinity(0))

    def emulate(most: int) -> Any:
        reference._batches.most = most
        return reference.predict([x])[0]

    expected = loop(x)
    for most in (1, threads):
        np.testing.assert_array_equal(emulate(most), expected)
    times = race(
        {
            "loop": lambda: loop(x),
            "serial": lambda: emulate(1),
            "threads": lambda: emulate(threads),
        },
        rounds,
    )
    parts = [Part("of its time, serial", ratio(times, "serial", "loop"), "<= 1.05")]
    note = ""
    if threads > 1:
        scaling = ratio(times, "serial", "threads", "wall") / threads
        parts.append(Part(f"of {threads} threads' ideal, wall time", scaling, ">= 0.8"))
        granted = statistics.median(map(truediv, times["threads"].cpu, times["threads"].wall))
        work = ratio(times, "serial", "threads")
        note = (
            f"{threads} threads got {granted:.2f} processors, the rest went to others on this "
            f"machine; per processor's second they did {work:.2f} of the serial work"
        )
    board = child.run("board", str(out))
    board_times = {name: Times(**values) for name, values in board["times"].items()}
    goals = [
        Goal("emulation, jet tagger, batch 10,000", "one -O3 loop in C++", tuple(parts), note=note),
        Goal(
            "virtual board, jet tagger, batch 1,000",
            "that library itself",
            (Part("of its time", ratio(board_times, "board", "loop"), "<= 1.5"),),
        ),
    ]
    return goals, {"emulation": medians(times), "virtual board": medians(board_times)}
