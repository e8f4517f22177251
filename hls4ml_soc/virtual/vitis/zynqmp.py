"""Zynq UltraScale+ under a debugger (UG1085, UG1087: CRL_APB, PMU_GLOBAL, APU, DDRC, GPIO)."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.vitis.device import Core, Device, within
from hls4ml_soc.virtual.vitis.elf import AARCH64, Elf
from hls4ml_soc.virtual.vitis.errors import Refused

_BOOT_MODE, _MULTIBOOT = 0xFF5E0200, 0xFFCA0010
_POWER_ENABLE, _POWER_UP, _PL = 0xFFD80118, 0xFFD80120, 1 << 23
_RESET_APU, _APU0_RESETS = 0xFD1A0104, 0b101_0000_0001
_DDRC_MASTER, _DDR_PHY_INIT = 0xFD070000, 0xFD080004
#: Bank 5 of the GPIO, EMIO: direction, output enable, data; its last bit is the fabric's reset.
_GPIO, _RESETN = (0xFF0A0344, 0xFF0A0348, 0xFF0A0054), 1 << 31
_BOOT_LOOP = 0x14000000
_DDR = ((0x0, 0x7FFFFFFF), (0x800000000, 0xFFFFFFFFF))
_FABRIC = (
    (0x80000000, 0xBFFFFFFF),
    (0x400000000, 0x5FFFFFFFF),
    (0x1000000000, 0x7FFFFFFFFF),
)
_OCM = (0xFFFC0000, 0xFFFFFFFF)
_OTHERS = ((0xF9000000, 0xFFFBFFFF),)
_FIRST = "Cortex-A53 #0"


class ZynqMp(Device):
    """Four Cortex-A53 in reset, DDR behind its controller, an isolated fabric.

    Unless its boot mode is JTAG, it boots from elsewhere and its processors do not listen."""

    def _cores(self) -> dict[str, Core]:
        names = [f"Cortex-A53 #{index}" for index in range(4)]
        return {name: Core(name, AARCH64) for name in names}

    def targets(self) -> list[str]:
        """Return what xsdb lists of such a device."""
        others = ["PS TAP", "PMU", "PL", "PSU", "RPU", "Cortex-R5 #0", "Cortex-R5 #1", "APU"]
        return [*others, *self.cores]

    def reset(self) -> None:
        """Come up in the boot mode of the switches, or that which BOOT_MODE_USER asks for."""
        asked = self.registers.get(_BOOT_MODE, 0)
        self.jtag_mode = self.on.boot == "jtag" or (asked & 0x100 != 0 and not asked >> 12 & 0xF)
        self.registers = {_BOOT_MODE: asked, _RESET_APU: 0x3D0F}
        self.design = None
        self._fabric_up = False
        self._lost = False

    def may_configure(self, target: str) -> bool:
        """Tell whether a target leads to the fabric."""
        return target in ("PSU", "PL", "PS TAP")

    def check(self, address: int, write: bool) -> None:
        """Let through what answers in the state the processing system is in."""
        if within(address, *_FABRIC):
            self._check_fabric(address)
        elif within(address, *_DDR):
            ready = _DDRC_MASTER in self.registers and self.registers.get(_DDR_PHY_INIT, 0) & 1
            if not ready:
                raise Refused(f"Blocked address 0x{address:X}. DDR controller is not initialized")
        elif not within(address, _OCM, *_OTHERS):
            raise Refused(f"DAP (AXI AP transaction error, DAP status 0x30000021) at 0x{address:X}")

    def _check_fabric(self, address: int) -> None:
        if not self.forced and not within(address, *self.mapped):
            raise Refused(f"Blocked address 0x{address:X}. Address is not in the memory map")
        if not self._fabric_up:
            raise Refused(
                "stand-in: the fabric is isolated from the PS: psu_ps_pl_isolation_removal"
            )
        if not all(self.registers.get(each, 0) & _RESETN for each in _GPIO):
            raise Refused("stand-in: pl_resetn0 is low: psu_ps_pl_reset_config")
        if self.design is None or not self.design.holds(address):
            what = "it is not configured" if self.design is None else "nothing is there"
            raise Refused(
                f"DAP (AXI AP transaction error, DAP status 0x30000021): 0x{address:X} is in the "
                f"fabric, and {what}"
            )

    def written(self, address: int, value: int) -> None:
        """Power the fabric up, let the first core out of reset."""
        if address == _POWER_UP and value & self.registers.get(_POWER_ENABLE, 0) & _PL:
            # What is not configured stays behind its isolation.
            self._fabric_up = self.design is not None
        if address == _RESET_APU and not value & _APU0_RESETS:
            self._lost = self.registers.get(_OCM[1] & 0xFFFF0000) != _BOOT_LOOP

    def download(self, core: Core, elf: Elf, path: Path) -> None:
        """Write a program, if the core listens."""
        if not self.jtag_mode:
            raise Refused(f"Memory write error at 0x0. {core.name}: EDITR not ready")
        if core.name != _FIRST or self.registers[_RESET_APU] & _APU0_RESETS:
            raise Refused(f"stand-in: {core.name} is held in reset (RST_FPD_APU)")
        if self._lost:
            raise Refused(
                f"stand-in: {core.name} left reset with no code at 0xffff0000 and is lost"
            )
        super().download(core, elf, path)
