"""What 10,000 calls leave in memory, on every target's virtual board."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.xrt import launch

from . import builds, child
from .goals import Goal, Part

#: KiB per call that count as none: less than the smallest piece that malloc gives (32 bytes), so
#: that nothing stays behind on every call; pages come and go.
NONE = 0.02


def measure(pynq: Path, folder: Path) -> tuple[list[Goal], dict[str, Any]]:
    """Return the row of memory; ``pynq`` is a build for PYNQ, others are made below ``folder``."""
    found = {"pynq": child.run("memory_pynq", str(pynq / "bundle"))}
    bare = builds.small(folder, "zcu102", "baremetal")
    found["baremetal"] = child.run("memory_baremetal", str(bare / "bundle"))
    card = builds.small(folder, "alveo-u250", "vitis")
    standin = [f"INCLUDE={Path(launch.__file__).with_name('include') / 'standin'}"]
    found["vitis"] = _vitis(card, [*standin, "XRT_LIBRARIES="])
    parts = tuple(
        Part(f"KiB per call, {target}", _per_call(told), f"<= {NONE}")
        for target, told in found.items()
    )
    runtime = launch.runtime()
    name = runtime["runtime"]
    found[name] = _vitis(card, runtime["make"])
    note = (
        f"vitis: the host on the stand-in for XRT; on {name} the same host grows by "
        f"{_per_call(found[name]):.3f} KiB per call"
    )
    goal = Goal("memory growth over 10,000 predict calls", "", parts, "memory", note)
    return [goal], {"memory": found}


def _per_call(told: dict[str, Any]) -> float:
    return max(0.0, told["kib"]) / told["calls"]


def _vitis(out: Path, variables: list[str]) -> Any:
    """Compile the bundle's host library and call it on the virtual card."""
    bundle, folder = (out / "bundle").absolute(), (out / "host").absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    library = folder / "libhls4ml_accelerator.so"
    makefile = str(bundle / "host" / "Makefile")
    command = ["make", "-s", "-f", makefile, "CXXFLAGS=-O2", *variables, library.name]
    subprocess.run(command, cwd=folder, check=True)
    card = [sys.executable, "-m", "hls4ml_soc.virtual.xrt"]
    through = (*card, "--emconfig", str(bundle / "emconfig.json"))
    return child.run("memory_vitis", str(bundle), str(library), through=through)
