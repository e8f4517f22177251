"""Running the programs that reach a board, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import processes
from ..errors import LinkError
from ..toolchains import installed


@dataclass(frozen=True)
class Told:
    """What a program left: exit code and output, which is also in ``log``."""

    code: int
    text: str
    log: Path


def run(
    tool: str, arguments: list[str], folder: Path, seconds: float, passing: bool = False
) -> Told:
    """Run an installed tool in a folder, its output in ``<tool>.log`` there; ``passing`` says that
    the folder does not last.

    Raises ToolError where it is not installed, LinkError where it takes longer than ``seconds``: a
    board that was switched off in the middle makes it wait for ever."""
    command = installed.find(tool).command(*arguments)
    log = folder / f"{tool}.log"
    code = processes.run(
        command, folder, log, watch=_until(tool, seconds, "" if passing else f"\n  log: {log}")
    )
    return Told(code, log.read_text(errors="replace"), log)


def _until(tool: str, seconds: float, where: str) -> Callable[[], None]:
    deadline = time.monotonic() + seconds

    def watch() -> None:
        if time.monotonic() > deadline:
            raise LinkError(f"{tool} did not end within {seconds:g} s{where}")

    return watch
