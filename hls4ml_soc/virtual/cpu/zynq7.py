"""Zynq-7000 (UG585): Cortex-A9, L1 and L2 caches, OCM, DDR, and the registers that start-up code
and programs need.
"""

from __future__ import annotations

from hls4ml_soc.hwh import Hwh
from hls4ml_soc.virtual.board.address_map import RegisterFile
from hls4ml_soc.virtual.board.processor import zynq7 as clock_registers
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.cortex_a9 import LINE, CortexA9
from hls4ml_soc.virtual.cpu.memory import Bank, BoardMemory
from hls4ml_soc.virtual.cpu.pl310 import Pl310
from hls4ml_soc.virtual.cpu.platform import (
    Block,
    ProcessingSystem,
    megahertz,
    ps_uarts,
    uart_pins,
)
from hls4ml_soc.virtual.cpu.timers import GlobalTimer

_SLCR = 0xF800_0000
_LOCK, _UNLOCK, _LOCKED = 0x004, 0x008, 0x00C
_FPGA_RESET, _LEVEL_SHIFTERS = 0x240, 0x900
_LOCK_KEY, _UNLOCK_KEY = 0x767B, 0xDF0D
_OCM_LOW, _OCM_HIGH = 192 << 10, 64 << 10  # at 0 and at the top, as after the boot ROM


class Slcr(RegisterFile):
    """System-level control registers: locked, they ignore writes (UG585, B.28)."""

    def __init__(self) -> None:
        super().__init__(clock_registers().blocks[_SLCR].values)
        self.values.update({_FPGA_RESET: 0x01F3_3F0F, _LEVEL_SHIFTERS: 0, _LOCKED: 1})

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        if offset in (_LOCK, _UNLOCK):
            key = _LOCK_KEY if offset == _LOCK else _UNLOCK_KEY
            if value & 0xFFFF == key:
                self.values[_LOCKED] = int(offset == _LOCK)
        elif offset != _LOCKED and not self.values[_LOCKED]:
            super().write(offset, value)


class CoreComplex:
    """The private region of the Cortex-A9 MPCore (DDI 0407I): SCU, interrupt controller, timers.

    Only the global timer does anything.
    """

    ticking = True
    _GLOBAL = range(0x200, 0x220)

    def __init__(self, clock: GuestClock) -> None:
        self._timer = GlobalTimer(clock)
        self._others = RegisterFile()

    def read(self, offset: int) -> int:
        """Return a register."""
        if offset in self._GLOBAL:
            return self._timer.read(offset - 0x200)
        return self._others.read(offset)

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        if offset in self._GLOBAL:
            self._timer.write(offset - 0x200, value)
        else:
            self._others.write(offset, value)


class Zynq7(ProcessingSystem):
    """A board with a Zynq-7000."""

    steps = {"init": "ps7_init", "post_config": "ps7_post_config"}
    ports = ((0x4000_0000, 0x4000_0000), (0x8000_0000, 0x4000_0000))  # M_AXI_GP0, M_AXI_GP1

    def __init__(
        self, hwh: Hwh, console: Console, wired: str = "", *, unlimited: bool = False
    ) -> None:
        super().__init__(hwh)
        ps = hwh.of_kind("processing_system7")[0]
        frequency = megahertz(ps, "PCW_ACT_APU_PERIPHERAL_FREQMHZ", "PCW_APU_PERIPHERAL_FREQMHZ")
        self.clock = GuestClock(frequency)
        low, high = ps.number("PCW_DDR_RAM_BASEADDR"), ps.number("PCW_DDR_RAM_HIGHADDR")
        self.memory = BoardMemory(
            [
                Bank(low, high + 1 - low, (LINE, LINE)),
                Bank(0, _OCM_LOW, dma=False),
                Bank(0x1_0000_0000 - _OCM_HIGH, _OCM_HIGH, dma=False),
            ]
        )
        self.core = CortexA9(self.clock, self.memory)
        uarts = uart_pins(
            ps,
            0xE000_0000,
            0x1000,
            "PCW_UART{}_PERIPHERAL_ENABLE",
            "PCW_UART{}_BAUD_RATE",
            "PCW_ACT_UART_PERIPHERAL_FREQMHZ",
            "PCW_UART_PERIPHERAL_FREQMHZ",
        )
        uart_blocks, self.uarts, self.line = ps_uarts(
            self.clock, console, uarts, wired, unlimited=unlimited
        )
        self.slcr = Slcr()
        self.blocks = [
            *uart_blocks,
            Block(_SLCR, 0x1000, self.slcr),
            Block(0xF800_7000, 0x1000, RegisterFile({0x0C: 1 << 2})),  # DEVCFG.INT_STS: PCFG_DONE
            Block(0xF800_D000, 0x1000, RegisterFile()),  # eFUSE
            Block(0xF8F0_0000, 0x2000, CoreComplex(self.clock)),
            Block(0xF8F0_2000, 0x1000, Pl310(self.memory)),
        ]

    def step(self, name: str) -> None:
        """Run ``ps7_init`` or ``ps7_post_config``."""
        super().step(name)
        if name == "post_config":
            for offset, value in (
                (_UNLOCK, _UNLOCK_KEY),
                (_LEVEL_SHIFTERS, 0xF),
                (_FPGA_RESET, 0),
                (_LOCK, _LOCK_KEY),
            ):
                self.slcr.write(offset, value)

    def gate(self) -> str:
        """Say what keeps the fabric from answering."""
        if self.slcr.read(_LEVEL_SHIFTERS) & 0xF != 0xF:
            return "Level shifters are not enabled (SLCR.LVL_SHFTR_EN): ps7_post_config has not run"
        if self.slcr.read(_FPGA_RESET) & 1:
            return "the fabric is held in reset (SLCR.FPGA_RST_CTRL): ps7_post_config has not run"
        return ""
