"""Timing side by side: everything that is compared takes its turn in every round.

Whatever else the machine does then meets all of them, and ratios are taken within a round. Each
call has two times: of the wall, and of the processor (all threads of its process). On a machine
that is shared only the second says what a single thread costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: A call that measures itself, elsewhere, returns wall and processor seconds; others return None
#: or anything else.
Call = Callable[[], Any]

#: Seconds that a measured piece should take at least; shorter calls are repeated.
PIECE = 0.002
MOST_REPEATS = 50


@dataclass(frozen=True)
class Times:
    """Seconds of one call, one value a round."""

    wall: list[float]
    cpu: list[float]


@dataclass(frozen=True)
class Elsewhere:
    """What a call that was timed by another process took."""

    wall: float
    cpu: float


def race(calls: Mapping[str, Call], rounds: int, warm_up: int = 1) -> dict[str, Times]:
    """Time calls in turn, so many rounds after ``warm_up`` rounds that do not count."""
    repeats = {}
    for name, call in calls.items():
        once = min(timed(call, 1).wall for _ in range(warm_up + 1))
        repeats[name] = max(1, min(MOST_REPEATS, round(PIECE / max(once, 1e-9))))
    times = {name: Times([], []) for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            spent = timed(call, repeats[name])
            times[name].wall.append(spent.wall)
            times[name].cpu.append(spent.cpu)
    return times


def timed(call: Call, repeats: int) -> Elsewhere:
    """Return what a call takes, on the average of some."""
    wall, cpu = time.perf_counter(), time.process_time()
    told = [call() for _ in range(repeats)]
    spent = time.perf_counter() - wall, time.process_time() - cpu
    if isinstance(told[0], Elsewhere):
        return Elsewhere(*(sum(getattr(t, k) for t in told) / repeats for k in ("wall", "cpu")))
    return Elsewhere(spent[0] / repeats, spent[1] / repeats)


def ratio(times: Mapping[str, Times], name: str, other: str, clock: str = "cpu") -> float:
    """Return what one call takes over what another takes: the median over the rounds."""
    pairs = zip(getattr(times[name], clock), getattr(times[other], clock), strict=True)
    return statistics.median(mine / its for mine, its in pairs)


def medians(times: Mapping[str, Times]) -> dict[str, dict[str, float]]:
    """Return the medians in seconds, for the results file."""
    return {
        name: {clock: statistics.median(getattr(t, clock)) for clock in ("wall", "cpu")}
        for name, t in times.items()
    }
