"""Frames on a serial line: COBS, CRC-32, sequence numbers; ``docs/protocol.md`` has the bytes.

The board's half of this is ``baremetal_c/src/frame.c``.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

#: The longest payload of a frame in bytes, either way.
PAYLOAD = 4128

_HEADER = struct.Struct("<BI")
_CRC = struct.Struct("<I")
#: No frame is longer on the line; what is longer without a delimiter is noise or text.
_LONGEST = (_HEADER.size + PAYLOAD + _CRC.size) * 255 // 254 + 2


class FrameError(ValueError):
    """Bytes between two delimiters are no frame."""


@dataclass(frozen=True)
class Frame:
    """``kind`` (0..255) says what is asked or answered, ``sequence`` (32 bits) to what."""

    kind: int
    sequence: int
    payload: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes for the line, delimiters included.

        Raises ValueError for a payload that is too long.
        """
        if len(self.payload) > PAYLOAD:
            raise ValueError(f"a payload of {len(self.payload)} bytes; a frame takes {PAYLOAD}")
        body = _HEADER.pack(self.kind, self.sequence) + self.payload
        return b"\0" + stuff(body + _CRC.pack(zlib.crc32(body))) + b"\0"

    @classmethod
    def decode(cls, stuffed: bytes) -> Frame:
        """Read what lies between two delimiters. Raises FrameError."""
        body = unstuff(stuffed)
        if not _HEADER.size + _CRC.size <= len(body) <= _HEADER.size + PAYLOAD + _CRC.size:
            raise FrameError(f"{len(body)} bytes are no frame")
        if zlib.crc32(body[: -_CRC.size]) != _CRC.unpack(body[-_CRC.size :])[0]:
            raise FrameError("the CRC is wrong")
        kind, sequence = _HEADER.unpack_from(body)
        return cls(kind, sequence, body[_HEADER.size : -_CRC.size])


def stuff(data: bytes) -> bytes:
    """Return the data in consistent overhead byte stuffing (Cheshire and Baker 1999): without
    zeros, one byte longer for each 254 begun."""
    parts: list[bytes] = []
    runs = data.split(b"\0")
    for last, run in ((i == len(runs) - 1, run) for i, run in enumerate(runs)):
        full = len(run) // 254
        parts += [b"\xff" + run[i * 254 : (i + 1) * 254] for i in range(full)]
        rest = run[full * 254 :]
        # At the very end a full block says all there is to say.
        if rest or not (last and full):
            parts.append(bytes([len(rest) + 1]) + rest)
    return b"".join(parts)


def unstuff(stuffed: bytes) -> bytes:
    """Return what ``stuff`` was given. Raises FrameError for zeros and for a block cut short."""
    parts: list[bytes] = []
    at = 0
    while at < len(stuffed):
        code = stuffed[at]
        block = stuffed[at + 1 : at + code]
        if code == 0 or 0 in block or len(block) != code - 1:
            raise FrameError("this is not byte-stuffed")
        at += code
        parts.append(block + (b"\0" if code < 255 and at < len(stuffed) else b""))
    return b"".join(parts)


class Decoder:
    """Finds the frames in a stream of bytes that also carries text and noise.

    ``text`` collects what was printable between frames, its latest 4000 characters; ``damaged``
    counts pieces that were neither frames nor text."""

    def __init__(self) -> None:
        self.text = ""
        self.damaged = 0
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes as they come, and yield the frames that they complete."""
        *pieces, self._held = (self._held + data).split(b"\0")
        for piece in pieces:
            if not piece:
                continue
            try:
                frame = Frame.decode(piece)
            except FrameError:
                self._hear(piece)
            else:
                yield frame
        if len(self._held) > _LONGEST:
            self._hear(self._held)
            self._held = b""

    def _hear(self, piece: bytes) -> None:
        if all(32 <= byte < 127 or byte in b"\r\n\t" for byte in piece):
            self.text = (self.text + piece.decode("ascii"))[-4000:]
        else:
            self.damaged += 1

    def heard(self) -> str:
        """Return the text so far, that after the last delimiter included."""
        held = self._held if all(32 <= b < 127 or b in b"\r\n\t" for b in self._held) else b""
        return self.text + held.decode("ascii")
