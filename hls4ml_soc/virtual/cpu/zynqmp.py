"""Zynq UltraScale+ (UG1085, UG1087): Cortex-A53, OCM, DDR, and the registers that start-up code and
programs need.
"""

from __future__ import annotations

from hls4ml_soc.hwh import Hwh, Module
from hls4ml_soc.virtual.board.address_map import RegisterFile
from hls4ml_soc.virtual.board.processor import zynqmp as clock_registers
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.cortex_a53 import LINE, CortexA53
from hls4ml_soc.virtual.cpu.memory import Bank, BoardMemory
from hls4ml_soc.virtual.cpu.platform import (
    Block,
    ProcessingSystem,
    decimal,
    megahertz,
    ps_uarts,
    uart_pins,
)
from hls4ml_soc.virtual.cpu.timers import SystemCounter

_HIGH = 0x8_0000_0000
_OCM = (0xFFFC_0000, 0x4_0000)
_PL = 1 << 23  # the PL's bit in the power requests of the PMU
_RESETN0 = 1 << 31  # pl_resetn0 is bit 95 of the EMIO GPIOs: the top of bank 5
_REQ_STATUS, _REQ_ENABLE, _REQ_TRIGGER = 0x110, 0x118, 0x120
_MASK_HIGH, _DATA, _DIRECTION, _OUTPUT = 0x02C, 0x054, 0x344, 0x348


class PmuGlobal(RegisterFile):
    """Power requests: asking for the PL removes its isolation."""

    def __init__(self) -> None:
        super().__init__()
        self.isolated = True

    def write(self, offset: int, value: int) -> None:
        """Set a register; requests are done at once."""
        if offset == _REQ_TRIGGER:
            if value & _PL and self.read(_REQ_ENABLE) & _PL:
                self.isolated = False
        elif offset != _REQ_STATUS:
            super().write(offset, value)


class Gpio(RegisterFile):
    """PS GPIO, of which bank 5 drives the resets of the fabric."""

    @property
    def resetn0(self) -> bool:
        """Return the level of pl_resetn0."""
        driven = self.read(_DATA) & self.read(_DIRECTION) & self.read(_OUTPUT)
        return bool(driven & _RESETN0)

    def write(self, offset: int, value: int) -> None:
        """Set a register; MASK_DATA_5_MSW changes the bits whose mask is 0."""
        if offset == _MASK_HIGH:
            mask = (~value & 0xFFFF_0000) & 0xFFFF_FFFF
            value = (self.read(_DATA) & ~mask) | (value << 16 & mask)
            offset = _DATA
        super().write(offset, value)


class ZynqMp(ProcessingSystem):
    """A board with a Zynq UltraScale+."""

    steps = {
        "init": "psu_init",
        "post_config": "psu_post_config",
        "reset_config": "psu_ps_pl_reset_config",
        "isolation_removal": "psu_ps_pl_isolation_removal",
    }
    ports = (
        (0x8000_0000, 0x2000_0000),  # M_AXI_HPM0_LPD
        (0xA000_0000, 0x2000_0000),  # M_AXI_HPM0_FPD, M_AXI_HPM1_FPD
        (0x4_0000_0000, 0x2_0000_0000),
        (0x10_0000_0000, 0x70_0000_0000),
    )

    def __init__(
        self, hwh: Hwh, console: Console, wired: str = "", *, unlimited: bool = False
    ) -> None:
        super().__init__(hwh)
        ps = hwh.of_kind("zynq_ultra_ps_e")[0]
        frequency = megahertz(
            ps, "PSU__CRF_APB__ACPU_CTRL__ACT_FREQMHZ", "PSU__CRF_APB__ACPU_CTRL__FREQMHZ"
        )
        self.clock = GuestClock(frequency)
        self.memory = BoardMemory([*_ddr(hwh, ps), Bank(*_OCM, dma=False)])
        timestamp = megahertz(
            ps,
            "PSU__CRL_APB__TIMESTAMP_REF_CTRL__ACT_FREQMHZ",
            "PSU__CRL_APB__TIMESTAMP_REF_CTRL__FREQMHZ",
        )
        self._timer = SystemCounter(self.clock, timestamp)
        self.core = CortexA53(self.clock, self.memory, self._timer.counter)
        uarts = uart_pins(
            ps,
            0xFF00_0000,
            0x1_0000,
            "PSU__UART{}__PERIPHERAL__ENABLE",
            "PSU__UART{}__BAUD_RATE",
            "PSU__CRL_APB__UART{}_REF_CTRL__ACT_FREQMHZ",
            "PSU__CRL_APB__UART{}_REF_CTRL__FREQMHZ",
        )
        uart_blocks, self.uarts, self.line = ps_uarts(
            self.clock, console, uarts, wired, unlimited=unlimited
        )
        self._pmu, self._gpio = PmuGlobal(), Gpio()
        plain = [Block(base, 0x1000, block) for base, block in clock_registers().blocks.items()]
        self.blocks = [
            *uart_blocks,
            *plain,
            Block(0xFF26_0000, 0x1000, self._timer),
            Block(0xFF0A_0000, 0x1000, self._gpio),
            Block(0xFFD8_0000, 0x1000, self._pmu),
            Block(0xFD5C_0000, 0x1000, RegisterFile()),  # APU
            Block(0xF900_0000, 0x8_0000, RegisterFile()),  # GIC: no interrupts are modelled
        ]

    def step(self, name: str) -> None:
        """Run one of the procedures of psu_init.tcl, as far as they matter here."""
        super().step(name)
        if name == "init":
            self._timer.write(SystemCounter.CONTROL, 1)
        elif name == "reset_config":
            for offset, value in (
                (_DIRECTION, _RESETN0),
                (_OUTPUT, _RESETN0),
                *((_MASK_HIGH, 0x7FFF_0000 | level << 15) for level in (1, 0, 1)),
            ):
                self._gpio.write(offset, value)
        elif name == "isolation_removal":
            self._pmu.write(_REQ_ENABLE, _PL)
            self._pmu.write(_REQ_TRIGGER, _PL)

    def gate(self) -> str:
        """Say what keeps the fabric from answering."""
        if self._pmu.isolated:
            return "the fabric is isolated: psu_ps_pl_isolation_removal has not run"
        if not self._gpio.resetn0:
            return "the fabric is held in reset: psu_ps_pl_reset_config has not run"
        return ""


def _ddr(hwh: Hwh, ps: Module) -> list[Bank]:
    # The processor reaches 2 GB at 0; what lies above 32 GiB is known from the ports' address maps.
    low = min(decimal(ps, "PSU_DDR_RAM_LOWADDR_OFFSET", 0x8000_0000), 0x8000_0000)
    tops = [
        r.high + 1
        for module in hwh.modules.values()
        for r in module.memory_map
        if r.instance == ps.name and r.memtype == "MEMORY" and _HIGH <= r.base < 0x10_0000_0000
    ]
    high = [Bank(_HIGH, max(tops) - _HIGH, (LINE,))] if tops else []
    return [Bank(0, low, (LINE,)), *high]
