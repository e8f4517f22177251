"""Boards: what files in ``boards/`` say, what is wrong with one, drafts from a vendor's files."""

from .description import (
    Board,
    Clock,
    Console,
    DataCentre,
    Memory,
    MemoryRange,
    Pin,
    ProcessingSystem,
    Program,
    Resources,
    Target,
    names,
)

__all__ = [
    "Board",
    "Clock",
    "Console",
    "DataCentre",
    "Memory",
    "MemoryRange",
    "Pin",
    "ProcessingSystem",
    "Program",
    "Resources",
    "Target",
    "names",
]
