"""The Cortex-A53 of ZynqMP."""

from __future__ import annotations

from typing import Any

from unicorn.arm64_const import (
    UC_ARM64_INS_MRS,
    UC_ARM64_INS_MSR,
    UC_ARM64_INS_SYS,
    UC_ARM64_REG_CP_REG,
    UC_ARM64_REG_PC,
    UC_ARM64_REG_PSTATE,
    UC_CPU_ARM64_A53,
)
from unicorn.unicorn_const import UC_ARCH_ARM64, UC_HOOK_INSN, UC_MODE_ARM

from hls4ml_soc.virtual.cpu import elf
from hls4ml_soc.virtual.cpu.arm_caches import BY_ADDRESS, BY_SET, LongCaches
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.core import Core, Trouble
from hls4ml_soc.virtual.cpu.emulator import create
from hls4ml_soc.virtual.cpu.memory import BoardMemory
from hls4ml_soc.virtual.cpu.timers import Counter

LINE = 64
_LINES = 4 * 128 + 16 * 1024  # 32 KB L1 data, 1 MB L2
_EL3_MASKED = 0x3CD  # EL3h, all exceptions masked: how the boot ROM and debuggers leave it
_SCTLR_EL3 = (5, 2, 3, 0, 0, 0)
_COUNTERS = ((3, 3, 14, 0, 1), (3, 3, 14, 0, 2))  # CNTPCT_EL0, CNTVCT_EL0
_FREQUENCY = (3, 3, 14, 0, 0)  # CNTFRQ_EL0: a note from boot code to others
_TABLES = {(2, 0, 0): "ttbr", (2, 0, 2): "tcr", (10, 2, 0): "mair"}
_UNDEFINED = Trouble("undefined", "undefined instruction")
_EXCEPTIONS = {
    1: _UNDEFINED,
    2: Trouble("", "SVC instruction, and nothing to call"),
    3: Trouble("fetch", "instruction abort: the address is not mapped"),
    4: Trouble("read", "data abort: the address is not mapped, or its access not allowed"),
}
# Syndromes (DDI 0487, D13.2.37): class, 32-bit instruction, synchronous external abort.
_LONG, _EXTERNAL_ABORT, _WRITE = 1 << 25, 0x10, 1 << 6
_SYNDROMES = {
    "undefined": _LONG,
    "fetch": 0x21 << 26 | _LONG | _EXTERNAL_ABORT,
    "read": 0x25 << 26 | _LONG | _EXTERNAL_ABORT,
    "write": 0x25 << 26 | _LONG | _EXTERNAL_ABORT | _WRITE,
}
_CURRENT_SPX = 0x200  # vector of synchronous exceptions of the current level


class CortexA53(Core):
    """Core 0 at EL3, caches and MMU off. ``counter`` is the system counter."""

    machine = elf.AARCH64
    pc_register = UC_ARM64_REG_PC

    def __init__(self, clock: GuestClock, memory: BoardMemory, counter: Counter) -> None:
        uc = create(UC_ARCH_ARM64, UC_MODE_ARM, UC_CPU_ARM64_A53)
        # unicorn 2.1.4 begins in EL1, and follows a write of PSTATE only after one of a system
        # register (its issue 2333).
        uc.reg_write(UC_ARM64_REG_PSTATE, _EL3_MASKED)
        uc.reg_write(UC_ARM64_REG_CP_REG, _SCTLR_EL3)
        super().__init__(uc, clock, memory)
        self.caches = LongCaches(memory, _LINES)
        self._counter = counter
        self._frequency = 0
        self._vectors: int | None = None
        for hook, instruction in (
            (self._on_mrs, UC_ARM64_INS_MRS),
            (self._on_msr, UC_ARM64_INS_MSR),
            (self._on_sys, UC_ARM64_INS_SYS),
        ):
            uc.hook_add(UC_HOOK_INSN, hook, None, 1, 0, instruction)

    def classify(self, number: int) -> Trouble | None:
        """Name an exception; accesses to registers of the implementation do nothing."""
        if number == 1 and self._is_implementation_defined():
            self.uc.reg_write(self.pc_register, self.pc + 4)
            return None
        return _EXCEPTIONS.get(number) or super().classify(number)

    def enter_exception(self, trouble: Trouble, pc: int) -> int | None:
        """Take it to EL3, from EL3 (DDI 0487, D1.10)."""
        if self._vectors is None:
            return None
        for key, value in (
            ((3, 6, 5, 2, 0), _SYNDROMES[trouble.kind]),  # ESR_EL3
            ((3, 6, 6, 0, 0), trouble.address or 0),  # FAR_EL3
            ((3, 6, 4, 0, 1), pc),  # ELR_EL3
            ((3, 6, 4, 0, 0), self.uc.reg_read(UC_ARM64_REG_PSTATE)),  # SPSR_EL3
        ):
            op0, op1, crn, crm, op2 = key
            self.uc.reg_write(UC_ARM64_REG_CP_REG, (crn, crm, op0, op1, op2, value))
        self.uc.reg_write(UC_ARM64_REG_PSTATE, _EL3_MASKED)
        return self._vectors + _CURRENT_SPX

    def _is_implementation_defined(self) -> bool:
        # CPUACTLR_EL1 and its like (S3_1_C11 and S3_1_C15), which start-up code of the vendor sets.
        bank = self.memory.bank(self.pc, 4)
        if bank is None:
            return False
        at = self.pc - bank.base
        word = int.from_bytes(bank.core.view[at : at + 4], "little")
        return word & 0xFFD0_0000 == 0xD510_0000 and word >> 12 & 15 in (11, 15)

    def _on_mrs(self, uc: Any, register: int, system: Any, _: Any) -> bool:
        key = (system.op0, system.op1, system.crn, system.crm, system.op2)
        if key in _COUNTERS:
            uc.reg_write(register, self._counter.value)
        elif key == _FREQUENCY:
            uc.reg_write(register, self._frequency)
        else:
            return False
        return True

    def _on_msr(self, uc: Any, register: int, system: Any, _: Any) -> bool:
        key = (system.op0, system.op1, system.crn, system.crm, system.op2)
        if key == _FREQUENCY:
            self._frequency = system.val
        elif system.op0 == 3 and system.op1 == 6:  # the registers of EL3
            self.guard(self._system_register, key[2:], system.val)
        return False

    def _system_register(self, key: tuple[int, int, int], value: int) -> None:
        if key == (1, 0, 0):
            self.caches.set_control(value)
        elif key == (12, 0, 0):
            self._vectors = value
        elif key in _TABLES:
            self.caches.set_table(_TABLES[key], value)

    def _on_sys(self, uc: Any, register: int, system: Any, _: Any) -> bool:
        operation = (system.crm, system.op2)
        if system.crn == 8:
            self.guard(self.caches.read_tables)
        elif system.crn == 7 and operation in BY_ADDRESS:
            self.guard(self.caches.by_address, BY_ADDRESS[operation], system.val)
        elif system.crn == 7 and operation in BY_SET:
            self.guard(self.caches.by_set, BY_SET[operation], system.val)
        return False
