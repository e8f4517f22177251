"""What a machine behind SSH is for: what is checked there, and what runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ...board import Board
from ...bundle import Bundle
from ...report import Arrays
from .. import Run

#: A word of a command: text, or a file there by its area (``bundle``, ``made``, ``run``) and path.
Word = str | tuple[str, str]


@dataclass(frozen=True)
class Advice:
    """What to do where a file system cannot be written, and where it gives back other bytes."""

    read_only: str
    digest: str


class Machine(Protocol):
    """What a machine has said of itself."""

    @property
    def user(self) -> str:
        """Who is logged in."""

    @property
    def virtual(self) -> bool:
        """Whether it is a model."""


class There(Protocol):
    """A machine that has a bundle and the files of a run."""

    @property
    def board(self) -> Board:
        """The board that is meant."""

    def run(self, argv: list[Word], program: str) -> None:
        """Run a command in the area ``run``; ``program`` names it.

        Raises ModelError where it ends with 2, LinkError for other codes but 0."""

    def made(self, key: str) -> bool:
        """Take the area ``made`` for what a key stands for; tell whether that is there already."""

    def make(self, argv: list[Word]) -> None:
        """Compile there, in the area ``made``, and keep it. Raises ToolError."""

    def get(self, path: str) -> bytes:
        """Return a file of the run."""

    @property
    def remark(self) -> Callable[[str], None]:
        """Takes what is worth telling."""


class Service(Protocol):
    """What the boards of a target need. ``root`` is whether programs run as root."""

    target: str
    root: bool
    advice: Advice

    def machine(self, told: dict[str, Any]) -> Machine:
        """Take what the agent has found out."""

    def problems(self, machine: Any, board: Board, where: str) -> list[str]:
        """Return what keeps a machine from being the board, a sentence with a remedy each."""

    def check_bundle(self, bundle: Bundle, board: Board, virtual: bool, where: str) -> None:
        """Raise BoardError for a bundle that is of another board, or of another kind of board."""

    def files(self, inputs: Arrays, machine: Any) -> dict[str, bytes]:
        """Return the files of a run. Raises ModelError for inputs that have none."""

    def compute(self, there: There, bundle: Bundle, inputs: Arrays, machine: Any) -> Run:
        """Compute samples there."""
