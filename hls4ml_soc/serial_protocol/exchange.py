"""Requests and answers over a line that loses, flips and invents bytes.

Every request carries a number; an answer counts only with that number and a right CRC. What is not
answered is sent again, which is safe: a request done twice gives the same answer.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ..errors import LinkError
from .frames import Decoder, Frame

ANSWER, FAILED, DAMAGED = 0x80, 0xFF, 0xFE

#: Bits of a byte on the line: start, eight, stop.
BITS = 10


class BoardFailure(LinkError):
    """The board has answered with a sentence instead. ``code`` as in ``docs/protocol.md``."""

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class Line(Protocol):
    """What an exchange needs of a port. All raise LineLost where it has gone away."""

    def read(self, seconds: float) -> bytes:
        """Return what has come, after so many seconds at most."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def reopen(self) -> None:
        """Open it anew; raise LinkError where that is not possible."""


class LineLost(Exception):
    """The port does not exist any more, as when a cable is pulled or a board loses power."""


@dataclass(frozen=True)
class Request:
    """``patience``: seconds that the board may need for it, besides the time on the line."""

    kind: int
    payload: bytes = b""
    patience: float = 0.0


@dataclass
class _Pending:
    index: int
    kind: int
    wire: bytes
    patience: float
    order: int = 0
    delay: float = 0.0
    deadline: float = 0.0
    attempts: int = 0
    most: float = 0.0


class Exchange:
    """Requests in flight, as many as the board's ``window`` (bytes) holds.

    ``baud`` is the line's speed, ``patience`` the seconds after which a request whose answer could
    be there is sent again, ``attempts`` how often it is sent. The counters tell what the line did;
    ``overruns`` is the board's own.
    """

    def __init__(
        self, line: Line, baud: int = 115200, patience: float = 2.0, attempts: int = 10
    ) -> None:
        self.window = 0  # one request at a time, until the board has told
        self.resent = self.lost = self.stale = self.overruns = 0
        self.decoder = Decoder()
        self._line, self._baud, self._patience, self._attempts = line, baud, patience, attempts
        # Answers to an earlier program, still on their way, have other numbers.
        self._sequence = secrets.randbits(32)
        self._order = 0
        self._pending: dict[int, _Pending] = {}

    def call(self, kind: int, payload: bytes = b"", patience: float = 0.0) -> bytes:
        """Return the answer to one request. Raises as ``many`` does."""
        return next(self.many([Request(kind, payload, patience)]))

    def many(self, requests: Iterable[Request]) -> Iterator[bytes]:
        """Yield the answers to requests, in their order.

        Raises BoardFailure where the board answers with a failure, LinkError where it does not
        answer. What else was in flight is forgotten then."""
        self._pending.clear()
        waiting, answers, given = iter(requests), dict[int, bytes](), 0
        coming = next(waiting, None)
        sent = 0
        try:
            while coming is not None or self._pending or answers:
                while coming is not None and self._fits(coming):
                    self._send(self._new(sent, coming))
                    sent += 1
                    coming = next(waiting, None)
                for index, payload in self._listen():
                    answers[index] = payload
                while given in answers:
                    yield answers.pop(given)
                    given += 1
        finally:
            self._pending.clear()

    def heard(self) -> str:
        """Return the last text on the line, for a message; "" if there was none."""
        return self.decoder.heard().strip()[-300:]

    def _fits(self, request: Request) -> bool:
        if not self._pending:
            return True
        # 16 more than payload and header: CRC, delimiters, and room for the codes of stuffing.
        size = len(request.payload) + len(request.payload) // 254 + 16
        return sum(len(each.wire) for each in self._pending.values()) + size <= self.window

    def _new(self, index: int, request: Request) -> _Pending:
        self._sequence = (self._sequence + 1) % (1 << 32)
        wire = Frame(request.kind, self._sequence, request.payload).encode()
        patience = request.patience + self._patience
        pending = _Pending(index, request.kind, wire, patience, most=4 * patience)
        self._pending[self._sequence] = pending
        return pending

    def _send(self, pending: _Pending) -> None:
        if pending.attempts == self._attempts:
            raise LinkError(self._silence())
        pending.attempts += 1
        self.resent += pending.attempts > 1
        self._order += 1
        pending.order = self._order
        self._attempt(lambda: self._line.write(pending.wire))
        # All that is in flight goes first; answers may be as long again.
        flight = 2 * sum(len(each.wire) for each in self._pending.values()) + 4200
        pending.delay = flight * BITS / self._baud + pending.patience
        pending.deadline = time.monotonic() + pending.delay

    def _silence(self) -> str:
        told = f"no answer, though asked {self._attempts} times"
        damaged = self.decoder.damaged
        if damaged:
            told += f"; {damaged} damaged frames came: is {self._baud} baud what the board uses?"
        if self.overruns:
            told += f"; the board's receiver overflowed {self.overruns} times"
        if text := self.heard():
            told += f"; the last text from the board: {text!r}"
        elif not damaged and not self.lost:
            told += (
                "; nothing came at all: is the board on, its program loaded, and is this its port?"
            )
        return told

    def _listen(self) -> Iterator[tuple[int, bytes]]:
        """Yield what is answered by the next bytes, and send again what must be."""
        soonest = min(each.deadline for each in self._pending.values())
        wait = max(0.0, soonest - time.monotonic())
        data: list[bytes] = []
        self._attempt(lambda: data.append(self._line.read(wait)))
        for frame in self.decoder.feed(b"".join(data)):
            if frame.kind == DAMAGED:
                self.lost += 1
                self.overruns = int.from_bytes(frame.payload[4:8], "little")
                self._resend_oldest()
            elif answered := self._answered(frame):
                yield answered.index, frame.payload
                self._resend_overtaken(answered)
                self._wait_on()
        now = time.monotonic()
        for pending in [each for each in self._pending.values() if each.deadline <= now]:
            pending.patience = min(1.5 * pending.patience, pending.most)
            self._send(pending)

    def _answered(self, frame: Frame) -> _Pending | None:
        pending = self._pending.get(frame.sequence)
        if pending is None or frame.kind not in (pending.kind | ANSWER, FAILED):
            self.stale += 1
            return None
        if frame.kind == FAILED:
            code = int.from_bytes(frame.payload[:1], "little")
            raise BoardFailure(code, frame.payload[1:].decode("utf-8", "replace"))
        return self._pending.pop(frame.sequence)

    def _resend_oldest(self) -> None:
        if self._pending:
            self._send(min(self._pending.values(), key=lambda each: each.order))

    def _resend_overtaken(self, answered: _Pending) -> None:
        # The board answers in the order of arrival: what was sent before this one is lost.
        for pending in [e for e in self._pending.values() if e.order < answered.order]:
            self._send(pending)

    def _wait_on(self) -> None:
        # A board that answers, however slowly, comes to the others in their turn.
        now = time.monotonic()
        for pending in self._pending.values():
            pending.deadline = max(pending.deadline, now + pending.delay)

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except LineLost:
            self._line.reopen()
            for pending in self._pending.values():
                pending.deadline = 0.0  # whatever was under way is gone
