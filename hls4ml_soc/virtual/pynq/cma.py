"""Contiguous memory for buffers, as the CMA region of the board's Linux hands it out."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.board.memory import Dram

PAGE = 4096
# XRT 2.17, as pynq 3.1.2 uses it: buffers are never smaller (pynq/pl_server/xrt_device.py).
SMALLEST = 8192
# Fresh memory holds what was there before. Two patterns, so that a missing flush and a missing
# invalidate both show.
FRESH_DRAM, FRESH_HOST = 0xD5, 0x6B


@dataclass(eq=False)
class BufferObject:
    """A buffer: its physical pages, and the processor's view of them (the "cache")."""

    address: int
    size: int
    host: mmap.mmap
    memory: Dram
    freed: bool = False


class Cma:
    """The CMA region, or a memory in the fabric: first fit, whole pages."""

    def __init__(self, dram: Dram, base: int, size: int) -> None:
        self._dram = dram
        self._base = base
        self._size = size
        self._live: list[BufferObject] = []

    def allocate(self, size: int) -> BufferObject:
        """Return a buffer of at least ``size`` bytes.

        Raises RuntimeError, as pynq does, if nothing is left.
        """
        size = -(-max(size, SMALLEST) // PAGE) * PAGE
        address = self._base
        for other in self._live:
            if other.address - address >= size:
                break
            address = other.address + other.size
        if address + size > self._base + self._size:
            raise RuntimeError("BO allocation failed: Cannot allocate memory")
        bo = BufferObject(address, size, mmap.mmap(-1, size), self._dram)
        bo.host.write(bytes([FRESH_HOST]) * size)
        self._dram.view(address, size)[:] = bytes([FRESH_DRAM]) * size
        self._live.append(bo)
        self._live.sort(key=lambda live: live.address)
        return bo

    def free(self, bo: BufferObject) -> None:
        """Give the pages back; what is in them stays until they are handed out again."""
        bo.freed = True
        self._live.remove(bo)

    def check(self, address: int, size: int) -> None:
        """Raise BusFault unless a live buffer owns all of the bytes.

        On silicon a DMA reads and overwrites whatever is there.
        """
        if not any(
            b.address <= address and address + size <= b.address + b.size for b in self._live
        ):
            raise BusFault(
                f"DMA touches {size} bytes at {address:#010x}, which belong to no buffer: "
                "freed too early, or a wrong address or length"
            )
