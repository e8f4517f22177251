"""Address decoding: which slave answers an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hls4ml_soc.hwh import MemoryRange
from hls4ml_soc.virtual.board.errors import BusFault


class Slave(Protocol):
    """A memory-mapped slave with 32-bit registers."""

    def read(self, offset: int) -> int: ...
    def write(self, offset: int, value: int) -> None: ...


class RegisterFile:
    """Registers without side effects; ``values`` holds those that do not reset to 0."""

    def __init__(self, values: dict[int, int] | None = None) -> None:
        self.values = dict(values or {})

    def read(self, offset: int) -> int:
        """Return a register."""
        return self.values.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        self.values[offset] = value


class Silent:
    """A slave that never answers; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def read(self, offset: int) -> int:
        """Raise BusFault."""
        raise BusFault(f"offset {offset:#x}: {self.reason}")

    def write(self, offset: int, value: int) -> None:
        """Raise BusFault."""
        self.read(offset)


@dataclass(frozen=True)
class Window:
    """A slave at a range of addresses."""

    range: MemoryRange
    slave: Slave


class AddressMap:
    """The slaves that a processor reaches through its ports into the fabric."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.windows = tuple(sorted(windows, key=lambda window: window.range.base))

    def find(self, address: int) -> tuple[Slave, int]:
        """Return the slave at an address and the offset in it.

        Raises BusFault, naming the nearest ranges.
        """
        for window in self.windows:
            if address in window.range:
                return window.slave, address - window.range.base
        below = [w.range for w in self.windows if w.range.high < address][-1:]
        above = [w.range for w in self.windows if w.range.base > address][:1]
        near = ", ".join(str(r) for r in below + above) or "the design has no slaves at all"
        raise BusFault(f"no slave answers at {address:#010x} (nearest: {near})")
