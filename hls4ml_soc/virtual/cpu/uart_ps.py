"""The UART of Zynq-7000 and ZynqMP processing systems (Cadence; UG585 chapter 19 and appendix B.33,
UG1085 chapter 21).
"""

from __future__ import annotations

from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.serial_line import SerialLine

DEPTH = 64
CR, MR, IER, IDR, IMR, ISR, BAUDGEN, RXTOUT, RXWM = range(0, 0x24, 4)
SR, FIFO, BAUDDIV, TXWM = 0x2C, 0x30, 0x34, 0x44
_RX_RESET, _TX_RESET = 1 << 0, 1 << 1
_RX_ON, _RX_OFF, _TX_ON, _TX_OFF = 1 << 2, 1 << 3, 1 << 4, 1 << 5
# SR; the first five also stay in ISR
_LATCHED = 0x1F
_RX_TRIGGER, _RX_EMPTY, _RX_FULL, _TX_EMPTY, _TX_FULL = (1 << bit for bit in range(5))
_TX_ACTIVE, _TX_TRIGGER, _TX_NEARLY_FULL = 1 << 11, 1 << 13, 1 << 14
_RX_OVERRUN, _TX_OVERFLOW = 1 << 5, 1 << 12  # ISR only


class UartPs:
    """Registers of a UART whose reference clock is ``reference`` Hz.

    ``unlimited`` lets characters take no time, whatever the baud registers say.
    """

    def __init__(
        self, clock: GuestClock, line: SerialLine, reference: float, *, unlimited: bool = False
    ) -> None:
        self.line = line
        self._clock = clock
        self._reference = reference
        self._unlimited = unlimited
        self._registers = {CR: 0x128, BAUDGEN: 0x28B, BAUDDIV: 0xF, RXWM: 0x20, TXWM: 0x20}
        self._events = 0
        self._held: list[int] = []  # written while the transmitter was off
        self._receives = self._transmits = False
        self._set_rate()

    @property
    def baud(self) -> float:
        """Return the rate that the registers give."""
        reference = self._reference / (8 if self._get(MR) & 1 else 1)
        return reference / (max(1, self._get(BAUDGEN)) * (self._get(BAUDDIV) + 1))

    def read(self, offset: int) -> int:
        """Return a register."""
        if offset == SR:
            return self._look()
        if offset == FIFO:
            self._look()
            return self.line.received.popleft() if self.line.received else 0
        if offset == ISR:
            self._look()
            return self._events
        return self._get(offset)

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        if offset == FIFO:
            self._transmit(value & 0xFF)
        elif offset == CR:
            self._control(value)
        elif offset == ISR:
            self._events &= ~value
        elif offset in (IER, IDR):
            mask = self._get(IMR)
            self._registers[IMR] = mask | value if offset == IER else mask & ~value
        elif offset not in (SR, IMR):
            self._registers[offset] = value
            self._set_rate()

    def _get(self, offset: int) -> int:
        return self._registers.get(offset, 0)

    def _look(self) -> int:
        line = self.line
        line.look()
        if not self._receives:
            line.clear_received()
        elif line.overrun:
            self._events |= _RX_OVERRUN
        line.overrun = False
        status = self._status()
        self._events |= status & _LATCHED
        return status

    def _status(self) -> int:
        line = self.line
        status = _TX_ACTIVE if line.sending else 0
        received = len(line.received)
        if not received:
            status |= _RX_EMPTY
        elif received >= line.depth:
            status |= _RX_FULL
        if 0 < self._get(RXWM) <= received:
            status |= _RX_TRIGGER
        waiting = line.waiting + len(self._held)
        if not waiting:
            return status | _TX_EMPTY
        if waiting >= self._get(TXWM):
            status |= _TX_TRIGGER
        if waiting >= line.depth:
            return status | _TX_FULL
        return status | (_TX_NEARLY_FULL if waiting == line.depth - 1 else 0)

    def _transmit(self, byte: int) -> None:
        self._look()
        if not self._transmits:
            if len(self._held) < self.line.depth:
                self._held.append(byte)
                return
        elif self.line.send(byte):
            return
        self._events |= _TX_OVERFLOW

    def _control(self, value: int) -> None:
        self._look()
        if value & _RX_RESET:
            self.line.clear_received()
        if value & _TX_RESET:
            self.line.clear_sent()
            self._held.clear()
        self._registers[CR] = value & ~(_RX_RESET | _TX_RESET)  # both clear themselves
        self._receives = value & (_RX_ON | _RX_OFF) == _RX_ON
        self._transmits = value & (_TX_ON | _TX_OFF) == _TX_ON
        if self._transmits:
            for byte in self._held:
                self.line.send(byte)
            self._held.clear()

    def _set_rate(self) -> None:
        mode = self._get(MR)
        parity = 0 if mode & 0x20 else 1
        bits = 1 + {3: 6, 2: 7}.get(mode >> 1 & 3, 8) + parity + (1, 1.5, 2, 2)[mode >> 6 & 3]
        seconds = 0 if self._unlimited else bits / self.baud
        self.line.character = self._clock.cycles_in(seconds)
