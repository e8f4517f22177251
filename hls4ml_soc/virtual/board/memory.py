"""What a DMA reads and writes, and the DRAM of a board."""

from __future__ import annotations

import copy
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

    def seen_at(self, base: int) -> Dram:
        """Return the same bytes as another master's address map has them."""
        if base == self.base:
            return self
        other = copy.copy(self)
        other.base = base
        return other

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
