"""What starts an HLS core: ``ap_start`` and what it is wired to."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol


class Startable(Protocol):
    """The part of a core that a start is about."""

    def start(self, runs: int = 1) -> None: ...
    @property
    def runs_done(self) -> int: ...


class Start(Enum):
    """What ``ap_start`` of a core is wired to."""

    FREE = "high, or the core has none"
    COUNTED = "a sample_start module"
    REGISTERS = "a register behind AXI4-Lite"
    NEVER = "low"


class Starter(Protocol):
    """What gives a core its starts."""

    def offered(self, count: int) -> int:
        """Return the starts that become due when ``count`` more beats are on the wire."""

    def passed(self, count: int) -> None:
        """Count beats that the core has taken."""

    def reset(self) -> None:
        """Begin anew."""


class SampleStart:
    """The module of rtl/sample_start.v: one start for every ``beats`` beats of input, given with
    the first of them.
    """

    def __init__(self, beats: int) -> None:
        self.beats = beats
        self._passed = 0
        self._started = 0

    def offered(self, count: int) -> int:
        """Return the starts that become due when ``count`` more beats are on the wire."""
        due = -(-(self._passed + count) // self.beats) - self._started
        self._started += max(due, 0)
        return max(due, 0)

    def passed(self, count: int) -> None:
        """Count beats that the core has taken."""
        self._passed += count

    def reset(self) -> None:
        """Begin to count anew."""
        self._passed = self._started = 0


class RegisterStart:
    """``ap_start`` and ``auto_restart`` as bits of a register."""

    def __init__(self, core: Startable) -> None:
        self._core = core
        self.in_flight: Callable[[], bool] = lambda: False
        self.reset()

    def reset(self) -> None:
        """Forget starts."""
        self._begun = 0
        self._finished = 0
        self.again = False

    @property
    def started(self) -> bool:
        """Tell whether there was any start."""
        return self._begun > 0

    @property
    def taken(self) -> int:
        """Return the ``ap_ready`` pulses there were."""
        return self._core.runs_done

    @property
    def finished(self) -> int:
        """Return the ``ap_done`` pulses there were: the last output of a run has left."""
        if not self.in_flight():
            self._finished = self.taken
        return self._finished

    @property
    def wanted(self) -> bool:
        """Return ``ap_start``."""
        return self._begun > self.taken or (self.again and self._begun > 0)

    @property
    def idle(self) -> bool:
        """Return ``ap_idle``."""
        return not self.wanted and self.finished == self._begun

    def begin(self) -> None:
        """Write a one to ``ap_start``; without effect while it is one."""
        if self._begun == self.taken:
            self._begun += 1
            self._core.start(1)

    def offered(self, count: int) -> int:
        """Start again once the input of the last run was taken, if told to."""
        due = int(self.again and 0 < self._begun == self.taken)
        self._begun += due
        return due

    def passed(self, count: int) -> None:
        """Do nothing: the core itself counts."""
