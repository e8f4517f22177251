"""Zynq-7000 under a debugger (UG585: SLCR, DDRC, address map)."""

from __future__ import annotations

from hls4ml_soc.virtual.vitis.device import Core, Device, within
from hls4ml_soc.virtual.vitis.elf import ARM
from hls4ml_soc.virtual.vitis.errors import Refused

_SLCR = (0xF8000000, 0xF8000BFF)
_LOCK, _UNLOCK, _FPGA_RESET, _LEVEL_SHIFTERS = 0xF8000004, 0xF8000008, 0xF8000240, 0xF8000900
_DDRC_CTRL = 0xF8006000
_FABRIC = (0x40000000, 0xBFFFFFFF)
_DDR = (0x00000000, 0x3FFFFFFF)
_OCM = (0xFFFC0000, 0xFFFFFFFF)
_OTHERS = ((0xE0000000, 0xE02FFFFF), (0xF8000000, 0xF8F02FFF), (0xFC000000, 0xFDFFFFFF))


class Zynq7(Device):
    """Two Cortex-A9, DDR behind its controller, the fabric behind level shifters."""

    def _cores(self) -> dict[str, Core]:
        names = [f"ARM Cortex-A9 MPCore #{index}" for index in (0, 1)]
        return {name: Core(name, ARM) for name in names}

    def __post_init__(self) -> None:
        """Come up as after power-on, booting from where the switches say."""
        super().__post_init__()
        self.busy = self.on.boot != "jtag"

    def targets(self) -> list[str]:
        """Return APU, both cores, the fabric."""
        return ["APU", *self.cores, self.on.device]

    def reset(self) -> None:
        """Lock the SLCR, hold the fabric in reset and isolated, clear it."""
        self.registers = {_FPGA_RESET: 0x01F33F0F, _LEVEL_SHIFTERS: 0}
        self._unlocked = False
        self.design = None

    def system_reset(self, target: str) -> None:
        """Reset, through APU or a core."""
        if target == self.on.device:
            raise Refused("rst -system: select APU or a processor, not the fabric")
        super().system_reset(target)

    def may_configure(self, target: str) -> bool:
        """Tell whether the fabric is selected."""
        return target == self.on.device

    def check(self, address: int, write: bool) -> None:
        """Let through what answers in the state the processing system is in."""
        if within(address, _FABRIC):
            self._check_fabric(address)
        elif within(address, _DDR):
            if not self.registers.get(_DDRC_CTRL, 0) & 1:
                raise Refused(f"Blocked address 0x{address:X}. DDR controller is not initialized")
        elif not within(address, _OCM, *_OTHERS):
            raise Refused(f"DAP (AHB AP transaction error, DAP status 0x30000021) at 0x{address:X}")

    def _check_fabric(self, address: int) -> None:
        if not self.forced and not within(address, *self.mapped):
            raise Refused(f"Blocked address 0x{address:X}. Address is not in the memory map")
        if self.registers.get(_LEVEL_SHIFTERS, 0) & 0xF != 0xF:
            raise Refused("Cannot access FPGA: Level shifters are not enabled")
        if self.registers.get(_FPGA_RESET, 0) & 0xF:
            raise Refused("stand-in: the fabric is held in reset (FPGA_RST_CTRL): no answer")
        if self.design is None or not self.design.holds(address):
            what = "it is not configured" if self.design is None else "nothing is there"
            raise Refused(
                f"DAP (AHB AP transaction error, DAP status 0x30000021): 0x{address:X} is in the "
                f"fabric, and {what}"
            )

    def write(self, address: int, value: int) -> None:
        """Write; the SLCR takes nothing while it is locked."""
        if address in (_LOCK, _UNLOCK):
            self._quiet()
            if value == {_LOCK: 0x767B, _UNLOCK: 0xDF0D}[address]:
                self._unlocked = address == _UNLOCK
        elif self._unlocked or not within(address, _SLCR):
            super().write(address, value)
