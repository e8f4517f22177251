"""A processor core under the unicorn emulator, with memory, registers and faults of a board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

from hls4ml_soc.virtual.board.errors import BusFault, VirtualBoardError
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.elf import Elf
from hls4ml_soc.virtual.cpu.emulator import EmulatorError, call_per_block
from hls4ml_soc.virtual.cpu.errors import GuestFault, Hang, Refused
from hls4ml_soc.virtual.cpu.memory import BoardMemory

Read = Callable[[int, int], int]  # address, size -> value
Write = Callable[[int, int, int], None]  # address, size, value
_PAGE = 4096
_MANY = 16  # exceptions; a program that takes as many is caught in its handler
_NOWHERE = 0xFFFF_FFFC  # emulation would end here; no program gets there by itself


@dataclass(frozen=True)
class Trouble:
    """What a program did: ``kind`` is the exception it takes on silicon, one of ``read``,
    ``write``, ``fetch``, ``undefined``, or nothing where it just ends.
    """

    kind: str
    reason: str
    address: int | None = None
    pc: int | None = None  # where it is not where the core stands


class Core:
    """One core in its reset state; subclasses are the kinds.

    Python runs only where a program touches registers, executes one of a few special
    instructions, or fails; everything else is translated code. A program that has installed
    exception vectors is sent there when it fails; ``exceptions`` lists why,
    and ``on_exception`` is called.
    """

    machine = 0
    pc_register = 0

    def __init__(self, uc: Any, clock: GuestClock, memory: BoardMemory) -> None:
        self.uc = uc
        self.clock = clock
        self.memory = memory
        self.exceptions: list[GuestFault] = []
        self.on_exception: Callable[[GuestFault], None] = lambda fault: None
        self._stopping = False
        self._entry = 0
        self._trouble: Trouble | None = None
        for bank in memory.banks:
            uc.mem_map_ptr(bank.base, bank.size, UC_PROT_ALL, bank.core.pointer)
        uc.hook_add(UC_HOOK_MEM_INVALID, self._on_unmapped)
        uc.hook_add(UC_HOOK_INTR, self._on_interrupt)
        call_per_block(uc, *clock.block_callback())

    def map_registers(self, base: int, size: int, read: Read, write: Write) -> None:
        """Answer a range of addresses with functions; a VirtualBoardError of theirs is a fault."""

        def on_read(uc: Any, offset: int, width: int, _: Any) -> int:
            try:
                return read(base + offset, width)
            except VirtualBoardError as error:
                self.fail(Trouble(_kind(error, "read"), str(error), base + offset))
                return 0

        def on_write(uc: Any, offset: int, width: int, value: int, _: Any) -> None:
            try:
                write(base + offset, width, value)
            except VirtualBoardError as error:
                self.fail(Trouble(_kind(error, "write"), str(error), base + offset))

        stop = -(-(base + size) // _PAGE) * _PAGE
        self.uc.mmio_map(base, stop - base, on_read, None, on_write, None)

    def watch(self, address: int, action: Callable[[], None]) -> None:
        """Call ``action`` before the instruction at an address; give it before the first run."""
        self.uc.hook_add(UC_HOOK_CODE, lambda *_: self.guard(action), None, address, address)

    def start_at(self, program: Elf) -> None:
        """Set the entry point and prepare for the instructions of a program."""
        self._entry = program.entry

    def run(self) -> None:
        """Execute until ``stop`` or a fault that the program does not handle. Raises GuestFault."""
        self._stopping = False
        while True:
            self._trouble = None
            try:
                self.uc.emu_start(self._entry, _NOWHERE)
            except EmulatorError as error:
                self._trouble = self._trouble or self._given_up(error)
            self._entry = self.pc
            if self._trouble is None and self._stopping:
                return
            if self._trouble is None:
                self._trouble = Trouble("", "the core waits for an interrupt, and none is modelled")
            self._take(self._trouble)

    def stop(self) -> None:
        """End ``run``; from any thread."""
        self._stopping = True
        self.uc.emu_stop()

    @property
    def pc(self) -> int:
        """Return the program counter; exact while the core stands."""
        return int(self.uc.reg_read(self.pc_register))

    def fail(self, trouble: Trouble) -> None:
        """Stop at the current instruction; the first trouble counts."""
        self._trouble = self._trouble or trouble
        self.uc.emu_stop()

    def guard(self, action: Callable[..., None], *arguments: Any) -> None:
        """Run an action that the program has caused."""
        try:
            action(*arguments)
        except VirtualBoardError as error:
            self.fail(Trouble("", str(error)))

    def classify(self, number: int) -> Trouble | None:
        """Say what an exception of the emulator is, or handle it and return None."""
        return Trouble("", f"exception {number}")

    def enter_exception(self, trouble: Trouble, pc: int) -> int | None:
        """Set the core's registers as when it takes an exception, and return where it goes on.

        None without vectors.
        """
        return None

    def _take(self, trouble: Trouble) -> None:
        pc = self._entry if trouble.pc is None else trouble.pc
        fault = GuestFault(trouble.reason, pc, trouble.address)
        vector = None
        if trouble.kind and len(self.exceptions) < _MANY:
            vector = self.enter_exception(trouble, pc)
        if vector is None:
            raise fault
        self.exceptions.append(fault)
        self.on_exception(fault)
        self._entry = vector

    def _given_up(self, error: EmulatorError) -> Trouble:
        if error.errno == UC_ERR_INSN_INVALID:
            return Trouble("undefined", "undefined instruction")
        return Trouble("", f"the emulator gives up: {error}")

    def _on_unmapped(
        self, uc: Any, access: int, address: int, size: int, value: int, _: Any
    ) -> bool:
        if access in (UC_MEM_WRITE_UNMAPPED, UC_MEM_WRITE_PROT):
            kind, what = "write", f"{8 * size}-bit write of {value & (1 << 8 * size) - 1:#x} to"
        elif access == UC_MEM_FETCH_UNMAPPED or address == self.pc:
            kind, what = "fetch", "execution at"
        else:
            kind, what = "read", f"{8 * size}-bit read of"
        reason = f"{what} {address:#010x}: nothing answers there"
        self._trouble = self._trouble or Trouble(kind, reason, address)
        return False

    def _on_interrupt(self, uc: Any, number: int, _: Any) -> None:
        trouble = self.classify(number)
        if trouble is not None:
            self.fail(trouble)


def _kind(error: VirtualBoardError, kind: str) -> str:
    # On silicon a BusFault is an error response; the others do not end in one.
    ends = isinstance(error, BusFault) and not isinstance(error, (Hang, Refused))
    return kind if ends else ""
