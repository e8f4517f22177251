"""Where a run is: the phases that Vivado and HLS write into their logs, as short sentences.

``wait_on_run`` copies the log of a run into Vivado's own while it waits, so one log tells all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

_RUN = re.compile(
    r"\[\w{3} .*\] (?:Waiting for (?P<run>\w+) to finish|Launched (?P<many>.+?)\.\.\.)"
)
_COMMAND = re.compile(r"Command: (?P<step>\w+)")
_PHASE = re.compile(
    r"(?:Phase [\d.]+ (?P<phase>[^|]+?)\s*$"
    r"|(?:Starting|Start) (?P<start>[A-Z][\w /-]+?)(?: Task)?(?: : Time \(s\).*)?\s*$"
    r"|(?P<bit>Writing bitstream) )"
)
#: What Vivado starts within what it has told already.
_DULL = ("Cache Timing Information", "Handling Custom Attributes")
_HLS = re.compile(
    r"INFO: \[(?:HLS|SIM|IMPL) [\d-]+\] +(?:"
    r"Running: (?P<command>csynth_design|export_design|csim_design|cosim_design)"
    r"|Analyzing design file '(?P<file>[^']+)'"
    r"|-- (?P<what>Implementing|Generating RTL for) module '(?P<module>[^']+)'"
    r"|(?P<export>Exporting RTL as a Vivado IP))"
)


class Phases:
    """Reads a log line by line and knows the phase: ``impl_1: place_design: Global Placement``."""

    def __init__(self) -> None:
        self._run = self._step = self._phase = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (self._run, self._step, self._phase)))

    def read(self, line: str) -> bool:
        """Take a line; tell whether the phase is another one now."""
        before = str(self)
        if found := _RUN.match(line):
            many = found["many"] or ""
            self._run = found["run"] or (many if "," not in many else f"{many.count(',') + 1} runs")
            self._step = self._phase = ""
        elif found := _COMMAND.match(line):
            self._step, self._phase = found["step"], ""
        elif found := _HLS.match(line):
            self._hls(found)
        elif found := _PHASE.match(line):
            phase = found["phase"] or found["start"] or found["bit"]
            if phase not in _DULL:
                self._phase = phase
        return str(self) != before

    def _hls(self, found: re.Match[str]) -> None:
        if found["command"]:
            self._run, self._step, self._phase = "", found["command"], ""
        elif found["file"]:
            self._phase = f"reading {Path(found['file']).name}"
        elif found["module"]:
            does = "scheduling" if found["what"] == "Implementing" else "writing"
            self._phase = f"{does} {found['module'][:40]}"
        else:
            self._step, self._phase = "export_design", ""


class Follower:
    """Reads a log that grows, and tells of each phase once."""

    def __init__(self, log: Path, tell: Callable[[str], None]) -> None:
        self._log, self._tell = log, tell
        self._phases = Phases()
        self._at = 0

    def __call__(self) -> None:
        """Read what has been added, whole lines only."""
        try:
            with open(self._log, "rb") as file:
                file.seek(self._at)
                added = file.read()
        except OSError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._at += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        if any([self._phases.read(line) for line in lines]):
            self._tell(str(self._phases))
