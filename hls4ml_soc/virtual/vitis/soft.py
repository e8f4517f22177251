"""A part without a processing system, with a MicroBlaze V in its fabric, under a debugger."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.vitis.device import SETTLE, Core, Device
from hls4ml_soc.virtual.vitis.elf import RISCV
from hls4ml_soc.virtual.vitis.errors import Refused

_HART = "Hart #0"


class Soft(Device):
    """The debug module shows some time after configuration, as ``Hart #0``."""

    def _cores(self) -> dict[str, Core]:
        return {_HART: Core(_HART, RISCV)}

    def targets(self) -> list[str]:
        """Return the part, and the processor if it holds one by now."""
        there = self.design is not None and self.design.has_soft_processor
        seen = there and self.clock.now >= self._shows
        return [self.on.device, *(["RISC-V at USER2", _HART] if seen else [])]

    def reset(self) -> None:
        """Reset the processor; the fabric keeps its configuration."""
        self.registers = {}
        self._shows = getattr(self, "_shows", 0)

    def system_reset(self, target: str) -> None:
        """Reset, through the processor."""
        if target == self.on.device:
            raise Refused("rst -system: select a processor, not the fabric")
        super().system_reset(target)

    def may_configure(self, target: str) -> bool:
        """Tell whether the part is selected."""
        return target == self.on.device

    def configure(self, path: Path) -> None:
        """Configure; the debug module answers a second later."""
        super().configure(path)
        self._shows = self.clock.now + SETTLE
        self.busy = True

    def check(self, address: int, write: bool) -> None:
        """Let through what the processor's own address map has."""
        if not self.loaded and not self.forced and not self._is_memory(address):
            raise Refused(f"Blocked address 0x{address:X}. Address is not in the memory map")
        if self.design is None or not self.design.holds(address):
            raise Refused(f"Cannot access address 0x{address:X}: nothing is there")

    def _is_memory(self, address: int) -> bool:
        return self.design is not None and self.design.is_memory(address)
