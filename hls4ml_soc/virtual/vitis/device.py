"""A device on a JTAG chain: its debug targets, its memory, its fabric."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.vitis import fabric
from hls4ml_soc.virtual.vitis.bench import OnBench
from hls4ml_soc.virtual.vitis.elf import NAMES, Elf
from hls4ml_soc.virtual.vitis.errors import Refused

#: Milliseconds that generated scripts leave a device after a reset of the system, and a debug
#: module in the fabric after configuration.
SETTLE = 1000


@dataclass
class Clock:
    """The script's time in ms: waiting costs none of ours."""

    now: int = 0


@dataclass
class Core:
    """A processor that programs can be loaded into."""

    name: str
    machine: int
    program: Path | None = None
    running: bool = False


@dataclass
class Device(ABC):
    """What all families have in common; a family says which addresses answer when."""

    on: OnBench
    clock: Clock
    registers: dict[int, int] = field(default_factory=dict)
    design: fabric.Fabric | None = None
    settled: int = 0
    mapped: list[tuple[int, int]] = field(default_factory=list)
    forced: bool = False
    loaded: bool = False  # loadhw
    busy: bool = False  # its processor runs what it has found at power-on

    def __post_init__(self) -> None:
        """Come up as after power-on."""
        self.cores = self._cores()
        self.reset()

    @abstractmethod
    def _cores(self) -> dict[str, Core]: ...

    @abstractmethod
    def targets(self) -> list[str]:
        """Return the names of its debug targets, as xsdb lists them."""

    @abstractmethod
    def reset(self) -> None:
        """Do what a reset of the whole system does."""

    @abstractmethod
    def check(self, address: int, write: bool) -> None:
        """Raise Refused where an access of a word does not come through."""

    def written(self, address: int, value: int) -> None:  # noqa: B027 most have nothing to do
        """React to a register."""

    @abstractmethod
    def may_configure(self, target: str) -> bool:
        """Tell whether `fpga` reaches the fabric through a target."""

    def system_reset(self, target: str) -> None:
        """Reset by ``rst -system``, which leaves processors stopped."""
        self.reset()
        self.busy = False
        self.settled = self.clock.now + SETTLE
        for core in self.cores.values():
            core.running, core.program = False, None

    def read(self, address: int) -> int:
        """Return a word. Raises Refused."""
        self._quiet()
        self.check(address, write=False)
        if self.design and self.design.holds(address) and address not in self.registers:
            return self.design.read(address)
        return self.registers.get(address, 0)

    def write(self, address: int, value: int) -> None:
        """Write a word. Raises Refused."""
        self._quiet()
        self.check(address, write=True)
        self.registers[address] = value
        self.written(address, value)

    def configure(self, path: Path) -> None:
        """Configure the fabric. Raises Refused."""
        self._quiet()
        part, design = fabric.load(path)
        # As bitgen writes it: without xc for the 7 series.
        named = part if part.startswith("xc") else f"xc{part}"
        if not named.startswith(self.on.device) or self.on.fault == "done":
            raise Refused("fpga configuration failed. DONE PIN is not HIGH")
        self.design = design

    def download(self, core: Core, elf: Elf, path: Path) -> None:
        """Write a program. Raises Refused where it is for another processor or has no memory."""
        if elf.machine != core.machine:
            raise Refused(
                f"stand-in: {path.name} is for {elf.processor}, {core.name} for "
                f"{NAMES[core.machine]}"
            )
        if self.busy:
            raise Refused(
                f"stand-in: {core.name} runs what it has found at power-on: `rst -system` first"
            )
        for address, data in elf.segments:
            for at in (address, address + len(data) - 1):
                self._quiet()
                try:
                    self.check(at & ~3, write=True)
                except Refused as error:
                    raise Refused(f"Memory write error at 0x{at:X}. {error}") from error
        core.program, core.running = path, False

    def start(self, core: Core) -> None:
        """Let a core run. Raises Refused without a program: it would run what is there."""
        if core.program is None:
            raise Refused(f"stand-in: {core.name} has no program since the last reset")
        core.running = True

    def _quiet(self) -> None:
        if self.clock.now < self.settled:
            raise Refused(
                "stand-in: the device was reset or configured less than a second ago, and its "
                "debug port may not answer: wait with `after`"
            )


def within(address: int, *ranges: tuple[int, int]) -> bool:
    """Tell whether an address is in one of some inclusive ranges."""
    return any(first <= address <= last for first, last in ranges)
