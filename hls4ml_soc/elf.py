"""What an ELF file says of itself: sizes (System V ABI, "Object Files")."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .errors import ToolError


@dataclass(frozen=True)
class Sizes:
    """Bytes of code and constants, of initialised data, and of memory cleared at the start."""

    text: int
    data: int
    bss: int


def sizes(content: bytes) -> Sizes:
    """Add up the sections that take memory, as ``size`` does. Raises ToolError for no ELF."""
    if content[:4] != b"\x7fELF" or content[5:6] != b"\x01":
        raise ToolError("the compiler made no little-endian ELF file")
    wide = content[4] == 2
    at, entry, count = (
        struct.unpack_from("<Q10xHH", content, 0x28)
        if wide
        else struct.unpack_from("<I10xHH", content, 0x20)
    )
    text = data = bss = 0
    for i in range(count):
        kind, flags, size = _section(content, at + i * entry, wide)
        if not flags & 0x2:  # SHF_ALLOC
            continue
        if kind == 8:  # SHT_NOBITS
            bss += size
        elif flags & 0x1:  # SHF_WRITE
            data += size
        else:
            text += size
    return Sizes(text, data, bss)


def _section(content: bytes, at: int, wide: bool) -> tuple[int, int, int]:
    kind, flags, size = struct.unpack_from("<4xIQ16xQ" if wide else "<4xII8xI", content, at)
    return int(kind), int(flags), int(size)
