"""What a virtual board reports."""

from __future__ import annotations


class VirtualBoardError(Exception):
    """Base of what the board models raise."""


class BusFault(VirtualBoardError):
    """An access that no slave answers: a bus error or a hung processor on silicon."""


class FabricError(VirtualBoardError):
    """A design that cannot work, or holds something that has no model."""
