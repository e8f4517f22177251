"""ELF files as a loader sees them: machine and what is written to memory (System V ABI)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc.virtual.vitis.errors import Refused

ARM, AARCH64, MICROBLAZE, RISCV = 40, 183, 189, 243
NAMES = {ARM: "ARM", AARCH64: "AArch64", MICROBLAZE: "MicroBlaze", RISCV: "RISC-V"}


@dataclass(frozen=True)
class Elf:
    """``segments`` are (physical address, bytes in the file); ``wide`` is 64 bits."""

    machine: int
    wide: bool
    entry: int
    segments: tuple[tuple[int, bytes], ...]

    @property
    def processor(self) -> str:
        """Name the machine."""
        return NAMES.get(self.machine, f"machine {self.machine}")


def read(path: Path) -> Elf:
    """Read a file. Raises Refused for one that is not there, or no executable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from error
    if data[:4] != b"\x7fELF" or data[5:6] != b"\x01" or len(data) < 52:
        raise Refused(f"{path}: not an ELF file")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if kind != 2:
        raise Refused(f"{path}: not an executable")
    wide = data[4] == 2
    if wide:
        entry, at = struct.unpack_from("<QQ", data, 24)
        size, count = struct.unpack_from("<HH", data, 54)
    else:
        entry, at = struct.unpack_from("<II", data, 24)
        size, count = struct.unpack_from("<HH", data, 42)
    segments = []
    for index in range(count):
        kind, offset, address, length = _header(data, at + index * size, wide)
        if kind == 1 and length:
            segments.append((address, data[offset : offset + length]))
    return Elf(machine, wide, entry, tuple(segments))


def _header(data: bytes, at: int, wide: bool) -> tuple[int, int, int, int]:
    if wide:
        kind, offset, address, length = struct.unpack_from("<I4xQ8xQQ", data, at)
    else:
        kind, offset, address, length = struct.unpack_from("<II4xII", data, at)
    return kind, offset, address, length
