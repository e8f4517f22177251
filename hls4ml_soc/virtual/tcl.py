"""A real Tcl interpreter whose vendor commands are Python functions.

The script runs in a child interpreter of a ``tclsh`` process, so that syntax, quoting, scoping and
``catch`` are Tcl's own. Commands that only Tcl 8.6 has are taken away: Vivado and Vitis HLS carry
Tcl 8.5.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from hls4ml_soc.virtual.tcl_list import TclListError, join_list, split_list

__all__ = [
    "Tcl",
    "TclCommandError",
    "TclError",
    "TclExit",
    "TclListError",
    "join_list",
    "split_list",
]

_BRIDGE = Path(__file__).with_name("tcl_bridge.tcl")

Command = Callable[[list[str]], str]


class TclError(Exception):
    """The interpreter is missing or died."""


class TclCommandError(TclError):
    """A command refuses its arguments: a Tcl error, which the script may ``catch``."""


class TclExit(Exception):
    """End the script from inside a command, with an exit code."""

    def __init__(self, code: int) -> None:
        """Take the exit code."""
        super().__init__(f"exit {code}")
        self.code = code


class Tcl:
    """Run Tcl scripts, one interpreter per script.

    ``commands`` maps a command's name (namespaces allowed) to a function of its words, without the
    name, that returns the result. ``variables`` are set globally, ``prelude`` is Tcl evaluated
    before the script. ``on_puts`` receives (``stdout`` or ``stderr``, text with its newline);
    without it text goes to this process's streams. ``unknown`` receives all words of a command that
    exists nowhere, name first; without it that is an error.
    """

    def __init__(
        self,
        commands: Mapping[str, Command],
        *,
        variables: Mapping[str, str] = {},
        on_puts: Callable[[str, str], None] | None = None,
        unknown: Command | None = None,
        prelude: str = "",
    ) -> None:
        """Keep what the interpreters are to know; nothing is started."""
        self._commands = dict(commands)
        self._variables = dict(variables)
        self._on_puts = on_puts or _write
        self._prelude = prelude
        if unknown is not None:
            self._commands[""] = unknown
        self.cwd = Path.cwd()
        self.error_message = ""
        self.error_info = ""

    def source(self, script: Path, argv: Sequence[str] = (), cwd: Path | None = None) -> int:
        """Execute a script to its end and return the exit code of a vendor tool in batch mode.

        0 at the end of the script, 1 after an error that nobody caught (its ``errorInfo`` goes to
        ``stderr`` and stays in ``error_info``), or the script's own ``exit``. While a command runs,
        ``cwd`` is the script's working directory. Raises TclError if there is no ``tclsh`` or it
        dies; exceptions of commands other than TclCommandError and TclExit pass through.
        """
        program = shutil.which("tclsh") or shutil.which("tclsh8.6")
        if program is None:
            raise TclError("tclsh not found: install Tcl 8.6 (Debian: apt install tcl)")
        self.cwd = (cwd or Path.cwd()).resolve()
        self.error_message = self.error_info = ""
        up_read, up_write = os.pipe()
        down_read, down_write = os.pipe()
        with os.fdopen(up_read, "rb") as up, os.fdopen(down_write, "wb") as down:
            try:
                process = subprocess.Popen(
                    [program, str(_BRIDGE), str(up_write), str(down_read)],
                    cwd=self.cwd, stdin=subprocess.DEVNULL, pass_fds=(up_write, down_read),
                )  # fmt: skip
            finally:
                os.close(up_write)
                os.close(down_read)
            try:
                _send(down, self._greeting(script, argv))
                code = self._serve(up, down)
                process.wait(timeout=10)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if code is None:
            raise TclError(f"{program} ended unexpectedly with exit code {process.returncode}")
        return code

    def _greeting(self, script: Path, argv: Sequence[str]) -> list[str]:
        named = [name for name in self._commands if name]
        variables = [word for pair in self._variables.items() for word in pair]
        answers_unknown = "1" if "" in self._commands else "0"
        return [
            str(script),
            join_list(argv),
            join_list(named),
            answers_unknown,
            join_list(variables),
            self._prelude,
        ]

    def _serve(self, up: BinaryIO, down: BinaryIO) -> int | None:
        """Answer until the script ends; None if the interpreter went away without a word."""
        while (message := _receive(up)) is not None:
            kind, *rest = message
            if kind == "puts":
                self._on_puts(rest[0], rest[1])
            elif kind == "exit":
                return int(rest[0], 0)
            elif kind == "done":
                return 0
            elif kind == "failed":
                self.error_message, self.error_info = rest
                self._on_puts("stderr", self.error_info + "\n")
                return 1
            else:
                self.cwd = Path(rest[0])
                name, *words = split_list(rest[1])
                try:
                    reply = ["ok", self._commands[name](words)]
                except TclCommandError as error:
                    reply = ["error", str(error)]
                except TclExit as end:
                    _send(down, ["exit", str(end.code)])
                    return end.code
                _send(down, reply)
        return None


def _write(channel: str, text: str) -> None:
    stream = sys.stderr if channel == "stderr" else sys.stdout
    stream.write(text)
    stream.flush()


def _send(stream: BinaryIO, message: Sequence[str]) -> None:
    data = join_list(message).encode("utf-8", "surrogatepass")
    stream.write(b"%d\n%s" % (len(data), data))
    stream.flush()


def _receive(stream: BinaryIO) -> list[str] | None:
    header = stream.readline()
    if not header.endswith(b"\n"):
        return None
    return split_list(stream.read(int(header)).decode("utf-8", "surrogatepass"))
