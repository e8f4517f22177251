"""The accelerator in the stream: an HLS core with ``ap_ctrl_hs``, and what starts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hls4ml_soc.virtual.board.streams import CHUNK, NONE, Beats


class Core(Protocol):
    """The behaviour of an IP with one input and one output stream, as compiled from its C++."""

    in_bytes: int
    out_bytes: int

    def reset(self) -> None: ...
    def start(self, runs: int = 1) -> None: ...
    def push(self, data: bytes | memoryview, last: Sequence[bool] | NDArray[np.bool_]) -> int: ...
    def pull(self, limit: int) -> tuple[bytes, NDArray[np.uint64], NDArray[np.bool_]]: ...
    @property
    def runs_done(self) -> int: ...
    def standstill(self) -> str: ...
    def close(self) -> None: ...


class CoreFactory(Protocol):
    """Makes a core as the netlist wires it: running freely or started, with the stalling
    pipelines or without.
    """

    def __call__(self, *, free_running: bool = False, stalling: bool = False) -> Core: ...


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

    def __init__(self, core: Core) -> None:
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


class CoreStage:
    """A core as a part of the stream: a sink for its input, a source of its output.

    ``held`` says why the core does not work at all (no clock, in reset for ever), if that is so.
    """

    def __init__(
        self, name: str, core: Core, start: Start, starter: Starter | None, held: str = ""
    ) -> None:
        self.name = name
        self.core = core
        self.held = held
        self._start = start
        self.starter = starter
        self._ready = NONE
        self.resets = 0
        if isinstance(starter, RegisterStart):
            starter.in_flight = self._in_flight

    def room(self) -> int:
        """Return how many beats may be offered; the core decides how many it takes."""
        return 0 if self.held else CHUNK

    def push(self, beats: Beats) -> int:
        """Offer beats to the core; return how many it took.

        TKEEP is not looked at, as in the wrapper.
        """
        if self.starter is None:
            return self.core.push(beats.data, beats.last)
        runs = self.starter.offered(len(beats))
        if runs:
            self.core.start(runs)
        taken = self.core.push(beats.data, beats.last)
        self.starter.passed(taken)
        return taken

    def peek(self, limit: int) -> Beats:
        """Show beats of the core's output."""
        if not self.held and len(self._ready) < limit:
            data, keep, last = self.core.pull(limit - len(self._ready))
            self._ready = self._ready + Beats(data, keep, last)
        return self._ready.part(0, min(limit, len(self._ready)))

    def take(self, count: int) -> None:
        """Drop beats that have gone."""
        self._ready = self._ready.part(count, len(self._ready))

    def reset(self) -> None:
        """Hold ``ap_rst_n`` low for a moment: everything in flight is gone."""
        self.core.reset()
        self._ready = NONE
        self.resets += 1
        if self.starter is not None:
            self.starter.reset()

    def standstill(self) -> str:
        """Say what the core waits for; empty if nothing is in flight."""
        if self.held:
            return f"{self.name} {self.held}"
        if self._start is Start.NEVER:
            return f"{self.name} never starts: ap_start is low"
        if isinstance(self.starter, RegisterStart) and not self.starter.started:
            return f"{self.name} has not been started: nobody wrote ap_start to its registers"
        inside = self.core.standstill()
        return f"{self.name}: {inside}" if inside else ""

    def _in_flight(self) -> bool:
        return bool(len(self._ready) or self.core.standstill())

    def close(self) -> None:
        """Release the core."""
        self.core.close()
