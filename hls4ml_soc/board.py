"""Boards: what a file in ``boards/`` says, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import record, resources
from .errors import BoardError

_NAME = re.compile(r"[a-z][a-z0-9-]*")
#: Widths of AXI ports (IHI 0022).
_PORT_BITS = (32, 64, 128, 256, 512)


@dataclass(frozen=True)
class ProcessingSystem:
    """The processor beside the fabric.

    ``family`` names a file in ``vivado_tcl/families``, ``preset`` a file of parameters, ``control``
    the port through which the processor reaches the registers of the fabric."""

    family: str
    preset: str
    control: str


@dataclass(frozen=True)
class Clock:
    """The fabric clock in MHz: what is asked for by default, and the most a design may ask for."""

    mhz: float
    max_mhz: float


@dataclass(frozen=True)
class MemoryRange:
    """Memory that the DMA reaches: physical base address and size in bytes."""

    base: int
    size: int


@dataclass(frozen=True)
class Memory:
    """The memory port: its name in the processing system, data width, address width, ranges."""

    port: str
    bits: int
    address_bits: int
    ranges: tuple[MemoryRange, ...]


@dataclass(frozen=True)
class Resources:
    """What the part has."""

    lut: int
    ff: int
    dsp: int
    bram_18k: int


@dataclass(frozen=True)
class Target:
    """A way of using the board; ``device`` is the name that PYNQ knows the board by."""

    device: str = ""
    note: str = ""


@dataclass(frozen=True)
class Board:
    """A board. The first of ``targets`` is its default."""

    name: str
    path: Path
    version: int
    title: str
    part: str
    processing_system: ProcessingSystem
    clock: Clock
    memory: Memory
    targets: dict[str, Target]
    resources: Resources
    board_part: str = ""
    preset: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, name: str) -> Board:
        """Read a board by its name, or by the path of its file.

        Raises BoardError naming every problem of the file, with lines.
        """
        path = _find(name)
        problems = record.Problems(path)
        node = record.compose(path, problems)
        given = {"name": path.stem, "path": path, "preset": {}}
        board = record.read(cls, node, problems, given) if node is not None else None
        preset: dict[str, str] = {}
        if board is not None:
            problems.extend(f"{path}: {problem}" for problem in board._check())
            preset = _preset(path.parent / board.processing_system.preset, problems)
        if problems or board is None:
            raise BoardError("\n".join(problems))
        return replace(board, preset=preset)

    def target(self, name: str | None) -> str:
        """Return a target of this board, the default one for None.

        Raises BoardError for a target it does not have.
        """
        if name is None:
            return next(iter(self.targets))
        if name not in self.targets:
            raise BoardError(
                f"{self.name} has no target '{name}'; it has {', '.join(self.targets)}"
            )
        return name

    def _check(self) -> list[str]:
        problems = []
        if self.version != 1:
            problems.append(f"version {self.version} is not known; this hls4ml_soc reads version 1")
        if not _NAME.fullmatch(self.name):
            problems.append(
                f"the file name '{self.name}' may hold small letters, digits and '-' only"
            )
        if not re.fullmatch(r"[a-z0-9-]+", self.part):
            problems.append(f"'{self.part}' is not a part number")
        families = {name.removesuffix(".tcl") for name in resources.files("vivado_tcl/families")}
        if self.processing_system.family not in families:
            family = self.processing_system.family
            problems.append(f"unknown family '{family}'{record.suggestion(family, families)}")
        if self.memory.bits not in _PORT_BITS:
            problems.append(
                f"a memory port of {self.memory.bits} bits; AXI has "
                f"{', '.join(map(str, _PORT_BITS))}"
            )
        if not 0 < self.clock.mhz <= self.clock.max_mhz:
            problems.append(f"clock: mhz {self.clock.mhz:g} is not in 0 to {self.clock.max_mhz:g}")
        problems += [
            f"memory range 0x{r.base:x} is beyond {self.memory.address_bits} address bits"
            for r in self.memory.ranges
            if r.base < 0 or r.size <= 0 or r.base + r.size > 1 << self.memory.address_bits
        ]
        if not self.memory.ranges:
            problems.append("memory has no ranges")
        if not self.targets:
            problems.append("the board has no targets")
        return problems


def names() -> list[str]:
    """Return the names of the boards that come with hls4ml_soc."""
    return sorted(path.stem for path in resources.folder("boards").glob("*.yaml"))


def _find(name: str) -> Path:
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise BoardError(f"board file {name} does not exist")
        return path
    if name not in names():
        raise BoardError(f"unknown board '{name}'{record.suggestion(name, names())}")
    return resources.folder("boards") / f"{name}.yaml"


def _preset(path: Path, problems: record.Problems) -> dict[str, str]:
    """Read a preset: parameter of the processing system IP -> value, as in the vendor's board
    file."""
    if not path.is_file():
        problems.append(f"{problems.path}: its preset {path} does not exist")
        return {}
    node = record.compose(path, own := record.Problems(path))
    values = record.strings(node, own) if node is not None else {}
    problems.extend(own)
    return values
