"""The C interface of ``core.so``."""

from __future__ import annotations

import _ctypes
import ctypes
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import CoreError

SIGNALS = ("TDATA", "TKEEP", "TSTRB", "TUSER", "TLAST", "TID", "TDEST")

_SIGNATURES: dict[str, tuple[type | None, tuple[type, ...]]] = {
    "soc_open": (None, (ctypes.c_int, ctypes.c_int)),
    "soc_close": (None, ()),
    "soc_reset": (None, ()),
    "soc_start": (None, (ctypes.c_uint64,)),
    "soc_push": (ctypes.c_size_t, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)),
    "soc_pull": (
        ctypes.c_size_t,
        (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t),
    ),
    "soc_runs_done": (ctypes.c_uint64, ()),
    "soc_standstill": (ctypes.c_size_t, (ctypes.c_char_p, ctypes.c_size_t)),
    "soc_width": (ctypes.c_int, (ctypes.c_int, ctypes.c_int)),
    "soc_settings": (ctypes.c_char_p, ()),
}


class CoreLibrary:
    """A loaded ``core.so``; ``name`` is what messages call it. Raises CoreError if it is none."""

    def __init__(self, path: Path, name: str) -> None:
        """Load the file; it may be deleted afterwards."""
        try:
            self.api = ctypes.CDLL(str(path))
            for function, (result, arguments) in _SIGNATURES.items():
                entry = getattr(self.api, function)
                entry.restype, entry.argtypes = result, arguments
        except (OSError, AttributeError) as error:
            reason = str(error).replace(str(path), name)
            raise CoreError(f"{name}: no IP core of the HLS stand-in: {reason}") from error

    def settings(self) -> dict[str, str]:
        """Return what synthesis settled: top, control, reset, input, output."""
        text: bytes = self.api.soc_settings()
        return dict(pair.split("=", 1) for pair in text.decode().split(";"))

    def width(self, output: int, signal: int) -> int:
        """Return a signal's width in bits (``SIGNALS`` order) of port 0 (in) or 1 (out)."""
        return int(self.api.soc_width(output, signal))

    def close(self) -> None:
        """Give back the fibers' stacks and unload the library."""
        if self.api is None:
            return
        self.api.soc_close()
        _ctypes.dlclose(self.api._handle)
        self.api = None  # type: ignore[assignment]
