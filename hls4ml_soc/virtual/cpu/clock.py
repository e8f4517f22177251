"""Guest time: instructions executed, plus what register accesses and idle waiting take.

One instruction is one cycle of the core's clock. That is a clock to run timers and serial lines on,
and no statement about silicon.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
from typing import Any

# void count(uc, address, size, counter): *counter += size. A Python function here would be called
# for every block of code, at a hundredth of the speed.
_COUNT = {
    "x86_64": bytes.fromhex("89d0 480101 c3"),  # mov eax,edx; add [rcx],rax; ret
    "aarch64": bytes.fromhex("640040f9 8440228b 640000f9 c0035fd6"),  # ldr x4; add; str; ret
}
_FUNCTION = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint64)
)


class GuestClock:
    """The time of a core that runs at ``frequency`` Hz, in cycles since its reset."""

    def __init__(self, frequency: float) -> None:
        self.frequency = frequency
        self.waited = 0
        self._code_bytes = ctypes.c_uint64(0)
        self._callback: Any = None

    @property
    def instructions(self) -> int:
        """Count the instructions executed; a 16-bit one counts as half."""
        return self._code_bytes.value >> 2

    @property
    def cycles(self) -> int:
        """Return the time in cycles."""
        return (self._code_bytes.value >> 2) + self.waited

    @property
    def seconds(self) -> float:
        """Return the time in seconds."""
        return self.cycles / self.frequency

    def cycles_in(self, seconds: float) -> int:
        """Convert a duration."""
        return round(seconds * self.frequency)

    def ticks(self, frequency: float) -> int:
        """Return what a counter of another frequency shows, had it run since reset."""
        return int(self.cycles * frequency / self.frequency)

    def block_callback(self) -> tuple[Any, Any]:
        """Return a C callback for UC_HOOK_BLOCK and its user data."""
        code = _COUNT.get(platform.machine())
        if code is None:
            self._callback = _FUNCTION(_count)
        else:
            self._page = mmap.mmap(-1, mmap.PAGESIZE, prot=7)
            self._page.write(code)
            self._callback = ctypes.addressof(ctypes.c_char.from_buffer(self._page))
        return ctypes.cast(self._callback, ctypes.c_void_p), ctypes.byref(self._code_bytes)


def _count(_: Any, address: int, size: int, counter: Any) -> None:
    counter[0] += size
