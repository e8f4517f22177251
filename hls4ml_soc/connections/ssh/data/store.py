"""The bundles in the user's home, ``~/hls4ml_soc/<name>``, what was compiled, the files of a run.

``<name>`` is a link to a folder beside it, so that a new bundle takes the place of the last one in
one step of the file system."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile

from .wire import Refused

#: Begins the names of what was compiled. No bundle's folder begins so: its name has no "-".
_MADE = ".made-"


class Store:
    """The bundle of one name. ``files`` maps its paths to their SHA-256."""

    def __init__(self, name: str, files: dict[str, str]) -> None:
        self._folder = os.path.realpath(os.path.join(os.path.expanduser("~"), "hls4ml_soc"))
        self._name = name
        self._files = files
        self._part: str | None = None  # a bundle that is not complete
        self._complete = False
        self._made: str | None = None  # what is compiled here, and where it is kept
        self._kept: str | None = None
        self._file: int | None = None
        self.link = below(self._folder, name)
        self.scratch: str | None = None  # inputs and outputs of a run
        self.missing: list[str] = []

    def open(self) -> None:
        """Find out which files are not there, and remove what an earlier run had no time to."""
        os.makedirs(self._folder, exist_ok=True)
        self._current = os.path.realpath(self.link) if os.path.islink(self.link) else None
        self._remove_rubbish()
        self.missing = [
            path
            for path, wanted in sorted(self._files.items())
            if self._current is None or digest(below(self._current, path)) != wanted
        ]

    @property
    def free(self) -> int:
        """Bytes that there is room for."""
        disk = os.statvfs(self._folder)
        return disk.f_bavail * disk.f_frsize

    def stage(self) -> None:
        """Make the folders that files go to."""
        if self.missing:
            self._part = tempfile.mkdtemp(prefix=self._prefix, dir=self._folder)
            os.chmod(self._part, 0o755)
        self.scratch = tempfile.mkdtemp(prefix=".run-", dir=self._folder)

    def put(self, area: str, path: str, data: bytes, sha256: str | None) -> None:
        """Append to a file; with a SHA-256 it is the end, and is compared.

        Raises Refused if it differs."""
        place = below(str(self._part) if area == "bundle" else self.area(area), path)
        if self._file is None:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            self._file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        if sha256 is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None
            if digest(place) != sha256:
                raise Refused("digest", path)

    def get(self, path: str, at: int) -> bytes:
        """Return a part of a file of the run."""
        with open(below(str(self.scratch), path), "rb") as file:
            file.seek(at)
            return file.read(1 << 18)

    def complete(self) -> str:
        """Return the folder of the bundle, with the files that were here already."""
        if self._part is None:
            return str(self._current)
        if self._complete:
            return self._part
        for path in set(self._files) - set(self.missing):
            source, sink = below(str(self._current), path), below(self._part, path)
            os.makedirs(os.path.dirname(sink), exist_ok=True)
            try:
                os.link(source, sink)
            except OSError:
                shutil.copyfile(source, sink)
        self._complete = True
        return self._part

    def area(self, name: str) -> str:
        """Return a folder: ``bundle``, ``made`` or ``run``."""
        if name == "bundle":
            return self.complete()
        return str(self._made if name == "made" else self.scratch)

    def place(self, area: str, path: str) -> str:
        """Return a file in an area. Raises Refused for a path that leads out of it."""
        return below(self.area(area), path)

    def make(self, key: str) -> bool:
        """Take the folder of what was compiled from the same, and tell whether it is there; if not
        an empty one."""
        self._kept = below(self._folder, _MADE + key)
        there = os.path.isdir(self._kept)
        self._made = self._kept if there else below(str(self.scratch), "made")
        if not there:
            os.mkdir(self._made)
        return there

    def keep(self) -> None:
        """Keep what was compiled, in the place of what was before."""
        made, kept = str(self._made), str(self._kept)
        for name in os.listdir(self._folder):
            if name.startswith(_MADE):
                _remove(os.path.join(self._folder, name))
        for name in os.listdir(made):
            _settle(os.path.join(made, name))
        _settle(made)
        os.replace(made, kept)
        _settle(self._folder)
        self._made = kept

    def commit(self) -> None:
        """Put the bundle in the place of the last one."""
        if self._part is None:
            return
        new = self._part + ".link"
        os.symlink(os.path.basename(self._part), new)
        # People switch boards off: what the link leads to is on the card before the link is.
        for folder, _, _ in os.walk(self._part):
            _settle(folder)
        os.replace(new, self.link)
        _settle(self._folder)
        self._current, self._part = self._part, None
        self._remove_rubbish()

    def close(self) -> None:
        """Remove all that is not a complete bundle, and the folder if nothing is left in it."""
        for folder in (self._part, self.scratch):
            if folder:
                _remove(folder)
        try:
            os.rmdir(self._folder)
        except OSError:
            pass

    @property
    def _prefix(self) -> str:
        return "." + self._name + "."

    def _remove_rubbish(self) -> None:
        for name in os.listdir(self._folder):
            path = os.path.join(self._folder, name)
            ours = name.startswith((".run-", self._prefix))
            if ours and path not in (self._current, self.scratch):
                _remove(path)


def below(folder: str, path: str) -> str:
    """Return a path below a folder. Raises Refused for one that leads out of it."""
    parts = path.split("/")
    if "\0" in path or any(part in ("", ".", "..") for part in parts):
        raise Refused("path", repr(path) + " is no path below a folder")
    return os.path.join(folder, *parts)


def digest(path: str) -> str:
    """Return the SHA-256 of a file as it can be read back, "" where it cannot."""
    found = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                found.update(block)
    except OSError:
        return ""
    return found.hexdigest()


def _settle(path: str) -> None:
    """Wait until a file, or the names in a folder, are written."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        os.unlink(path)
