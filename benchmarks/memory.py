"""What 10,000 calls leave in memory, on every target's virtual board."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import builds, child
from .goals import Goal, Part

#: KiB per call that count as none: pages that an allocator takes or gives back meanwhile.
NONE = 0.01


def measure(pynq: Path, folder: Path) -> tuple[list[Goal], dict[str, Any]]:
    """Return the row of memory; ``pynq`` is a build for PYNQ, others are made below ``folder``."""
    found = {"pynq": child.run("memory_pynq", str(pynq / "bundle"))}
    bare = builds.small(folder, "zcu102", "baremetal")
    found["baremetal"] = child.run("memory_baremetal", str(bare / "bundle"))
    card = builds.small(folder, "alveo-u250", "vitis")
    found["vitis"] = _vitis(card)
    parts = tuple(
        Part(f"KiB per call, {target}", max(0.0, told["kib"]) / told["calls"], f"<= {NONE}")
        for target, told in found.items()
    )
    goal = Goal("memory growth over 10,000 predict calls", "", parts, clock="memory")
    return [goal], {"memory": found}


def _vitis(out: Path) -> Any:
    """Compile the bundle's host library and call it on the virtual card."""
    card = [sys.executable, "-m", "hls4ml_soc.virtual.xrt"]
    variables = json.loads(subprocess.check_output([*card, "--runtime"]))["make"]
    bundle, folder = (out / "bundle").absolute(), (out / "host").absolute()
    folder.mkdir(exist_ok=True)
    library = folder / "libhls4ml_accelerator.so"
    makefile = str(bundle / "host" / "Makefile")
    subprocess.run(
        ["make", "-s", "-f", makefile, "CXXFLAGS=-O2", *variables, library.name],
        cwd=folder,
        check=True,
    )
    through = (*card, "--emconfig", str(bundle / "emconfig.json"))
    return child.run("memory_vitis", str(bundle), str(library), through=through)
