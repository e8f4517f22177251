"""The Cortex-A9 of Zynq-7000."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from unicorn.arm_const import (
    UC_ARM_REG_CP_REG,
    UC_ARM_REG_CPSR,
    UC_ARM_REG_LR,
    UC_ARM_REG_PC,
    UC_ARM_REG_R0,
    UC_ARM_REG_SPSR,
    UC_CPU_ARM_CORTEX_A9,
)
from unicorn.unicorn_const import UC_ARCH_ARM, UC_MODE_ARM

from hls4ml_soc.virtual.cpu import elf
from hls4ml_soc.virtual.cpu.arm_caches import BY_ADDRESS, BY_SET, ShortCaches
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.core import Core, Trouble
from hls4ml_soc.virtual.cpu.emulator import create
from hls4ml_soc.virtual.cpu.memory import BoardMemory

LINE = 32
_L1_LINES = 4 * 256  # 32 KB
# Of the emulator: 0 udef, 1 undefined, 2 SVC, 3 prefetch abort, 4 data abort.
_EXCEPTIONS = {
    1: Trouble("undefined", "undefined instruction"),
    2: Trouble("", "SVC instruction, and nothing to call"),
    3: Trouble("fetch", "prefetch abort: the address is not mapped"),
    4: Trouble("read", "data abort: the address is not mapped, or its access not allowed"),
}
# Vector offset, mode, return address from PC, fault status register (op2; DFSR, IFSR).
_ENTRIES = {
    "undefined": (0x04, 0x1B, 4, None),
    "fetch": (0x0C, 0x17, 4, 1),
    "read": (0x10, 0x17, 8, 0),
    "write": (0x10, 0x17, 8, 0),
}
_MODE, _THUMB, _MASKS = 0x1F, 1 << 5, 0x180  # CPSR: asynchronous aborts and interrupts masked
_EXTERNAL_ABORT = 0x8  # fault status: synchronous external abort
_TABLES = {(2, 0, 0): "ttbr", (2, 0, 2): "tcr"}
_IS_READ = 1 << 20
_CCSIDR = 0xE01F_E019  # of 32 KB; the emulator's core has 16 KB


class CortexA9(Core):
    """Core 0, in ARM state, caches and MMU off.

    The emulator has no caches, so the instructions that manage them are found in the program
    (``mcr p15``) and watched.
    """

    machine = elf.ARM
    pc_register = UC_ARM_REG_PC

    def __init__(self, clock: GuestClock, memory: BoardMemory) -> None:
        uc = create(UC_ARCH_ARM, UC_MODE_ARM, UC_CPU_ARM_CORTEX_A9)
        super().__init__(uc, clock, memory)
        self.caches = ShortCaches(memory, _L1_LINES)
        self._vectors: int | None = None

    def start_at(self, program: elf.Elf) -> None:
        """Set the entry point, and watch what the program does with CP15."""
        super().start_at(program)
        for address, word in _cp15_accesses(program):
            rt, key = word >> 12 & 15, (word >> 16 & 15, word & 15, word >> 5 & 7)
            if word & _IS_READ:
                if (word >> 21 & 7, *key) == (1, 0, 0, 0):
                    self.watch(address, partial(self._read_ccsidr, rt, address))
            elif key[0] in (1, 2, 7, 8, 12) and not word >> 21 & 7:
                self.watch(address, partial(self._write, key, rt))

    def classify(self, number: int) -> Trouble | None:
        """Name an exception."""
        return _EXCEPTIONS.get(number) or super().classify(number)

    def enter_exception(self, trouble: Trouble, pc: int) -> int | None:
        """Enter undefined or abort mode (DDI 0406C, B1.8)."""
        if self._vectors is None:
            return None
        offset, mode, back, status = _ENTRIES[trouble.kind]
        state = self.uc.reg_read(UC_ARM_REG_CPSR)
        self.uc.reg_write(UC_ARM_REG_CPSR, state & ~(_MODE | _THUMB) | mode | _MASKS)
        self.uc.reg_write(UC_ARM_REG_SPSR, state)
        self.uc.reg_write(UC_ARM_REG_LR, pc + back)
        if status is not None:
            for number, value in ((5, _EXTERNAL_ABORT), (6, trouble.address or pc)):
                opc2 = status if number == 5 else 2 * status  # DFAR is 0, IFAR 2
                register = (15, 0, 0, number, 0, 0, opc2, value)
                self.uc.reg_write(UC_ARM_REG_CP_REG, register)
        return self._vectors + offset

    def _read_ccsidr(self, rt: int, address: int) -> None:
        self.uc.reg_write(UC_ARM_REG_R0 + rt, _CCSIDR)
        self.uc.reg_write(UC_ARM_REG_PC, address + 4)

    def _write(self, key: tuple[int, int, int], rt: int) -> None:
        # The names of r0 to r12 are consecutive numbers; compilers use no others here.
        value = int(self.uc.reg_read(UC_ARM_REG_R0 + rt))
        crn, operation = key[0], key[1:]
        if key == (1, 0, 0):
            self.caches.set_control(value)
        elif key in _TABLES:
            self.caches.set_table(_TABLES[key], value)
        elif key == (12, 0, 0):
            self._vectors = value
        elif crn == 8:
            self.caches.read_tables()
        elif crn == 7 and operation in BY_ADDRESS:
            self.caches.by_address(BY_ADDRESS[operation], value)
        elif crn == 7 and operation in BY_SET:
            self.caches.by_set(BY_SET[operation], value)


def _cp15_accesses(program: elf.Elf) -> Iterator[tuple[int, int]]:
    """Find ``mcr`` and ``mrc p15, op1, Rt, CRn, CRm, op2``, in ARM and in Thumb code."""
    for base, code in program.code:
        for at in range(0, len(code) - 3, 2):
            first, second = code[at : at + 2], code[at + 2 : at + 4]
            if at % 4 == 0:
                word = int.from_bytes(first + second, "little")
                if word & 0x0F00_0F10 == 0x0E00_0F10:
                    yield base + at, word
            word = int.from_bytes(second + first, "little")
            if word & 0xFF00_0F10 == 0xEE00_0F10 and not word & _IS_READ:
                yield base + at, word
