"""The memory object that ``pynq.allocate`` ends in."""

from __future__ import annotations

from typing import Any

import numpy as np

from hls4ml_soc.virtual.pynq.cma import BufferObject, Cma
from hls4ml_soc.virtual.pynq.package import PynqBuffer


class VirtualBuffer(PynqBuffer):  # type: ignore[misc]
    """A PynqBuffer on modelled memory."""

    freed: bool

    def freebuffer(self) -> None:
        """Give the memory back; views, and a buffer that is free already, have none to give."""
        # PynqBuffer unmaps here, with a C library that it has loaded on boards only.
        if hasattr(self, "memory") and not self.freed:
            self.freed = True
            self.memory.free(self.bo)


class VirtualMemory:
    """A memory as pynq sees it, with the interface of ``XrtMemory``."""

    def __init__(self, device: Any, cma: Cma, size: int, base: int = 0) -> None:
        self.device = device
        self.base_address = base
        self.size = size
        self._cma = cma

    def allocate(self, shape: Any, dtype: Any, **_: Any) -> PynqBuffer:
        """Return a buffer of the given shape. Raises RuntimeError if memory is exhausted."""
        kind = np.dtype(dtype)
        size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
        bo = self._cma.allocate(size)
        buffer = VirtualBuffer(
            shape,
            kind,
            bo=bo,
            device=self.device,
            buffer=bo.host,
            device_address=bo.address,
            coherent=False,
        )
        buffer.memory = self
        return buffer

    def free(self, bo: BufferObject) -> None:
        """Take back the memory of a buffer."""
        self._cma.free(bo)
