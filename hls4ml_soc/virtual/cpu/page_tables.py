"""Translation tables of Arm processors, as far as the caches need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hls4ml_soc.virtual.cpu.ranges import Range, merge

Read = Callable[[int, int], bytes]  # physical address and size -> memory contents


@dataclass(frozen=True)
class Mapping:
    """``size`` bytes of virtual addresses, where they lead, and whether through the data cache."""

    virtual: int
    physical: int
    size: int
    cacheable: bool


class Translation:
    """A set of mappings; without any (MMU off) addresses are physical and nothing is cached."""

    def __init__(self, mappings: list[Mapping] | None = None) -> None:
        self._mappings = mappings

    def physical(self, virtual: int) -> int | None:
        """Translate an address; None if it is not mapped."""
        if self._mappings is None:
            return virtual
        for mapping in self._mappings:
            if mapping.virtual <= virtual < mapping.virtual + mapping.size:
                return virtual - mapping.virtual + mapping.physical
        return None

    def cacheable(self) -> list[Range]:
        """Return the physical addresses that are cached under any virtual one."""
        mappings = self._mappings or []
        return merge((m.physical, m.physical + m.size) for m in mappings if m.cacheable)


def short_descriptors(read: Read, ttbr: int) -> Translation:
    """Read the two-level tables of an ARMv7 core (DDI 0406C, B3.5), TTBCR.N = 0, no TEX remap."""
    table = _words(read(ttbr & ~0x3FFF, 0x4000), 4)
    return Translation(list(_joined(_first_level(read, table))))


def _first_level(read: Read, table: list[int]) -> Iterator[Mapping]:
    for index, entry in enumerate(table):
        virtual = index << 20
        if entry & 3 == 2:
            if entry & 1 << 18:  # a supersection fills 16 entries; each names the same 16 MB
                physical = (entry & 0xFF00_0000) | (virtual & 0x00F0_0000)
            else:
                physical = entry & 0xFFF0_0000
            yield Mapping(virtual, physical, 1 << 20, _normal(entry >> 12 & 7, entry))
        elif entry & 3 == 1:
            for small, page in enumerate(_words(read(entry & ~0x3FF, 0x400), 4)):
                at = virtual + (small << 12)
                if page & 2:
                    yield Mapping(at, page & ~0xFFF, 4096, _normal(page >> 6 & 7, page))
                elif page & 1:
                    physical = (page & ~0xFFFF) | (at & 0xF000)
                    yield Mapping(at, physical, 4096, _normal(page >> 12 & 7, page))


def _normal(tex: int, entry: int) -> bool:
    cb = entry >> 2 & 3  # bit 1 is C, bit 0 is B
    if tex & 4:
        return cb != 0  # inner attribute
    return (tex == 0 and cb >= 2) or (tex == 1 and cb == 3)


def long_descriptors(read: Read, ttbr: int, tcr: int, mair: int) -> Translation:
    """Read the tables of an AArch64 core (DDI 0487, D8), 4 KB granule."""
    bits = 64 - (tcr & 0x3F)
    level = 0 if bits > 39 else 1 if bits > 30 else 2
    walk = _walk(read, ttbr & 0x0000_FFFF_FFFF_F000, level, 0, mair, 1 << (bits - _shift(level)))
    return Translation(list(_joined(walk)))


def _walk(
    read: Read, table: int, level: int, virtual: int, mair: int, entries: int = 512
) -> Iterator[Mapping]:
    shift = _shift(level)
    for index, entry in enumerate(_words(read(table, 8 * entries), 8)):
        at, target = virtual + (index << shift), entry & 0x0000_FFFF_FFFF_F000
        if not entry & 1:
            continue
        if level < 3 and entry & 2:
            yield from _walk(read, target, level + 1, at, mair)
        else:
            attribute = mair >> (8 * (entry >> 2 & 7)) & 0xFF
            # Outer nibble 0 is device memory, inner nibble 4 is non-cacheable.
            cacheable = bool(attribute & 0xF0) and attribute & 0xF != 4
            yield Mapping(at, target & -(1 << shift), 1 << shift, cacheable)


def _shift(level: int) -> int:
    return 39 - 9 * level


def _words(data: bytes, width: int) -> list[int]:
    return [int(word) for word in np.frombuffer(data, {4: "<u4", 8: "<u8"}[width])]


def _joined(mappings: Iterator[Mapping]) -> Iterator[Mapping]:
    last: Mapping | None = None
    for mapping in mappings:
        if last is not None and (
            last.virtual + last.size == mapping.virtual
            and last.physical + last.size == mapping.physical
            and last.cacheable == mapping.cacheable
        ):
            last = Mapping(last.virtual, last.physical, last.size + mapping.size, last.cacheable)
            continue
        if last is not None:
            yield last
        last = mapping
    if last is not None:
        yield last
