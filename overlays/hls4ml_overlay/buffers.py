"""DMA buffers in pairs: one pair is filled while the other is on its way."""

import numpy as np
from pynq import allocate
from pynq.buffer import PynqBuffer

from .dma import AcceleratorError

#: Bytes of one buffer, unless one sample needs more: large enough that setting up a transfer does
#: not count, small enough for the CMA memory of a PYNQ image (128 MB on a Pynq-Z2).
BUFFER_BYTES = 1 << 20


class Pair:
    """A source and a sink for so many samples; ``raw_in`` and ``raw_out`` are their memory as plain
    arrays (samples, bytes of a sample) of uint8."""

    def __init__(self, source, sink):
        self.samples = len(source)
        self.source, self.sink = source, sink
        # Asked for on every transfer, and for a PynqBuffer a Python call each.
        self.source_address, self.sink_address = source.device_address, sink.device_address
        # Without the subclass: PynqBuffer computes addresses for every slice of it.
        self.raw_in, self.raw_out = np.asarray(source), np.asarray(sink)

        if self.samples == 1:  # the calls that are looked up once, where it counts
            self.flush = _whole(source, "flush")
            self.invalidate = _whole(sink, "invalidate")

    def flush(self, count):
        """Let the DMA see the first samples of the source."""
        (self.source if count == self.samples else self.source[:count]).flush()

    def invalidate(self, count):
        """Let the processor see the first samples of the sink."""
        (self.sink if count == self.samples else self.sink[:count]).invalidate()

    def free(self):
        """Give the memory back."""
        self.source.freebuffer()
        self.sink.freebuffer()


class Buffers:
    """The pairs of one accelerator.

    Single samples have small pairs of their own: PYNQ 3.1 flushes and invalidates a buffer as a
    whole, however little of it is used. ``longest`` is the most bytes of one transfer.

    Raises AcceleratorError if not even one sample fits a transfer."""

    def __init__(self, device, layout, longest):
        largest = max(layout.bytes_in, layout.bytes_out)
        if largest > longest:
            raise AcceleratorError(
                f"one sample of {largest} bytes is longer than the DMA's {longest} bytes"
            )
        #: most samples of one transfer, of pairs made here and of pairs made by hand
        self.most = max(1, min(BUFFER_BYTES, longest) // largest)
        self.longest = longest // largest
        self._device = device
        self._layout = layout
        self._single = self._batch = ()

    def pairs(self, samples):
        """Return two pairs for so many samples, at most ``most``; those of batches only grow.

        Raises MemoryError or RuntimeError, as PYNQ does, when the CMA memory is used up."""
        if samples == 1:
            self._single = self._single or self._two(1)
            return self._single
        if not self._batch or self._batch[0].samples < samples:
            _free(self._batch)
            self._batch = ()
            self._batch = self._two(samples)
        return self._batch

    def pair(self, samples):
        """Return a new pair, the caller's own, which its last reference gives back.

        Raises MemoryError or RuntimeError as ``pairs`` does."""
        source = self._allocate((samples, self._layout.bytes_in))
        try:
            sink = self._allocate((samples, self._layout.bytes_out))
        except BaseException:
            source.freebuffer()
            raise
        return Pair(source, sink)

    def free(self):
        """Give all buffers back but those of ``pair``."""
        _free(self._single)
        _free(self._batch)
        self._single = self._batch = ()

    def _two(self, samples):
        first = self.pair(samples)
        try:
            return first, self.pair(samples)
        except BaseException:
            first.free()
            raise

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


def _whole(buffer, what):
    """Return ``flush`` or ``invalidate`` of a buffer as a function of a count that does not count.

    PynqBuffer's own asks numpy for the buffer's address every time, which takes longer than all
    the registers; other classes (PYNQ.remote has one) keep theirs."""
    if getattr(type(buffer), what) is not getattr(PynqBuffer, what):
        own = getattr(buffer, what)
        return lambda count: own()
    if buffer.coherent:
        return lambda count: None
    device_call = getattr(buffer.device, what)
    bo, offset, address, size = buffer.bo, buffer.offset, buffer.virtual_address, buffer.nbytes
    return lambda count: device_call(bo, offset, address, size)


def _free(pairs):
    for pair in pairs:
        pair.free()
