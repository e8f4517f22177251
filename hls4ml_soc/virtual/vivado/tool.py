"""One run of the stand-in: what ``vivado -mode batch -source FILE`` is for the real tool."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from hls4ml_soc.virtual.tcl import Tcl, TclCommandError
from hls4ml_soc.virtual.vivado import commands, store
from hls4ml_soc.virtual.vivado.implement import FAULTS
from hls4ml_soc.virtual.vivado.ip_catalogue import Catalogue
from hls4ml_soc.virtual.vivado.known_commands import is_known
from hls4ml_soc.virtual.vivado.messages import ERROR, OWN, Messages
from hls4ml_soc.virtual.vivado.session import Session

RELEASES = (
    "2019.2",
    "2020.1",
    "2020.2",
    "2021.1",
    "2021.2",
    "2022.1",
    "2022.2",
    "2023.1",
    "2023.2",
    "2024.1",
    "2024.2",
    "2025.1",
    "2025.2",
)
_ = commands  # imported to register them

# Vivado's source and puts take more than Tcl's; tcl_version is what its scripts see.
_PRELUDE = """
rename source ::standin_source
proc source {args} {
    set rest {}
    foreach word $args { if {$word ni {-notrace -quiet -verbose}} { lappend rest $word } }
    uplevel 1 [list ::standin_source {*}$rest]
}
"""


class Output:
    """Write to the terminal and to the log file."""

    def __init__(self, terminal: TextIO, log: Path | None) -> None:
        """``log`` None writes no file."""
        self._terminal = terminal
        self._log = log.open("w", encoding="utf-8") if log else None

    def write(self, text: str) -> None:
        """Write text that brings its own line ends."""
        for stream in (self._terminal, self._log):
            if stream:
                stream.write(text)
                stream.flush()

    def close(self) -> None:
        """Close the log file."""
        if self._log:
            self._log.close()


def run(
    scripts: Sequence[Path],
    argv: Sequence[str] = (),
    *,
    version: str = "2023.2",
    strict: bool = True,
    fault: str = "",
    log: Path | None = None,
    terminal: TextIO | None = None,
    cwd: Path | None = None,
) -> int:
    """Execute Tcl scripts one after the other and return Vivado's exit code.

    ``strict`` False keeps Vivado's own severities; ``fault`` is one of FAULTS. Raises ValueError
    for a release or fault that the stand-in does not know.
    """
    if version not in RELEASES:
        raise ValueError(f"Vivado {version} is none the stand-in knows: {', '.join(RELEASES)}")
    if fault not in FAULTS:
        raise ValueError(f"HLS4ML_SOC_VIRTUAL_FAIL={fault} is none of {', '.join(FAULTS[1:])}")
    output = Output(terminal or sys.stdout, log)
    try:
        output.write(
            f"****** hls4ml_soc's stand-in for Vivado v{version} (no synthesis, no timing)\n"
        )
        session = Session(
            version, Messages(output.write, strict=strict), Catalogue(version), output.write, fault
        )
        code = 0
        for script in scripts:
            tcl = Tcl(
                session.commands(),
                on_puts=lambda channel, text: _show(output, session, channel, text),
                unknown=lambda words: _unknown(session, words),
                prelude=_PRELUDE,
            )
            session.tcl = tcl
            output.write(f"source {script}\n")
            code = tcl.source(script, argv, cwd)
            if code:
                break
        store.save(session)
        return code
    finally:
        output.close()


def _show(output: Output, session: Session, channel: str, text: str) -> None:
    """Print what a script prints; of the trace after an error, the line that is on the screen
    already is left out."""
    last = session.messages.last
    if channel == "stderr" and last and text.startswith(last + "\n"):
        text = text[len(last) + 1 :]
    output.write(text)


def _unknown(session: Session, words: list[str]) -> str:
    name = words[0]
    if len(words) == 1 and (name.isdigit() or name == "*"):
        return f"[{name}]"  # an index without braces, as in `get_bd_pins x/led[0]`
    if is_known(name):
        # Named, instead of "invalid command name".
        session.messages.report(OWN, f"hls4ml_soc's stand-in does not model `{name}`", ERROR)
        raise TclCommandError(session.messages.last)
    raise TclCommandError(f'invalid command name "{name}"')
