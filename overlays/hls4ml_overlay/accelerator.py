"""One accelerator in the fabric: what feeds it and what it answers."""

import contextlib
import threading
import time
from functools import partial

import numpy as np
from pynq import MMIO, Clocks

from .buffers import Buffers
from .dma import AcceleratorError, AxiDma
from .raw import Raw

#: Samples of the very first transfer, which shows how long one takes.
FIRST = 32


class Accelerator:
    """Computes a network on a fabric that holds its design.

    ``inputs`` and ``outputs`` describe the tensors. ``times`` holds what the last call spent, in
    seconds: ``encode``, ``transfer`` (which goes on while one chunk is encoded and another decoded)
    and ``decode``. ``timeout`` is the most that one DMA transfer may take, in seconds. While
    ``trace`` is a list, each of these steps adds a tuple to it: its name, the first sample, the
    number of samples, begin and end in seconds.

    ``cells`` is PYNQ's ``ip_dict``. Raises AcceleratorError if the fabric holds another design."""

    def __init__(self, layout, cells, device, timeout=10.0):
        self.layout = layout
        self.inputs, self.outputs = layout.inputs, layout.outputs
        self.timeout = timeout
        self.times = {}
        self.trace = None
        self._lock = threading.Lock()
        self._seconds = None  # of one sample, as last seen
        self._capabilities = device.capabilities
        self._check_identity(_cell(cells, layout.cells["identity"]), device)
        dma = _cell(cells, layout.cells["dma"])
        # Kept: on a device without mapped memory the array works through it.
        self._mmio = MMIO(dma["phys_addr"], dma["addr_range"], device=device)
        self._dma = AxiDma(self._mmio.array, dma["parameters"])
        self._buffers = Buffers(device, layout, self._dma.longest)

    @property
    def clock_mhz(self):
        """The clock of the fabric in MHz, as the processing system makes it now."""
        return Clocks.fclk0_mhz

    @property
    def virtual(self):
        """Whether this is a model of a board: its results count, its times mean nothing."""
        return bool(self._capabilities.get("VIRTUAL", False))

    def predict(self, *inputs):
        """Compute the network on the board.

        Takes one array per input, each (samples, *shape) or (samples, elements), of floats,
        integers or bools. Returns one array (samples, *shape) per output, alone if there is one,
        else as a tuple: float32 where that holds every value of the format, else float64. The
        arrays are the caller's own; a later call does not change them.

        Raises ValueError for shapes and NaN, TypeError for types, AcceleratorError where the board
        fails. After an error the accelerator has been reset, and the next call starts afresh."""
        arrays, samples = self.layout.check(inputs)
        results = [tensor.empty(samples) for tensor in self.outputs]
        self._alone(self._stream, arrays, results, samples)
        return results[0] if len(results) == 1 else tuple(results)

    def predict_into(self, outputs, *inputs):
        """Compute as ``predict`` does, into arrays of the caller's: one (samples, *shape) of
        floats, or a sequence of them.

        Raises ValueError and TypeError for arrays that do not fit, otherwise as ``predict`` does.
        """
        arrays, samples = self.layout.check(inputs)
        results = [outputs] if isinstance(outputs, np.ndarray) else list(map(np.asarray, outputs))
        self.layout.check_results(results, samples)
        self._alone(self._stream, arrays, results, samples)

    @contextlib.contextmanager
    def raw(self, samples):
        """Lend DMA buffers for so many samples, to be written and read without a copy.

            with accelerator.raw(64) as raw:
                raw.inputs[0][:] = words            # the format's own integers
                raw.run()
                print(raw.outputs[0].max())

        Raises ValueError for more samples than one transfer takes, MemoryError or RuntimeError, as
        PYNQ does, when the CMA memory is used up."""
        most = self._buffers.longest
        if not 1 <= samples <= most:
            raise ValueError(f"{samples} samples were asked for; one transfer takes 1 to {most}")
        lent = Raw(self._buffers.pair(samples), self.layout, partial(self._alone, self._transfer))
        try:
            yield lent
        finally:
            lent.end()

    def close(self):
        """Give the DMA buffers back."""
        with self._lock:
            self._buffers.free()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- one call, in chunks

    def _alone(self, work, *arguments):
        """Do something with the DMA that no other thread may come into."""
        with self._lock:
            self.times = {"encode": 0.0, "transfer": 0.0, "decode": 0.0}
            try:
                work(*arguments)
            except BaseException:
                # KeyboardInterrupt too: a half-done transfer must not meet the next one.
                self._dma.reset()
                raise

    def _stream(self, arrays, results, samples):
        done, most = 0, self._buffers.most
        if samples > FIRST and self._seconds is None:
            self._chunks(arrays, results, 0, FIRST, FIRST)
            done = FIRST
        if samples > 1:
            # A quarter of the deadline at the most, however slow the network is.
            most = max(1, min(most, int(self.timeout / 4 / (self._seconds or 1e-9))))
        self._chunks(arrays, results, done, samples, most)

    def _chunks(self, arrays, results, begin, end, size):
        """Keep the DMA busy: while a chunk is on its way, the one before it is decoded and the one
        after it encoded, in the other pair of buffers."""
        at, count = begin, min(size, end - begin)
        if not count:
            return
        pair, other = self._buffers.pairs(count)
        self._encode(pair, arrays, at, count)
        self._start(pair, count)
        while count:
            following = at + count
            more = min(size, end - following)
            if more:
                self._encode(other, arrays, following, more)
            self._finish(pair, at, count)
            if more:
                self._start(other, more)
            self._decode(pair, results, at, count)
            at, count, pair, other = following, more, other, pair

    def _transfer(self, pair):
        """Compute what a pair holds, all of it."""
        self._start(pair, pair.samples)
        self._finish(pair, 0, pair.samples)

    def _encode(self, pair, arrays, at, count):
        began = time.perf_counter()
        raw = pair.raw_in
        if count < len(arrays[0]):
            arrays = [x[at : at + count] for x in arrays]
        if count < pair.samples:
            raw = raw[:count]
        self.layout.encode(arrays, raw)
        self._note("encode", at, count, began)

    def _start(self, pair, count):
        self._sent = time.perf_counter()
        pair.flush(count)
        layout = self.layout
        self._dma.start(
            pair.source_address,
            count * layout.bytes_in,
            pair.sink_address,
            count * layout.bytes_out,
        )

    def _finish(self, pair, at, count):
        self._dma.wait(self.timeout)
        pair.invalidate(count)
        self._seconds = self._note("transfer", at, count, self._sent) / count

    def _decode(self, pair, results, at, count):
        began = time.perf_counter()
        raw = pair.raw_out
        if count < len(results[0]):
            results = [y[at : at + count] for y in results]
        if count < pair.samples:
            raw = raw[:count]
        self.layout.decode(raw, results)
        self._note("decode", at, count, began)

    def _note(self, what, at, count, began):
        ended = time.perf_counter()
        self.times[what] += ended - began
        if self.trace is not None:
            self.trace.append((what, at, count, began, ended))
        return ended - began

    # ---- set-up

    def _check_identity(self, cell, device):
        """Compare the id in the fabric with the one in accelerator.json."""
        # GPIO_DATA and GPIO2_DATA of AXI GPIO (PG144)
        channels = MMIO(cell["phys_addr"], cell["addr_range"], device=device)
        found = channels.read(0x8) << 32 | channels.read(0x0)
        if found != self.layout.design_id:
            raise AcceleratorError(
                f"the fabric holds design 0x{found:016x}, accelerator.json is of "
                f"0x{self.layout.design_id:016x}: use the .bit, .hwh and "
                "accelerator.json of one build"
            )


def _cell(cells, name):
    if name not in cells:
        raise AcceleratorError(
            "the design has no cell '{}' (it has {}): is it the .hwh of this accelerator?".format(
                name, ", ".join(sorted(cells))
            )
        )
    return cells[name]
