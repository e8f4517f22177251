"""Who executes a plan's steps: the vendor's tools, or stand-ins for them."""

from __future__ import annotations

from typing import Protocol

from ..plan import Step


class Toolchain(Protocol):
    """A set of tools. ``origin`` marks all that they make; products of different origin never
    mix."""

    origin: str
    label: str  # for people

    def command(self, step: Step) -> list[str]:
        """Return what to execute for a step.

        Raises ToolError for a tool that is missing or cannot do it.
        """

    def version(self, tool: str) -> str:
        """Return the version of a tool, as it enters the cache key."""
