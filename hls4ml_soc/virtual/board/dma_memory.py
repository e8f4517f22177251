"""The memory-mapped side of an AXI DMA channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hls4ml_soc.hwh import MemoryRange
from hls4ml_soc.virtual.board.dma_channel import DECODE, SLAVE
from hls4ml_soc.virtual.board.memory import Memory


class MemoryPort:
    """A memory-mapped master of the DMA: the ranges assigned to it, and the DRAM behind them.

    ``systems`` are the cells whose memory it is; memories of other cells have no model.
    """

    def __init__(
        self, ranges: Sequence[MemoryRange], dram: Memory, systems: Collection[str]
    ) -> None:
        self.ranges = ranges
        self.dram = dram
        self.systems = systems

    def check(self, address: int, size: int) -> tuple[int, str] | None:
        """Return the error an access would end in, with its reason; None if it is fine."""
        at = address
        while at < address + size:
            inside = next((r for r in self.ranges if at in r), None)
            if inside is None:
                known = ", ".join(f"{r.base:#x}..{r.high:#x}" for r in self.ranges) or "none"
                return DECODE, f"address {at:#x} is outside its address map ({known})"
            if inside.instance not in self.systems:
                return SLAVE, f"the memory behind {inside} has no model"
            at = inside.high + 1
        if not self.dram.holds(address, size):
            end = self.dram.base + self.dram.size - 1
            return SLAVE, f"{size} bytes at {address:#x}: the board's memory ends at {end:#x}"
        self.dram.guard(address, size)
        return None
