"""A tool of the vendor's that executes Tcl: xsct, xsdb."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hls4ml_soc.virtual.tcl import Tcl, TclCommandError, TclError
from hls4ml_soc.virtual.vitis.errors import Refused

Commands = Mapping[str, Callable[[list[str]], str]]


def run(
    make: Callable[[Callable[[], Path], Callable[[str], None]], Commands],
    arguments: Sequence[str],
    known: frozenset[str],
) -> int:
    """Execute ``script.tcl argument ...`` and return the exit code.

    ``make`` returns the commands, given what tells the script's folder and what prints; ``known``
    are commands that the tool has and the stand-in has not."""
    if not arguments:
        raise Refused("stand-in: a script is needed; it has no prompt")
    script = Path(arguments[0])
    if not script.is_file():
        raise Refused(f'couldn\'t read file "{script}": no such file or directory')

    def unknown(words: list[str]) -> str:
        if words[0] in known:
            raise TclCommandError(f"stand-in: the command {words[0]} is not modelled")
        raise TclCommandError(f'invalid command name "{words[0]}"')

    def guarded(command: Callable[[list[str]], str]) -> Callable[[list[str]], str]:
        def call(words: list[str]) -> str:
            try:
                return command(words)
            except Refused as error:
                raise TclCommandError(str(error)) from error

        return call

    commands = make(lambda: tcl.cwd, lambda text: print(text, flush=True))
    tcl = Tcl({name: guarded(each) for name, each in commands.items()}, unknown=unknown)
    try:
        code = tcl.source(script, list(arguments[1:]))
    except TclError as error:
        raise Refused(f"stand-in: {error}") from error
    sys.stdout.flush()
    return code
