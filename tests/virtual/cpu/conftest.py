from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from hls4ml_soc.virtual.cpu import BoardOptions, CpuBoard, Loader
from tests.virtual.board import design
from tests.virtual.cpu import designs as cpu_designs

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def factory() -> ModuleType:
    """The factory of small designs, ``../board/design.py``."""
    return design


@pytest.fixture(scope="session")
def designs() -> ModuleType:
    return cpu_designs


@dataclass(frozen=True)
class Kind:
    """A kind of board: its part, its compiler flags, where its program, DMA and buffers are."""

    design: str
    part: str
    flags: tuple[str, ...]
    load: int
    dma: int
    buffer: int
    steps: tuple[str, ...] = ()


KINDS = {
    "a9": Kind(
        "zynq7",
        "7z020clg400-1",
        ("arm-freestanding-eabihf", "-mcpu=cortex_a9"),
        0x10_0000,
        0x4040_0000,
        0x80_0000,
        ("init", "post_config"),
    ),
    "a53": Kind(
        "zynqmp",
        "zu9eg-ffvb1156-2-e",
        ("aarch64-freestanding", "-mcpu=cortex_a53"),
        0x10_0000,
        0xA040_0000,
        0x80_0000,
        ("init", "post_config", "reset_config", "isolation_removal"),
    ),
    "rv32": Kind(
        "microblaze",
        "7a100tcsg324-1",
        ("riscv32-freestanding", "-mcpu=generic_rv32+m"),
        0,
        0x4040_0000,
        0xC000_0000,
    ),
}


@pytest.fixture(scope="session")
def kinds():
    return KINDS


@pytest.fixture(scope="session")
def compile_guest(tmp_path_factory):
    """Compile ``guest.c`` for a kind of board, once per set of flags."""
    folder = tmp_path_factory.mktemp("guest")
    made = {}

    def compile_(kind: str, *flags: str, load: int | None = None) -> Path:
        key = (kind, flags, load)
        if key not in made:
            elf = folder / f"{kind}{len(made)}.elf"
            script = elf.with_suffix(".ld")
            at = KINDS[kind].load if load is None else load
            text = (HERE / "guest.ld").read_text().replace("LOAD_ADDRESS", hex(at))
            script.write_text(text)
            target = ["-target", *KINDS[kind].flags, "-O2", "-g0", "-ffreestanding"]
            command = [sys.executable, "-m", "ziglang", "cc", *target, *flags]
            command += ["-Wall", "-Wextra", "-Werror", "-T", str(script)]
            command += [str(HERE / "guest.c"), "-o", str(elf)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stderr
            made[key] = elf
        return made[key]

    return compile_


@pytest.fixture
def write_bit(tmp_path, factory):
    """Write a design as a virtual bitstream."""

    def write(design, part: str = "7z020clg400-1", cores=None) -> Path:
        return factory.write_bit(tmp_path / "soc.bit", design, part, cores)

    return write


class Monitor:
    """A board that runs ``guest.c``, and the commands of that program."""

    MM2S, S2MM = 0x00, 0x30
    CONTROL, STATUS, ADDRESS, LENGTH = 0x00, 0x04, 0x18, 0x28

    def __init__(self, board: CpuBoard, kind: Kind) -> None:
        self.board = board
        self.console = board.console
        self.dma, self.buffer = kind.dma, kind.buffer

    def ask(self, operation: str, a: int = 0, b: int = 0, c: int = 0) -> int:
        self.console.write(operation.encode() + struct.pack("<III", a, b, c))
        return struct.unpack("<I", self.console.expect(4, 10.0))[0]

    def tell(self, operation: str, a: int = 0, b: int = 0, c: int = 0) -> None:
        """Give a command that is not answered, since the program will not live to."""
        self.console.write(operation.encode() + struct.pack("<III", a, b, c))

    def register(self, channel: int, offset: int) -> int:
        return self.ask("r", self.dma + channel + offset)

    def transfer(self, source: int, sink: int, size: int) -> None:
        """Let the DMA copy, through whatever is in its stream."""
        for channel, address in ((self.S2MM, sink), (self.MM2S, source)):
            self.ask("w", self.dma + channel + self.CONTROL, 1)
            self.ask("w", self.dma + channel + self.ADDRESS, address)
            self.ask("w", self.dma + channel + self.LENGTH, size)

    def fault(self) -> str:
        """Wait for the program to fail and return how."""
        assert self.board.wait(20.0)
        with pytest.raises(Exception) as failure:
            self.board.stop()
        return f"{type(failure.value).__name__}: {failure.value}"


@pytest.fixture
def boot(write_bit, factory, designs, compile_guest):
    """Start the monitor on a kind of board; the design and the program can be others."""
    boards = []

    def boot_(kind, design=None, *, elf=None, unlimited=True, cores=None, **options):
        what = KINDS[kind]
        design = design or getattr(designs, what.design)(factory)
        bit = write_bit(design, what.part, cores)
        board = CpuBoard(bit, options=BoardOptions(unlimited=unlimited, **options))
        boards.append(board)
        Loader(board).load(bit, elf or compile_guest(kind))
        board.start()
        monitor = Monitor(board, what)
        if board.wait(0.1):  # it fails before it has said anything
            board.stop()
        assert board.console.expect(b"\r\n", 20.0) == b"monitor\r\n"
        return monitor

    yield boot_
    for board in boards:
        board.close()
