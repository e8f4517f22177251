"""Sets of addresses as sorted, disjoint half-open ranges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Range = tuple[int, int]


def merge(ranges: Iterable[Range]) -> list[Range]:
    """Sort, and join what touches or overlaps."""
    merged: list[Range] = []
    for start, stop in sorted(r for r in ranges if r[0] < r[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def common(first: Sequence[Range], second: Sequence[Range]) -> list[Range]:
    """Return the intersection."""
    pairs = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return merge(pairs)


def without(first: Sequence[Range], second: Sequence[Range]) -> list[Range]:
    """Return what is in the first set only."""
    left = list(first)
    for start, stop in second:
        left = [
            piece
            for a, b in left
            for piece in ((a, min(b, start)), (max(a, stop), b))
            if piece[0] < piece[1]
        ]
    return left
