"""All that a board needs, in one folder with a manifest, or in one ``.zip`` of it."""

from __future__ import annotations

import atexit
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import bundle_archive
from .errors import ModelError

MANIFEST = "manifest.json"
#: What every manifest has. ``plan`` is the digest of what was built, ``versions`` of what with.
_KEYS: dict[str, type] = {
    **dict.fromkeys(("name", "board", "target", "part", "design_id", "origin", "plan"), str),
    "versions": dict,
    "not_verified": list,
    "files": dict,
}
#: Values that become names of files: the manifest of a stranger is no place for anything else.
_PLAIN = {"name": r"[A-Za-z][A-Za-z0-9_]*", "board": r"[A-Za-z0-9][A-Za-z0-9_.-]*"}


@dataclass(frozen=True)
class Bundle:
    """A folder whose ``manifest.json`` names every file with its SHA-256. ``archive`` is where it
    was unpacked from, if it was."""

    folder: Path
    manifest: dict[str, Any]
    archive: Path | None = field(default=None, compare=False)

    @classmethod
    def write(cls, folder: Path, files: dict[str, bytes], manifest: dict[str, Any]) -> Bundle:
        """Write a bundle in the place of an earlier one.

        ``files`` maps paths below the folder to content; equal content gives equal bytes.
        """
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        for name, content in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
        whole = {"format": 1, **manifest, "files": digests}
        (part / MANIFEST).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
        # Complete or not there: an interrupted run leaves the earlier bundle as it was.
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
        return cls(folder, whole)

    @classmethod
    def read(cls, path: Path) -> Bundle:
        """Read a bundle, a folder or a ``.zip``, and check every file against the manifest.

        A ``.zip`` is unpacked into a folder that is removed when Python ends. Raises ModelError
        naming each file that is missing, changed or not listed, or does not belong in an archive.
        """
        if path.suffix.lower() != ".zip" or path.is_dir():
            # Programs that are given its files run elsewhere.
            return cls(path.absolute(), _manifest(path, str(path)))
        scratch = Path(tempfile.mkdtemp(prefix="hls4ml_soc-bundle-"))
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        folder = bundle_archive.unpack(path, scratch, MANIFEST)
        return cls(folder, _manifest(folder, str(path)), path)

    def zip(self, path: Path) -> Path:
        """Write the bundle as one file, and return that; equal bundles give equal bytes.

        Raises ModelError where that cannot be."""
        try:
            bundle_archive.write(path, self.folder, [*self.manifest["files"], MANIFEST])
        except OSError as error:
            raise ModelError(f"{path} cannot be written: {error.strerror}") from None
        return path

    @property
    def where(self) -> Path:
        """What the user named: the archive, else the folder."""
        return self.archive or self.folder

    @property
    def name(self) -> str:
        """The name of the network, also of ``.bit`` and ``.hwh``."""
        return str(self.manifest["name"])

    @property
    def described(self) -> dict[str, Any]:
        """The accelerator.json of the bundle."""
        described: dict[str, Any] = json.loads((self.folder / "accelerator.json").read_text())
        return described


def is_bundle(path: Path) -> bool:
    """Tell whether a path is a bundle: a folder with a manifest, or a ``.zip``."""
    if path.suffix.lower() == ".zip" and not path.is_dir():
        return zipfile.is_zipfile(path)
    return (path / MANIFEST).is_file()


def _manifest(folder: Path, where: str) -> dict[str, Any]:
    """Return the manifest of a folder that is as it says. ``where`` names it in messages."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError:
        raise ModelError(f"{where} has no {MANIFEST}: it is not a bundle") from None
    except ValueError as error:
        raise ModelError(f"{where}/{MANIFEST} is not JSON: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != 1:
        raise ModelError(f"{where}/{MANIFEST} is not a manifest of format 1")
    if lacking := [key for key, kind in _KEYS.items() if not isinstance(manifest.get(key), kind)]:
        raise ModelError(f"{where}/{MANIFEST} lacks {', '.join(lacking)}")
    for key, pattern in _PLAIN.items():
        if not re.fullmatch(pattern, manifest[key]):
            raise ModelError(f"{where}/{MANIFEST}: {key} is no plain name: {manifest[key]!r}")
    if problems := _problems(folder, manifest["files"]):
        raise ModelError(f"{where} is not as it was written: {'; '.join(problems)}")
    return manifest


def _problems(folder: Path, listed: dict[str, str]) -> list[str]:
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    links = sorted(name for name, path in there.items() if path.is_symlink())
    found = {
        name
        for name, path in there.items()
        if path.is_file() and "__pycache__" not in path.parts and name != MANIFEST
    }
    problems = [f"{name} is a link" for name in links]
    problems += [f"{name} is missing" for name in sorted(listed.keys() - found)]
    problems += [f"{name} is not listed" for name in sorted(found - listed.keys())]
    problems += [
        f"{name} has been changed"
        for name in sorted(found & listed.keys())
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]
    ]
    return problems
