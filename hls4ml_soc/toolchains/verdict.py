"""The verdict on a run of a tool: how it ended, and what its reports say. For ``build.json``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import messages, reports
from .reports import Figures

#: Written by steps/run.tcl: the only word on a run that Vivado itself lets fail silently.
_RUN = re.compile(r"^soc: (\w+): (.*) \((\d+%)\)$", re.MULTILINE)
_FAILED = re.compile(r"^ERROR: \[soc\] (\w+) ended with '(.*)': see .*runme\.log$", re.MULTILINE)
#: What a report of an earlier run would be taken for.
_REPORTS = ("timing.rpt", "utilization.rpt", "facts.txt")
_HLS = "*_prj/solution1/syn/report/*_soc_csynth.xml"


@dataclass(frozen=True)
class Verdict:
    """``exit_code`` is negative for a signal; ``runs`` are Vivado's own, with status and progress;
    figures are None where no report gives them; ``cause`` is empty for a success."""

    exit_code: int
    runs: dict[str, dict[str, str | None]] = field(default_factory=dict)
    timing: Figures | None = None
    utilization: Figures | None = None
    hls: Figures | None = None
    cause: str = ""
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @property
    def remarks(self) -> Iterator[str]:
        """What a person wants to know at once."""
        if self.timing:
            yield f"timing {reports.slack(self.timing)}"
        if self.utilization:
            names = ("lut", "dsp", "bram_18k")
            used = self.utilization
            yield ", ".join(f"{n} {used[n]['percent']:g} %" for n in names if n in used)
        if self.hls and (beyond := reports.beyond(self.hls)):
            yield f"HLS estimates more than the part has: {', '.join(beyond)}"


def unmet(judged: Verdict, origin: str) -> str:
    """Return why a build that ended well must not be used: nothing, if timing is met.

    A second look at what the Tcl has checked: pulse width included, and not knowing is no pass.
    Only a stand-in, which times nothing, may leave it open.
    """
    if judged.timing is None:
        return (
            "" if origin == "standin" else "told no slack: timing.rpt has no design timing summary"
        )
    if judged.timing["met"]:
        return ""
    return f"ended well, but timing is {reports.slack(judged.timing)}: see timing.rpt"


def forget(where: Path) -> None:
    """Remove the reports of an earlier run."""
    for path in (*(where / name for name in _REPORTS), *where.glob(_HLS)):
        path.unlink(missing_ok=True)


def judge(where: Path, log: Path, code: int) -> Verdict:
    """Read log and reports of a run that ended with an exit code, in its folder."""
    text = log.read_text(errors="replace")
    found = messages.Cause("")
    if code != 0:
        runs = sorted(where.glob("project/*.runs/*/runme.log"), key=_age)
        found = messages.cause(text, (run.read_text(errors="replace") for run in runs), code)
    return Verdict(
        code,
        _runs(text),
        _figures(where / "timing.rpt", reports.timing),
        _figures(where / "utilization.rpt", reports.utilization),
        next((each for path in where.glob(_HLS) if (each := _figures(path, reports.hls))), None),
        found.text,
        found.hint,
    )


def ended(code: int) -> str:
    """Say how a process ended."""
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _runs(text: str) -> dict[str, dict[str, str | None]]:
    told: list[tuple[str, str, str | None]] = _RUN.findall(text)
    # Of a run that failed the Tcl gives the status alone.
    told += [(run, status, None) for run, status in _FAILED.findall(text)]
    return {run: {"status": status, "progress": done} for run, status, done in told}


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, str(path)


def _figures(path: Path, read: Callable[[str], Figures | None]) -> Figures | None:
    try:
        return read(path.read_text(errors="replace"))
    except OSError:
        return None
