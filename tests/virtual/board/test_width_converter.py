"""The AXI4-Stream data width converter (PG085)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hls4ml_soc.virtual.board.streams import NONE, Beats, Link
from hls4ml_soc.virtual.board.width_converter import WidthConverter


class Sink:
    """Takes beats while it has room."""

    def __init__(self, room: int = 1 << 20) -> None:
        self.left = room
        self.got = NONE

    def room(self) -> int:
        return self.left

    def push(self, beats: Beats) -> int:
        count = min(self.left, len(beats))
        self.got = self.got + beats.part(0, count)
        self.left -= count
        return count


def converter(in_bytes: int, out_bytes: int, sink: Sink) -> WidthConverter:
    made = WidthConverter("width", in_bytes, out_bytes)
    made.forward = Link(made, sink, out_bytes).move
    return made


def packet(data: bytes, width: int, last: bool = True) -> Beats:
    """Beats as a DMA sends them: TKEEP of the last one tells how many bytes it has."""
    count = -(-len(data) // width)
    rest = len(data) - (count - 1) * width
    keep = np.full(count, (1 << width) - 1, np.uint64)
    keep[-1] = (1 << rest) - 1
    lasts = np.zeros(count, np.bool_)
    lasts[-1] = last
    return Beats(data + bytes(width - rest), keep, lasts)


def content(beats: Beats, width: int) -> list[bytes]:
    """The bytes that are kept, by packet; what follows the last TLAST comes last."""
    packets, octets = [], bytes(beats.data)
    now = b""
    for n, (keep, last) in enumerate(zip(beats.keep.tolist(), beats.last.tolist(), strict=True)):
        now += bytes(octets[n * width + k] for k in range(width) if keep >> k & 1)
        if last:
            packets.append(now)
            now = b""
    return [*packets, now]


WIDTHS = st.sampled_from([1, 2, 3, 4, 6, 8, 16, 64])


@given(WIDTHS, WIDTHS, st.lists(st.binary(min_size=1, max_size=150), max_size=4), st.data())
def test_packets_come_through_whatever_the_pieces(in_bytes, out_bytes, packets, data):
    sink = Sink(0)
    made = converter(in_bytes, out_bytes, sink)
    beats = sum((packet(p, in_bytes) for p in packets), NONE)
    at = 0
    while at < len(beats) or made.room() == 0:
        sink.left += data.draw(st.integers(1, 9))
        while made.forward():
            pass
        size = data.draw(st.integers(1, 40))
        if made.room():
            at += made.push(beats.part(at, min(at + size, len(beats))))
    assert content(sink.got, out_bytes) == [*packets, b""]
    assert made.standstill() == ""
    for keep, last in zip(sink.got.keep.tolist(), sink.got.last.tolist(), strict=True):
        assert last or keep == (1 << out_bytes) - 1


@pytest.mark.parametrize(
    "in_bytes, out_bytes, before, after",
    [(8, 4, 0, 1), (4, 8, 1, 2), (4, 3, 2, 3), (3, 4, 3, 4)],
)
def test_a_group_is_sent_when_it_is_whole(in_bytes, out_bytes, before, after):
    sink = Sink()
    made = converter(in_bytes, out_bytes, sink)
    whole = packet(bytes(range(after * in_bytes)), in_bytes, last=False)
    if before:
        assert made.push(whole.part(0, before)) == before
        assert len(sink.got) == 0
        assert made.standstill() == f"width holds {before} of {after} beats and waits for more"
    assert made.push(whole.part(before, after)) == after - before
    assert bytes(sink.got.data) == bytes(range(after * in_bytes))


def test_tlast_flushes_and_null_beats_are_not_sent():
    sink = Sink()
    made = converter(8, 2, sink)
    made.push(packet(b"abc", 8))
    assert (len(sink.got), sink.got.keep.tolist(), sink.got.last.tolist()) == (2, [3, 1], [0, 1])
    made.push(Beats(bytes(8), np.array([0], np.uint64), np.array([True])))
    assert (sink.got.keep.tolist()[2:], sink.got.last.tolist()[2:]) == ([0], [True])


@pytest.mark.parametrize("room, taken", [(0, 1), (1, 1), (2, 2), (3, 2), (8, 5)])
def test_what_the_output_does_not_take_stays_outside(room, taken):
    sink = Sink(room)
    made = converter(8, 4, sink)
    beats = packet(bytes(range(80)), 8)
    assert made.push(beats) == taken
    inside = 2 * taken - room
    assert made.room() == 0
    assert made.standstill() == f"width holds {inside} beats that nobody takes"
    sink.left = 1 << 20
    while made.forward():
        pass
    assert made.push(beats.part(taken, 10)) == 10 - taken
    assert content(sink.got, 4) == [bytes(range(80)), b""]


def test_reset_empties_it():
    sink = Sink(0)
    made = converter(4, 8, sink)
    made.push(packet(b"abcdefghijkl", 4, last=False))
    made.reset()
    sink.left = 9
    made.push(packet(b"ABCDEFGH", 4))
    assert content(sink.got, 8) == [b"ABCDEFGH", b""]


def test_a_converter_in_reset_takes_nothing():
    made = WidthConverter("width", 4, 8, "has no clock")
    assert (made.room(), made.standstill()) == (0, "width has no clock")
