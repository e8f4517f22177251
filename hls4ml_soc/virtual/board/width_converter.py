"""AXI4-Stream data width converter 1.1 (PG085)."""

from __future__ import annotations

from collections.abc import Callable
from math import lcm

import numpy as np
from numpy.typing import NDArray

from hls4ml_soc.virtual.board.streams import CHUNK, NONE, Beats

_Flags = NDArray[np.bool_]
_Indices = NDArray[np.int64]
_GARBAGE = 0xEE  # in null bytes: a receiver that looks at them must not get away with it


class WidthConverter:
    """A converter from beats of ``in_bytes`` to beats of ``out_bytes``.

    It gathers beats until they fill as many bytes as both widths divide, or until TLAST, and sends
    such a group in the other width: missing bytes are null (TKEEP low), trailing beats of null
    bytes alone are not sent, TLAST comes with the last one. It holds no more than one group, and
    the part of another.
    """

    def __init__(self, name: str, in_bytes: int, out_bytes: int, held: str = "") -> None:
        self.name = name
        self.held = held  # why it is in reset for ever, if it is
        self.forward: Callable[[], int] = lambda: 0  # moves its output on
        self._in, self._out = in_bytes, out_bytes
        self._group = lcm(in_bytes, out_bytes) // in_bytes  # beats
        self.reset()

    def reset(self) -> None:
        """Empty it."""
        self._part = NONE  # of a group
        self._ready = NONE

    def room(self) -> int:
        """Return how many beats may be offered; it takes what its output can pass on."""
        return 0 if self.held or len(self._ready) else CHUNK

    def push(self, beats: Beats) -> int:
        """Convert beats and pass them on; return how many of them are gone, or inside."""
        before = len(self._part)
        beats = self._part + beats if before else beats
        ends = self._group_ends(beats.last)
        self._ready, sizes = self._convert(beats, ends) if len(ends) else (NONE, ends)
        total = len(self._ready)
        while len(self._ready) and self.forward():
            pass
        if not len(self._ready):
            self._part = beats.part(int(ends[-1]) if len(ends) else 0, len(beats))
            return len(beats) - before
        # The output has stopped inside a group: that one stays, what is behind it is not taken.
        done = np.cumsum(sizes)
        sent = total - len(self._ready)
        group = int(np.searchsorted(done, sent, side="right"))
        self._ready = self._ready.part(0, int(done[group]) - sent)
        self._part = NONE
        return int(ends[group]) - before

    def _group_ends(self, last: _Flags) -> _Indices:
        ends: list[int] = []
        start = 0
        for stop in (np.flatnonzero(last) + 1).tolist():
            ends += [*range(start + self._group, stop, self._group), stop]
            start = stop
        ends += range(start + self._group, len(last) + 1, self._group)
        return np.array(ends, np.int64)

    def _convert(self, beats: Beats, ends: _Indices) -> tuple[Beats, _Indices]:
        """Return the groups that end at ``ends`` in the other width, and their sizes in beats."""
        count = int(ends[-1])
        starts = np.concatenate([[0], ends[:-1]])
        groups = np.repeat(np.arange(len(ends)), ends - starts)
        places = np.arange(count) - starts[groups]
        shape = (len(ends), self._group, self._in)
        data, keep = np.full(shape, _GARBAGE, np.uint8), np.zeros(shape, np.bool_)
        octets = np.frombuffer(beats.part(0, count).data, np.uint8)
        data[groups, places] = octets.reshape(count, self._in)
        keep[groups, places] = _byte_flags(beats.keep[:count])[:, : self._in]
        sent_data = data.reshape(len(ends), -1, self._out)
        sent_keep = keep.reshape(len(ends), -1, self._out)
        numbers = np.arange(1, sent_keep.shape[1] + 1)
        sizes = np.maximum((sent_keep.any(axis=2) * numbers).max(axis=1), 1)
        last = (numbers == sizes[:, None]) & beats.last[ends - 1][:, None]
        sent = numbers <= sizes[:, None]
        masks = _byte_masks(sent_keep[sent])
        return Beats(sent_data[sent].tobytes(), masks, last[sent]), sizes

    def peek(self, limit: int) -> Beats:
        """Show converted beats."""
        return self._ready.part(0, min(limit, len(self._ready)))

    def take(self, count: int) -> None:
        """Drop beats that have gone."""
        self._ready = self._ready.part(count, len(self._ready))

    def standstill(self) -> str:
        """Say what is inside, or why nothing gets in; empty if there is nothing to say."""
        if self.held:
            return f"{self.name} {self.held}"
        if len(self._ready):
            return f"{self.name} holds {len(self._ready)} beats that nobody takes"
        if len(self._part):
            return f"{self.name} holds {len(self._part)} of {self._group} beats and waits for more"
        return ""

    def close(self) -> None:
        """Do nothing: a converter owns no resources."""


def _byte_flags(keep: NDArray[np.uint64]) -> _Flags:
    octets = keep.astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, bitorder="little").astype(np.bool_)


def _byte_masks(flags: _Flags) -> NDArray[np.uint64]:
    octets = np.zeros((len(flags), 8), np.uint8)
    packed = np.packbits(flags, axis=1, bitorder="little")
    octets[:, : packed.shape[1]] = packed
    return octets.view("<u8").reshape(-1).astype(np.uint64)
