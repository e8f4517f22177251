"""A processor core under the unicorn emulator, with memory, registers and faults of a board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unicorn.unicorn_const import (
    UC_ERR_INSN_INVALID,
    UC_HOOK_CODE,
    UC_HOOK_INTR,
    UC_HOOK_MEM_INVALID,
    UC_MEM_FETCH_UNMAPPED,
    UC_MEM_WRITE_PROT,
    UC_MEM_WRITE_UNMAPPED,
    UC_PROT_ALL,
)

from hls4ml_soc.virtual.board.errors import VirtualBoardError
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.elf import Elf
from hls4ml_soc.virtual.cpu.emulator import EmulatorError, call_per_block
from hls4ml_soc.virtual.cpu.errors import GuestFault
from hls4ml_soc.virtual.cpu.memory import BoardMemory

Read = Callable[[int, int], int]  # address, size -> value
Write = Callable[[int, int, int], None]  # address, size, value
_PAGE = 4096
_NOWHERE = 0xFFFF_FFFC  # emulation would end here; no program gets there by itself


class Core:
    """One core in its reset state; subclasses are the kinds.

    Python runs only where a program touches registers, executes one of a few special
    instructions, or fails; everything else is translated code.
    """

    machine = 0
    pc_register = 0

    def __init__(self, uc: Any, clock: GuestClock, memory: BoardMemory) -> None:
        self.uc = uc
        self.clock = clock
        self.memory = memory
        self.fault: GuestFault | None = None
        self._stopping = False
        self._entry = 0
        self._trouble: tuple[str, int | None] | None = None
        for bank in memory.banks:
            uc.mem_map_ptr(bank.base, bank.size, UC_PROT_ALL, bank.core.pointer)
        uc.hook_add(UC_HOOK_MEM_INVALID, self._on_unmapped)
        uc.hook_add(UC_HOOK_INTR, self._on_exception)
        call_per_block(uc, *clock.block_callback())

    def map_registers(self, base: int, size: int, read: Read, write: Write) -> None:
        """Answer a range of addresses with functions; a VirtualBoardError of theirs is a fault."""

        def on_read(uc: Any, offset: int, width: int, _: Any) -> int:
            try:
                return read(base + offset, width)
            except VirtualBoardError as error:
                self.fail(str(error), base + offset)
                return 0

        def on_write(uc: Any, offset: int, width: int, value: int, _: Any) -> None:
            try:
                write(base + offset, width, value)
            except VirtualBoardError as error:
                self.fail(str(error), base + offset)

        stop = -(-(base + size) // _PAGE) * _PAGE
        self.uc.mmio_map(base, stop - base, on_read, None, on_write, None)

    def watch(self, address: int, action: Callable[[], None]) -> None:
        """Call ``action`` before the instruction at an address; give it before the first run."""
        self.uc.hook_add(UC_HOOK_CODE, lambda *_: self._guarded(action), None, address, address)

    def start_at(self, elf: Elf) -> None:
        """Set the entry point and prepare for the instructions of a program."""
        self._entry = elf.entry

    def run(self) -> None:
        """Execute until ``stop`` or a fault. Raises GuestFault."""
        self._stopping = False
        try:
            self.uc.emu_start(self._entry, _NOWHERE)
        except EmulatorError as error:
            if self._trouble is None:
                known = {UC_ERR_INSN_INVALID: "undefined instruction"}
                self._trouble = (known.get(error.errno, f"the emulator gives up: {error}"), None)
        self._entry = self.pc
        if self._trouble is not None:
            reason, address = self._trouble
            self.fault = GuestFault(reason, self.pc, address)
            raise self.fault
        if not self._stopping:
            self.fault = GuestFault(
                "the core waits for an interrupt, and none is modelled", self.pc
            )
            raise self.fault

    def stop(self) -> None:
        """End ``run``; from any thread."""
        self._stopping = True
        self.uc.emu_stop()

    @property
    def pc(self) -> int:
        """Return the program counter; exact while the core stands."""
        return int(self.uc.reg_read(self.pc_register))

    def fail(self, reason: str, address: int | None = None) -> None:
        """Stop with a fault at the current instruction; the first one counts."""
        if self._trouble is None:
            self._trouble = (reason, address)
        self.uc.emu_stop()

    def explain(self, address: int) -> str:
        """Say what is at an address that nothing answers; subclasses and boards know more."""
        return "nothing answers there"

    def on_exception(self, number: int) -> str:
        """Handle an exception; return what it means as a fault, or nothing to go on."""
        return f"exception {number}"

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except VirtualBoardError as error:
            self.fail(str(error))

    def _on_unmapped(
        self, uc: Any, access: int, address: int, size: int, value: int, _: Any
    ) -> bool:
        if access in (UC_MEM_WRITE_UNMAPPED, UC_MEM_WRITE_PROT):
            what = f"{8 * size}-bit write of {value & (1 << 8 * size) - 1:#x} to"
        elif access == UC_MEM_FETCH_UNMAPPED:
            what = "execution at"
        else:
            what = f"{8 * size}-bit read of"
        if self._trouble is None:
            self._trouble = (f"{what} {address:#010x}: {self.explain(address)}", address)
        return False

    def _on_exception(self, uc: Any, number: int, _: Any) -> None:
        reason = self.on_exception(number)
        if reason:
            self.fail(reason)
