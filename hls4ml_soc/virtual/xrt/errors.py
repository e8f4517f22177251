"""The exceptions of the virtual card."""

from __future__ import annotations


class XclbinError(Exception):
    """A file is no .xclbin, or not one that the virtual card can hold."""


class DeviceError(Exception):
    """What a program does to the card that a real one would not stand."""
