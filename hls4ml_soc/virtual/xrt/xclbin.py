"""Read and write .xclbin files: the container ``axlf`` and the sections that XRT needs.

Source: ``xclbin.h`` of XRT 2.13, sizes and order of its structures; UG1393.
"""

from __future__ import annotations

import hashlib
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc.virtual.xrt.errors import XclbinError

MAGIC = b"xclbin2\0"
#: Kind of a section in the file.
KINDS = {
    "BITSTREAM": 0,
    "EMBEDDED_METADATA": 2,
    "MEM_TOPOLOGY": 6,
    "CONNECTIVITY": 7,
    "IP_LAYOUT": 8,
    "BUILD_METADATA": 14,
    "ASK_GROUP_TOPOLOGY": 26,
    "ASK_GROUP_CONNECTIVITY": 27,
}
#: XCLBIN_SW_EMU: no card takes it, and XRT gives it to an emulation only.
SW_EMU = 5
#: What XRT calls the kinds of memory.
MEMORY_TYPES = {"DDR": 1, "HBM": 6}
_FIXED = struct.Struct("<8si28s256sQ QQQHBBHH16s64s16s16sI4x")
_SECTION = struct.Struct("<I16s4xQQ")
_VERSION = (2, 13, 466)
_AP_CTRL_CHAIN, _INTERRUPT = 0x100, 0x1


@dataclass(frozen=True)
class Bank:
    """A memory of the card: tag such as ``DDR[0]``, base address and bytes."""

    tag: str
    base: int
    size: int

    @property
    def kind(self) -> int:
        """Return the type that XRT has for it."""
        return MEMORY_TYPES[self.tag.partition("[")[0]]


@dataclass(frozen=True)
class Xclbin:
    """A container: UUID, platform as vendor:board:name:version, sections by name."""

    uuid: uuid.UUID
    vbnv: str
    mode: int
    sections: dict[str, bytes]

    def write(self, path: Path) -> None:
        """Write the file; equal content gives equal bytes, since it has no dates."""
        offset = _aligned(_FIXED.size + _SECTION.size * len(self.sections))
        headers, body = b"", b""
        for name, data in self.sections.items():
            at = offset + len(body)
            headers += _SECTION.pack(KINDS[name], name.encode()[:15], at, len(data))
            body += data + bytes(_aligned(len(data)) - len(data))
        patch, major, minor = _VERSION[2], _VERSION[0], _VERSION[1]
        fixed = _FIXED.pack(
            MAGIC, -1, b"\xff" * 28, bytes(256), 1, offset + len(body), 0, 0, patch, major, minor,
            self.mode, 0, bytes(16), self.vbnv.encode(), self.uuid.bytes, b"", len(self.sections),
        )  # fmt: skip
        path.write_bytes((fixed + headers).ljust(offset, b"\0") + body)

    @classmethod
    def read(cls, path: Path) -> Xclbin:
        """Read a file. Raises XclbinError where it is none, or is cut short."""
        data = path.read_bytes()
        if len(data) < _FIXED.size or data[:8] != MAGIC:
            raise XclbinError(f"{path.name} is no .xclbin")
        fields = _FIXED.unpack_from(data)
        if fields[5] != len(data):
            raise XclbinError(f"{path.name} has {len(data)} bytes, its header says {fields[5]}")
        names = {kind: name for name, kind in KINDS.items()}
        sections = {}
        for number in range(fields[-1]):
            kind, _, at, size = _SECTION.unpack_from(data, _FIXED.size + _SECTION.size * number)
            sections[names.get(kind, f"section {kind}")] = data[at : at + size]
        vbnv = fields[14].rstrip(b"\0").decode()
        return cls(uuid.UUID(bytes=fields[15]), vbnv, fields[11], sections)


def uuid_of(*content: bytes) -> uuid.UUID:
    """Return the UUID that equal content always has."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in content))
    return uuid.UUID(bytes=digest.digest()[:16], version=4)


def mem_topology(banks: Sequence[Bank]) -> bytes:
    """Return the section that lists memories, all of them in use."""
    body = b"".join(
        struct.pack("<BB6xQQ16s", b.kind, 1, b.size >> 10, b.base, b.tag.encode()) for b in banks
    )
    return struct.pack("<i4x", len(banks)) + body


def read_mem_topology(section: bytes) -> list[Bank]:
    """Return the memories that a section lists."""
    (count,) = struct.unpack_from("<i", section)
    banks = []
    for number in range(count):
        _, _, kib, base, tag = struct.unpack_from("<BB6xQQ16s", section, 8 + 40 * number)
        banks.append(Bank(tag.rstrip(b"\0").decode(), base, kib << 10))
    return banks


def connectivity(connections: Sequence[tuple[int, int, int]]) -> bytes:
    """Return the section of (argument, IP, memory), all of them indices."""
    body = b"".join(struct.pack("<iii", *each) for each in connections)
    return struct.pack("<i", len(connections)) + body


def read_connectivity(section: bytes) -> list[tuple[int, int, int]]:
    """Return what ``connectivity`` takes."""
    (count,) = struct.unpack_from("<i", section)
    return [struct.unpack_from("<iii", section, 4 + 12 * n) for n in range(count)]


def ip_layout(units: Sequence[tuple[str, int]]) -> bytes:
    """Return the section of compute units, (``kernel:unit``, base address), each with
    ap_ctrl_chain and an interrupt."""
    body = b""
    for number, (name, base) in enumerate(units):
        properties = _INTERRUPT | number << 1 | _AP_CTRL_CHAIN
        body += struct.pack("<IIQ64s", 1, properties, base, name.encode())
    return struct.pack("<i4x", len(units)) + body


def _aligned(size: int) -> int:
    return -(-size // 8) * 8
