"""The card's memory: banks, and in them the buffers that XRT has allocated.

Each buffer lies between pages that nobody can touch, so a kernel that leaves it is caught.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Sequence
from dataclasses import dataclass

from hls4ml_soc.virtual.xrt.errors import DeviceError
from hls4ml_soc.virtual.xrt.xclbin import Bank

_PAGE = mmap.PAGESIZE
_PROT_NONE = 0
#: What memory holds before anybody writes: not 0, which a result could be.
POISON = 0xCD

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


@dataclass
class Buffer:
    """An allocated buffer: ``host`` is the address of its bytes in this process; ``written``: the
    host has sent something."""

    address: int
    size: int
    host: int
    space: mmap.mmap
    written: bool = False

    def offset_of(self, host: int) -> int:
        """Return how far an address of this process is from its first byte."""
        return host - self.host


class Memory:
    """All banks. Addresses are the card's."""

    def __init__(self) -> None:
        self.banks: Sequence[Bank] = ()
        self.buffers: dict[int, Buffer] = {}

    def allocate(self, address: int, size: int) -> None:
        """Take a buffer. Raises DeviceError where there is one already."""
        size = -(-size // _PAGE) * _PAGE
        for other in self.buffers.values():
            if address < other.address + other.size and other.address < address + size:
                raise DeviceError(f"buffers at {address:#x} and {other.address:#x} overlap")
        space = mmap.mmap(-1, size + 2 * _PAGE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(space))
        for guard in (start, start + _PAGE + size):
            _libc.mprotect(guard, _PAGE, _PROT_NONE)
        ctypes.memset(start + _PAGE, POISON, size)
        self.buffers[address] = Buffer(address, size, start + _PAGE, space)

    def free(self, address: int) -> None:
        """Give a buffer back."""
        self.buffers.pop(address, None)

    def write(self, address: int, data: bytes) -> None:
        """Take data from the host. Raises DeviceError outside of every buffer."""
        buffer = self.find(address, len(data), "the host writes")
        ctypes.memmove(buffer.host + address - buffer.address, data, len(data))
        buffer.written = True

    def read(self, address: int, size: int) -> bytes:
        """Give data to the host. Raises DeviceError outside of every buffer."""
        buffer = self.find(address, size, "the host reads")
        return ctypes.string_at(buffer.host + address - buffer.address, size)

    def find(self, address: int, size: int, who: str) -> Buffer:
        """Return the buffer that holds some bytes. Raises DeviceError where none does."""
        for buffer in self.buffers.values():
            if buffer.address <= address and address + size <= buffer.address + buffer.size:
                return buffer
        raise DeviceError(f"{who} {size} bytes at {address:#x}, where no buffer is (DECERR)")

    def bank_of(self, address: int) -> str:
        """Return the tag of the bank that an address is in."""
        for bank in self.banks:
            if bank.base <= address < bank.base + bank.size:
                return bank.tag
        return "no bank"
