"""The L2 cache controller of Zynq-7000 (PL310, DDI 0246)."""

from __future__ import annotations

from hls4ml_soc.virtual.cpu.memory import BoardMemory

_ID, _CONTROL, _SYNC = 0x000, 0x100, 0x730
_BY_ADDRESS = {0x770: "invalidate", 0x7B0: "clean", 0x7F0: "flush"}
_BY_WAY = {0x77C: "invalidate", 0x7BC: "clean", 0x7FC: "flush"}
_ALL_WAYS = 0xFF
_LEVEL = 1  # the second one


class Pl310:
    """Its registers; maintenance is done when its register is written, and reads back 0.

    By way it takes effect as a whole, when all eight ways have been named.
    """

    def __init__(self, memory: BoardMemory) -> None:
        self._memory = memory
        self._registers = {_ID: 0x4100_00C8, 0x004: 0x1E30_0300}
        self._ways: dict[str, int] = {}
        memory.enable(_LEVEL, False)

    def read(self, offset: int) -> int:
        """Return a register."""
        return self._registers.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        if offset in _BY_ADDRESS:
            self._memory.maintain(_BY_ADDRESS[offset], value & ~0x1F, _LEVEL)
        elif offset in _BY_WAY:
            operation = _BY_WAY[offset]
            ways = self._ways.get(operation, 0) | value & _ALL_WAYS
            if ways == _ALL_WAYS:
                self._memory.maintain_all(operation, _LEVEL)
            self._ways[operation] = 0 if ways == _ALL_WAYS else ways
        elif offset not in (_ID, _SYNC):
            self._registers[offset] = value
            if offset == _CONTROL:
                self._memory.enable(_LEVEL, bool(value & 1))
