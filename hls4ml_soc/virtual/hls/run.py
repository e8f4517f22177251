"""Run an HLS Tcl script as the vendor's tool does in batch mode."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import CoreError, HlsError
from hls4ml_soc.virtual.hls.session import Session
from hls4ml_soc.virtual.hls.tools import Tool
from hls4ml_soc.virtual.tcl import Tcl, TclCommandError, TclError

# Scripts ask for the program's name to tell the tools apart.
_NAME_OF_EXECUTABLE = """
rename info hls_info
proc info {args} {
    if {[llength $args] == 1 && [string match nameofe* [lindex $args 0]]} {
        return $::hls_executable
    }
    return [uplevel 1 [linsert $args 0 hls_info]]
}
"""

# `exit` itself belongs to the interpreter.
_NOTED_EXIT = """
rename exit hls_exit
proc exit {{code 0}} {
    hls_note_exit $code
    hls_exit $code
}
"""


def run_script(
    tool: Tool,
    script: Path,
    arguments: tuple[str, ...] = (),
    cwd: Path | None = None,
    say: Callable[[str], None] | None = None,
) -> int:
    """Execute the script in ``cwd`` and return the exit code.

    Everything printed also goes to ``<tool>.log``: vivado_hls.log, vitis_hls.log. A script of
    vivado_hls or vitis_hls that ends without ``exit`` fails: the tool would wait at its prompt.
    """
    folder = (cwd or Path.cwd()).resolve()
    inner = "vitis_hls" if tool.is_vitis else "vivado_hls"
    with (folder / f"{inner}.log").open("w") as log:

        def tell(text: str) -> None:
            log.write(text + "\n")
            if say is not None:
                say(text)
            else:
                print(text, flush=True)

        tell(f"****** {tool.title} {tool.version}, stand-in of hls4ml_soc: g++, no RTL")
        return _run(tool, script, (*_own_arguments(tool, script), *arguments), folder, tell, inner)


def _run(
    tool: Tool, script: Path, argv: tuple[str, ...], folder: Path,
    tell: Callable[[str], None], inner: str,
) -> int:  # fmt: skip
    if not (folder / script).exists():
        tell(f"ERROR: [HLS 200-70] cannot find the script {script}")
        return 1
    session = Session(tool, lambda: tcl.cwd, tell)
    told: list[str] = []
    exits: list[str] = []

    def guarded(command: Callable[[list[str]], str]) -> Callable[[list[str]], str]:
        def run(words: list[str]) -> str:
            try:
                return command(words)
            except (HlsError, CoreError) as error:
                told.append(str(error))
                tell(f"ERROR: {error}")
                raise TclCommandError(str(error)) from error

        return run

    def note_exit(words: list[str]) -> str:
        exits.extend(words)
        return ""

    commands = {name: guarded(command) for name, command in session.commands().items()}
    tcl = Tcl(
        {**commands, "hls_note_exit": note_exit},
        variables={"hls_executable": f"/opt/Xilinx/bin/unwrapped/lnx64.o/{inner}"},
        on_puts=lambda channel, text: tell(text.rstrip("\n")),
        prelude=_NAME_OF_EXECUTABLE + _NOTED_EXIT,
    )
    try:
        code = tcl.source(script, argv, folder)
    except TclError as error:
        tell(f"ERROR: {error}")
        return 1
    if tcl.error_message and tcl.error_message not in told:
        tell(f"ERROR: {tcl.error_message}")
    if code == 0 and not exits and tool.name != "vitis-run":
        tell(f"ERROR: {script.name} ended without exit: {tool.name} would wait at its prompt")
        return 1
    return code


def _own_arguments(tool: Tool, script: Path) -> tuple[str, ...]:
    if tool.name == "vitis-run":
        return ("-nolog", "-run", "tcl", "-f", str(script))
    return ("-f", str(script))


def fail(text: str) -> int:
    """Print an error line and return the exit code for it."""
    print(f"ERROR: {text}", file=sys.stderr)
    return 1
