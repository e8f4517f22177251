"""Register accesses of the processor: they take time, and idle polling is cut short."""

from __future__ import annotations

from hls4ml_soc.virtual.board.address_map import Slave
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.core import Core
from hls4ml_soc.virtual.cpu.errors import Refused
from hls4ml_soc.virtual.cpu.serial_line import SerialLine

ACCESS = 100e-9  # what a register access takes: the order of an APB or AXI-Lite access
_STEP = 10e-6  # how far one poll of many lets time go on
_LEAP = 100e-6  # the same, on the way to the next character of the line
_POLLS = 4  # as many reads without news, and somebody is polling
_IDLE = 256  # as many, and the program waits for the host
_WORK = 300  # instructions between two reads; a program that does more is not just polling
_LOOKS = 256  # as many reads of a timer, a few instructions apart, and somebody waits for it
_APART = 10


class Bus:
    """Reads and writes registers for the core, in guest time.

    A program that polls would spend millions of instructions per byte of a slow line. After
    ``_POLLS`` reads without anything new, each soon after the one before, time runs on in steps to
    the next thing that happens; after ``_IDLE`` the thread sleeps until the host writes, and guest
    time goes on as long.

    The core halts before an access, when ``halt`` is set or guest time has reached ``limit``.
    """

    def __init__(self, core: Core, console: Console, line: SerialLine) -> None:
        self.reads = self.writes = 0
        self.limit: int | None = None
        self.halt = False
        clock = self._clock = core.clock
        self._stop = core.stop
        self._console = console
        self._line = line
        self._access = clock.cycles_in(ACCESS)
        self._step = clock.cycles_in(_STEP)
        self._leap = clock.cycles_in(_LEAP)
        self._quiet = 0
        self._accessed = 0  # instructions before the latest access
        self._looks = 0  # at a timer, one after another
        self._looked = 0  # how many instructions ago the count began
        self._delaying = False
        self._last: dict[int, int] = {}

    def read(self, slave: Slave, offset: int, size: int, address: int) -> int:
        """Read a register; those of timers change without telling anything."""
        if size != 4:
            raise Refused(f"{8 * size}-bit read of a 32-bit register at {address:#010x}")
        if self._stops():
            return 0
        self.reads += 1
        self._clock.waited += self._access
        if self._has_worked():
            self._news()
        if getattr(slave, "ticking", False):
            self._look_at_timer()
            return slave.read(offset)
        self._looks, self._delaying = 0, False
        before = self._line.bytes_in
        waiting = len(self._line.received)
        value = slave.read(offset)
        popped = len(self._line.received) < waiting + self._line.bytes_in - before
        if popped or self._last.get(address) != value:
            self._last[address] = value
            self._news()
        else:
            self._wait()
        return value

    def write(self, slave: Slave, offset: int, size: int, address: int, value: int) -> None:
        """Write a register."""
        if size != 4:
            raise Refused(f"{8 * size}-bit write to a 32-bit register at {address:#010x}")
        if self._stops():
            return
        self.writes += 1
        self._clock.waited += self._access
        self._accessed = self._clock.instructions
        self._looks, self._delaying = 0, False
        self._news()
        slave.write(offset, value)

    def _has_worked(self) -> bool:
        before, self._accessed = self._accessed, self._clock.instructions
        return self._accessed - before > _WORK

    def _news(self) -> None:
        self._quiet = 0
        self._line.asked = False

    def _wait(self) -> None:
        self._quiet += 1
        if self._quiet < _POLLS:
            return
        event = self._line.next_event()
        if event is not None:
            self._clock.waited += max(0, min(event - self._clock.cycles, self._leap))
        elif self._quiet < _IDLE or not self._line.asked:
            self._clock.waited += self._step
        else:
            # Once per look for input: what is read beside it costs nothing more.
            self._line.asked = False
            self._clock.waited += self._clock.cycles_in(self._console.nap(1e-3))
        self._line.was_watched()

    def _look_at_timer(self) -> None:
        if self._delaying:
            self._clock.waited += self._step
            return
        if self._looks == 0:
            self._looked = self._clock.instructions
        self._looks += 1
        if self._looks == _LOOKS:
            self._delaying = self._clock.instructions - self._looked < _APART * _LOOKS
            self._looks = 0

    def _stops(self) -> bool:
        # The core can stand still only here: elsewhere it would repeat what it has done.
        if self.halt or (self.limit is not None and self._clock.cycles >= self.limit):
            self._stop()
            return True
        return False
