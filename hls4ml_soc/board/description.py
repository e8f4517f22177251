"""Boards: what a file in ``boards/`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import record, resources
from ..errors import BoardError
from . import check


@dataclass(frozen=True)
class ProcessingSystem:
    """The processor beside the fabric, or in it.

    ``family`` names a file in ``vivado_tcl/families``. A hard processor has a ``preset``, a file of
    parameters, and ``control``, the port through which it reaches the registers of the fabric. A
    soft one has an ``isa`` and ``local_memory_kib`` of memory for its program."""

    family: str
    preset: str = ""
    control: str = ""
    isa: str = ""
    local_memory_kib: int = 0


@dataclass(frozen=True)
class DataCentre:
    """A card in a host's PCIe slot, built with Vitis in a processing system's place.

    ``platform`` is its target platform, ``banks`` the memory that kernels may use, such as
    ``DDR[0:3]`` or ``HBM[0:31]``, each of ``bank_mib``. ``slr`` are the dies that compute units are
    spread over, none where the linker may choose; ``compute_units`` how many there are by
    default."""

    platform: str
    banks: str
    bank_mib: int
    compute_units: int = 1
    slr: tuple[str, ...] = ()

    @property
    def memory(self) -> str:
        """The kind of memory, ``DDR`` or ``HBM``."""
        return self.banks.partition("[")[0]

    @property
    def bank_numbers(self) -> range:
        """The banks that may be used."""
        first, _, last = self.banks.partition("[")[2].rstrip("]").partition(":")
        return range(int(first), int(last or first) + 1)


@dataclass(frozen=True)
class Clock:
    """The fabric clock in MHz: what is asked for by default, and the most a design may ask for.

    ``source`` is an output of the processing system, or the pin of an oscillator."""

    mhz: float
    max_mhz: float
    source: str = ""


@dataclass(frozen=True)
class MemoryRange:
    """Memory that the DMA reaches: physical base address and size in bytes."""

    base: int
    size: int


@dataclass(frozen=True)
class Memory:
    """The memory port: data width, address width, ranges, and its name in a processing system.

    Without a processing system it is a buffer of block RAM; of a data-centre card it is the width
    of a kernel's ports, and the ranges are the platform's business."""

    bits: int
    address_bits: int
    ranges: tuple[MemoryRange, ...] = ()
    port: str = ""


@dataclass(frozen=True)
class Pin:
    """A pin of the package: where, at which standard; an oscillator's frequency, a reset's
    polarity."""

    loc: str
    iostandard: str
    mhz: float = 0.0
    active: str = ""


@dataclass(frozen=True)
class Console:
    """The serial port to the host: instance name of the UART, bits per second, bytes of FIFO.

    ``max_baud`` 0 stands for ``baud``: an AXI UARTLite keeps the rate of its synthesis (PG142)."""

    uart: str
    baud: int
    fifo: int
    max_baud: int = 0


@dataclass(frozen=True)
class Resources:
    """What the part has."""

    lut: int
    ff: int
    dsp: int
    bram_18k: int


@dataclass(frozen=True)
class Target:
    """A way of using the board. ``device`` is the name that PYNQ knows the board by, ``cpu`` the
    processor that a bare-metal program runs on; ``note`` says why the target is not possible."""

    device: str = ""
    cpu: str = ""
    note: str = ""


@dataclass(frozen=True)
class Program:
    """How loaders know the board: ``openfpgaloader`` is its name for ``openFPGALoader -b``."""

    openfpgaloader: str = ""


@dataclass(frozen=True)
class Board:
    """A board. The first of ``targets`` is its default."""

    name: str
    path: Path
    version: int
    title: str
    part: str
    clock: Clock
    memory: Memory
    targets: dict[str, Target]
    resources: Resources
    processing_system: ProcessingSystem = ProcessingSystem("")
    data_centre: DataCentre | None = None
    board_part: str = ""
    pins: dict[str, Pin] = field(default_factory=dict)
    console: Console | None = None
    program: Program = field(default_factory=Program)
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
            problems.extend(f"{path}: {problem}" for problem in check.problems(board))
            if board.processing_system.preset:
                preset = _preset(path.parent / board.processing_system.preset, problems)
        if problems or board is None:
            raise BoardError("\n".join(problems))
        return replace(board, preset=preset)

    @property
    def family(self) -> str:
        """What decides how it is built: a processor's family, or ``data_centre``."""
        return "data_centre" if self.data_centre else self.processing_system.family

    @property
    def usable(self) -> list[str]:
        """The targets that the board has, the default one first."""
        return [name for name, target in self.targets.items() if not target.note]

    def target(self, name: str | None) -> str:
        """Return a target of this board, the default one for None.

        Raises BoardError for a target it does not have.
        """
        usable = self.usable
        if name is None:
            return usable[0]
        if name not in self.targets:
            raise BoardError(f"{self.name} has no target '{name}'; it has {', '.join(usable)}")
        if note := self.targets[name].note:
            raise BoardError(f"{self.name} has no target '{name}': {note}")
        return name

    def constraints(self) -> Mapping[str, Mapping[str, str]]:
        """Return what the Tcl makes an XDC of: pin name -> property -> value."""
        return {
            name: {"PACKAGE_PIN": pin.loc, "IOSTANDARD": pin.iostandard}
            | ({"mhz": f"{pin.mhz:g}"} if pin.mhz else {})
            | ({"active": pin.active} if pin.active else {})
            for name, pin in self.pins.items()
        }


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
