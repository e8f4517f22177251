"""Bundles as one ``.zip``: written with equal bytes for equal content, unpacked without trust."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from .errors import ModelError

#: Bytes that a bundle may unpack to: the largest bitstreams are 100 MB.
LIMIT = 1 << 30
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(path: Path, folder: Path, names: Iterable[str]) -> None:
    """Write files of a folder into an archive in the place of an earlier one.

    Names are sorted and dates fixed: equal content gives equal bytes, with the same zlib."""
    part = path.with_name(path.name + ".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name in sorted(names):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix, wherever it is written
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (folder / name).read_bytes(), compresslevel=6)
    os.replace(part, path)


def unpack(path: Path, folder: Path, marker: str) -> Path:
    """Unpack an archive into a folder and return where ``marker`` lies in it: at the top, or in the
    one folder that a file manager has packed.

    Raises ModelError for an archive that is damaged, or has entries that do not belong in one."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if problems := list(_problems(archive.infolist())):
                raise ModelError(f"{path} is not unpacked: {'; '.join(problems)}")
            for entry in entries:
                target = folder / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(f"{path} is damaged: {error}") from None
    except OSError as error:
        raise ModelError(f"{path} cannot be unpacked: {error}") from None
    tops = {PurePosixPath(entry.filename).parts[0] for entry in entries}
    if marker not in tops and len(tops) == 1:
        return folder / tops.pop()
    return folder


def _problems(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Name every entry that would land elsewhere, or on another one."""
    seen: dict[str, tuple[str, bool]] = {}
    names = [entry.orig_filename for entry in entries]
    yield from (f"{name!r} is there twice" for name in set(names) if names.count(name) > 1)
    for entry in entries:
        # The name as it is in the archive: ZipInfo ends names at a NUL and turns separators round.
        name = entry.orig_filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        parts = name.removesuffix("/").split("/")
        if "\\" in name or ":" in name or not name.isprintable():
            yield f"{name!r} is no name for a file everywhere"
        elif any(part in ("", ".", "..") for part in parts):
            yield f"{name!r} leads out of the folder"
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield f"{name!r} is a link or a special file"
        elif entry.flag_bits & 1:
            yield f"{name!r} is encrypted"
        else:
            for end in range(1, len(parts)):
                yield from _clash(seen, "/".join(parts[:end]), True)
            yield from _clash(seen, "/".join(parts), entry.is_dir())
    total = sum(entry.file_size for entry in entries)
    if total > LIMIT:
        yield f"it unpacks to {total >> 20} MB, a bundle has {LIMIT >> 20} MB at the most"


def _clash(seen: dict[str, tuple[str, bool]], name: str, folder: bool) -> Iterator[str]:
    """Note a file or folder, and tell whether it falls on one that is there."""
    other, was_folder = seen.setdefault(name.casefold(), (name, folder))
    if other != name:
        yield f"{name!r} and {other!r} are one where case does not count"
    elif was_folder != folder:
        yield f"{name!r} is a file and a folder"
