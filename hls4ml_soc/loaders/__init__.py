"""Ways of getting hardware and program into a board over JTAG. One module a loader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..board import Board
from ..bundle import Bundle
from .cable import Cable
from .openfpgaloader import OpenFpgaLoader
from .xsdb import Xsdb

__all__ = ["Loader", "OpenFpgaLoader", "Xsdb", "choose"]


class Loader(Protocol):
    """A way of loading a board. ``name`` is that of the tool."""

    name: str

    def check(self) -> None:
        """Look whether tool, cable and board are there; nothing on the board is changed.

        Raises ToolError for a missing tool, LinkError where the board does not show."""

    def load(self, bundle: Bundle, scratch: Path, remark: Callable[[str], None]) -> None:
        """Bring a bundle's bitstream and program into the board and start the program.

        ``scratch`` is a folder for files and logs. Raises ModelError for what no real board takes,
        ToolError or LinkError where loading fails."""


def choose(board: Board, cable: str | None = None) -> Loader:
    """Return the loader of a board.

    ``cable`` is ``tcp:HOST[:PORT]`` of a hw_server, which makes it xsdb; else part of a cable's
    name as xsdb lists it, or on boards without a processing system a cable that openFPGALoader
    knows. Raises ModelError for a cable that is neither."""
    given = Cable.parse(cable)
    soft = board.processing_system.family == "microblaze"
    if soft and board.program.openfpgaloader and not given.url:
        return OpenFpgaLoader(board, given)
    return Xsdb(board, given)
