"""The memory-mapped side of an AXI DMA channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hls4ml_soc.hwh import MemoryRange
from hls4ml_soc.virtual.board.dma_channel import DECODE, SLAVE
from hls4ml_soc.virtual.board.memory import Memory


class MemoryPort:
    """A memory-mapped master of the DMA: the ranges assigned to it, and the memories behind them.

    ``memories`` are those of the cells that have a model.
    """

    def __init__(self, ranges: Sequence[MemoryRange], memories: Mapping[str, Memory]) -> None:
        self.ranges = ranges
        self._memories = memories

    def check(self, address: int, size: int) -> tuple[int, str] | None:
        """Return the error an access would end in, with its reason; None if it is fine."""
        at = address
        first = None
        while at < address + size:
            inside = next((r for r in self.ranges if at in r), None)
            if inside is None:
                known = ", ".join(f"{r.base:#x}..{r.high:#x}" for r in self.ranges) or "none"
                return DECODE, f"address {at:#x} is outside its address map ({known})"
            if inside.instance not in self._memories:
                return SLAVE, f"the memory behind {inside} has no model"
            first = first or inside
            if self._memories[inside.instance] is not self._memories[first.instance]:
                across = f"{size} bytes at {address:#x} reach from {first} into {inside}"
                return SLAVE, f"{across}: one transfer in two memories has no model"
            at = inside.high + 1
        memory = self.memory(address)
        if not memory.holds(address, size):
            end = memory.base + memory.size - 1
            return SLAVE, f"{size} bytes at {address:#x}: the board's memory ends at {end:#x}"
        memory.guard(address, size)
        return None

    def memory(self, address: int) -> Memory:
        """Return the memory at an address that ``check`` has passed."""
        inside = next(r for r in self.ranges if address in r)
        return self._memories[inside.instance]
