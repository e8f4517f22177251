"""Ways of talking to a board. One module a connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..board import Board
from ..bundle import Bundle
from ..report import Arrays


@dataclass(frozen=True)
class Run:
    """What came back: outputs by name, and what the board's own program noted.

    ``noted`` may hold ``latency_us``, a list for single samples, ``seconds`` for all of them, and
    ``clock_mhz``."""

    outputs: Arrays
    noted: dict[str, Any]


class Connection(Protocol):
    """A way of talking to a board."""

    @property
    def name(self) -> str:
        """What ``report.json`` calls it."""

    def check(self, board: Board, target: str) -> None:
        """Look whether the board can be reached and used, before anything is built.

        Raises SocError with a remedy."""

    @property
    def virtual(self) -> bool:
        """Whether a model answers; known after ``check``."""

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Bring a bundle to the board and compute samples, an array (samples, ...) per input.

        ``scratch`` is a folder for files and logs. Raises ModelError for inputs that do not fit,
        LinkError where the board cannot be reached or reports a failure."""
