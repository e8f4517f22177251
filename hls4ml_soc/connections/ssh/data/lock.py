"""One deployment at a time on a board."""

from __future__ import annotations

import fcntl
import os

from .machine import at_root
from .wire import Refused


class Lock:
    """The machine's lock, whoever is logged in: a board has one fabric.

    The kernel gives it back whatever happens to its holder. Raises Refused, ``busy`` with the
    holder's words."""

    def __init__(self, owner: str) -> None:
        places = (at_root("run/lock"), at_root("tmp"), "/tmp")
        # Where everybody may write: /run/lock is root's alone on some distributions.
        folder = next(each for each in places if os.path.isdir(each) and _open_to_all(each))
        self._path = os.path.join(folder, "hls4ml_soc.lock")
        while True:
            self._file = self._open()
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = os.pread(self._file, 200, 0).decode("utf-8", "replace").strip()
                os.close(self._file)
                raise Refused("busy", holder) from None
            if self._current():
                break
            os.close(self._file)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, owner.encode("utf-8")[:200], 0)

    def release(self) -> None:
        """Give the board back."""
        try:
            os.unlink(self._path)
        except OSError:
            os.ftruncate(self._file, 0)  # another user's
        os.close(self._file)

    def _open(self) -> int:
        # In a folder for everybody, Linux lets nobody create what is another user's already.
        try:
            return os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            pass
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        os.fchmod(file, 0o666)
        return file

    def _current(self) -> bool:
        """Tell whether the file is still that of the path: its last holder has removed it."""
        try:
            return os.path.samestat(os.fstat(self._file), os.stat(self._path))
        except OSError:
            return False


def _open_to_all(folder: str) -> bool:
    return bool(os.stat(folder).st_mode & 0o002)
