"""A write-back data cache between two memory images, by the line.

The cache is as large as memory and as unhelpful as the architecture allows: every line is in it,
nothing is written back or fetched again unless the program asks. Only a line that is dirty while
something below it changes is written back at once, over the new contents, as an eviction in the
wrong moment would do. What works with this cache works with one of any size and any luck.

``above`` is what the processor sees, ``below`` what the next level or the DMA sees. A line is dirty
where it differs from what was fetched: from ``below``, or, if ``below`` has changed since, from the
copy in ``_fetched``. A store of the value that was there is not seen as one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hls4ml_soc.virtual.cpu.image import Image
from hls4ml_soc.virtual.cpu.ranges import Range, common, merge


class Cache:
    """One level, with lines of ``line`` bytes; ``on`` is false while it is disabled.

    All addresses are offsets into the images, all ranges whole lines.
    """

    def __init__(self, above: Image, below: Image, line: int, *, on: bool = True) -> None:
        self.above = above
        self.below = below
        self.line = line
        self.on = on
        self.upper: Cache | None = None
        self.lower: Cache | None = None
        self._fetched = Image(above.size)
        self._stale = np.zeros(above.size // line, np.bool_)
        self._parked: dict[int, bytes] = {}

    def clean(self, start: int, stop: int) -> None:
        """Write back what is dirty."""
        for at in self._dirty(start, stop):
            self._write_back(at, at + self.line)
        for at in self._parked_in(start, stop):
            self.above.view[at : at + self.line] = self._parked.pop(at)
            self._write_back(at, at + self.line)

    def invalidate(self, start: int, stop: int) -> None:
        """Forget what is here: the next read fetches from below."""
        self._stale[start // self.line : stop // self.line] = False
        for at in self._parked_in(start, stop):
            del self._parked[at]
        self._show(start, self.below.view[start:stop])

    def park(self, start: int, stop: int) -> None:
        """Stop caching a range, of which the processor sees memory from now on.

        Dirty lines stay here until they are cleaned or invalidated.
        """
        for at in self._dirty(start, stop):
            self._parked[at] = bytes(self.above.view[at : at + self.line])
        self._stale[start // self.line : stop // self.line] = False

    def flush(self, start: int, stop: int) -> None:
        """Clean and invalidate."""
        self.clean(start, stop)
        self.invalidate(start, stop)

    def change_below(self, start: int, data: bytes | memoryview) -> None:
        """Take new contents of ``below``, from the DMA or from a lower level's fetch."""
        stop = start + len(data)
        if not self.on:
            self.below.view[start:stop] = data
            self._show(start, data)
            return
        first, last = self._lines(start, stop)
        dirty = self._dirty(first, last)
        new = ~self._stale[first // self.line : last // self.line]
        fetched = self._by_line(self._fetched, first, last)
        fetched[new] = self._by_line(self.below, first, last)[new]
        self._stale[first // self.line : last // self.line] = True
        self.below.view[start:stop] = data
        for at in dirty:
            self._write_back(at, at + self.line)

    def everything(self, within: list[Range]) -> list[Range]:
        """Return the part of some ranges that anything has touched, and the lines of others that
        are parked here.
        """
        touched = self.above.extents() + self.below.extents()
        parked = [(at, at + self.line) for at in self._parked]
        return merge([*common(within, touched), *parked])

    def holds_parked(self, at: int) -> bool:
        """Tell whether the line at an offset is parked here."""
        return at in self._parked

    def _show(self, start: int, data: bytes | memoryview) -> None:
        if self.upper is not None:
            self.upper.change_below(start, data)
        else:
            self.above.view[start : start + len(data)] = data

    def _write_back(self, start: int, stop: int) -> None:
        self._stale[start // self.line : stop // self.line] = False
        self.below.view[start:stop] = self.above.view[start:stop]
        if self.lower is not None and not self.lower.on:
            self.lower._write_back(start, stop)

    def _parked_in(self, start: int, stop: int) -> list[int]:
        return [at for at in self._parked if start <= at < stop] if self._parked else []

    def _dirty(self, start: int, stop: int) -> list[int]:
        if stop - start == self.line:  # by far the most frequent
            origin = self._fetched if self._stale[start // self.line] else self.below
            return [] if self.above.view[start:stop] == origin.view[start:stop] else [start]
        stale = self._stale[start // self.line : stop // self.line]
        origin_bytes = np.where(
            stale[:, np.newaxis],
            self._by_line(self._fetched, start, stop),
            self._by_line(self.below, start, stop),
        )
        differs = (self._by_line(self.above, start, stop) != origin_bytes).any(axis=1)
        return [start + self.line * int(i) for i in np.flatnonzero(differs)]

    def _by_line(self, image: Image, start: int, stop: int) -> NDArray[np.uint8]:
        return image.bytes[start:stop].reshape(-1, self.line)

    def _lines(self, start: int, stop: int) -> Range:
        return start // self.line * self.line, -(-stop // self.line) * self.line
