"""The output folder: one run at a time, and never somebody else's folder."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ModelError

#: Lock of a run, and the mark of a folder that is ours.
_LOCK = ".hls4ml_soc.lock"


_held: list[int] = []


@contextmanager
def claim(folder: Path) -> Iterator[Path]:
    """Make a folder ours for as long as the context lasts.

    Raises ModelError if it cannot be written, holds something else, or is being used by another
    run."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / _LOCK).exists():
            raise ModelError(f"{folder} holds other files; name an empty or new folder with --out")
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / _LOCK, "w")
    except OSError as error:
        raise ModelError(
            f"{folder} cannot be written: {error.strerror}; choose another with --out"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError(
                f"{folder} is in use by another run; wait for it, or choose another with --out"
            ) from None
        _held.append(lock.fileno())
        try:
            yield folder
        finally:
            _held.remove(lock.fileno())


def forget(folder: Path, names: Iterable[str]) -> None:
    """Remove what an earlier run has left: what this one does not come to must not look like
    its."""
    for name in names:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def held() -> tuple[int, ...]:
    """Return the file descriptors of the locks that this process holds."""
    return tuple(_held)


def usable(folder: Path) -> Path:
    """Return an output folder whose path the tools take.

    Raises ModelError: Vitis HLS ends with [HLS 200-70] at a blank, Vivado at more than that.
    """
    if strange := sorted(set(re.findall(r"[^A-Za-z0-9_./+-]", str(folder)))):
        named = " ".join(map(repr, strange))
        raise ModelError(
            f"output folder {folder}: HLS and Vivado refuse paths with {named}; "
            "choose another with --out"
        )
    return folder
