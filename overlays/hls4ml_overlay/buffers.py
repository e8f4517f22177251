"""Two pairs of DMA buffers: one is filled while the other is on its way."""

import numpy as np
from pynq import allocate

from .dma import AcceleratorError

#: Bytes of one buffer, unless one sample needs more: large enough that setting up a transfer does
#: not count, small enough for the CMA memory of a PYNQ image (128 MB on a Pynq-Z2).
BUFFER_BYTES = 1 << 20


class Buffers:
    """Pairs (source, sink) of buffers (samples, bytes) of uint8.

    Single samples have small pairs of their own: PYNQ 3.1 flushes and invalidates a buffer as a
    whole, however little of it is used. ``longest`` is the most bytes of one transfer.

    Raises AcceleratorError if not even one sample fits a transfer."""

    def __init__(self, device, layout, longest):
        largest = max(layout.bytes_in, layout.bytes_out)
        if largest > longest:
            raise AcceleratorError(
                f"one sample of {largest} bytes is longer than the DMA's {longest} bytes"
            )
        #: most samples of one transfer
        self.most = max(1, min(BUFFER_BYTES, longest) // largest)
        self._device = device
        self._layout = layout
        self._single = self._batch = ()

    def pairs(self, samples):
        """Return two pairs for so many samples, at most ``most``; those of batches only grow.

        Raises MemoryError or RuntimeError, as PYNQ does, when the CMA memory is used up."""
        if samples == 1:
            self._single = self._single or self._make(1)
            return self._single
        if not self._batch or len(self._batch[0][0]) < samples:
            _free(self._batch)
            self._batch = ()
            self._batch = self._make(samples)
        return self._batch

    def free(self):
        """Give all buffers back."""
        _free(self._single)
        _free(self._batch)
        self._single = self._batch = ()

    def _make(self, samples):
        made = []
        try:
            for width in 2 * (self._layout.bytes_in, self._layout.bytes_out):
                made.append(self._allocate((samples, width)))
        except BaseException:
            _free([made])
            raise
        return (made[0], made[1]), (made[2], made[3])

    def _allocate(self, shape):
        try:
            # PYNQ's default is uncached, where numpy reads a byte at a time from DRAM.
            buffer = allocate(shape, np.uint8, target=self._device, cacheable=1)
        except TypeError:  # a release that does not ask
            buffer = allocate(shape, np.uint8, target=self._device)
        buffer[:] = 0  # padding stays zero: encode writes elements only
        # A dirty line of a sink could later be written back over what the DMA has written.
        buffer.flush()
        try:
            self._layout.check_reachable(buffer.device_address, buffer.nbytes)
        except AcceleratorError:
            buffer.freebuffer()
            raise
        return buffer


def _free(pairs):
    for pair in pairs:
        for buffer in pair:
            buffer.freebuffer()
