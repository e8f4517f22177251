"""What a call costs on the processor: our driver's ``predict`` and hls4ml's, on the same DMA.

    python benchmarks/driver.py BUNDLE

``BUNDLE`` is the bundle of a PYNQ deployment. hls4ml's driver is the one that hls4ml 1.3 puts
beside its VivadoAccelerator projects, run as it is; both run on the real pynq package. The DMA is
memory that always says "idle" and gives back the length that was asked for: what is left is the
processor's work, with the registers mapped as on a real board. The drivers are asked in turn, so
that whatever else the machine does meets them all."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of pynq 3.1.2: no ARM processor, pkg_resources
    from pynq.buffer import PynqBuffer
    from pynq.metadata.runtime_metadata_parser import RuntimeMetadataParser
    from pynq.pl_server.device import Device
    from pynqmetadata.frontends import Metadata

#: In the installed hls4ml.
THEIRS = "templates/vivado_accelerator/pynq-z2/python_drivers/axi_stream_driver.py"
#: Words of the status registers of an AXI DMA, and their IDLE bit (PG021).
STATUS, IDLE = (0x04 // 4, 0x34 // 4), 0x2
#: Calls between two looks at the clock: it costs less than a thousandth of them.
CALLS = 20


class Resetting(np.ndarray):  # type: ignore[type-arg]
    """The DMA's registers while drivers are set up: a reset is over at once."""

    def __setitem__(self, at: Any, value: Any) -> None:
        super().__setitem__(at, 0 if (at, value) == (0, 4) else value)


class Registers(np.ndarray):  # type: ignore[type-arg]
    """The DMA's registers from then on: memory."""


