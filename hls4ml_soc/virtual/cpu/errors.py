"""What the processor side of a virtual board reports."""

from __future__ import annotations

from hls4ml_soc.virtual.board.errors import VirtualBoardError


class LoadError(VirtualBoardError):
    """A file, or an order of start-up steps, that a debugger would fail with on silicon."""


class GuestFault(VirtualBoardError):
    """The program did what stops a processor: ``address`` is what it touched, ``pc`` where."""

    def __init__(self, reason: str, pc: int, address: int | None = None) -> None:
        super().__init__(f"{reason} (at PC {pc:#010x})")
        self.reason = reason
        self.pc = pc
        self.address = address
