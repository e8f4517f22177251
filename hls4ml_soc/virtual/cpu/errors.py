"""What the processor side of a virtual board reports."""

from __future__ import annotations

from hls4ml_soc.virtual.board.errors import BusFault, VirtualBoardError


class LoadError(VirtualBoardError):
    """A file, or an order of start-up steps, that a debugger would fail with on silicon."""


class Hang(BusFault):
    """An access that never ends on silicon."""


class Refused(BusFault):
    """An access that silicon might let pass, with a result that nobody should rely on."""


class GuestFault(VirtualBoardError):
    """The program did what stops a processor: ``address`` is what it touched, ``pc`` where."""

    def __init__(self, reason: str, pc: int, address: int | None = None) -> None:
        super().__init__(f"{reason} (at PC {pc:#010x})")
        self.reason = reason
        self.pc = pc
        self.address = address
