"""An HLS project and solution: what the Tcl has set, on disk and in memory."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.hls.compile import preprocess
from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.source import Function, find_function, own_lines

PART = re.compile(r"x[ck][0-9a-z]+-[0-9a-z_]+-?[0-9a-z]*(-[0-9a-z]+)*", re.I)
SOURCE_SUFFIXES = (".cpp", ".cc", ".cxx", ".c")


@dataclass
class Solution:
    """One solution: settings by command, in the order given."""

    folder: Path
    part: str = ""
    period_ns: float = 10.0
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    synthesised: bool = False

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
        for source, flags in self.sources.items():
            if re.search(rf"\b{re.escape(name)}\s*\(", source.read_text()):
                lines = own_lines(preprocess(source, flags, self.cwd), source)
                function = find_function(lines, source, name, stream_region)
                if function is not None:
                    return function
        return None

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


def period_ns(text: str) -> float:
    """Return a clock period: nanoseconds, or with unit ns or MHz."""
    match = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*(ns|mhz)?", text.strip(), re.I)
    if match is None or float(match.group(1)) <= 0:
        raise HlsError(f"[HLS 200-101] 'create_clock': period '{text}' is no time")
    value = float(match.group(1))
    return 1000 / value if (match.group(2) or "").lower() == "mhz" else value
