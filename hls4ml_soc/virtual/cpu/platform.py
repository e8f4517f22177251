"""What the three kinds of boards have in common around their processor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hls4ml_soc.hwh import Hwh, HwhError, Module
from hls4ml_soc.virtual.board.address_map import Silent, Slave
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.core import Core
from hls4ml_soc.virtual.cpu.errors import LoadError
from hls4ml_soc.virtual.cpu.memory import BoardMemory
from hls4ml_soc.virtual.cpu.serial_line import SerialLine
from hls4ml_soc.virtual.cpu.uart_ps import (
    BAUDDIV,
    BAUDGEN,
    CR,
    DEPTH,
    MR,
    UartPs,
)


@dataclass(frozen=True)
class Block:
    """Registers of the processing system at a range of addresses."""

    base: int
    size: int
    slave: Slave


class Platform:
    """A processor, its memory and its own registers, as the design configures them.

    ``steps`` are the start-up steps before a download, in their order, with what each is called
    in the debugger; ``done`` those that have run since the last system reset.
    """

    steps: Mapping[str, str] = {}

    core: Core
    clock: GuestClock
    memory: BoardMemory
    line: SerialLine
    blocks: Sequence[Block] = ()
    ports: Sequence[tuple[int, int]] = ()  # base and size of what leads into the fabric
    devices: Mapping[str, Slave] = {}  # cells of the fabric that live in guest time

    def __init__(self, hwh: Hwh) -> None:
        self.hwh = hwh
        self.done: list[str] = []

    def step(self, name: str) -> None:
        """Run a start-up step. Raises LoadError if there is none of that name here."""
        if name not in self.steps:
            known = ", ".join(self.steps) or "none"
            raise LoadError(f"no start-up step {name} on this board (it has {known})")
        self.done.append(name)

    def gate(self) -> str:
        """Say why the fabric does not answer the processor; empty if it does."""
        return ""

    def memory_fault(self) -> str:
        """Say why a debugger cannot write memory; empty if it can."""
        return ""


class UartSetup:
    """A PS UART, and the start-up code's settings for it."""

    def __init__(self, uart: UartPs, baud: int, reference: float) -> None:
        self._uart = uart
        self._baud = baud
        self._reference = reference

    def initialise(self) -> None:
        """Set it up as generated start-up code does: 8N1, both directions on."""
        divider = 6
        self._uart.write(BAUDDIV, divider)
        self._uart.write(BAUDGEN, round(self._reference / (self._baud * (divider + 1))))
        self._uart.write(CR, 0x17)
        self._uart.write(MR, 0x20)


@dataclass(frozen=True)
class UartPins:
    """A UART of a processing system in a design: its registers, and whether it has pins."""

    name: str
    base: int
    enabled: bool
    baud: int
    reference: float


class ProcessingSystem(Platform):
    """A processor that is there before the fabric; ``uarts`` are those that ``init`` sets up."""

    uarts: Sequence[UartSetup] = ()

    def step(self, name: str) -> None:
        """Run a procedure of ps7_init.tcl or psu_init.tcl, as far as it matters here."""
        super().step(name)
        if name == "init":
            for uart in self.uarts:
                uart.initialise()

    def memory_fault(self) -> str:
        """Say whether the DDR works."""
        if "init" in self.done:
            return ""
        return (
            f"Blocked address. DDR controller is not initialized: {self.steps['init']} has not run"
        )


def uart_pins(
    ps: Module, base: int, stride: int, enabled: str, baud: str, *clocks: str
) -> list[UartPins]:
    """Read both UARTs from parameters, in whose names ``{}`` stands for the number."""
    return [
        UartPins(
            f"UART{n}",
            base + stride * n,
            bool(decimal(ps, enabled.format(n), 0)),
            decimal(ps, baud.format(n), 115200),
            megahertz(ps, *(clock.format(n) for clock in clocks)),
        )
        for n in (0, 1)
    ]


def ps_uarts(
    clock: GuestClock, console: Console, uarts: Sequence[UartPins], wired: str, *, unlimited: bool
) -> tuple[list[Block], list[UartSetup], SerialLine]:
    """Make the UARTs; the console is the one that ends in the number of ``wired``, such as
    psu_uart_1, which the board wires to its connector; of "" the first that the design has.

    Raises LoadError if the design has no such UART.
    """
    blocks, used = [], []
    line: SerialLine | None = None
    for pins in uarts:
        if not pins.enabled:
            silent = Silent(f"{pins.name} is switched off in this design")
            blocks.append(Block(pins.base, 0x1000, silent))
            continue
        outside = pins.name[-1] == wired[-1] if wired else line is None
        own = SerialLine(clock, console if outside else Console(), DEPTH)
        uart = UartPs(clock, own, pins.reference, unlimited=unlimited)
        blocks.append(Block(pins.base, 0x1000, uart))
        used.append(UartSetup(uart, pins.baud, pins.reference))
        line = own if outside else line
    if line is None:
        raise LoadError(
            f"the design has no UART{wired[-1]}, which this board's connector is wired to"
            if wired
            else "the design has no UART: neither of the processing system's is enabled"
        )
    return blocks, used, line


def megahertz(module: Module, *names: str) -> float:
    """Return the first of some parameters that has a value, in Hz. Raises HwhError if none has."""
    for name in names:
        try:
            text = module.parameter(name)
            if float(text):
                return float(text) * 1e6
        except (HwhError, ValueError):
            continue
    raise HwhError(f"{module.name} ({module.vlnv}) says no {names[0]}")


def decimal(module: Module, name: str, otherwise: int) -> int:
    """Return a parameter, or a default where it is absent or ``<Select>``."""
    try:
        return module.number(name)
    except HwhError:
        return otherwise
