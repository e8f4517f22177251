"""Which lines of the Tcl a design executes: a fault in any other cannot show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

#: Put in front of the build: notes file and line of every command of every proc (Tcl 8.5).
TRACE = """
proc soc_trace {command operation} {
    for {set i 1} {$i <= [info frame]} {incr i} {
        set frame [info frame $i]
        if {[dict exists $frame file] && [dict exists $frame line]} {
            set ::soc_lines([dict get $frame file],[dict get $frame line]) 1
        }
    }
}
proc soc_trace_write {args} {
    set file [open executed.txt w]
    foreach name [array names ::soc_lines] { puts $file $name }
    close $file
}
trace add execution soc::build enterstep soc_trace
trace add execution soc::build leave soc_trace_write
"""
START = "\nif {[catch { soc::build } message]} {"
#: Commands whose body may be skipped. Lines within one that was are not executed.
BRANCHES = re.compile(
    r"[ }]*(?:(?:if|else|elseif|while|switch)\b|foreach (?:\{[^}]*\}|\w+) (?:\[.*\]|\$\w+) \{$)"
)


def lines(
    good: Path, scratch: Path, files: Mapping[str, str], version: str
) -> set[tuple[str, int]]:
    """Run a plan's ``build.tcl`` and return (file of the plan, line) of all that it executes."""
    build = files["vivado/build.tcl"]
    assert build.count(START) == 1, f"build.tcl has not just one {START!r}"
    for name, text in files.items():
        if name.startswith("vivado/"):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_text(text)
    # After all procs: they exist, and line numbers stay as they are.
    (scratch / "vivado/build.tcl").write_text(
        build.replace(START, f"\nsource trace.tcl;{START[1:]}")
    )
    (scratch / "vivado/trace.tcl").write_text(TRACE)
    (scratch / "hls").symlink_to(good / "hls")
    folder = scratch / "vivado"
    done = subprocess.run(
        [sys.executable, "-m", "hls4ml_soc.virtual.vivado", "--version", version,
         "-mode", "batch", "-source", "build.tcl"],
        cwd=folder, capture_output=True, text=True, timeout=300,
        env={**os.environ, "HLS4ML_SOC_VIRTUAL_FAIL": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    noted = set()
    for entry in (folder / "executed.txt").read_text().split("\n"):
        path, _, line = entry.rpartition(",")
        if path:
            name = Path(os.path.realpath(path))
            if name.is_relative_to(os.path.realpath(scratch)):
                noted.add((name.relative_to(os.path.realpath(scratch)).as_posix(), int(line)))
    sourced = {file for file, _ in noted} | {"vivado/build.tcl", "vivado/settings.tcl"}
    return {
        (name, line)
        for name in sourced.intersection(files)
        for line in _alive(files[name], {at for file, at in noted if file == name})
    }


def _alive(text: str, noted: set[int]) -> set[int]:
    """Return the lines that count as executed: noted ones, what continues them, and all outside
    of procs."""
    alive = set()
    inside, owner = False, 0
    rows = text.split("\n")
    for number, row in enumerate(rows, 1):
        if row.startswith("proc "):
            inside, owner = True, 0
        if number in noted:
            owner = number
        if not inside or number in noted or (owner and not BRANCHES.match(rows[owner - 1])):
            alive.add(number)
        if row.startswith("}") or re.match(r"proc .*\}$", row):
            inside = False
    return alive
