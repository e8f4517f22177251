"""Why a tool failed: the one line of its log that is the cause, and what to do about it.

Ids and texts are those of public logs of Vivado and Vitis HLS 2016.2 to 2025.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Errors that only say that there was one; the cause is above them, or in a run's own log.
_UMBRELLA = re.compile(
    r"\[Common 17-39\]"
    r"|\[Common 17-70\] .*(failures in the following run|Failed to launch)"
    r"|\[Common 17-69\] Command failed: *(\S+ failed|Synthesis failed|$|.*see the console|"
    r"Placer could not place all instances|Run failed)"
    r"|\[Vivado 12-13638\]|\[Vivado 12-1345\]|\[Vivado_Tcl 4-\d+\]"
    r"|\[HLS 200-1715\]|\[HLS 200-70\] (Pre-synthesis failed|Compilation errors found)"
    r"|\[IMPL 213-28\]|\[v\+\+ 60-(300|626|661|703)\]"
    r"|\[soc\] \S+ (ended with|stopped at)|\[soc\] .*ERROR messages above"
)
#: A process that was killed, or crashed. The launcher's script tells, not the tool.
_ENDED = re.compile(
    r"rdiArgs\.sh: line \d+:\s+\d+ Killed|Parent process \(pid \d+\) has died"
    r"|Abnormal program termination|An unexpected error has occurred"
    r"|Error 137\b|\bOut of memory\b|Cannot allocate memory"
)
_MEMORY = "out of memory: more RAM or swap, or fewer jobs at a time; `dmesg` names the process"
_FITS = (
    "the design does not fit: raise the reuse factor (--reuse), narrow the precision (--precision),"
    " or take a larger board"
)
#: What to do: the first pattern that fits the cause.
_HINTS = (
    (r"\[Common 17-34[58]\]|[Ll]icense was not found",
     "no licence for this part or feature: let XILINXD_LICENSE_FILE name one; in a container the "
     "host id is another one"),
    (r"No space left on device|Disk quota exceeded|HDDMProto::writeMessage failed"
     r"|\[Common 17-1294\]", "the disk is full: make room and run again"),
    (r"(?i)\bpart\b.{0,80}(not installed|not found|could not be found|invalid)"
     r"|\[Coretcl 2-106\]|\[HLS 200-1023\]",
     "the part is not in this installation: add its device family with the installer (Add Design "
     "Tools or Devices)"),
    (r"\[DRC UTLZ-1\]|\[Place 30-(640|487|99)\]", _FITS),
    (r"timing is not met",
     "raise the reuse factor (--reuse) or lower the board's clock; --allow-negative-slack builds a "
     "bitstream to look at"),
    (r"Killed|exit code 137|signal 9|Error 137|has died|[Cc]annot allocate memory|Out of memory"
     r"|\[Common 17-179\]", _MEMORY),
    (r"\[XFORM 203-504\]|\[HLS 200-1471\]",
     "more than HLS unrolls: raise the reuse factor (--reuse), or use --io-type io_stream"),
    (r"core_revision|bad lexical cast|'2\d{9}' is an invalid argument",
     "HLS of before 2022.1 needs AMD's patch y2k22 (support article 76960)"),
    (r"illegal character", "choose an output folder without blanks with --out"),
    (r"\[HLS 200-(970|1016)\]|\[SYNCHK ", "HLS cannot synthesise a source"),
    (r"\[DRC (NSTD|UCIO)-1\]", "a port has no pin: complete `pins` of the board file"),
    (r"\[Board 49-71\]", "remove `board_part` from the board file: a build does not need it"),
    (r"\[Synth 8-", "synthesis refuses a source: the log of the run has the lines around it"),
    (r"\[(Place|Route) \d", "placement or routing failed: too full or congested; raise --reuse"),
    (r"An unexpected error has occurred",
     "a crash of the tool; on Ubuntu in a container, set "
     "LD_PRELOAD=/lib/x86_64-linux-gnu/libudev.so.1"),
    (r"has no .*synthesis|does not model",
     "the stand-in does not know this; Vivado may"),
)  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """Why a tool failed, and what to do; ``hint`` is empty where nobody knows."""

    text: str
    hint: str = ""


def cause(log: str, others: Iterable[str] = (), code: int = 1) -> Cause:
    """Return the cause that a tool's log tells; ``others`` are the logs of its runs.

    ``code`` is the exit code, negative for a signal.
    """
    lines = _lines(log)
    theirs = [_lines(text) for text in others]
    killed = code in (137, -9)
    text = (
        (_ended(lines, theirs) if killed else "")
        or _first_error(lines)
        or next(filter(None, map(_first_error, theirs)), "")
        or _ended(lines, theirs)
        or ("killed (signal 9)" if killed else "")
        or _any_error(lines)
        or next((each for each in lines if each.startswith("CRITICAL WARNING:")), "")
        or (lines[-1] if lines else "it wrote nothing")
    )
    return Cause(text, hint(text))


def hint(text: str) -> str:
    """Return what to do about a cause, or nothing."""
    return next((told for pattern, told in _HINTS if re.search(pattern, text)), "")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _errors(lines: list[str]) -> Iterable[str]:
    return (
        line.partition(":")[2].strip() for line in lines if line.startswith(("ERROR:", "error:"))
    )


def _first_error(lines: list[str]) -> str:
    return next((each for each in _errors(lines) if not _UMBRELLA.search(each)), "")


def _any_error(lines: list[str]) -> str:
    return next(iter(_errors(lines)), "")


def _ended(lines: list[str], others: list[list[str]]) -> str:
    return next((each for text in (lines, *others) for each in text if _ENDED.search(each)), "")
