"""Boards whose files the lenient stand-in takes as installed: their part, nothing else.

The version at the end of a name may be any. Presets and interfaces of boards are not at hand.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("boards.json")


@cache
def _parts() -> dict[str, str]:
    parts: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))["parts"]
    return parts


def part(board: str) -> str:
    """Return the part of a board, whatever its version; nothing if it is not in the table."""
    head = board.rpartition(":")[0].lower()
    return next((p for b, p in _parts().items() if b.rpartition(":")[0] == head), "")


def match(pattern: str) -> list[str]:
    """List the boards that a pattern selects."""
    return [b for b in _parts() if fnmatchcase(b.lower(), pattern.lower())]


def properties(board: str) -> dict[str, str]:
    """Return the properties of a board, as far as its name tells."""
    vendor, name, _, version = board.split(":")
    return {
        "NAME": board,
        "VENDOR_NAME": vendor,
        "BOARD_NAME": name,
        "FILE_VERSION": version,
        "PART_NAME": part(board),
    }
