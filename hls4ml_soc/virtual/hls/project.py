"""An HLS project and solution: what the Tcl has set, on disk and in memory."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.hls.compile import preprocess
from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.source import (
    Function,
    Lines,
    definitions,
    find_function,
    own_lines,
)

PART = re.compile(r"x[ck][0-9a-z]+-[0-9a-z_]+-?[0-9a-z]*(-[0-9a-z]+)*", re.I)
SOURCE_SUFFIXES = (".cpp", ".cc", ".cxx", ".c")


@dataclass
class Solution:
    """One solution: settings by command, in the order given."""

    folder: Path
    part: str = ""
    clocks: dict[str, float] = field(default_factory=dict)
    uncertainty: str = ""
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    synthesised: bool = False

    @property
    def period_ns(self) -> float:
        """Return the period of the clock that was created last."""
        return [*self.clocks.values()][-1]

    def require_clock(self) -> None:
        """Raise HlsError if no clock was created."""
        if not self.clocks:
            raise HlsError(
                "[HLS 200-643] No clock: use create_clock. Vitis HLS would take a period of 10 ns "
                "without a word, whatever clock the core gets in the block design"
            )

    def setting(self, command: str, option: str, default: str = "") -> str:
        """Return an option's last value."""
        return self.settings.get(command, {}).get(option, default)


@dataclass
class Project:
    """One project: sources with their flags, test bench files, the top function."""

    folder: Path
    cwd: Path
    top: str = ""
    sources: dict[Path, list[str]] = field(default_factory=dict)
    bench: dict[Path, list[str]] = field(default_factory=dict)
    solution: Solution | None = None

    def add(self, names: list[str], flags: str, bench: bool) -> None:
        """Add files, relative to the working directory; raises HlsError if one is missing."""
        for name in names:
            path = (self.cwd / name).resolve()
            if not path.exists():
                raise HlsError(f"[HLS 200-10] Cannot find source file '{name}' in {self.cwd}")
            if bench:
                self.bench[path] = shlex.split(flags)
            elif path.suffix in SOURCE_SUFFIXES:
                self.sources[path] = shlex.split(flags)

    def flags(self) -> list[str]:
        """Return the compiler flags of all sources, each once."""
        return list(dict.fromkeys(flag for flags in self.sources.values() for flag in flags))

    def find_stream_region(self, name: str) -> Function | None:
        """Return a function's definition if it is a DATAFLOW region over streams, or None."""
        return self._find(name, stream_region=True)

    def _find(self, name: str, stream_region: bool) -> Function | None:
        for source, lines in self._mentioning(name):
            function = find_function(lines, source, name, stream_region)
            if function is not None:
                return function
        return None

    def lines(self, source: Path) -> Lines:
        """Return a source's own lines with conditions and macros resolved as in synthesis."""
        return own_lines(preprocess(source, self.sources[source], self.cwd), source)

    def _mentioning(self, name: str) -> Iterator[tuple[Path, Lines]]:
        for source in self.sources:
            if re.search(rf"\b{re.escape(name)}\s*\(", source.read_text()):
                yield source, self.lines(source)

    def find_formals(self, name: str) -> list[str]:
        """Return the parameters of a function as its definition writes them; none if there is
        no definition in the sources."""
        for _, lines in self._mentioning(name):
            definition = next(definitions(lines, name), None)
            if definition is not None:
                return list(definition.formals)
        return []

    def find_top(self) -> Function:
        """Return the top function; raises HlsError as HLS does."""
        if not self.top:
            raise HlsError("[HLS 200-70] No top function: use set_top")
        if not self.sources:
            raise HlsError("[HLS 200-70] No source files: use add_files")
        top = self._find(self.top, stream_region=False)
        if top is None:
            raise HlsError(
                f"[HLS 200-1018] Cannot find the top function '{self.top}' in the sources"
            )
        return top


def open_folder(folder: Path, reset: bool) -> None:
    """Create a project's or solution's folder, empty after ``-reset``; refuse a blank in it."""
    if " " in str(folder):
        raise HlsError(
            f"[HLS 200-70] Project/solution path '{folder}' contains illegal character ' '"
        )
    if reset and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def check_uncertainty(text: str) -> None:
    """Check the argument of set_clock_uncertainty: ns, or a percentage of the period."""
    match = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*(ns|%)?", text.strip(), re.I)
    if match is None or (match.group(2) == "%" and float(match.group(1)) >= 100):
        raise HlsError(
            f"[HLS 200-101] 'set_clock_uncertainty': '{text}' is neither ns nor percent below 100"
        )


def period_ns(text: str) -> float:
    """Return a clock period: nanoseconds, or with unit ns or MHz."""
    match = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*(ns|mhz)?", text.strip(), re.I)
    if match is None or float(match.group(1)) <= 0:
        raise HlsError(f"[HLS 200-101] 'create_clock': period '{text}' is no time")
    value = float(match.group(1))
    return 1000 / value if (match.group(2) or "").lower() == "mhz" else value
