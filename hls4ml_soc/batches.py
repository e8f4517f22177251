"""Samples of an emulation library by the block: a loop in C++, threads where there are many."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Samples of one call: it costs nothing beside them, and between two calls Ctrl-C is heard.
BLOCK = 64
#: Samples that another thread must find to be worth its start and its own set of weights.
PER_THREAD = 512
#: Bytes, of which only what is touched is spent: layers of hls4ml keep whole matrices there.
STACK = 64 << 20

_LOOP = """
extern "C" void soc_batch(unsigned long samples, double **at) {{
    for (unsigned long n = 0; n < samples; n++)
        {name}_double({rows});
}}
"""


def loop_source(name: str, sizes: Sequence[int]) -> str:
    """Return C++ to follow the bridge of a project: a loop over samples.

    ``sizes``: elements of each input, then of each output."""
    rows = ", ".join(f"at[{i}] + n * {size}" for i, size in enumerate(sizes))
    return _LOOP.format(name=name, rows=rows)


class Batches:
    """An emulation library, and private copies of it where threads pay: a network has static
    variables (line buffers, tables), so that no two threads can share one.

    ``first`` is called with a fresh library's ``soc_batch`` before anything else: it makes the call
    that loads the weights. ``most``: threads, by default as many as there are processors. Raises
    OSError for a file that is no such library."""

    def __init__(
        self, library: Path, first: Callable[[Any], None], most: int | None = None
    ) -> None:
        self._path = library
        self._first = first
        self.most = len(os.sched_getaffinity(0)) if most is None else most
        self.library = ctypes.CDLL(str(library))
        self._loops = [self._prepare(self.library)]

    def run(self, arrays: Sequence[Array]) -> None:
        """Compute samples: ``arrays`` are inputs, then outputs, each contiguous (samples, size)."""
        samples = len(arrays[0])
        count = max(1, min(self.most, samples // PER_THREAD))
        # A file that is gone has taken its weights along, and without them the process would end.
        while len(self._loops) < count and self._path.is_file():
            self._loops.append(self._prepare(self._copy()))
        loops, blocks = self._loops[:count], iter(range(0, samples, BLOCK))
        if len(loops) == 1:
            _work(loops[0], arrays, blocks)
        else:
            _share(loops, arrays, blocks)

    def _prepare(self, library: ctypes.CDLL) -> Any:
        loop = library.soc_batch
        loop.argtypes, loop.restype = [ctypes.c_ulong, ctypes.c_void_p], None
        self._first(loop)
        return loop

    def _copy(self) -> ctypes.CDLL:
        # Another file is another library, with variables of its own; it may go once it is loaded.
        with tempfile.NamedTemporaryFile(suffix=".so") as copy:
            shutil.copyfile(self._path, copy.name)
            return ctypes.CDLL(copy.name)


def call(loop: Any, arrays: Sequence[Array], start: int = 0, stop: int | None = None) -> None:
    """Compute some of the samples of ``arrays`` in one call of a ``soc_batch``."""
    rows = [array[start:stop] for array in arrays]
    loop(len(rows[0]), (ctypes.c_void_p * len(rows))(*(part.ctypes.data for part in rows)))


def _work(loop: Any, arrays: Sequence[Array], blocks: Iterator[int]) -> None:
    for start in blocks:
        call(loop, arrays, start, start + BLOCK)


def _share(loops: Sequence[Any], arrays: Sequence[Array], blocks: Iterator[int]) -> None:
    """Let each loop take blocks in a thread of its own until none is left."""
    before = threading.stack_size(STACK)
    try:
        with ThreadPoolExecutor(len(loops)) as pool:
            try:
                for done in as_completed(
                    [pool.submit(_work, loop, arrays, blocks) for loop in loops]
                ):
                    done.result()
            except BaseException:
                for _ in blocks:  # nothing is left for the others
                    pass
                raise
    finally:
        threading.stack_size(before)
