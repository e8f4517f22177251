"""What the HLS stand-in and the emulated IP core raise."""

from __future__ import annotations


class HlsError(Exception):
    """The tool refuses: one line as the tool would print it, without ``ERROR:``."""


class CoreError(Exception):
    """An emulated IP core cannot be loaded or is used in a way that its ports do not allow."""
