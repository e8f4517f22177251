"""The project: part, files, IP repositories, runs; and where Vivado keeps what it generates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.vivado.cell import Cell

_SPEED_7 = r"-(?:[123]|1[LIQ]|2L[IE]?)"
_SPEED_PLUS = r"-(?:[123]|1L|2L|1LV|2LV|3)-[eicmq]"
_SPEED_VERSAL = r"-[123][LMH]P?H?P?-[eiqm]-[SLMH]"
# Family as IPs see it, then which parts belong to it (DS180, DS190, DS891). Not every combination
# of grade and temperature exists; a device or package that does not exist is noticed.
_PARTS: list[tuple[str, str]] = [
    ("zynq", r"xc(?P<device>7z007s)(?P<package>clg225|clg400)"),
    ("zynq", r"xc(?P<device>7z012s|7z015)(?P<package>clg485)"),
    ("zynq", r"xc(?P<device>7z014s|7z020)(?P<package>clg400|clg484)"),
    ("zynq", r"xc(?P<device>7z010)(?P<package>clg225|clg400)"),
    ("zynq", r"xc(?P<device>7z030)(?P<package>fbg484|fbg676|ffg676|sbg485)"),
    ("zynq", r"xc(?P<device>7z035|7z045)(?P<package>fbg676|ffg676|ffg900)"),
    ("zynq", r"xc(?P<device>7z100)(?P<package>ffg900|ffg1156)"),
    ("artix7", r"xc(?P<device>7a12t|7a25t)(?P<package>cpg238|csg325)"),
    ("artix7", r"xc(?P<device>7a15t|7a35ti?|7a50ti?)(?P<package>c[ps]g\d{3}|f[gt]g\d{3})"),
    ("artix7", r"xc(?P<device>7a75t|7a100ti?)(?P<package>csg324|ftg256|fgg484|fgg676)"),
    ("artix7", r"xc(?P<device>7a200t)(?P<package>sbg484|fbg484|fbg676|ffg1156)"),
    ("zynquplus", r"(?P<device>xczu\d+(?:cg|eg|ev|dr))-(?P<package>[a-z]{4}\d{3,4})"),
    ("zynquplus", r"(?P<device>xck2[46])-(?P<package>[a-z]{4}\d{3,4})"),
    ("spartan7", r"xc(?P<device>7s(?:6|15|25|50|75|100))(?P<package>[cf][a-z]{3}\d{3})"),
    ("virtex7", r"xc(?P<device>7v(?:x\d+t|585t|2000t|h\d+t))(?P<package>f[a-z]{2,3}\d{3,4})"),
    ("kintex7", r"xc(?P<device>7k(?:70|160|325|355|4[128]0)t)(?P<package>f[a-z]{2}\d{3,4})"),
    ("virtexuplus", r"(?P<device>xcvu\d+p)-(?P<package>[a-z]{4}\d{3,4})"),
    ("virtexuplus", r"(?P<device>xcu(?:2[56]|30|50|55[cn]|2[058]0))-(?P<package>f[a-z]{3}\d{4})"),
    ("kintexuplus", r"(?P<device>xcku\d+p)-(?P<package>[a-z]{4}\d{3,4})"),
    ("kintexu", r"(?P<device>xcku\d+)-(?P<package>[a-z]{4}\d{3,4})"),
    ("versal", r"(?P<device>xcv[cmpeh]\d+)-(?P<package>[a-z]{4}[a-z]?\d{3,4})"),
    ("artixuplus", r"(?P<device>xcau\d+p)-(?P<package>[a-z]{4}\d{3,4})"),
]
# Families whose parts are called like those of UltraScale+: device-package-grade-temperature.
_PLUS = ("zynquplus", "virtexuplus", "kintexuplus", "kintexu", "artixuplus")


@dataclass(frozen=True)
class Part:
    """A device: family, device and package as hand-off files name them."""

    name: str
    family: str
    device: str
    package: str
    speed: str

    @staticmethod
    def find(name: str) -> Part | None:
        """Return the part of a name; None if there is no such part."""
        for family, pattern in _PARTS:
            speed = _SPEED_PLUS if family in _PLUS else _SPEED_7
            speed = _SPEED_VERSAL if family == "versal" else speed
            match = re.fullmatch(f"{pattern}(?P<speed>{speed})", name)
            if match:
                grade = re.match(r"-\w+", match["speed"])
                return Part(
                    name, family, match["device"], match["package"], grade[0] if grade else ""
                )
        return None


@dataclass
class Run:
    """A synthesis or implementation run."""

    name: str
    directory: Path
    is_synthesis: bool
    status: str = "Not started"
    progress: str = "0%"
    to_step: str = ""
    running: bool = False  # launched, and nothing has waited for it
    steps_done: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether it went to its end."""
        return self.progress == "100%"

    @property
    def failed(self) -> bool:
        """Whether it ended before its end."""
        return self.status.endswith("ERROR")

    def reset(self) -> None:
        """Take it back to its beginning."""
        self.status, self.progress, self.running, self.steps_done = "Not started", "0%", False, []


@dataclass
class Project:
    """An open project."""

    name: str
    directory: Path
    part: Part
    release: tuple[int, ...]
    board_part: str = ""
    repositories: list[Path] = field(default_factory=list)
    scanned: list[Path] = field(default_factory=list)
    filesets: dict[str, list[Path]] = field(
        default_factory=lambda: {"sources_1": [], "constrs_1": [], "sim_1": [], "utils_1": []}
    )
    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    opened_run: str = ""
    ips: dict[str, Cell] = field(default_factory=dict)  # of the project itself, by name
    steps_done: list[str] = field(default_factory=list)  # without runs, by commands

    def __post_init__(self) -> None:
        """Create the two runs of every project."""
        for name, synthesis in (("synth_1", True), ("impl_1", False)):
            self.runs[name] = Run(name, self.directory / f"{self.name}.runs" / name, synthesis)

    def sources(self, design: str) -> Path:
        """Return the folder of a block design's own file."""
        return self.directory / f"{self.name}.srcs" / "sources_1" / "bd" / design

    def generated(self, design: str) -> Path:
        """Return the folder of what is generated from a block design: ``.gen`` from 2020.2 on,
        ``.srcs`` before."""
        kind = "gen" if self.release >= (2020, 2) else "srcs"
        return self.directory / f"{self.name}.{kind}" / "sources_1" / "bd" / design

    def files(self) -> list[Path]:
        """Return all files of the project."""
        return [f for fileset in self.filesets.values() for f in fileset]
