"""MicroBlaze V (UG1629): a 32-bit RISC-V core with the extensions it was configured with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from unicorn.riscv_const import (
    UC_RISCV_REG_MCAUSE,
    UC_RISCV_REG_MEPC,
    UC_RISCV_REG_MTVAL,
    UC_RISCV_REG_MTVEC,
    UC_RISCV_REG_PC,
    UC_RISCV_REG_X0,
)
from unicorn.unicorn_const import UC_ARCH_RISCV, UC_MODE_RISCV32

from hls4ml_soc.hwh import Module
from hls4ml_soc.virtual.cpu import elf
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.core import Core, Trouble
from hls4ml_soc.virtual.cpu.emulator import create
from hls4ml_soc.virtual.cpu.memory import BoardMemory

_OP, _SYSTEM, _AMO, _LOAD_FP, _STORE_FP, _OP_FP, _MISC_MEM = (
    0x33,
    0x73,
    0x2F,
    0x07,
    0x27,
    0x53,
    0x0F,
)
_FUSED = (0x43, 0x47, 0x4B, 0x4F)
_MACHINE_COUNTERS, _USER_COUNTERS = 0xB00, 0xC00
_CAUSES = {"fetch": 1, "undefined": 2, "read": 5, "write": 7}
_EXCEPTIONS = {
    0: "misaligned instruction address",
    2: "illegal instruction",
    3: "breakpoint",
    4: "misaligned load",
    6: "misaligned store",
    11: "environment call",
}


class MicroBlazeV(Core):
    """The core of a microblaze_riscv cell, in machine mode, at its reset.

    The emulator's core has every extension; instructions that this one lacks are found in the
    program and watched.
    """

    machine = elf.RISCV
    pc_register = UC_RISCV_REG_PC

    def __init__(self, clock: GuestClock, memory: BoardMemory, module: Module) -> None:
        super().__init__(create(UC_ARCH_RISCV, UC_MODE_RISCV32), clock, memory)
        self._module = module
        muldiv = module.number("C_USE_MULDIV")
        self._has = {
            "multiply": muldiv > 0,
            "divide": muldiv > 1,
            "atomic": bool(module.number("C_USE_ATOMIC")),
            "floating-point": bool(module.number("C_USE_FPU")),
            "compressed": bool(module.number("C_USE_COMPRESSION")),
        }

    def start_at(self, program: elf.Elf) -> None:
        """Set the entry point, and watch what this core does not have or unicorn does not time."""
        super().start_at(program)
        for address, word in _instructions(program):
            kind = _extension(word)
            if kind and not self._has[kind]:
                self.watch(address, partial(self._illegal, kind, word))
            elif _is_counter_read(word):
                self.watch(address, partial(self._read_counter, word, address))

    def classify(self, number: int) -> Trouble | None:
        """Name an exception; cache block operations do nothing on a core without a cache."""
        # Zicbom (cbo.clean, .flush, .inval) is unknown to unicorn; PC is past the instruction.
        at = self.pc - 4
        bank = self.memory.bank(at, 4)
        if number == 2 and bank is not None:
            word = int.from_bytes(bank.core.view[at - bank.base : at - bank.base + 4], "little")
            if word & 0x7FFF == 0x200F:
                return None
            return Trouble("undefined", "illegal instruction", word, at)
        return Trouble("", _EXCEPTIONS.get(number, f"exception {number}"))

    def enter_exception(self, trouble: Trouble, pc: int) -> int | None:
        """Trap to machine mode (privileged architecture, 3.1.7)."""
        vector = int(self.uc.reg_read(UC_RISCV_REG_MTVEC)) & ~3
        if not vector:
            return None
        self.uc.reg_write(UC_RISCV_REG_MEPC, pc)
        self.uc.reg_write(UC_RISCV_REG_MCAUSE, _CAUSES[trouble.kind])
        self.uc.reg_write(UC_RISCV_REG_MTVAL, trouble.address or 0)
        return vector

    def _illegal(self, kind: str, word: int) -> None:
        reason = f"illegal instruction: a {kind} instruction, which {self._module.name} "
        self.fail(Trouble("undefined", reason + "is configured without", word))

    def _read_counter(self, word: int, address: int) -> None:
        number = word >> 20
        instructions = number & 0x7F == 2
        value = self.clock.instructions if instructions else self.clock.cycles
        value = value >> 32 if number & 0x80 else value & 0xFFFF_FFFF
        target = word >> 7 & 31
        if target:
            self.uc.reg_write(UC_RISCV_REG_X0 + target, value)
        self.uc.reg_write(self.pc_register, address + 4)


def _instructions(program: elf.Elf) -> Iterator[tuple[int, int]]:
    for base, code in program.code:
        at = 0
        while at < len(code) - 1:
            size = 4 if code[at] & 3 == 3 else 2
            yield base + at, int.from_bytes(code[at : at + size], "little")
            at += size


def _extension(word: int) -> str:
    if word & 3 != 3:
        return "compressed"
    opcode = word & 0x7F
    if opcode == _OP and word >> 25 == 1:
        return "divide" if word >> 14 & 1 else "multiply"
    if opcode == _AMO:
        return "atomic"
    if opcode in (_LOAD_FP, _STORE_FP, _OP_FP, *_FUSED):
        return "floating-point"
    return ""


def _is_counter_read(word: int) -> bool:
    # csrr: csrrs rd, csr, x0. Numbers 0, 1, 2 are cycle, time, instret; 0x80 more, the high half.
    return (
        word & 0xFF07F == 0x02073
        and word >> 20 & ~0x83 in (_MACHINE_COUNTERS, _USER_COUNTERS)
        and word >> 20 & 3 != 3
    )
