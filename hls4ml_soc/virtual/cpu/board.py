"""A board with a processor that runs the real program."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType

from hls4ml_soc.virtual.board import Fabric
from hls4ml_soc.virtual.board.address_map import Slave
from hls4ml_soc.virtual.board.bitstream import core_factories, read_design
from hls4ml_soc.virtual.board.system import SOFT_PROCESSORS, processor
from hls4ml_soc.virtual.cpu import elf
from hls4ml_soc.virtual.cpu.bus import Bus
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.errors import GuestFault, Hang, LoadError
from hls4ml_soc.virtual.cpu.microblaze import MicroBlaze
from hls4ml_soc.virtual.cpu.platform import Platform
from hls4ml_soc.virtual.cpu.zynq7 import Zynq7
from hls4ml_soc.virtual.cpu.zynqmp import ZynqMp

_PLATFORMS: Mapping[str, Callable[..., Platform]] = {
    "processing_system7": Zynq7,
    "zynq_ultra_ps_e": ZynqMp,
    **dict.fromkeys(SOFT_PROCESSORS, MicroBlaze),
}
# What is in memory that a download does not write (.bss): start-up code must clear it.
_GARBAGE = b"\xd5"


@dataclass(frozen=True)
class BoardOptions:
    """``unlimited``: the serial line takes no guest time. ``stalling``: the fault of free-running
    HLS pipelines. ``cores`` maps VLNVs to compiled cores, beside those in the bitstream. ``uart``
    is the UART that the board wires to its connector, such as psu_uart_1; "" the first there is.
    """

    unlimited: bool = False
    stalling: bool = False
    cores: Mapping[str, Path] = field(default_factory=dict)
    uart: str = ""


@dataclass(frozen=True)
class Figures:
    """What a run took: instructions, seconds of guest time, register accesses, bytes on the line
    and bytes of it lost in a full FIFO.
    """

    instructions: int
    seconds: float
    reads: int
    writes: int
    bytes_in: int
    bytes_out: int
    bytes_lost: int


class CpuBoard:
    """The board that a bitstream was made for, after power-up; ``console`` is its serial port.

    The methods are a debugger's: ``program`` (fpga -file), ``step`` (the procedures of ps7_init
    or psu_init), ``download`` (dow), then ``run`` or ``start``. ``Loader`` does all in order.
    Raises LoadError or FabricError for a design that this board cannot have.
    """

    def __init__(
        self, bit: Path, console: Console | None = None, options: BoardOptions | None = None
    ) -> None:
        self.console = console or Console()
        self.options = options or BoardOptions()
        self.fabric: Fabric | None = None
        hwh = read_design(bit)
        kind = processor(hwh).kind
        make, options = _PLATFORMS[kind], self.options
        self.platform = make(hwh, self.console, options.uart, unlimited=options.unlimited)
        platform = self.platform
        self.core, self.clock, self.memory = platform.core, platform.clock, platform.memory
        self._bus = Bus(self.core, self.console, platform.line)
        self._thread: threading.Thread | None = None
        self._failure: GuestFault | None = None
        self._loaded = False
        for block in platform.blocks:
            self._map(block.base, block.size, partial(_offset, block.slave, block.base))
        for base, size in platform.ports:
            self._map(base, size, self._in_fabric)

    # What a debugger does

    def program(self, bit: Path) -> None:
        """Configure the fabric. Raises FabricError if the design cannot work."""
        if self.fabric is not None:
            self.fabric.close()
        hwh = read_design(bit)
        with core_factories(bit, self.options.cores) as cores:
            self.fabric = Fabric(
                hwh,
                cores,
                self.memory,
                stalling=self.options.stalling,
                devices=self.platform.devices,
            )

    def step(self, name: str) -> None:
        """Run a start-up procedure of the processing system. Raises LoadError for another name."""
        self.platform.step(name)

    def download(self, path: Path) -> elf.Elf:
        """Load a program and point the core to it.

        Raises LoadError if it is for another processor, does not fit, or memory is not there yet.
        """
        program = elf.read(path)
        if program.machine != self.core.machine:
            theirs, ours = (
                elf.MACHINES.get(m, str(m)) for m in (program.machine, self.core.machine)
            )
            raise LoadError(f"{path}: a program for {theirs}, and this board's processor is {ours}")
        fault = self.platform.memory_fault()
        for segment in program.segments:
            bank = self.memory.bank(segment.address, segment.size)
            if fault:
                raise LoadError(f"Memory write error at {segment.address:#x}. {fault}")
            if bank is None:
                raise LoadError(
                    f"{path}: {segment.size} bytes at {segment.address:#010x} are not all memory"
                )
            rest = _GARBAGE * (segment.size - len(segment.data))
            bank.fill(segment.address - bank.base, segment.data + rest)
        self.core.start_at(program)
        self._loaded = True
        return program

    # Running

    def run(self, seconds: float | None = None, *, guest_seconds: float | None = None) -> Figures:
        """Execute until ``stop``, for so long, or for so much guest time; more can follow.

        Raises GuestFault where the program fails.
        """
        if guest_seconds is not None:
            self._bus.limit = self.clock.cycles + self.clock.cycles_in(guest_seconds)
        self.start()
        self.wait(seconds)
        self.stop()
        self._bus.limit = None
        return self.figures()

    def start(self) -> None:
        """Execute in a thread of its own, until ``stop``. Raises LoadError if it does already, or
        there is no program.
        """
        if not self._loaded:
            raise LoadError("no program has been downloaded")
        if self._thread is not None:
            raise LoadError("the core runs already")
        self._failure = None
        self._bus.halt = False
        self._thread = threading.Thread(target=self._execute, name="core", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Halt the core. Raises the GuestFault that it had stopped with, if it had."""
        if self._thread is not None:
            self._bus.halt = True
            self._thread.join(0.05)
            while self._thread.is_alive():  # it computes, and touches no register
                self.core.stop()
                self._thread.join(0.05)
            self._thread = None
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the core stands; tell whether it does."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def watch(self, address: int, action: Callable[[], None]) -> None:
        """Call ``action`` before each execution of an instruction; give it before the first run."""
        self.core.watch(address, action)

    def figures(self) -> Figures:
        """Return what has happened since power-up."""
        line = self.platform.line
        return Figures(
            self.clock.instructions,
            self.clock.seconds,
            self._bus.reads,
            self._bus.writes,
            line.bytes_in,
            line.bytes_out,
            line.lost,
        )

    def close(self) -> None:
        """Halt the core and release everything."""
        try:
            self.stop()
        except GuestFault:
            pass
        if self.fabric is not None:
            self.fabric.close()
            self.fabric = None
        self.console.close()

    def __enter__(self) -> CpuBoard:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _execute(self) -> None:
        try:
            self.core.run()
        except GuestFault as fault:
            self._failure = fault

    # Registers

    def _map(self, base: int, size: int, find: Callable[[int], tuple[Slave, int]]) -> None:
        def read(address: int, width: int) -> int:
            slave, offset = find(address)
            return self._bus.read(slave, offset, width, address)

        def write(address: int, width: int, value: int) -> None:
            slave, offset = find(address)
            self._bus.write(slave, offset, width, address, value)

        self.core.map_registers(base, size, read, write)

    def _in_fabric(self, address: int) -> tuple[Slave, int]:
        if self.fabric is None:
            raise Hang(f"access to {address:#010x}: the fabric is not configured")
        closed = self.platform.gate()
        if closed:
            raise Hang(f"Cannot access FPGA at {address:#010x}: {closed}")
        return self.fabric.map.find(address)


def _offset(slave: Slave, base: int, address: int) -> tuple[Slave, int]:
    return slave, address - base
