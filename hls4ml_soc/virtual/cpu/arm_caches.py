"""Cache maintenance and address translation of the Arm cores, as the caches need them."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.cpu.memory import BoardMemory
from hls4ml_soc.virtual.cpu.page_tables import Translation, long_descriptors, short_descriptors

# (CRm, op2) of the operations of CRn = c7, equal in AArch32 and AArch64 (DDI 0406C, B4.2;
# DDI 0487, C5.3): by address, and by set and way.
BY_ADDRESS = {(6, 1): "invalidate", (10, 1): "clean", (14, 1): "flush"}
BY_SET = {(6, 2): "invalidate", (10, 2): "clean", (14, 2): "flush"}
_MMU, _DATA_CACHE = 1 << 0, 1 << 2


class ArmCaches(ABC):
    """The data cache next to the core, told what the program does to it.

    ``lines`` are the lines of the caches that loops over sets and ways go through, over all
    levels. Such a loop takes effect as a whole, when it has named that many.
    """

    def __init__(self, memory: BoardMemory, lines: int) -> None:
        self._memory = memory
        self._lines = lines
        self._named: dict[str, set[int]] = {}
        self._translation = Translation()
        self._control = 0
        self._tables: dict[str, int] = {}

    def by_address(self, operation: str, virtual: int) -> None:
        """Maintain the line of an address. Raises BusFault for one that is not mapped."""
        physical = self._translation.physical(virtual)
        if physical is None:
            raise BusFault(f"cache maintenance of {virtual:#010x}, which is not mapped")
        self._memory.maintain(operation, physical)

    def by_set(self, operation: str, operand: int) -> None:
        """Note one set and way of a loop."""
        named = self._named.setdefault(operation, set())
        named.add(operand)
        if len(named) >= self._lines:
            self._memory.maintain_all(operation)
            named.clear()

    def set_control(self, sctlr: int) -> None:
        """Take a new value of SCTLR."""
        changed = (sctlr ^ self._control) & (_MMU | _DATA_CACHE)
        self._control = sctlr
        if changed:
            self.read_tables()

    def set_table(self, name: str, value: int) -> None:
        """Take a new value of ``ttbr``, ``tcr`` or ``mair``."""
        if self._tables.get(name) != value:
            self._tables[name] = value
            if self._control & _MMU:
                self.read_tables()

    def read_tables(self) -> None:
        """Read the tables again, as after a TLB invalidation. Raises BusFault if they are bad."""
        self._translation = self._translate() if self._control & _MMU else Translation()
        cached = self._translation.cacheable() if self._control & _DATA_CACHE else []
        self._memory.set_cacheable(cached)

    @abstractmethod
    def _translate(self) -> Translation:
        """Read the tables that the registers point to. Raises BusFault if they are bad."""

    def _read(self, address: int, size: int) -> bytes:
        # The walker of the emulator reads what the core sees.
        bank = self._memory.bank(address, size)
        if bank is None:
            raise BusFault(f"translation tables at {address:#010x}: no memory is there")
        return bytes(bank.core.view[address - bank.base : address - bank.base + size])


class ShortCaches(ArmCaches):
    """With the tables of ARMv7."""

    def _translate(self) -> Translation:
        if self._tables.get("tcr", 0) & 7:
            raise BusFault("two translation tables at once (TTBCR.N) have no model")
        return short_descriptors(self._read, self._tables.get("ttbr", 0))


class LongCaches(ArmCaches):
    """With the tables of AArch64."""

    def _translate(self) -> Translation:
        tcr = self._tables.get("tcr", 0)
        if tcr >> 14 & 3:
            raise BusFault("translation granules other than 4 KB (TCR.TG0) have no model")
        return long_descriptors(
            self._read, self._tables.get("ttbr", 0), tcr, self._tables.get("mair", 0)
        )
