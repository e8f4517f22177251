"""AXI interrupt controller 4.1 (PG099), without its fast mode."""

from __future__ import annotations

from collections.abc import Callable

from hls4ml_soc.hwh import HwhError, Module

STATUS, PENDING, ENABLE, ACKNOWLEDGE, SET, CLEAR, VECTOR, MASTER = range(0x00, 0x20, 4)
_MASTER_ENABLE, _HARDWARE_ENABLE = 1, 2
_NONE = 0xFFFF_FFFF


class AxiIntc:
    """The registers of an interrupt controller; ``inputs`` returns the levels of its ``intr`` pin.

    An input is level or edge sensitive as C_KIND_OF_INTR says (a one is an edge).
    """

    def __init__(self, module: Module, inputs: Callable[[], int]) -> None:
        self._inputs = inputs
        self._mask = (1 << module.number("C_NUM_INTR_INPUTS")) - 1
        try:
            self._edges = module.number("C_KIND_OF_INTR") & self._mask
        except HwhError:
            self._edges = 0
        self._enabled = self._master = self._status = self._before = 0

    @property
    def interrupt(self) -> bool:
        """Return whether ``irq`` is active."""
        return bool(self._master & _MASTER_ENABLE and self._pending())

    def read(self, offset: int) -> int:
        """Return a register; an absent one, and one that can only be written, reads 0."""
        pending = self._pending()
        if offset == VECTOR:
            return (pending & -pending).bit_length() - 1 if pending else _NONE
        known = {STATUS: self._status, PENDING: pending}
        return {**known, ENABLE: self._enabled, MASTER: self._master}.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Set a register; an absent one ignores it."""
        self._sample()
        value &= self._mask if offset != MASTER else _MASTER_ENABLE | _HARDWARE_ENABLE
        if offset == STATUS and not self._master & _HARDWARE_ENABLE:
            self._status = value  # interrupts made by software
        elif offset == ENABLE:
            self._enabled = value
        elif offset == ACKNOWLEDGE:
            self._status &= ~value
        elif offset == SET:
            self._enabled |= value
        elif offset == CLEAR:
            self._enabled &= ~value
        elif offset == MASTER:
            # Once set, HIE stays until a reset.
            self._master = value | self._master & _HARDWARE_ENABLE

    def _pending(self) -> int:
        self._sample()
        return self._status & self._enabled

    def _sample(self) -> None:
        now = self._inputs() & self._mask
        rising = now & ~self._before
        self._before = now
        if self._master & _HARDWARE_ENABLE:
            self._status |= (rising & self._edges) | (now & ~self._edges)
