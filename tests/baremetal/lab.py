"""Virtual boards for tests: hardware of the stand-ins, programs of this tree, and a host in lock
step with the processor."""

from __future__ import annotations

import dataclasses
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from hls4ml_soc import deploy, hwh
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.errors import ToolError
from hls4ml_soc.execute import Products, execute
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.options import Options
from hls4ml_soc.plan import Plan
from hls4ml_soc.serial_protocol.board import SerialBoard
from hls4ml_soc.targets import baremetal
from hls4ml_soc.targets.bare_system import System
from hls4ml_soc.toolchains.compiler import Compiler
from hls4ml_soc.virtual.cpu import BoardOptions, Console, CpuBoard, Figures, Loader

BOARDS = ("pynq-z2", "zcu102", "arty-a7-100")
CELLS = {"dma": "dma", "identity": "identity"}
#: Changes of a program's sources: path -> (text, what stands there instead), each found once.
Edits = Mapping[str, tuple[tuple[str, str], ...]]


@dataclasses.dataclass(frozen=True)
class Build:
    """Hardware of a board with a FIFO in the network's place."""

    contract: Contract
    products: Products

    @property
    def design(self) -> hwh.Hwh:
        return hwh.read(self.products["hwh"])

    def system(self, **changes: object) -> System:
        """Read the design; ``cell__PARAMETER`` changes a parameter of it first."""
        design, console = self.design, self.contract.board.console
        for name, value in changes.items():
            cell, parameter = name.split("__", 1)
            module = design.modules[cell]
            assert parameter in module.parameters
            module.parameters[parameter] = str(value)
        return System.read(design, CELLS, console.uart, console.baud)

    @property
    def processor(self) -> str:
        """Return what compilers call it."""
        system = self.system()
        return system.isa or system.cpu

    def program(self, folder: Path, choice: str = "zig", edits: Edits | None = None) -> Path:
        """Compile the program, with changes to its sources if there are any."""
        system = self.system()
        plan = baremetal.program(self.contract, system, False, folder)
        files = dict(plan.files)
        for path, changes in (edits or {}).items():
            for old, new in changes:
                assert files[path].count(old) == 1, (path, old)
                files[path] = files[path].replace(old, new)
        compiler = Compiler(self.processor, choice)
        made = execute(Plan(files, plan.steps), folder, compiler, baremetal._Silence())
        return made["elf"]


_MADE: dict[str, Build] = {}


def made(name: str, factory: pytest.TempPathFactory) -> Build:
    """Build a board's hardware, once."""
    if name not in _MADE:
        folder = factory.mktemp(name)
        options = Options(loopback=True, until="build", target="baremetal", out=folder)
        report = deploy.deploy(None, name, options)
        board = Board.load(name)
        paths = {kind: folder / path for kind, path in report.products.items()}
        contract = Contract(Loopback.on(board), board)
        _MADE[name] = Build(contract, Products(paths, "standin"))
    return _MADE[name]


def compilers(processor: str) -> list[Compiler]:
    """Return the compilers that are installed; zig always is."""
    found = [Compiler(processor, "zig")]
    try:
        gcc = Compiler(processor, "gcc")
        gcc.version("cc")
    except ToolError:
        return found
    return [*found, gcc]


class InGuestTime(Console):
    """A host whose silence takes no time of ours."""

    def nap(self, seconds: float) -> float:
        """Let guest time go on, unless there is something to read."""
        return 0.0 if self._to_board else seconds


class LockStep:
    """A line for an exchange. The board runs only while the host waits for it, in steps of guest
    time, which is the host's time too: what is measured does not depend on this machine."""

    def __init__(self, board: CpuBoard, step: float = 1e-3) -> None:
        self.board, self.step = board, step
        self.heard = bytearray()

    def monotonic(self) -> float:
        """Return the guest's time, for the host's deadlines."""
        return self.board.clock.seconds

    def read(self, seconds: float) -> bytes:
        """Return what comes within so much guest time."""
        end = self.board.clock.seconds + seconds
        while True:
            data = self.board.console.read()
            if data or self.board.clock.seconds >= end:
                self.heard += data
                return data
            self.board.run(60.0, guest_seconds=self.step)

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self.board.console.write(data)

    def reopen(self) -> None:
        """Never needed here."""
        raise AssertionError

    def until(self, text: str, seconds: float = 20.0) -> str:
        """Return all that the board has said, once it has said a text."""
        end = self.board.clock.seconds + seconds
        while text not in self.said:
            assert self.board.clock.seconds < end, f"no {text!r} in {self.said!r}"
            self.read(0.01)
        return self.said

    @property
    def said(self) -> str:
        return self.heard.decode("latin-1")


@contextmanager
def powered(bit: Path, elf: Path, **options: object) -> Iterator[LockStep]:
    """Load a board in the order of a debugger, ready to run."""
    with CpuBoard(bit, InGuestTime(), BoardOptions(**options)) as board:
        Loader(board).load(bit, elf)
        yield LockStep(board)


def connect(
    line: LockStep, contract: Contract, monkeypatch: pytest.MonkeyPatch, **more: float
) -> SerialBoard:
    """Connect a host that lives in guest time."""
    clock = SimpleNamespace(monotonic=line.monotonic)
    monkeypatch.setattr("hls4ml_soc.serial_protocol.exchange.time", clock)
    return SerialBoard(line, contract.describe(), contract.board.console.baud, **more)


def spent(board: CpuBoard, action: Callable[[], None]) -> Figures:
    """Return what an action took."""
    before, _ = board.figures(), action()
    after = dataclasses.astuple(board.figures())
    return Figures(*(b - a for a, b in zip(dataclasses.astuple(before), after, strict=True)))


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def symbols(elf: Path) -> dict[str, int]:
    """Return the addresses of an ELF's symbols."""
    content = elf.read_bytes()
    wide = content[4] == 2
    head = struct.unpack_from("<Q10xHH", content, 0x28) if wide else (
        struct.unpack_from("<I10xHH", content, 0x20)
    )  # fmt: skip
    sections = []
    for i in range(head[2]):
        at = head[0] + i * head[1]
        form = "<4xI16xQQI" if wide else "<4xI8xIII"
        sections.append(struct.unpack_from(form, content, at))
    found = {}
    for kind, offset, size, link in sections:
        for at in range(offset, offset + size, 24 if wide else 16) if kind == 2 else ():
            name, value = struct.unpack_from("<I4xQ" if wide else "<II", content, at)
            start = sections[link][1] + name
            found[content[start : content.index(b"\0", start)].decode()] = value
    return found
