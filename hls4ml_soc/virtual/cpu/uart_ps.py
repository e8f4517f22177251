"""The UART of Zynq-7000 and ZynqMP processing systems (Cadence; UG585 chapter 19 and appendix B.33,
UG1085 chapter 21).
"""

from __future__ import annotations

from hls4ml_soc.virtual.cpu.serial_line import SerialLine
from hls4ml_soc.virtual.cpu.clock import GuestClock

DEPTH = 64
CR, MR, IER, IDR, IMR, ISR, BAUDGEN, RXTOUT, RXWM = range(0, 0x24, 4)
SR, FIFO, BAUDDIV, TXWM = 0x2C, 0x30, 0x34, 0x44
_RX_RESET, _TX_RESET = 1 << 0, 1 << 1
_RX_ON, _RX_OFF, _TX_ON, _TX_OFF = 1 << 2, 1 << 3, 1 << 4, 1 << 5
# SR and, up to bit 4, ISR
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
        self._set_rate()

    @property
    def baud(self) -> float:
        """Return the rate that the registers give."""
        reference = self._reference / (8 if self._get(MR) & 1 else 1)
        return reference / (max(1, self._get(BAUDGEN)) * (self._get(BAUDDIV) + 1))

    def read(self, offset: int) -> int:
        """Return a register."""
        if offset in (SR, ISR, FIFO):
            self._look()
        if offset == SR:
            return self._status()
        if offset == FIFO:
            return self.line.received.popleft() if self.line.received else 0
        if offset == ISR:
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

    @property
    def _receives(self) -> bool:
        return self._get(CR) & (_RX_ON | _RX_OFF) == _RX_ON

    @property
    def _transmits(self) -> bool:
        return self._get(CR) & (_TX_ON | _TX_OFF) == _TX_ON

    def _look(self) -> None:
        self.line.look()
        if not self._receives:
            self.line.clear_received()
        elif self.line.overrun:
            self._events |= _RX_OVERRUN
        self.line.overrun = False
        self._events |= self._status() & 0x1F

    def _status(self) -> int:
        line = self.line
        waiting = line.waiting + len(self._held)
        bits = {
            _RX_TRIGGER: 0 < self._get(RXWM) <= len(line.received),
            _RX_EMPTY: not line.received,
            _RX_FULL: len(line.received) >= line.depth,
            _TX_EMPTY: not waiting,
            _TX_FULL: waiting >= line.depth,
            _TX_ACTIVE: line.sending,
            _TX_TRIGGER: waiting >= self._get(TXWM),
            _TX_NEARLY_FULL: waiting == line.depth - 1,
        }
        return sum(bit for bit, on in bits.items() if on)

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
