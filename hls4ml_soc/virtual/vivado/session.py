"""A running stand-in: project, block designs, messages, and the commands that scripts call."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.tcl import Tcl, TclCommandError, TclListError, split_list
from hls4ml_soc.virtual.vivado.arguments import (
    ArgumentError,
    Arguments,
    NotModelled,
    parse,
    synopsis,
)
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.ip_catalogue import Catalogue
from hls4ml_soc.virtual.vivado.messages import ERROR, OWN, Messages
from hls4ml_soc.virtual.vivado.project import Project

Handler = Callable[["Session", Arguments], str]
_COMMANDS: dict[str, tuple[str, Handler]] = {}
_ALIASES: dict[str, str] = {}


class Failed(Exception):
    """A command cannot go on; its messages are printed already. ``text`` is the Tcl error, if
    not the usual one."""

    def __init__(self, text: str = "") -> None:
        """Take the Tcl error's text."""
        super().__init__(text)
        self.text = text


def command(usage: str, *aliases: str) -> Callable[[Handler], Handler]:
    """Register a command with its synopsis and other names."""

    def register(handler: Handler) -> Handler:
        name = usage.split(" ", 1)[0]
        _COMMANDS[name] = (usage, handler)
        for alias in aliases:
            _ALIASES[alias] = name
        return handler

    return register


@dataclass
class Session:
    """The state of one run of the stand-in."""

    version: str
    messages: Messages
    catalogue: Catalogue
    output: Callable[[str], None]
    fault: str = ""
    project: Project | None = None
    designs: dict[str, Design] = field(default_factory=dict)
    current: Design | None = None
    issued: dict[str, tuple[str, object]] = field(default_factory=dict)
    closed: dict[Path, tuple[Project, dict[str, Design]]] = field(default_factory=dict)
    opaque: set[str] = field(default_factory=set)  # VLNVs that were named as not modelled
    tcl: Tcl | None = None

    # --- for commands

    def fail(self, id: str, text: str) -> Failed:
        """Print an error and return the exception that ends the command."""
        self.messages.report(id, text, ERROR)
        # Errors about arguments are the Tcl error themselves; others are followed by Common 17-39.
        return Failed(f"ERROR: [{id}] {text}" if id.startswith("Common 17-") else "")

    def refuse(self, text: str) -> Failed:
        """Print an error of the stand-in's own and return the exception that ends the command."""
        return self.fail(OWN, text)

    def not_modelled(self, what: str) -> Failed:
        """Say that Vivado has something that the stand-in has not."""
        return self.refuse(f"hls4ml_soc's stand-in does not model `{what}`")

    def takes_opaque(self, vlnv: str, why: str = "") -> bool:
        """Say whether cells of an IP that is not modelled may be created; name it once."""
        parts = vlnv.split(":")
        if self.messages.strict or len(parts) not in (3, 4) or not all(parts):
            return False
        if set("*?") & set(":".join(parts[:3])) or self.catalogue.knows_name(vlnv):
            return False
        if vlnv not in self.opaque:
            self.opaque.add(vlnv)
            self.messages.report(
                "Standin 1-5",
                f"hls4ml_soc's stand-in does not model {vlnv}{f' ({why})' if why else ''}: "
                "its cells have every pin, interface and parameter that the script names; nothing "
                "about them is checked",
            )
        return True

    def issue(self, kind: str, named: Iterable[tuple[str, object]]) -> list[str]:
        """Remember objects that a command returns; scripts hold their names."""
        result = []
        for name, thing in named:
            self.issued[name] = (kind, thing)
            result.append(name)
        return result

    def objects(self, words: Iterable[str], option: str = "objects") -> list[tuple[str, object]]:
        """Turn words, each a list of names, to the objects that commands returned under these
        names."""
        result = []
        for name in [n for word in words for n in split_list(word)]:
            if name not in self.issued:
                raise self.fail(
                    "Common 17-161", f"Invalid option value '{name}' specified for '{option}'."
                )
            result.append(self.issued[name])
        return result

    def print(self, text: str) -> None:
        """Print text that is no message."""
        if not self.messages.quiet_run:
            self.output(text)

    def path(self, text: str) -> Path:
        """Resolve a path of the script."""
        base = self.tcl.cwd if self.tcl else Path.cwd()
        return Path(text) if Path(text).is_absolute() else Path(os.path.normpath(base / text))

    def design(self) -> Design:
        """Return the current block design."""
        if self.current is None or self.current.closed:
            raise self.fail(
                "BD 5-4", "No open block design. Please create or open a block design first."
            )
        return self.current

    def ip_folder(self, cell: Cell) -> Path:
        """Return the folder of a cell's generated files, which exists then."""
        project = self.open_project()
        design = next((d for d in self.designs.values() if cell in d.cells.values()), None)
        if design is None:
            folder = project.directory / f"{project.name}.srcs" / "sources_1" / "ip"
        else:
            folder = project.sources(design.name) / "ip"
        (folder / cell.component).mkdir(parents=True, exist_ok=True)
        return folder / cell.component

    def open_project(self) -> Project:
        """Return the open project."""
        if self.project is None:
            raise self.fail(
                "Common 17-53",
                "User Exception: No open project. Please create or open a project first.",
            )
        return self.project

    @property
    def release(self) -> tuple[int, ...]:
        """Year and number, to compare."""
        return tuple(int(n) for n in re.findall(r"\d+", self.version)[:2])

    # --- for the interpreter

    def commands(self) -> dict[str, Callable[[list[str]], str]]:
        """Return the functions that the interpreter calls."""

        def bind(name: str) -> Callable[[list[str]], str]:
            return lambda words: self.call(name, words)

        names = [*_COMMANDS, *_ALIASES]
        return {n: bind(n) for n in names}

    def call(self, name: str, words: list[str]) -> str:
        """Execute one command. Raises TclCommandError if it fails."""
        usage, handler = _COMMANDS[_ALIASES.get(name, name)]
        quiet = "-quiet" in words
        messages = self.messages
        outer, messages.failed = messages.failed, False
        messages.quiet = messages.quiet or quiet
        result = text = ""
        try:
            result = handler(self, self._arguments(usage, words))
        except Failed as end:
            messages.failed = True
            text = end.text
        except TclListError as error:
            messages.failed, text = True, str(error)
        except NotModelled as error:
            messages.report(OWN, f"hls4ml_soc's stand-in does not model `{error}`", ERROR)
            quiet = False
        finally:
            messages.quiet = False
            failed, messages.failed = messages.failed, outer
        if failed and not quiet:
            raise TclCommandError(
                text or f"ERROR: [Common 17-39] '{name}' failed due to earlier errors."
            )
        return "" if failed else result

    def _arguments(self, usage: str, words: list[str]) -> Arguments:
        try:
            return parse(synopsis(usage), words)
        except ArgumentError as error:
            # A mistake in the script is one even where it says -quiet.
            self.messages.quiet = False
            raise self.fail(error.id, str(error)) from error