class InstantDevice(Device):  # type: ignore[misc]
    """A device whose registers are plain memory and whose transfers take no time."""

    _probe_priority_ = 11

    @classmethod
    def _probe_(cls) -> list[InstantDevice]:
        return []

    def __init__(self) -> None:
        super().__init__("instant")
        self.name, self.arch = "Instant", "armv7l"
        # Bundles of the stand-ins are for virtual devices.
        self.capabilities = {"MEMORY_MAPPED": True, "VIRTUAL": True}
        self.registers: dict[int, Any] = {}
        self.mapped: list[Any] = []
        self._next = 0x1000_0000

    def mmap(self, address: int, length: int) -> Any:
        """Return the registers from an address on."""
        registers = self.registers.setdefault(address, np.zeros(0x4000, np.uint32))
        self.mapped.append(registers[: length // 4].view(Resetting))
        return self.mapped[-1]

    def get_bitfile_metadata(self, bitfile_name: str, partial: bool = False) -> Any:
        """Parse the ``.hwh`` beside a bitstream; clocks are left alone."""
        hwh = str(Path(bitfile_name).with_suffix(".hwh"))
        parser = RuntimeMetadataParser(Metadata(input=hwh))
        parser.clock_dict = {}
        return parser

    def download(self, bitstream: Any, parser: Any = None) -> None:
        """Take note of a bitstream; nothing is simulated."""
        super().post_download(bitstream, parser, self.name)

    def allocate(self, shape: Any, dtype: Any, **_: Any) -> Any:
        """Return a buffer of ordinary memory, with an address of its own."""
        memory = np.zeros(int(np.prod(shape)) * np.dtype(dtype).itemsize, np.uint8)
        self._next += -(-memory.nbytes // 4096) * 4096
        place = {"device_address": self._next, "bo": 0, "coherent": False}
        return PynqBuffer(shape, dtype, buffer=memory, device=self, **place)

    def flush(self, bo: Any, offset: int, vaddr: int, nbytes: int) -> None:
        """Do nothing: cache maintenance costs both drivers the same."""

    def invalidate(self, bo: Any, offset: int, vaddr: int, nbytes: int) -> None:
        """Do nothing, for the same reason."""


def drivers(bundle: Path, scratch: Path) -> dict[str, Callable[[], Any]]:
    """Return one call of each driver, on one sample of random numbers.

    ``theirs`` has floats on the bus: nothing is converted, and the bytes are more.
    ``theirs, fixed`` converts to words as its docstring says, element by element."""
    described = json.loads((bundle / "accelerator.json").read_text())
    (bit,) = bundle.glob("*.bit")
    hwh = bit.with_suffix(".hwh").read_text()
    device = Device.active_device = InstantDevice()
    identity = device.mmap(_address(hwh, described["cells"]["identity"]), 0x10000)
    identity[0], identity[2] = divmod(int(described["design_id"], 16), 1 << 32)[::-1]
    device.mmap(_address(hwh, described["cells"]["dma"]), 0x10000)[list(STATUS)] = IDLE

    sys.path.insert(0, str(bundle))
    overlay = importlib.import_module("hls4ml_overlay").AcceleratorOverlay(str(bit))
    sys.path.remove(str(bundle))
    # Their driver looks for hier_0/axi_dma_0.
    place = scratch / "theirs.bit"
    shutil.copy(bit, place)
    cell = described["cells"]["dma"]
    place.with_suffix(".hwh").write_text(
        hwh.replace(f'FULLNAME="/{cell}"', 'FULLNAME="/hier_0/axi_dma_0"').replace(
            f'INSTANCE="{cell}"', 'INSTANCE="hier_0_axi_dma_0"'
        )
    )
    shapes = [(1, *described[way][0]["shape"]) for way in ("inputs", "outputs")]
    theirs = {kind: _theirs()(str(place), *shapes, dtype=kind) for kind in (np.float32, np.int16)}
    for registers in device.mapped:
        registers.__class__ = Registers

    x = np.random.default_rng(0).random(shapes[0], np.float32)
    encode = np.vectorize(lambda value: np.int16(round(value * 2**10)))
    decode = np.vectorize(lambda word: word * 2**-10)

    def fixed() -> Any:
        driver = theirs[np.int16]
        buffer = driver.output_buffer
        result = driver.predict(x, encode=encode, decode=decode)
        driver.output_buffer = buffer  # it has put the result in its buffer's place
        return result

    return {
        "ours": lambda: overlay.predict(x),
        "theirs": lambda: theirs[np.float32].predict(x),
        "theirs, fixed": fixed,
    }


def samples(bundle: Path, rounds: int = 200) -> dict[str, list[float]]:
    """Return microseconds per call of batch 1 of each driver, one value a round."""
    with tempfile.TemporaryDirectory(prefix="bench-driver-") as scratch:
        calls = drivers(bundle, Path(scratch))
        measured: dict[str, list[float]] = {name: [] for name in calls}
        for name, call in [*calls.items()] * (rounds + 1):
            began = time.perf_counter()
            for _ in range(CALLS):
                call()
            measured[name].append((time.perf_counter() - began) / CALLS * 1e6)
    return {name: values[1:] for name, values in measured.items()}  # the first warms up


def ratio(measured: dict[str, list[float]], name: str, other: str) -> float:
    """Return the median, over the rounds, of what one driver takes over what another takes."""
    pairs = zip(measured[name], measured[other], strict=True)
    return statistics.median(mine / its for mine, its in pairs)


def _theirs() -> Any:
    """Return hls4ml's overlay class."""
    (package,) = importlib.util.find_spec("hls4ml").submodule_search_locations
    spec = importlib.util.spec_from_file_location("axi_stream_driver", Path(package) / THEIRS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.NeuralNetworkOverlay


def _address(hwh: str, cell: str) -> int:
    """Return where a cell's registers are."""
    ranges = re.findall(r"<MEMRANGE [^>]*>", hwh)
    (mapped,) = [r for r in ranges if f' INSTANCE="{cell}"' in r]
    return int(re.search(r' BASEVALUE="(\w+)"', mapped)[1], 16)


if __name__ == "__main__":
    figures = samples(Path(sys.argv[1]))
    for driver, values in figures.items():
        print(f"{driver:14} {statistics.median(values):8.1f} us")
    for rival in list(figures)[1:]:
        print(f"ours / {rival}: {ratio(figures, 'ours', rival):.3f}")
