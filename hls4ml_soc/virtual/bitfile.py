"""Bitstream files: the header of a real ``.bit``, and the contents of a virtual one.

A virtual ``.bit`` carries what a board model needs (netlist, compiled cores) as a zip where a real
one carries configuration frames. Its design field says ``Virtual=hls4ml_soc``, and the payload has
no sync word: loaders of real devices can tell, and refuse it. The bytes depend on the arguments
alone.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SYNC_WORD = b"\xaa\x99\x55\x66"
_MAGIC = bytes.fromhex("0009 0ff0 0ff0 0ff0 0ff0 00 0001")
_MARK = "Virtual=hls4ml_soc"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BitFileError(Exception):
    """A file is not a bitstream, or cannot be made one."""


@dataclass(frozen=True)
class BitFile:
    """A bitstream file: design and part as Vivado names them, and the files inside if it is a
    virtual one."""

    design: str
    part: str
    version: str
    virtual: bool
    contents: dict[str, bytes] = field(default_factory=dict)


def write(path: Path, design: str, part: str, version: str, contents: Mapping[str, bytes]) -> None:
    """Write a virtual bitstream of a design (``soc_wrapper``) for a part (``xc7z020clg400-1``, or
    without the ``xc``).

    ``version`` is the Vivado release it poses as. Raises BitFileError if the zip happens to hold a
    sync word.
    """
    payload = _zip(contents)
    if SYNC_WORD in payload:
        raise BitFileError(
            f"{path}: the contents hold a configuration sync word; a device could start to read "
            "them"
        )
    fields = [
        (b"a", f"{design};UserID=0XFFFFFFFF;Version={version};{_MARK}"),
        (b"b", _part_field(part)),
        (b"c", "1980/01/01"),
        (b"d", "00:00:00"),
    ]
    header = _MAGIC + b"".join(_field(letter, text) for letter, text in fields)
    path.write_bytes(header + b"e" + struct.pack(">I", len(payload)) + payload)


def _part_field(part: str) -> str:
    """Return a part as bitgen writes it: ``7z020clg400`` of 7 series, the others in full."""
    match = re.fullmatch(r"xc(7\w+)(-\w+)?", part)
    return match.group(1) if match else part


def read(path: Path) -> BitFile:
    """Read a bitstream file, real or virtual.

    Raises BitFileError, naming the file, if it is not one or is cut short.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BitFileError(f"{path}: {error.strerror or error}") from error
    if not data.startswith(_MAGIC):
        raise BitFileError(f"{path}: not a .bit file (no Xilinx header)")
    at = len(_MAGIC)
    texts: dict[str, str] = {}
    for letter in "abcd":
        text, at = _take(data, at, letter, path)
        texts[letter] = text
    if data[at : at + 1] != b"e" or len(data) < at + 5:
        raise BitFileError(f"{path}: field e (data) is missing")
    (length,) = struct.unpack_from(">I", data, at + 1)
    payload = data[at + 5 :]
    if len(payload) != length:
        raise BitFileError(
            f"{path}: the header announces {length} bytes of data, the file has {len(payload)}"
        )
    design, *notes = texts["a"].split(";")
    version = next((n.removeprefix("Version=") for n in notes if n.startswith("Version=")), "")
    virtual = _MARK in notes
    return BitFile(design, texts["b"], version, virtual, _unzip(payload, path) if virtual else {})


def _field(letter: bytes, text: str) -> bytes:
    data = text.encode("ascii") + b"\0"
    return letter + struct.pack(">H", len(data)) + data


def _take(data: bytes, at: int, letter: str, path: Path) -> tuple[str, int]:
    if data[at : at + 1] != letter.encode() or len(data) < at + 3:
        raise BitFileError(f"{path}: field {letter} is missing")
    (length,) = struct.unpack_from(">H", data, at + 1)
    end = at + 3 + length
    return data[at + 3 : end].rstrip(b"\0").decode("ascii", "replace"), end


def _zip(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, contents[name], compresslevel=6)
        # The comment pads the file to whole configuration words without hiding the end of the
        # archive.
        archive.comment = b" " * (-(buffer.tell() + _directory_size(archive)) % 4)
    return buffer.getvalue()


def _directory_size(archive: zipfile.ZipFile) -> int:
    return sum(46 + len(info.filename.encode()) for info in archive.infolist()) + 22


def _unzip(payload: bytes, path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError) as error:
        raise BitFileError(f"{path}: damaged contents ({error})") from error
