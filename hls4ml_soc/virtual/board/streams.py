"""AXI4-Stream between the models: beats, links and FIFOs.

A source shows beats (``peek``) and drops those that were taken (``take``); a sink says how many
beats it could look at (``room``) and takes some of them (``push``). That is TVALID and TREADY for
many beats at once: nothing is lost, and a sink that is not ready holds everything before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

CHUNK = 4096  # beats offered at a time: few calls per transfer, little copied twice


@dataclass(frozen=True)
class Beats:
    """Consecutive beats: TDATA one after another, TKEEP as a bit mask and TLAST for each."""

    data: bytes | memoryview
    keep: NDArray[np.uint64]
    last: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keep)

    def part(self, start: int, stop: int) -> Beats:
        """Return the beats from ``start`` up to, not including, ``stop``."""
        width = len(self.data) // max(len(self), 1)
        data = self.data[start * width : stop * width]
        return Beats(data, self.keep[start:stop], self.last[start:stop])

    def __add__(self, other: Beats) -> Beats:
        return Beats(
            bytes(self.data) + bytes(other.data),
            np.concatenate([self.keep, other.keep]),
            np.concatenate([self.last, other.last]),
        )


NONE = Beats(b"", np.empty(0, np.uint64), np.empty(0, np.bool_))


def all_bytes(width: int) -> int:
    """Return the TKEEP of a full beat of ``width`` bytes."""
    return (1 << width) - 1


class Source(Protocol):
    """What drives a stream."""

    def peek(self, limit: int) -> Beats:
        """Show at most ``limit`` beats that are ready to go."""

    def take(self, count: int) -> None:
        """Drop the first ``count`` of the beats shown."""


class Sink(Protocol):
    """What a stream ends in."""

    def room(self) -> int:
        """Return how many beats may be offered; 0 if none can be taken."""

    def push(self, beats: Beats) -> int:
        """Take the first few of the beats; return how many."""


@dataclass(frozen=True)
class Link:
    """A connection.

    A signal that the source has not, reads as its default at the sink: TLAST low, TKEEP all ones.
    """

    source: Source
    sink: Sink
    width: int
    has_keep: bool = True
    has_last: bool = True

    def move(self) -> int:
        """Move what source and sink agree on; return the number of beats."""
        room = min(self.sink.room(), CHUNK)
        if room <= 0:
            return 0
        beats = self.source.peek(room)
        if not len(beats):
            return 0
        taken = self.sink.push(self._as_seen(beats))
        self.source.take(taken)
        return taken

    def _as_seen(self, beats: Beats) -> Beats:
        keep, last = beats.keep, beats.last
        if not self.has_keep:
            keep = np.full(len(beats), all_bytes(self.width), np.uint64)
        if not self.has_last:
            last = np.zeros(len(beats), np.bool_)
        return Beats(beats.data, keep, last)


class Fifo:
    """A FIFO or register slice of ``depth`` beats."""

    def __init__(self, name: str, depth: int, held: str = "") -> None:
        self.name = name
        self.depth = depth
        self.held = held  # why it is in reset for ever, if it is
        self._beats = NONE

    def room(self) -> int:
        """Return the free places."""
        return 0 if self.held else self.depth - len(self._beats)

    def push(self, beats: Beats) -> int:
        """Store the first few beats; return how many."""
        count = min(self.room(), len(beats))
        self._beats = self._beats + beats.part(0, count)
        return count

    def peek(self, limit: int) -> Beats:
        """Show the oldest beats."""
        return self._beats.part(0, min(limit, len(self._beats)))

    def take(self, count: int) -> None:
        """Drop the oldest beats."""
        self._beats = self._beats.part(count, len(self._beats))

    def reset(self) -> None:
        """Empty it."""
        self._beats = NONE

    def standstill(self) -> str:
        """Say what is inside, or why nothing gets in; empty if there is nothing to say."""
        if self.held:
            return f"{self.name} {self.held}"
        if len(self._beats):
            return f"{self.name} holds {len(self._beats)} of {self.depth} beats"
        return ""

    def close(self) -> None:
        """Do nothing: a FIFO owns no resources."""
