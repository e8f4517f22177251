"""Frames between the board and us.

A frame is the length of a JSON object (4 bytes, big endian), the object, then as many bytes as its
``bytes`` says."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

#: Seconds without a word from the other side, and between two of our own.
SILENCE, BEAT = 30.0, 2.0


class Gone(Exception):
    """The other side has left, or says nothing any more."""


class Refused(Exception):
    """A request that cannot be met: ``kind`` for programs, the text for people."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Wire:
    """Frames over two file descriptors. ``heard`` is when the last bytes came."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink = source, sink
        self.heard = time.monotonic()

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next request and its bytes. Raises Gone."""
        (length,) = struct.unpack(">I", self._take(4))
        header: dict[str, Any] = json.loads(self._take(length).decode("utf-8"))
        return header, self._take(header.get("bytes", 0))

    def send(self, header: dict[str, Any], data: bytes = b"") -> None:
        """Send an answer. Raises Gone where nobody takes it."""
        text = json.dumps(dict(header, bytes=len(data))).encode("utf-8")
        whole = memoryview(struct.pack(">I", len(text)) + text + data)
        while whole:
            if not select.select([], [self.sink], [], SILENCE)[1]:
                raise Gone
            try:
                # No more than a pipe takes at once: select promises just that.
                whole = whole[os.write(self.sink, whole[: select.PIPE_BUF]) :]
            except OSError:
                raise Gone from None

    def _take(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            if not select.select([self.source], [], [], SILENCE)[0]:
                raise Gone
            part = os.read(self.source, min(count, 1 << 16))
            if not part:
                raise Gone
            self.heard = time.monotonic()
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
