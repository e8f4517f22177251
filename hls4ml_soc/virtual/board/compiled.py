"""A compiled core that may take scalar arguments."""

from __future__ import annotations

import ctypes

from hls4ml_soc.virtual.hls.core import StreamCore


class CompiledCore(StreamCore):
    """A core from ``core.so``. The library takes arguments if it exports ``soc_write_argument``
    and ``soc_read_argument``; offsets are those of the registers.
    """

    @property
    def takes_arguments(self) -> bool:
        """Tell whether the library has scalar arguments."""
        return hasattr(self._api(), "soc_write_argument") and hasattr(
            self._api(), "soc_read_argument"
        )

    def write_argument(self, offset: int, value: int) -> None:
        """Set the 32-bit register of an argument."""
        self._api().soc_write_argument(ctypes.c_uint32(offset), ctypes.c_uint32(value))

    def read_argument(self, offset: int) -> int:
        """Return the 32-bit register of a result."""
        entry = self._api().soc_read_argument
        entry.restype = ctypes.c_uint32
        return int(entry(ctypes.c_uint32(offset)))
