"""The Cortex-A9 of Zynq-7000."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from unicorn.arm_const import UC_ARM_REG_PC, UC_ARM_REG_R0, UC_CPU_ARM_CORTEX_A9
from unicorn.unicorn_const import UC_ARCH_ARM, UC_MODE_ARM

from hls4ml_soc.virtual.cpu import elf
from hls4ml_soc.virtual.cpu.arm_caches import BY_ADDRESS, BY_SET, ShortCaches
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.core import Core
from hls4ml_soc.virtual.cpu.emulator import create
from hls4ml_soc.virtual.cpu.memory import BoardMemory

LINE = 32
_L1_LINES = 4 * 256  # 32 KB
_EXCEPTIONS = {
    1: "undefined instruction",
    2: "SVC",
    3: "prefetch abort",
    4: "data abort",
    7: "BKPT",
}


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

    def start_at(self, program: elf.Elf) -> None:
        """Set the entry point, and watch the program's CP15 writes."""
        super().start_at(program)
        for address, word in _cp15_writes(program):
            crn, rt, op2, crm = word >> 16 & 15, word >> 12 & 15, word >> 5 & 7, word & 15
            if crn in (1, 2, 7, 8):
                self.watch(address, partial(self._write, crn, crm, op2, rt))

    def on_exception(self, number: int) -> str:
        return _EXCEPTIONS.get(number, f"exception {number}")

    def _write(self, crn: int, crm: int, op2: int, rt: int) -> None:
        # The names of r0 to r12 are consecutive numbers; compilers use no others here.
        value = int(self.uc.reg_read(UC_ARM_REG_R0 + rt))
        if (crn, crm, op2) == (1, 0, 0):
            self.caches.set_control(value)
        elif (crn, crm, op2) == (2, 0, 0):
            self.caches.set_table("ttbr", value)
        elif (crn, crm, op2) == (2, 0, 2):
            self.caches.set_table("tcr", value)
        elif crn == 8:
            self.caches.read_tables()
        elif crn == 7 and (crm, op2) in BY_ADDRESS:
            self.caches.by_address(BY_ADDRESS[crm, op2], value)
        elif crn == 7 and (crm, op2) in BY_SET:
            self.caches.by_set(BY_SET[crm, op2], value)


def _cp15_writes(program: elf.Elf) -> Iterator[tuple[int, int]]:
    """Find ``mcr p15, 0, Rt, CRn, CRm, op2`` in ARM and in Thumb code."""
    for base, code in program.code:
        for at in range(0, len(code) - 3, 2):
            first, second = code[at : at + 2], code[at + 2 : at + 4]
            if at % 4 == 0:
                word = int.from_bytes(first + second, "little")
                if word & 0x0FF0_0F10 == 0x0E00_0F10:
                    yield base + at, word
            word = int.from_bytes(second + first, "little")
            if word & 0xFFF0_0F10 == 0xEE00_0F10:
                yield base + at, word
