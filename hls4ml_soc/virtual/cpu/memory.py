"""The memory of a board between a processor with caches and the DMA in the fabric."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.cpu.cache import Cache
from hls4ml_soc.virtual.cpu.image import Image
from hls4ml_soc.virtual.cpu.ranges import Range, common, merge, without


class Bank:
    """A memory at one range of addresses.

    ``lines`` gives the line size of each cache level before it, the first next to the processor;
    without any, processor and DMA see the same bytes. ``core`` is the image that the processor
    runs on, ``memory`` the one that the DMA sees. Nothing is cached before ``set_cacheable``.
    """

    def __init__(
        self, base: int, size: int, lines: Sequence[int] = (), *, dma: bool = True
    ) -> None:
        self.base = base
        self.size = size
        self.dma = dma
        self.core = Image(size)
        self.levels: list[Cache] = []
        above = self.core
        for line in lines:
            level = Cache(above, Image(size), line)
            if self.levels:
                level.upper, self.levels[-1].lower = self.levels[-1], level
            self.levels.append(level)
            above = level.below
        self.memory = above
        self._cached: list[Range] = []

    def set_cacheable(self, ranges: Sequence[Range]) -> None:
        """Cache these physical addresses from now on, and no others.

        What is dirty where caching ends is not seen any more, until it is cleaned.
        """
        mine = [(start - self.base, stop - self.base) for start, stop in ranges]
        mine = common(mine, [(0, self.size)])
        for start, stop in common(without(mine, self._cached), self.core.extents()):
            self._through(start, stop)
        ending = without(self._cached, mine)
        self._cached = mine
        touched = [(level, level.everything(ending)) for level in self.levels]
        for level, ranges in touched:
            for start, stop in ranges:
                level.park(start, stop)
        for start, stop in common(ending, merge(r for _, ranges in touched for r in ranges)):
            for image in self._images()[:-1]:
                image.view[start:stop] = self.memory.view[start:stop]

    def load(self, offset: int, size: int) -> memoryview:
        """Return what a DMA reads."""
        for start, stop in without([(offset, offset + size)], self._cached):
            self._through(start, stop)
        return self.memory.view[offset : offset + size]

    def store(self, offset: int, data: bytes | memoryview) -> None:
        """Write as a DMA does."""
        whole = [(offset, offset + len(data))]
        for start, stop in without(whole, self._cached):
            for image in self._images():
                image.view[start:stop] = data[start - offset : stop - offset]
        for start, stop in common(whole, self._cached):
            self.levels[-1].change_below(start, data[start - offset : stop - offset])

    def fill(self, offset: int, data: bytes) -> None:
        """Write everywhere, as a debugger does while the processor stands."""
        for image in self._images():
            image.view[offset : offset + len(data)] = data

    def cached(self, offset: int) -> bool:
        """Tell whether accesses of the processor at an offset go through the cache."""
        return any(start <= offset < stop for start, stop in self._cached)

    def whole(self, level: int, operation: str) -> None:
        """``clean``, ``invalidate`` or ``flush`` all that a level may hold."""
        cache = self.levels[level]
        for start, stop in cache.everything(self._cached):
            getattr(cache, operation)(start, stop)

    def _through(self, start: int, stop: int) -> None:
        for image in self._images()[1:]:
            image.view[start:stop] = self.core.view[start:stop]

    def _images(self) -> list[Image]:
        return [self.core, *(level.below for level in self.levels)]


class BoardMemory:
    """All banks of a board; the fabric sees those with ``dma``."""

    def __init__(self, banks: Sequence[Bank]) -> None:
        self.banks = tuple(banks)
        visible = [bank for bank in banks if bank.dma]
        self.base = min(bank.base for bank in visible)
        self.size = max(bank.base + bank.size for bank in visible) - self.base
        self.guard: Callable[[int, int], None] = lambda address, size: None

    def bank(self, address: int, size: int = 1) -> Bank | None:
        """Return the bank that holds a range, if one does."""
        for bank in self.banks:
            if bank.base <= address and address + size <= bank.base + bank.size:
                return bank
        return None

    def holds(self, address: int, size: int = 1) -> bool:
        """Tell whether a DMA finds memory in a range."""
        bank = self.bank(address, size)
        return bank is not None and bank.dma

    def load(self, address: int, size: int) -> memoryview:
        """Return what a DMA reads. Raises BusFault outside the memory."""
        bank = self._visible(address, size)
        return bank.load(address - bank.base, size)

    def store(self, address: int, data: bytes | memoryview) -> None:
        """Write as a DMA does. Raises BusFault outside the memory."""
        bank = self._visible(address, len(data))
        bank.store(address - bank.base, data)

    def set_cacheable(self, ranges: Sequence[Range]) -> None:
        """Cache these addresses from now on, and no others."""
        for bank in self.banks:
            if bank.levels:
                bank.set_cacheable(ranges)

    def maintain(self, operation: str, address: int, level: int = 0) -> None:
        """``clean``, ``invalidate`` or ``flush`` the line of a physical address."""
        bank = self.bank(address)
        if bank is None or not bank.levels:
            return
        cache = bank.levels[level]
        start = (address - bank.base) // cache.line * cache.line
        if bank.cached(start) or cache.holds_parked(start):
            getattr(cache, operation)(start, start + cache.line)

    def maintain_all(self, operation: str, level: int = 0) -> None:
        """``clean``, ``invalidate`` or ``flush`` a whole level."""
        for bank in self.banks:
            if bank.levels:
                bank.whole(level, operation)

    def enable(self, level: int, on: bool) -> None:
        """Switch a cache level on or off."""
        for bank in self.banks:
            if bank.levels and bank.levels[level].on != on:
                if not on:
                    bank.whole(level, "invalidate")
                bank.levels[level].on = on

    def _visible(self, address: int, size: int) -> Bank:
        bank = self.bank(address, size)
        if bank is None or not bank.dma:
            raise BusFault(f"{size} bytes at {address:#010x}: no memory of the board")
        return bank
