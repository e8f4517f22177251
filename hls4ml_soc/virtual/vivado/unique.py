"""Names that are not taken yet."""

from __future__ import annotations

from collections.abc import Iterable


def unique(name: str, taken: Iterable[str]) -> str:
    """Return the name, with a number appended if it is taken."""
    names = set(taken)
    if name not in names:
        return name
    number = 1
    while f"{name}{number}" in names:
        number += 1
    return f"{name}{number}"
