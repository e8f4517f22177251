"""A board without a processing system: MicroBlaze V in the fabric, block RAM, UART Lite, timer."""

from __future__ import annotations

from hls4ml_soc.hwh import Hwh, HwhError, Module
from hls4ml_soc.virtual.board.address_map import Slave
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.board.system import control_ranges, processor
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.errors import LoadError
from hls4ml_soc.virtual.cpu.memory import Bank, BoardMemory
from hls4ml_soc.virtual.cpu.platform import Platform, megahertz
from hls4ml_soc.virtual.cpu.riscv import MicroBlazeV
from hls4ml_soc.virtual.cpu.serial_line import SerialLine
from hls4ml_soc.virtual.cpu.timers import AxiTimer
from hls4ml_soc.virtual.cpu.uart_lite import DEPTH, UartLite

_MEMORIES = ("lmb_bram_if_cntlr", "axi_bram_ctrl")


class MicroBlaze(Platform):
    """A board with a MicroBlaze V, which runs as soon as the fabric is configured."""

    def __init__(
        self, hwh: Hwh, console: Console, wired: str = "", *, unlimited: bool = False
    ) -> None:
        super().__init__(hwh)
        cpu = processor(hwh)
        if cpu.kind != "microblaze_riscv":
            raise LoadError(f"{cpu.name} ({cpu.vlnv}) has no model: only MicroBlaze V has")
        if cpu.number("C_USE_DCACHE"):
            raise LoadError(f"{cpu.name}: the data cache of MicroBlaze V has no model")
        _check_local_memory(cpu)
        self.clock = GuestClock(_frequency(hwh, cpu))
        self.memory = BoardMemory(_banks(hwh, cpu))
        self.core = MicroBlazeV(self.clock, self.memory, cpu)
        reached = {r.instance for r in control_ranges(cpu)}
        uarts = [m for m in hwh.of_kind("axi_uartlite") if m.name in reached]
        # All of them have pins of their own: the design says which go to the connector.
        uarts = [m for m in uarts if wired in ("", m.name)]
        if not uarts:
            named = f" {wired}" if wired else ""
            raise LoadError(f"the design has no UART{named} that the processor reaches")
        self.line = SerialLine(self.clock, console, DEPTH)
        devices: dict[str, Slave] = {
            uarts[0].name: UartLite(uarts[0], self.clock, self.line, unlimited=unlimited)
        }
        for timer in hwh.of_kind("axi_timer"):
            devices[timer.name] = AxiTimer(self.clock, self.clock.frequency)
        self.devices = devices
        self.ports = _register_ports(hwh, cpu)


def _frequency(hwh: Hwh, cpu: Module) -> float:
    try:
        return float(cpu.parameter("C_FREQ"))
    except (HwhError, ValueError):
        # Files of the stand-in leave it empty; a UART on the same clock knows.
        uart = hwh.of_kind("axi_uartlite")[0]
        return megahertz(uart, "C_S_AXI_ACLK_FREQ_HZ") / 1e6


def _check_local_memory(cpu: Module) -> None:
    sides = {
        master: {(r.base, r.high) for r in cpu.memory_map if r.master == master}
        for master in ("DLMB", "ILMB")
    }
    if sides["DLMB"] != sides["ILMB"]:
        raise LoadError(f"{cpu.name}: local memory lies elsewhere for data than for instructions")


def _banks(hwh: Hwh, cpu: Module) -> list[Bank]:
    banks = []
    for mapped in control_ranges(cpu):
        kind = hwh.module(mapped.instance).kind
        if kind in _MEMORIES:
            size = mapped.high + 1 - mapped.base
            banks.append(Bank(mapped.base, size, dma=kind == "axi_bram_ctrl"))
    if not any(bank.dma for bank in banks):
        raise FabricError(f"design {hwh.name} has no memory that processor and DMA share")
    return banks


def _register_ports(hwh: Hwh, cpu: Module) -> list[tuple[int, int]]:
    """Return what lies between neighbouring memories and holds registers: base and size."""
    ports: list[tuple[int, int]] = []
    after_memory = True
    for mapped in sorted(control_ranges(cpu), key=lambda r: r.base):
        if hwh.module(mapped.instance).kind in _MEMORIES:
            after_memory = True
            continue
        base = mapped.base if after_memory else ports.pop()[0]
        ports.append((base, mapped.high + 1 - base))
        after_memory = False
    return ports
