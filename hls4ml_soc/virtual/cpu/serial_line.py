"""An asynchronous serial line with the FIFOs of a UART, in guest time."""

from __future__ import annotations

from collections import deque

from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console


class SerialLine:
    """Both directions of a line between a UART with FIFOs of ``depth`` bytes and a console.

    A character takes ``character`` cycles; 0 is a line that is never late and never overruns.
    Bytes of the host that are found on looking began when the line was last seen idle, or when
    the last answer had left, whichever was later: who looks too rarely overruns.
    """

    def __init__(self, clock: GuestClock, console: Console, depth: int) -> None:
        self.depth = depth
        self.character = 0
        self.received: deque[int] = deque()
        self.overrun = False
        self.asked = False  # somebody has looked for input
        self.bytes_in = self.bytes_out = self.lost = 0
        self._clock = clock
        self._console = console
        self._coming: deque[int] = deque()
        self._next = 0  # when the first of them is complete
        self._complete = 0  # when the last one received was
        self._looked = 0
        self._leaving: deque[int] = deque()  # when each byte sent is out
        self._last_out = 0

    def look(self) -> None:
        """Bring the line up to now."""
        now = self._clock.cycles
        self.asked = True
        while self._leaving and self._leaving[0] <= now:
            self._leaving.popleft()
        fresh = self._console.take()
        if fresh:
            if not self._coming:
                self._next = max(self._looked, self._last_out, self._complete) + self.character
            self._coming.extend(fresh)
        self._looked = now
        while self._coming and (self._next <= now or not self.character):
            if len(self.received) < self.depth:
                self.received.append(self._coming.popleft())
                self.bytes_in += 1
            elif not self.character:
                break
            else:
                self._coming.popleft()
                self.overrun = True
                self.lost += 1
            self._complete = self._next
            self._next += self.character

    def was_watched(self) -> None:
        """Note that the program has looked all the time up to now, though nobody asked the line."""
        self._looked = self._clock.cycles

    def send(self, byte: int) -> bool:
        """Put a byte into the transmit FIFO; false, and the byte is lost, if it is full."""
        if self.waiting >= self.depth:
            return False
        self._last_out = max(self._clock.cycles, self._last_out) + self.character
        if self.character:
            self._leaving.append(self._last_out)
        self._console.send(byte)
        self.bytes_out += 1
        return True

    @property
    def waiting(self) -> int:
        """Count the bytes in the transmit FIFO; one more is in the shift register."""
        return max(0, len(self._leaving) - 1)

    @property
    def sending(self) -> bool:
        """Tell whether a character is on its way out."""
        return bool(self._leaving)

    def clear_received(self) -> None:
        """Empty the receive FIFO."""
        self.received.clear()

    def clear_sent(self) -> None:
        """Empty the transmit FIFO; what the host has read already cannot be taken back."""
        while self.waiting:
            self._leaving.pop()
        self._last_out = self._leaving[-1] if self._leaving else self._clock.cycles

    def next_event(self) -> int | None:
        """Return when the line does something by itself, in cycles; None if nothing is on it."""
        times = [*list(self._leaving)[:1], *([self._next] if self._coming else [])]
        return min(times) if self.character and times else None
