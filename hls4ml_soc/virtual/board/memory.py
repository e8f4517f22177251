"""What a DMA reads and writes, and the DRAM of a board."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Protocol

from hls4ml_soc.virtual.board.errors import BusFault


class Memory(Protocol):
    """Memory as its slave port in the fabric shows it, with physical addresses."""

    base: int
    size: int
    guard: Callable[[int, int], None]

    def holds(self, address: int, size: int = 1) -> bool: ...
    def load(self, address: int, size: int) -> memoryview: ...
    def store(self, address: int, data: bytes | memoryview) -> None: ...


class Dram:
    """A DRAM of ``size`` bytes at physical address ``base``.

    Anonymous pages: the host spends memory on what is touched, not on the size. ``guard`` is
    asked about every DMA access (address, size) and raises BusFault where it is wild; without
    one, any address will do.
    """

    def __init__(self, size: int, base: int = 0) -> None:
        self.base = base
        self.size = size
        self.guard: Callable[[int, int], None] = lambda address, size: None
        self._view = memoryview(mmap.mmap(-1, size))

    def holds(self, address: int, size: int = 1) -> bool:
        """Tell whether ``size`` bytes from a physical address are all in this memory."""
        return self.base <= address and address + size <= self.base + self.size

    def view(self, address: int, size: int) -> memoryview:
        """Return ``size`` bytes in place. Raises BusFault outside the memory."""
        if not self.holds(address, size):
            end = self.base + self.size - 1
            raise BusFault(f"{size} bytes at {address:#010x}: the memory ends at {end:#010x}")
        start = address - self.base
        return self._view[start : start + size]

    def load(self, address: int, size: int) -> memoryview:
        """Return what a DMA reads. Raises BusFault outside the memory."""
        return self.view(address, size)

    def store(self, address: int, data: bytes | memoryview) -> None:
        """Write as a DMA does. Raises BusFault outside the memory."""
        self.view(address, len(data))[:] = data

    def read_word(self, address: int) -> int:
        """Return the 32-bit word at an address. Raises BusFault."""
        return int.from_bytes(self.view(address, 4), "little")

    def write_word(self, address: int, value: int) -> None:
        """Set the 32-bit word at an address. Raises BusFault."""
        self.view(address, 4)[:] = value.to_bytes(4, "little")


class Ram:
    """A memory in the fabric as a slave of the processor, at a ``base``."""

    def __init__(self, memory: Dram, base: int) -> None:
        self._memory = memory
        self._base = base

    def read(self, offset: int) -> int:
        """Return the word at an offset. Raises BusFault."""
        return self._memory.read_word(self._base + offset)

    def write(self, offset: int, value: int) -> None:
        """Set the word at an offset. Raises BusFault."""
        self._memory.write_word(self._base + offset, value)
