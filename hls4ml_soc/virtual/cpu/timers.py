"""Timers that count guest time."""

from __future__ import annotations

from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.cpu.clock import GuestClock

_WORD, _LONG = 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF


class Counter:
    """A 64-bit up-counter of ``frequency`` Hz that can stand still."""

    def __init__(self, clock: GuestClock, frequency: float) -> None:
        self._clock = clock
        self._frequency = frequency
        self._value = 0
        self._since: int | None = None

    @property
    def value(self) -> int:
        """Return the count."""
        if self._since is None:
            return self._value
        ticks = (self._clock.cycles - self._since) * self._frequency / self._clock.frequency
        return (self._value + int(ticks)) & _LONG

    @property
    def running(self) -> bool:
        """Tell whether it counts."""
        return self._since is not None

    def load(self, value: int) -> None:
        """Set the count."""
        self._value = value
        self._since = self._clock.cycles if self.running else None

    def run(self, on: bool, frequency: float | None = None) -> None:
        """Let it count, at another rate if one is given, or stop it."""
        if on == self.running and frequency in (None, self._frequency):
            return
        self._value = self.value
        self._frequency = frequency or self._frequency
        self._since = self._clock.cycles if on else None


class GlobalTimer:
    """The global timer of the Cortex-A9 MPCore (DDI 0407I, 4.3), at offset 0x200 of its registers;
    it counts half the core's clock.
    """

    ticking = True

    LOW, HIGH, CONTROL = 0x0, 0x4, 0x8

    def __init__(self, clock: GuestClock) -> None:
        self._half = clock.frequency / 2
        self._counter = Counter(clock, self._half)
        self._registers: dict[int, int] = {}

    def read(self, offset: int) -> int:
        """Return a register."""
        if offset in (self.LOW, self.HIGH):
            return self._counter.value >> (8 * offset) & _WORD
        return self._registers.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        if offset in (self.LOW, self.HIGH):
            shift = 8 * offset
            kept = self._counter.value & ~(_WORD << shift)
            self._counter.load(kept | value << shift)
            return
        self._registers[offset] = value
        if offset == self.CONTROL:
            self._counter.run(bool(value & 1), self._half / ((value >> 8 & 0xFF) + 1))


class SystemCounter:
    """The system counter of ZynqMP (UG1087, IOU_SCNTRS) that the generic timers show."""

    ticking = True

    CONTROL, LOW, HIGH, FREQUENCY = 0x0, 0x8, 0xC, 0x20

    def __init__(self, clock: GuestClock, frequency: float) -> None:
        self.counter = Counter(clock, frequency)
        self._frequency_id = 0

    def read(self, offset: int) -> int:
        """Return a register."""
        if offset in (self.LOW, self.HIGH):
            return self.counter.value >> (8 * (offset - self.LOW)) & _WORD
        return {self.CONTROL: int(self.counter.running), self.FREQUENCY: self._frequency_id}.get(
            offset, 0
        )

    def write(self, offset: int, value: int) -> None:
        """Set a register."""
        if offset == self.CONTROL:
            self.counter.run(bool(value & 1))
        elif offset == self.FREQUENCY:
            self._frequency_id = value


class AxiTimer:
    """AXI Timer 2.0 (PG079) in generate mode: two 32-bit counters, or one of 64 bits (cascade).

    Nothing but time moves it, so it answers what a counter that wrapped or reloaded would show.
    """

    ticking = True

    _DOWN, _RELOAD, _LOAD, _ENABLE, _EVENT = 1 << 1, 1 << 4, 1 << 5, 1 << 7, 1 << 8
    _CAPTURE, _PWM, _ALL, _CASCADE = 1 << 0, 1 << 9, 1 << 10, 1 << 11

    def __init__(self, clock: GuestClock, frequency: float) -> None:
        self._counters = [Counter(clock, frequency) for _ in range(2)]
        self._control = [0, 0]
        self._start = [0, 0]  # the load registers
        self._loaded = [0, 0]  # what the counters started from

    def read(self, offset: int) -> int:
        """Return a register."""
        timer, register = offset >> 4 & 1, offset & 0xF
        if register == 0x0:
            first = 0 if self._cascade else timer
            self._elapse(first)
            return self._control[timer]
        if register == 0x4:
            return self._start[timer]
        if register == 0x8:
            if self._cascade:
                return self._value(0) >> (32 * timer) & _WORD
            return self._value(timer)
        return 0

    def write(self, offset: int, value: int) -> None:
        """Set a register. Raises BusFault for a mode that has no model."""
        timer, register = offset >> 4 & 1, offset & 0xF
        if register == 0x4:
            self._start[timer] = value
        if register == 0x0:
            if value & (self._CAPTURE | self._PWM):
                raise BusFault("AXI Timer: capture and PWM modes have no model")
            self._set_control(timer, value)

    @property
    def _cascade(self) -> bool:
        return bool(self._control[0] & self._CASCADE)

    def _mask(self) -> int:
        return _LONG if self._cascade else _WORD

    def _set_control(self, timer: int, value: int) -> None:
        held = self._control[timer] & self._EVENT & ~value  # writing 1 clears it
        self._control[timer] = (value & ~self._EVENT) | held
        if value & self._ALL:
            self._control = [c | self._ENABLE | self._ALL for c in self._control]
        for each in (timer,) if not value & self._ALL else (0, 1):
            if self._control[each] & self._LOAD:
                high = self._start[1] << 32 if self._cascade and each == 0 else 0
                self._loaded[each] = self._start[each] | high
                self._counters[each].load(0)
            else:
                self._elapse(each)
            counts = self._control[each] & self._ENABLE and not self._control[each] & self._LOAD
            self._counters[each].run(bool(counts))

    def _value(self, timer: int) -> int:
        gone, span = self._counters[timer].value, self._span(timer)
        if gone >= span:
            if not self._control[timer] & self._RELOAD:
                gone = span
            else:
                gone %= span
        down = self._control[timer] & self._DOWN
        return (self._loaded[timer] + (-gone if down else gone)) & self._mask()

    def _span(self, timer: int) -> int:
        start = self._loaded[timer]
        return (start if self._control[timer] & self._DOWN else self._mask() - start) + 1

    def _elapse(self, timer: int) -> None:
        if self._counters[timer].value >= self._span(timer):
            self._control[timer] |= self._EVENT
