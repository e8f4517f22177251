"""All that a board needs, in one folder with a manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ModelError

MANIFEST = "manifest.json"
#: What every manifest has.
_KEYS: dict[str, type] = {
    **dict.fromkeys(("name", "board", "target", "part", "design_id", "origin"), str),
    "not_verified": list,
    "files": dict,
}


@dataclass(frozen=True)
class Bundle:
    """A folder whose ``manifest.json`` names every file with its SHA-256."""

    folder: Path
    manifest: dict[str, Any]

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
    def read(cls, folder: Path) -> Bundle:
        """Read a bundle and check every file against the manifest.

        Raises ModelError naming each file that is missing, changed or not listed.
        """
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except OSError:
            raise ModelError(f"{folder} has no {MANIFEST}: it is not a bundle") from None
        except ValueError as error:
            raise ModelError(f"{folder / MANIFEST} is not JSON: {error}") from None
        if not isinstance(manifest, dict) or manifest.get("format") != 1:
            raise ModelError(f"{folder / MANIFEST} is not a manifest of format 1")
        if lacking := [
            key for key, kind in _KEYS.items() if not isinstance(manifest.get(key), kind)
        ]:
            raise ModelError(f"{folder / MANIFEST} lacks {', '.join(lacking)}")
        if problems := _problems(folder, manifest["files"]):
            raise ModelError(f"{folder} is not as it was written: {'; '.join(problems)}")
        return cls(folder, manifest)

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
    """Tell whether a path is the folder of a bundle."""
    return (path / MANIFEST).is_file()


def _problems(folder: Path, listed: dict[str, str]) -> list[str]:
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != MANIFEST
    }
    problems = [f"{name} is missing" for name in sorted(listed.keys() - found)]
    problems += [f"{name} is not listed" for name in sorted(found - listed.keys())]
    problems += [
        f"{name} has been changed"
        for name in sorted(found & listed.keys())
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]
    ]
    return problems
