"""The overlay: what a program on the board uses."""

import os
import threading
import time

import numpy as np
from pynq import MMIO, Clocks, Device, Overlay

from .bitfile import check_bitfile, check_loaded
from .buffers import Buffers
from .dma import AcceleratorError, AxiDma
from .layout import Layout

#: Samples of the very first transfer, which shows how long one takes.
FIRST = 32


class AcceleratorOverlay(Overlay):
    """An overlay that computes a network.

    ``inputs`` and ``outputs`` describe the tensors. ``times`` holds what the last call spent, in
    seconds: ``encode``, ``transfer`` (which goes on while the next chunk is encoded) and
    ``decode``. ``timeout`` is the most that one DMA transfer may take, in seconds.

    Raises AcceleratorError if the files do not belong together, or if the fabric holds another
    design."""

    def __init__(self, bitfile_name, download=True, timeout=10.0, device=None, **options):
        bitfile_name = os.path.abspath(bitfile_name)
        if device is None:
            device = Device.active_device
        layout = Layout.read(os.path.join(os.path.dirname(bitfile_name), "accelerator.json"))
        check_bitfile(bitfile_name, layout.part, device)
        if not download:
            check_loaded(bitfile_name)
        super().__init__(bitfile_name, download=download, device=device, **options)
        self.layout = layout
        self.inputs, self.outputs = layout.inputs, layout.outputs
        self.timeout = timeout
        self.times = {}
        self._lock = threading.Lock()
        self._seconds = None  # of one sample, as last seen
        self._check_identity()
        description = self._cell(layout.cells["dma"])
        registers = MMIO(description["phys_addr"], description["addr_range"], device=device)
        self._dma = AxiDma(registers, description["parameters"])
        self._buffers = Buffers(device, layout, self._dma.longest)

    @property
    def clock_mhz(self):
        """The clock of the fabric in MHz, as the processing system makes it now."""
        return Clocks.fclk0_mhz

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
        self._compute(arrays, results, samples)
        return results[0] if len(results) == 1 else tuple(results)

    def predict_into(self, outputs, *inputs):
        """Compute as ``predict`` does, into arrays of the caller's: one (samples, *shape) of
        floats, or a sequence of them.

        Raises ValueError and TypeError for arrays that do not fit, otherwise as ``predict`` does.
        """
        arrays, samples = self.layout.check(inputs)
        results = [outputs] if isinstance(outputs, np.ndarray) else list(map(np.asarray, outputs))
        self.layout.check_results(results, samples)
        self._compute(arrays, results, samples)

    def _compute(self, arrays, results, samples):
        with self._lock:
            self.times = {"encode": 0.0, "transfer": 0.0, "decode": 0.0}
            try:
                self._stream(arrays, results, samples)
            except BaseException:
                # KeyboardInterrupt too: a half-done transfer must not meet the next one.
                self._dma.reset()
                raise

    def close(self):
        """Give the DMA buffers back."""
        with self._lock:
            self._buffers.free()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- one call, in chunks: one pair of buffers is filled while the other is on its way

    def _stream(self, arrays, results, samples):
        done = 0
        if self._seconds is None and samples > FIRST:
            self._chunks(arrays, results, 0, FIRST, FIRST)
            done = FIRST
        # A quarter of the deadline at the most, however slow the network is.
        in_time = int(self.timeout / 4 / (self._seconds or 1e-9))
        self._chunks(arrays, results, done, samples, max(1, min(self._buffers.most, in_time)))

    def _chunks(self, arrays, results, begin, end, size):
        starts = range(begin, end, size)
        pairs = self._buffers.pairs(min(size, end - begin)) if starts else ()
        for i, at in enumerate(starts):
            pair, count = pairs[i % 2], min(size, end - at)
            if i == 0:
                self._encode(pair, arrays, at, count)
            self._start(pair, count)
            following = at + size
            if following < end:
                self._encode(pairs[(i + 1) % 2], arrays, following, min(size, end - following))
            self._finish(pair, count)
            self._decode(pair, results, at, count)

    def _encode(self, pair, arrays, at, count):
        started = time.perf_counter()
        self.layout.encode([x[at : at + count] for x in arrays], pair[0][:count])
        self.times["encode"] += time.perf_counter() - started

    def _start(self, pair, count):
        source, sink = pair
        self._sent = time.perf_counter()
        source[:count].flush()
        self._dma.start(
            source.device_address,
            count * self.layout.bytes_in,
            sink.device_address,
            count * self.layout.bytes_out,
        )

    def _finish(self, pair, count):
        self._dma.wait(self.timeout)
        pair[1][:count].invalidate()
        seconds = time.perf_counter() - self._sent
        self.times["transfer"] += seconds
        self._seconds = seconds / count

    def _decode(self, pair, results, at, count):
        started = time.perf_counter()
        self.layout.decode(pair[1][:count], [y[at : at + count] for y in results])
        self.times["decode"] += time.perf_counter() - started

    # ---- set-up

    def _check_identity(self):
        """Compare the id in the fabric with the one in accelerator.json."""
        cell = self._cell(self.layout.cells["identity"])
        channels = MMIO(cell["phys_addr"], cell["addr_range"], device=self.device)
        # GPIO_DATA and GPIO2_DATA of AXI GPIO (PG144)
        found = channels.read(0x8) << 32 | channels.read(0x0)
        if found != self.layout.design_id:
            raise AcceleratorError(
                f"the fabric holds design 0x{found:016x}, accelerator.json is of "
                f"0x{self.layout.design_id:016x}: use the .bit, .hwh and "
                "accelerator.json of one build"
            )

    def _cell(self, name):
        if name not in self.ip_dict:
            raise AcceleratorError(
                "{} has no cell '{}' (it has {}): is it the .hwh of this accelerator?".format(
                    self.bitfile_name, name, ", ".join(sorted(self.ip_dict))
                )
            )
        return self.ip_dict[name]
