"""What needs a process of its own: PYNQ's device is one a process, and so is memory.

    python -m benchmarks.child WHAT ARGUMENTS

prints one line of JSON, the last."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

#: Calls before and between two looks at the memory.
WARM_UP, CALLS = 3_000, 10_000
ROOT = Path(__file__).parents[1]


def run(what: str, *arguments: str, through: tuple[str, ...] = ()) -> Any:
    """Run this module in another process, by way of a command ``through`` if there is one, and
    return what it found. Raises RuntimeError with its last words where it fails."""
    command = [*through, sys.executable, "-m", "benchmarks.child", what, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1200)
    if done.returncode != 0:
        raise RuntimeError(f"{what}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def driver(bundle: str) -> Any:
    """Return microseconds per call of each driver, round by round."""
    from .driver import samples

    return samples(Path(bundle))


def board(out: str) -> Any:
    """Return times of a virtual board and of the library that it is compared with."""
    from . import emulation
    from .race import race

    with tempfile.TemporaryDirectory(prefix="bench-board-") as scratch:
        reference, loop = emulation.load(Path(out), Path(scratch))
        x = emulation.samples(emulation.BOARD_BATCH, reference.accelerator.inputs[0].size)
        single = x.astype(np.float32)
        with overlay(Path(out) / "bundle") as accelerator:
            np.testing.assert_array_equal(accelerator.predict(single), loop(x))
            calls = {"loop": lambda: loop(x), "board": lambda: accelerator.predict(single)}
            times = race(calls, 11)
    return {"times": {name: asdict(t) for name, t in times.items()}}


def overlay(bundle: Path) -> Any:
    """Return the bundle's own overlay on a virtual device in this process."""
    import importlib
    import warnings

    from hls4ml_soc.virtual.pynq.design import BoardOptions

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pynq 3.1.2: no ARM processor, pkg_resources
        from hls4ml_soc.virtual.pynq.device import VirtualDevice, install
    install(VirtualDevice(BoardOptions()))
    sys.path.insert(0, str(bundle))
    (bit,) = bundle.glob("*.bit")
    return importlib.import_module("hls4ml_overlay").AcceleratorOverlay(str(bit))


def memory_pynq(bundle: str) -> Any:
    """Return what calls on a virtual PYNQ board add to this process."""
    with overlay(Path(bundle)) as accelerator:
        x = np.ones((1, accelerator.inputs[0].size), np.float32)
        return grown(lambda: accelerator.predict(x), os.getpid())


def memory_baremetal(bundle: str) -> Any:
    """Return what calls over a serial line add to this process and to the virtual board."""
    from hls4ml_soc.bundle import Bundle
    from hls4ml_soc.connections.serial import SerialPort
    from hls4ml_soc.connections.virtual import _processor
    from hls4ml_soc.processes import serving
    from hls4ml_soc.serial_protocol.board import SerialBoard

    loaded = Bundle.read(Path(bundle))
    with tempfile.TemporaryDirectory(prefix="bench-board-") as scratch:
        with serving(_processor(loaded, "socket:0"), Path(scratch) / "board.log") as where:
            line = SerialPort(where)
            connected = SerialBoard(line, loaded.described)
            (tensor,) = loaded.described["inputs"]
            x = np.ones((1, *tensor["shape"]), np.float32)
            try:
                return grown(lambda: connected.predict(x), os.getpid())
            finally:
                line.close()


def memory_vitis(bundle: str, library: str) -> Any:
    """Return what calls on a virtual card add to this process, the card and its launcher."""
    sys.path.insert(0, str(Path(bundle) / "host"))
    from accelerator import Accelerator  # type: ignore[import-not-found]

    with Accelerator(bundle, library, batch=1) as network:
        (tensor,) = network.described["inputs"]
        x = np.ones((1, *tensor["shape"]), np.float32)
        return grown(lambda: network.predict(x), os.getppid())


def grown(call: Any, root: int) -> Any:
    """Return KiB that a process and all below it have grown by over the calls."""
    for _ in range(WARM_UP):
        call()
    before = resident(root)
    for _ in range(CALLS):
        call()
    return {"kib": resident(root) - before, "of_kib": before, "calls": CALLS}


def resident(root: int) -> int:
    """Return the resident memory of a process and its descendants in KiB."""
    parents, sizes = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:  # it has ended
            continue
        if "VmRSS" in lines:
            parents[int(lines["Pid"])] = int(lines["PPid"])
            sizes[int(lines["Pid"])] = int(lines["VmRSS"].split()[0])
    family, found = {root}, True
    while found:
        found = {pid for pid, parent in parents.items() if parent in family} - family
        family |= found
    return sum(sizes.get(pid, 0) for pid in family)


if __name__ == "__main__":
    kinds = [driver, board, memory_pynq, memory_baremetal, memory_vitis]
    what, *arguments = sys.argv[1:]
    print(json.dumps({kind.__name__: kind for kind in kinds}[what](*arguments)))
