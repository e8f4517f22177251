"""Sparse memory images that an emulated core can run from."""

from __future__ import annotations

import ctypes
import mmap
import os

import numpy as np
from numpy.typing import NDArray


class Image:
    """``size`` bytes that read 0 until written; the host spends memory on what is touched."""

    def __init__(self, size: int) -> None:
        self.size = size
        # A file without a name, since its holes can be asked for.
        self._file = os.memfd_create("virtual-memory", os.MFD_CLOEXEC)
        os.ftruncate(self._file, size)
        self._map = mmap.mmap(self._file, size)
        self.view = memoryview(self._map)
        self.bytes: NDArray[np.uint8] = np.frombuffer(self._map, np.uint8)
        self.pointer = ctypes.addressof(ctypes.c_char.from_buffer(self._map))

    def extents(self) -> list[tuple[int, int]]:
        """Return the touched ranges, start and stop, in whole pages."""
        found, at = [], 0
        while at < self.size:
            try:
                start = os.lseek(self._file, at, os.SEEK_DATA)
            except OSError:  # ENXIO: only a hole is left
                break
            at = os.lseek(self._file, start, os.SEEK_HOLE)
            found.append((start, at))
        return found

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)
