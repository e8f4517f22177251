"""Bitstreams with a program inside: header as it was, the program beside what was there."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.vitis.errors import Refused

PROGRAM = "program.elf"


def write(source: Path, program: bytes, target: Path) -> None:
    """Write a bitstream with a program. Raises Refused for what is no bitstream."""
    try:
        bitfile.read(source)
    except bitfile.BitFileError as error:
        raise Refused(str(error)) from error
    data = source.read_bytes()
    at = _payload(data)
    files = {**_files(data[at:]), PROGRAM: program}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])
    payload = buffer.getvalue()
    target.write_bytes(data[: at - 4] + struct.pack(">I", len(payload)) + payload)


def program(path: Path) -> bytes | None:
    """Return the program in a bitstream, None without one."""
    data = path.read_bytes()
    return _files(data[_payload(data) :]).get(PROGRAM)


def _payload(data: bytes) -> int:
    at = 13
    for _ in "abcd":
        at += 3 + struct.unpack_from(">H", data, at + 1)[0]
    return at + 5


def _files(payload: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return {}
