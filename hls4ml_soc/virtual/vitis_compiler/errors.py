"""The exception of the stand-in for v++."""

from __future__ import annotations


class VppError(Exception):
    """What v++ refuses, or the stand-in does not model."""
