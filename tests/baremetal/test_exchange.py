"""What is sent again, and when: on a scripted line, with a patience that is never reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hls4ml_soc.errors import LinkError
from hls4ml_soc.serial_protocol.exchange import BoardFailure, Exchange, LineLost, Request
from hls4ml_soc.serial_protocol.frames import Decoder, Frame


class Scripted:
    """A board that answers the n-th frame as told; an answer to nothing ends the test."""

    def __init__(self, answer: Callable[[int, Frame], list[Frame]]) -> None:
        self.answer, self.sent, self.reads = answer, list[Frame](), 0
        self.coming = b""

    def write(self, data: bytes) -> None:
        for frame in Decoder().feed(data):
            self.sent.append(frame)
            answers = self.answer(len(self.sent), frame)
            self.coming += b"".join(each.encode() for each in answers)

    def read(self, seconds: float) -> bytes:
        self.reads += 1
        assert self.reads < 20, "the host waits for its patience to end"
        data, self.coming = self.coming, b""
        return data

    def reopen(self) -> None:
        raise AssertionError


DAMAGED = Frame(0xFE, 0, bytes(8))


def echo(frame: Frame) -> list[Frame]:
    return [Frame(frame.kind | 0x80, frame.sequence, frame.payload)]


def exchange(line: Scripted, window: int = 0) -> Exchange:
    made = Exchange(line, patience=1000.0)
    made.window = window
    return made


def test_a_request_that_came_damaged_is_sent_again_at_once() -> None:
    line = Scripted(lambda n, frame: [DAMAGED] if n < 3 else echo(frame))
    assert exchange(line).call(2, b"x") == b"x"
    assert [frame.payload for frame in line.sent] == [b"x"] * 3
    assert len({frame.sequence for frame in line.sent}) == 1


def test_a_request_that_was_overtaken_is_sent_again_at_once() -> None:
    line = Scripted(lambda n, frame: [] if n == 1 else echo(frame))
    requests = [Request(2, name) for name in (b"a", b"b", b"c")]
    made = exchange(line, window=1000)
    assert list(made.many(requests)) == [b"a", b"b", b"c"]
    assert [frame.payload for frame in line.sent] == [b"a", b"b", b"c", b"a"]
    assert made.resent == 1


def test_no_more_is_in_flight_than_the_window_holds() -> None:
    flight, most = 0, 0

    class Counting(Scripted):
        def write(self, data: bytes) -> None:
            nonlocal flight, most
            flight += len(data)
            most = max(most, flight)
            super().write(data)

        def read(self, seconds: float) -> bytes:
            nonlocal flight
            flight = 0
            self.reads = 0
            return super().read(seconds)

    line = Counting(lambda n, frame: echo(frame))
    requests = [Request(2, bytes([i]) * 100) for i in range(50)]
    assert len(list(exchange(line, window=500).many(requests))) == 50
    assert most == 4 * 112


def test_an_answer_of_another_kind_does_not_count() -> None:
    def answer(n: int, frame: Frame) -> list[Frame]:
        return [Frame(0x83, frame.sequence, b"wrong"), *echo(frame)]

    assert exchange(Scripted(answer)).call(2, b"right") == b"right"


def test_a_failure_ends_the_exchange_with_its_sentence() -> None:
    line = Scripted(lambda n, frame: [Frame(0xFF, frame.sequence, b"\x03it broke")])
    with pytest.raises(BoardFailure, match="^it broke$") as error:
        exchange(line).call(2)
    assert (error.value.code, isinstance(error.value, LinkError)) == (3, True)


def test_every_program_begins_at_another_number() -> None:
    first: set[int] = set()
    for _ in range(20):
        line = Scripted(lambda n, frame: echo(frame))
        exchange(line).call(2)
        first.add(line.sent[0].sequence)
    assert len(first) == 20


def test_what_was_under_way_when_the_port_went_away_is_sent_again_at_once() -> None:
    class Lost(Scripted):
        opened = 0

        def read(self, seconds: float) -> bytes:
            if self.reads == 0:
                self.reads, self.coming = 1, b""
                raise LineLost("gone")
            return super().read(seconds)

        def reopen(self) -> None:
            self.opened += 1

    line = Lost(lambda n, frame: echo(frame))
    assert exchange(line).call(2, b"x") == b"x"
    assert (line.opened, len(line.sent)) == (1, 2)


def test_a_board_that_answers_is_not_asked_again_however_slow_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each answer takes two seconds, less than the host's patience; all five together take more."""
    now = 0.0
    monkeypatch.setattr("hls4ml_soc.serial_protocol.exchange.time.monotonic", lambda: now)

    class Slow(Scripted):
        def read(self, seconds: float) -> bytes:
            nonlocal now
            now += 2.0
            size = self.coming.find(b"\0", 1) + 1
            data, self.coming = self.coming[:size], self.coming[size:]
            return data

    line = Slow(lambda n, frame: echo(frame))
    made = Exchange(line, baud=10**9, patience=3.0)
    made.window = 1000
    requests = [Request(2, bytes([1, i])) for i in range(5)]
    assert [answer[1] for answer in made.many(requests)] == [0, 1, 2, 3, 4]
    assert (made.resent, now) == (0, 10.0)


def test_a_receiver_that_overflows_on_and_on_is_named() -> None:
    line = Scripted(lambda n, frame: [Frame(0xFE, 0, bytes([n, 0, 0, 0, n, 0, 0, 0]))])
    message = "^no answer, though asked 10 times; the board's receiver overflowed 10 times$"
    with pytest.raises(LinkError, match=message):
        exchange(line).call(2)
