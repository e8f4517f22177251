"""The AXI4-Lite registers of an HLS core (UG1399, S_AXILITE control register map).

Read from the RTL that HLS writes: up to Vivado HLS 2020 ``ap_ready`` is a pulse that software does
not see, and ``ap_done`` is set by every run; from Vitis HLS 2021 ``ap_ready`` stays until it is
read, and with ``auto_restart`` neither of the two is set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hls4ml_soc.hwh import Module, Register
from hls4ml_soc.virtual.board.core import CoreStage
from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.board.netlist import control_register
from hls4ml_soc.virtual.board.starts import RegisterStart

CONTROL, GLOBAL_ENABLE, ENABLE, STATUS, ARGUMENTS = 0x00, 0x04, 0x08, 0x0C, 0x10
START, DONE, IDLE, READY, CONTINUE, RESTART = (1 << bit for bit in (0, 1, 2, 3, 4, 7))
INTERRUPT = 1 << 9


class Arguments(Protocol):
    """What a compiled core with scalar arguments has beyond ``Core``."""

    def write_argument(self, offset: int, value: int) -> None: ...
    def read_argument(self, offset: int) -> int: ...


class HlsRegisters:
    """The registers behind one AXI4-Lite interface of a core that is part of a stream.

    ``sticky_ready`` is the newer of the two kinds.
    """

    def __init__(
        self, module: Module, interface: str, stage: CoreStage, *, sticky_ready: bool
    ) -> None:
        self.on_progress: Callable[[], None] = lambda: None
        self._name, self._vlnv = module.name, module.vlnv
        self._stage = stage
        self._known = {r.offset: r for r in module.registers if r.interface == interface}
        control = control_register(module)
        has_control = control is not None and control.interface == interface
        self._run = stage.starter if has_control else None
        self._chain = control is not None and "AP_CONTINUE" in control.fields
        self._sticky_ready = sticky_ready
        self._clear()

    def _clear(self) -> None:
        self._resets = self._stage.resets
        self._done_seen = self._ready_seen = 0
        self._flags = self._enabled = self._status = self._global = 0
        self._values: dict[int, int] = {}

    @property
    def interrupt(self) -> bool:
        """Return the level of the core's ``interrupt`` output."""
        self._note()
        return bool(self._global and self._status)

    def read(self, offset: int) -> int:
        """Return a register; what is none reads 0. Raises BusFault for an unknown argument."""
        self.on_progress()
        self._note()
        if isinstance(self._run, RegisterStart) and offset < ARGUMENTS:
            return self._read_control(self._run, offset)
        register = self._known.get(offset)
        if register is None:
            return 0
        if register.access == "read-only":
            return self._arguments(register).read_argument(offset)
        return self._values.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Set a register; what is none ignores it. Raises BusFault for an unknown argument."""
        self._note()
        if isinstance(self._run, RegisterStart) and offset < ARGUMENTS:
            self._write_control(self._run, offset, value)
            self.on_progress()
        elif offset in self._known:
            self._arguments(self._known[offset]).write_argument(offset, value)
            self._values[offset] = value

    def _read_control(self, run: RegisterStart, offset: int) -> int:
        if offset == CONTROL:
            value = self._flags | (START if run.wanted else 0) | (RESTART if run.again else 0)
            value |= IDLE if run.idle else 0
            if self._sticky_ready and self.interrupt:
                value |= INTERRUPT
            self._flags &= DONE if self._chain else 0
            return value
        return {GLOBAL_ENABLE: self._global, ENABLE: self._enabled}.get(offset, self._status)

    def _write_control(self, run: RegisterStart, offset: int, value: int) -> None:
        if offset == CONTROL:
            run.again = bool(value & RESTART)
            if value & START:
                run.begin()
            if self._chain and value & CONTINUE:
                self._flags &= ~DONE
        elif offset == GLOBAL_ENABLE:
            self._global = value & 1
        elif offset == ENABLE:
            self._enabled = value & 3
        else:
            self._status ^= value & 3  # written ones toggle

    def _note(self) -> None:
        if self._resets != self._stage.resets:
            self._clear()  # ap_rst_n resets them too
        run = self._run
        if not isinstance(run, RegisterStart):
            return
        done, ready = run.finished, run.taken
        silent = self._sticky_ready and run.again
        if done > self._done_seen:
            self._flags |= 0 if silent else DONE
            self._status |= 0 if silent else self._enabled & 1
        if ready > self._ready_seen:
            self._flags |= READY if self._sticky_ready and not run.again else 0
            self._status |= 0 if silent else self._enabled & 2
        self._done_seen, self._ready_seen = done, ready

    def _arguments(self, register: Register) -> Arguments:
        core = self._stage.core
        if not getattr(core, "takes_arguments", False):
            raise BusFault(
                f"{self._name} ({self._vlnv}): register {register.name} ({register.offset:#x}) is "
                "an argument that its compiled core does not take"
            )
        arguments: Arguments = core  # type: ignore[assignment]
        return arguments
