"""AXI UART Lite 2.0 (PG142)."""

from __future__ import annotations

from hls4ml_soc.hwh import Module
from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.serial_line import SerialLine

DEPTH = 16
RX, TX, STAT, CTRL = 0x0, 0x4, 0x8, 0xC
_RX_VALID, _RX_FULL, _TX_EMPTY, _TX_FULL, _OVERRUN = (1 << bit for bit in (0, 1, 2, 3, 5))


class UartLite:
    """Registers of an axi_uartlite cell; its rate is the one of synthesis."""

    def __init__(
        self, module: Module, clock: GuestClock, line: SerialLine, *, unlimited: bool = False
    ) -> None:
        self.line = line
        self.name = module.name
        self.baud = module.number("C_BAUDRATE")
        bits = 2 + module.number("C_DATA_BITS") + module.number("C_USE_PARITY")
        line.character = 0 if unlimited else clock.cycles_in(bits / self.baud)

    def read(self, offset: int) -> int:
        """Return a register. Raises BusFault for an empty receive FIFO, as the slave answers."""
        self.line.look()
        offset &= 0xF
        if offset == STAT:
            return self._status()
        if offset == RX:
            if not self.line.received:
                raise BusFault(
                    f"{self.name}: the receive FIFO was read while empty (PG142: SLVERR)"
                )
            return self.line.received.popleft()
        return 0

    def write(self, offset: int, value: int) -> None:
        """Set a register. Raises BusFault for a full transmit FIFO, as the slave answers."""
        self.line.look()
        offset &= 0xF
        if offset == TX and not self.line.send(value & 0xFF):
            raise BusFault(f"{self.name}: the transmit FIFO was written while full (PG142: SLVERR)")
        if offset == CTRL:
            if value & 1:
                self.line.clear_sent()
            if value & 2:
                self.line.clear_received()

    def _status(self) -> int:
        line = self.line
        bits = {
            _RX_VALID: bool(line.received),
            _RX_FULL: len(line.received) >= line.depth,
            _TX_EMPTY: not line.waiting,
            _TX_FULL: line.waiting >= line.depth,
            _OVERRUN: line.overrun,
        }
        line.overrun = False  # error bits clear on read
        return sum(bit for bit, on in bits.items() if on)
