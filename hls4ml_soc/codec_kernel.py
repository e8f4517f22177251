"""A compiled kernel for the codec, for hosts that convert much: one pass over memory.

numpy is the reference and the default, here and on boards. After ``use()`` the formats that the
kernel knows go through it; whatever else there is, NaN and overflow included, stays numpy's."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from . import fixed_point, processes
from .errors import ToolError
from .fixed_point import FixedPoint

SOURCE = Path(__file__).with_suffix(".cpp")
FLAGS = ("-O3", "-march=native", "-fno-trapping-math", "-fno-math-errno", "-shared", "-fPIC")

_ROUNDINGS = {"TRN": "floor", "RND_CONV": "rint"}
_WORDS = ("int8", "int16", "int32", "uint8", "uint16")


def use(folder: Path | None = None) -> None:
    """Convert with the kernel from now on; compile it in ``folder``, by default the user's cache,
    unless it is there. Raises ToolError where there is no g++, or it fails."""
    if folder is None:
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(cache) / "hls4ml_soc"
    fixed_point.KERNEL = Kernel(_built(folder))


def leave() -> None:
    """Convert with numpy again."""
    fixed_point.KERNEL = None


class Kernel:
    """The loaded kernel. Its methods return whether they have done the work."""

    def __init__(self, library: Path) -> None:
        """Load a file that ``use`` has made."""
        loaded = ctypes.CDLL(str(library))
        pointers, real = [ctypes.c_void_p] * 2, ctypes.c_float
        self._calls: dict[str, Any] = {}
        for word in _WORDS:
            for rounding in _ROUNDINGS.values():
                call = loaded[f"encode_{rounding}_{word}"]
                call.argtypes = [*pointers, ctypes.c_long, real, real, real, ctypes.c_int]
                self._calls[f"{rounding}_{word}"] = call
            call = loaded[f"decode_{word}"]
            call.argtypes, call.restype = [*pointers, ctypes.c_long, real], None
            self._calls[word] = call

    def encode(self, form: FixedPoint, source: Any, words: Any) -> bool:
        """Convert float32 to words, unless one of them needs the reference."""
        call = self._calls.get(f"{_ROUNDINGS.get(form.rounding)}_{words.dtype.name}")
        if call is None or form.integral or not _exact(form, source, words):
            return False
        clips = form.overflow in ("SAT", "SAT_SYM")
        low, high = form.limits
        scale = 2.0**form.fraction
        return not call(source.ctypes.data, words.ctypes.data, source.size, scale, low, high, clips)

    def decode(self, form: FixedPoint, words: Any, result: Any) -> bool:
        """Convert words to float32."""
        call = self._calls.get(words.dtype.name)
        if call is None or words.dtype != form.dtype or not _exact(form, result, words):
            return False
        call(words.ctypes.data, result.ctypes.data, words.size, form.step)
        return True


def _exact(form: FixedPoint, floats: Any, words: Any) -> bool:
    """Whether float32 holds every word and its product with the scale, and memory is plain."""
    exact = floats.dtype == np.float32 and form.width <= 24 and 0 <= form.fraction <= 100
    return (
        exact
        and all(
            a.flags.c_contiguous and a.flags.aligned and a.dtype.isnative for a in (floats, words)
        )
        and not np.may_share_memory(floats, words)
    )


def _built(folder: Path) -> Path:
    """Return the library, compiled if it is not there for this source and this processor."""
    cpu = re.search(r"^(?:flags|Features)\s*:.*$", _cpuinfo(), re.MULTILINE)
    made_from = [SOURCE.read_text(encoding="utf-8"), *FLAGS, cpu[0] if cpu else ""]
    digest = hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:16]
    library = folder / f"codec-{digest}.so"
    if library.is_file():
        return library
    if shutil.which("g++") is None:
        raise ToolError("the codec's kernel is compiled with g++, which is missing: install it")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        fresh, log = Path(scratch) / library.name, Path(scratch) / "g++.log"
        if processes.run(["g++", *FLAGS, str(SOURCE), "-o", str(fresh)], Path(scratch), log) != 0:
            reason = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
            raise ToolError(f"the codec's kernel does not compile: {reason}")
        fresh.replace(library)  # whole or not at all, whoever else makes it at the same time
    return library


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""
