"""The accelerator in the stream: an HLS core as a sink and a source of beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hls4ml_soc.virtual.board.starts import RegisterStart, Start, Starter
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
