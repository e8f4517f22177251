"""Messages between XRT's emulation and its device process: a little of protobuf's wire format.

Source: ``rpc_messages.proto`` and the emulation's shim in XRT 2.13; fields by number.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

#: Protobuf's wire types.
_VARINT, _DOUBLE_WORD, _BYTES, _WORD = 0, 1, 2, 5
#: A request has a header of fixed size (64-bit size, 32-bit number of the call), an answer only
#: its size.
HEADER = 14

Value = int | bytes
Message = dict[int, list[Value]]


class Fields:
    """The fields of a message; one that is not there is 0 or empty, as in protobuf."""

    def __init__(self, data: bytes) -> None:
        self._found: Message = {}
        at = 0
        while at < len(data):
            key, at = _read_varint(data, at)
            value, at = _read(data, at, key & 7)
            self._found.setdefault(key >> 3, []).append(value)

    def number(self, field: int) -> int:
        """Return a number."""
        value = self._found.get(field, [0])[0]
        return value if isinstance(value, int) else 0

    def data(self, field: int) -> bytes:
        """Return bytes."""
        value = self._found.get(field, [b""])[0]
        return value if isinstance(value, bytes) else b""

    def text(self, field: int) -> str:
        """Return a text."""
        return self.data(field).decode()


def message(*fields: tuple[int, Value]) -> bytes:
    """Return a message of (field, number or bytes)."""
    out = b""
    for field, value in fields:
        if isinstance(value, int):
            out += _varint(field << 3 | _VARINT) + _varint(value)
        else:
            out += _varint(field << 3 | _BYTES) + _varint(len(value)) + value
    return out


def answer(body: bytes) -> bytes:
    """Return a body with the header of an answer."""
    return struct.pack("<BQ", 1 << 3 | _DOUBLE_WORD, len(body)) + body


def request(receive: Callable[[int], bytes]) -> tuple[int, Fields]:
    """Read a request: the number of the call, and its fields. ``receive`` gives so many bytes."""
    header = Fields(receive(HEADER))
    return header.number(2), Fields(receive(header.number(1)))


def _read(data: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == _VARINT:
        return _read_varint(data, at)
    if kind == _DOUBLE_WORD:
        return int.from_bytes(data[at : at + 8], "little"), at + 8
    if kind == _WORD:
        return int.from_bytes(data[at : at + 4], "little"), at + 4
    if kind == _BYTES:
        size, at = _read_varint(data, at)
        return data[at : at + size], at + size
    raise ValueError(f"wire type {kind}")


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])
