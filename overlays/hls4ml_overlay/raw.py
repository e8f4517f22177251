"""Samples as the fabric has them: the DMA buffers themselves."""

from .dma import AcceleratorError


class Raw:
    """What ``Accelerator.raw`` lends: buffers for a fixed number of samples.

    ``inputs`` and ``outputs`` hold one array per tensor, in the memory that the DMA reads and
    writes: aligned, the format's words (samples, *shape) of its ``dtype``, sign-extended; dense,
    the bytes (samples, bytes of a sample) of its beats. What is beside the elements must stay
    zero."""

    def __init__(self, pair, layout, transfer):
        self.inputs = _shaped(layout.inputs, pair.raw_in)
        self.outputs = _shaped(layout.outputs, pair.raw_out)
        self._pair = pair
        self._transfer = transfer

    def run(self):
        """Compute the outputs of the inputs, all samples.

        Raises AcceleratorError where the board fails, as ``predict`` does, and after the end of
        the ``with`` block."""
        if self._pair is None:
            raise AcceleratorError("these buffers have been given back: the with block has ended")
        self._transfer(self._pair)

    def end(self):
        """Let go of the buffers: their memory lives on while arrays of them are held."""
        self._pair = None
        self.inputs = self.outputs = ()


def _shaped(tensors, raw):
    parts = [(tensor, tensor.within(raw)) for tensor in tensors]
    return tuple(p.reshape((-1,) + t.shape) if t.aligned else p for t, p in parts)
