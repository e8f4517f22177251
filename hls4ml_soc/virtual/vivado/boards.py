"""Boards whose files the lenient stand-in takes as installed: their part, and of some the preset of
the processing system.

The version at the end of a name may be any. Interfaces and pins of boards are not at hand.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("boards.json")
_PRESETS = Path(__file__).with_name("presets.json")


@cache
def _parts() -> dict[str, str]:
    parts: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))["parts"]
    return parts


def part(board: str) -> str:
    """Return the part of a board, whatever its version; nothing if it is not in the table."""
    head = board.rpartition(":")[0].lower()
    return next((p for b, p in _parts().items() if b.rpartition(":")[0] == head), "")


@cache
def _presets() -> dict[str, dict[str, str]]:
    found = json.loads(_PRESETS.read_text(encoding="utf-8"))["presets"]
    return {board.lower(): values for board, values in found.items()}


def preset(board: str) -> dict[str, str]:
    """Return what a board's preset changes in its processing system; nothing if it is not at
    hand."""
    return _presets().get(board.rpartition(":")[0].lower(), {})


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
