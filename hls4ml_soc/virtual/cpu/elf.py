"""Executable files (ELF, System V ABI): what a debugger's download takes from them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc.virtual.cpu.errors import LoadError

ARM, AARCH64, RISCV = 40, 183, 243
MACHINES = {ARM: "Arm", AARCH64: "AArch64", RISCV: "RISC-V", 189: "MicroBlaze", 62: "x86-64"}
_LOAD, _EXECUTABLE, _EXECUTE_SECTION = 1, 1, 4


@dataclass(frozen=True)
class Segment:
    """A loadable segment: ``data`` at a physical address, then zeros up to ``size`` bytes."""

    address: int
    data: bytes
    size: int
    executable: bool


@dataclass(frozen=True)
class Elf:
    """A statically linked program. ``code`` are its executable sections: address and bytes."""

    path: Path
    machine: int
    entry: int
    segments: tuple[Segment, ...]
    code: tuple[tuple[int, bytes], ...]


def read(path: Path) -> Elf:
    """Read a little-endian executable. Raises LoadError, naming the file."""
    try:
        image = path.read_bytes()
        return _parse(path, image)
    except OSError as error:
        raise LoadError(f"{path}: {error.strerror}") from error
    except struct.error as error:
        raise LoadError(f"{path}: the ELF file ends early") from error


def _parse(path: Path, image: bytes) -> Elf:
    if image[:4] != b"\x7fELF" or image[5:6] != b"\x01":
        raise LoadError(f"{path}: not a little-endian ELF file")
    wide = image[4] == 2
    kind, machine, _, entry, programs, sections = struct.unpack_from(
        "<HHIQQQ" if wide else "<HHIIII0Q", image, 16
    )
    if kind != 2:
        raise LoadError(f"{path}: ELF type {kind}, not a statically linked executable (2)")
    sizes = struct.unpack_from("<HHHH", image, 54 if wide else 42)
    segments = [_segment(image, programs + i * sizes[0], wide) for i in range(sizes[1])]
    loaded = tuple(s for s in segments if s is not None and s.size)
    if not loaded:
        raise LoadError(f"{path}: nothing to load")
    headers = [_section(image, sections + i * sizes[2], wide) for i in range(sizes[3])]
    code = tuple(s for s in headers if s is not None) or tuple(
        (s.address, s.data) for s in loaded if s.executable
    )
    return Elf(path, machine, entry, loaded, code)


def _segment(image: bytes, at: int, wide: bool) -> Segment | None:
    if wide:
        kind, flags, offset, _, address, stored, size = struct.unpack_from("<IIQQQQQ", image, at)
    else:
        kind, offset, _, address, stored, size, flags = struct.unpack_from("<7I", image, at)
    if kind != _LOAD:
        return None
    return Segment(address, image[offset : offset + stored], size, bool(flags & _EXECUTABLE))


def _section(image: bytes, at: int, wide: bool) -> tuple[int, bytes] | None:
    _, kind, flags, address, offset, size = struct.unpack_from(
        "<IIQQQQ" if wide else "<6I", image, at
    )
    holds_code = kind == 1 and flags & _EXECUTE_SECTION and size
    return (address, image[offset : offset + size]) if holds_code else None
