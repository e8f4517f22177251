"""What the stand-ins raise."""

from __future__ import annotations


class Refused(Exception):
    """A tool refuses; the text is as the tool words it, or begins with ``stand-in:``."""
