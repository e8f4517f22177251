"""How samples lie in memory: what ``accelerator.json`` says, checked and applied."""

import json

import numpy as np

from .dma import AcceleratorError
from .fixed_point import FixedPoint
from .packing import pack, unpack, words_in
from .quick import Quick


class Tensor:
    """One input or output.

    ``shape`` is without the samples' axis, ``precision`` the network's own number format. In memory
    the tensor begins ``offset`` bytes into a sample and takes ``bytes``; ``aligned`` elements are
    whole 8, 16, 32 or 64-bit words, others lie bit by bit."""

    def __init__(self, described, offset, stream_bits, packing):
        self.name = described["name"]
        self.shape = tuple(described["shape"])
        self.precision = FixedPoint.parse(described["precision"])
        self.size = int(np.prod(self.shape, dtype=np.int64))
        self.bytes = described["beats"] * stream_bits // 8
        #: the floats that hold every value: float32 up to 24 bits, else float64 (which holds 53)
        self.dtype = np.dtype(np.float32 if self.precision.width <= 24 else np.float64)
        self.offset = offset
        self.aligned = packing == "aligned"
        self._packing = packing
        self._stream_bits = stream_bits
        self._seen = (None, None)
        self._quick = Quick(self.precision, self.size)

    def __repr__(self):
        return f"Tensor({self.name!r}, shape={self.shape}, {self.precision})"

    def empty(self, samples):
        """Return an array for so many results."""
        return np.empty((samples,) + self.shape, self.dtype)

    def check(self, x):
        """Return an array as (samples, elements), without a copy where possible."""
        x = np.asarray(x)
        if x.dtype.kind not in "fiub":
            raise TypeError(f"{self.name}: {x.dtype} is no array of real numbers")
        if x.ndim == 0 or x.shape[1:] not in (self.shape, (self.size,)):
            raise ValueError(
                "{}: an array of shape {} was given; (samples, {}) is needed".format(
                    self.name, x.shape, ", ".join(map(str, self.shape))
                )
            )
        return x.reshape(len(x), self.size)

    def within(self, raw):
        """Return the tensor in (samples, bytes of a sample) of uint8, an array that shares its
        memory: the words (samples, elements) where they are aligned, else the bytes."""
        part = raw[:, self.offset : self.offset + self.bytes]
        return words_in(part, self.precision, self.size) if self.aligned else part

    def encode(self, x, raw):
        """Write (samples, elements) of numbers into (samples, bytes of a sample)."""
        try:
            if self.aligned:  # straight into the buffer
                words = self._in(raw)
                if len(x) > 1 or not self._quick.encode(x, words):
                    self.precision.encode(x, out=words)
            else:
                words, part = self.precision.encode(x), self._in(raw)
                pack(words, self.precision, self._stream_bits, self._packing, out=part)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None

    def decode(self, raw, y):
        """Read (samples, bytes of a sample) into (samples, *shape) of floats."""
        words, y = self._in(raw), y.reshape(len(y), self.size)
        if not self.aligned:
            words = unpack(words, self.precision, self.size, self._stream_bits, self._packing)
        if len(y) > 1 or not self._quick.decode(words, y):
            self.precision.decode(words, out=y)

    def _in(self, raw):
        """Return what ``within`` does, at once for the same array: single samples always come in
        one buffer."""
        seen = self._seen
        if seen[0] is not raw:
            seen = self._seen = (raw, self.within(raw))
        return seen[1]


class Layout:
    """The whole of ``accelerator.json``."""

    def __init__(self, described):
        bits, packing = described["stream_bits"], described["packing"]
        self.name = described["name"]
        self.part = described["part"]
        self.design_id = int(described["design_id"], 16)
        self.cells = described["cells"]
        self.memory = [(r["base"], r["base"] + r["size"]) for r in described["memory"]]
        self.inputs, self.bytes_in = _tensors(described["inputs"], bits["in"], packing)
        self.outputs, self.bytes_out = _tensors(described["outputs"], bits["out"], packing)
        #: cycles that a sample takes on the busier stream, at one beat a cycle
        self.beats = max(8 * self.bytes_in // bits["in"], 8 * self.bytes_out // bits["out"])

    @classmethod
    def read(cls, path):
        """Read a file.

        Raises AcceleratorError if it is missing or not what this driver knows.
        """
        try:
            with open(path, encoding="utf-8") as file:
                described = json.load(file)
        except OSError as error:
            raise AcceleratorError(
                f"{path}: {error.strerror}; it belongs beside the .bit"
            ) from None
        except ValueError as error:
            raise AcceleratorError(f"{path} is not JSON: {error}") from None
        if not isinstance(described, dict) or described.get("format") != 1:
            raise AcceleratorError(f"{path} is not an accelerator.json of format 1")
        try:
            return cls(described)
        except KeyError as error:
            raise AcceleratorError(f"{path} lacks {error.args[0]!r}") from None

    def check(self, inputs):
        """Return the inputs as (samples, elements) each, and how many samples there are."""
        if len(inputs) == len(self.inputs) == 1:
            array = self.inputs[0].check(inputs[0])
            return [array], len(array)
        if len(inputs) != len(self.inputs):
            raise ValueError(
                "{} arrays were given; {} takes {}: {}".format(
                    len(inputs), self.name, len(self.inputs), ", ".join(t.name for t in self.inputs)
                )
            )
        arrays = [tensor.check(x) for tensor, x in zip(self.inputs, inputs)]
        samples = {len(x) for x in arrays}
        if len(samples) > 1:
            raise ValueError(
                f"the inputs differ in their number of samples: {[len(x) for x in arrays]}"
            )
        return arrays, samples.pop()

    def check_results(self, results, samples):
        """Raise ValueError or TypeError unless the arrays can take the results of so many
        samples."""
        if len(results) != len(self.outputs):
            raise ValueError(
                "{} arrays for {} outputs: {}".format(
                    len(results), len(self.outputs), ", ".join(t.name for t in self.outputs)
                )
            )
        for tensor, y in zip(self.outputs, results):
            if y.dtype not in (np.float32, np.float64):
                raise TypeError(f"{tensor.name}: results are float32 or float64, not {y.dtype}")
            if y.shape != (samples,) + tensor.shape or not (
                y.flags.c_contiguous and y.flags.writeable
            ):
                raise ValueError(
                    f"{tensor.name}: results need a writeable, contiguous array of shape "
                    f"{(samples,) + tensor.shape}, not {y.shape}"
                )

    def check_reachable(self, address, size):
        """Raise AcceleratorError for a buffer that the DMA of this design cannot reach."""
        if not any(low <= address and address + size <= high for low, high in self.memory):
            ranges = ", ".join(f"0x{low:x}..0x{high - 1:x}" for low, high in self.memory)
            raise AcceleratorError(
                f"the buffer at 0x{address:x} lies outside the memory that the design reaches "
                f"({ranges})"
            )

    def encode(self, arrays, raw):
        """Write samples into a DMA buffer (samples, bytes_in) of uint8."""
        for tensor, x in zip(self.inputs, arrays):
            tensor.encode(x, raw)

    def decode(self, raw, results):
        """Read samples from a DMA buffer (samples, bytes_out) of uint8."""
        for tensor, y in zip(self.outputs, results):
            tensor.decode(raw, y)


def _tensors(described, stream_bits, packing):
    tensors, offset = [], 0
    for each in described:
        tensors.append(Tensor(each, offset, stream_bits, packing))
        offset += tensors[-1].bytes
    return tensors, offset
