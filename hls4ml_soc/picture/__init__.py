"""Pictures of block designs."""

from .drawing import style, svg

__all__ = ["style", "svg"]
