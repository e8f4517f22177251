"""What is on the bench: boards on JTAG cables, and the hw_server that reaches them.

A JSON file, named by the variable HLS4ML_SOC_VIRTUAL_BENCH::

    {"server": "TCP:localhost:3121",
     "boards": [{"family": "zynq7", "device": "xc7z020", "cable": "Digilent Arty 210319",
                 "boot": "sd", "fault": ""}]}

``fault`` is ``off`` (no power), ``done`` (the device takes no bitstream), ``unplugged``; ``server``
empty: none answers. What runs at the end is written beside it, into ``<name>.state``.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.vitis.errors import Refused

VARIABLE = "HLS4ML_SOC_VIRTUAL_BENCH"
FAULTS = ("", "off", "done", "unplugged")


@dataclass(frozen=True)
class OnBench:
    """A board: its family, device (``xc7z020``), cable, the boot mode of its switches, its
    fault."""

    family: str
    device: str
    cable: str
    boot: str = "sd"
    fault: str = ""


@dataclass(frozen=True)
class Bench:
    """All of it. ``server`` is the URL that a hw_server answers at, in capitals."""

    path: Path
    boards: tuple[OnBench, ...]
    server: str = "TCP:LOCALHOST:3121"

    def note(self, state: dict[str, Any]) -> None:
        """Write what runs."""
        self.path.with_suffix(".state").write_text(json.dumps(state, indent=2) + "\n")


def read() -> Bench:
    """Read the bench. Raises Refused without one: a stand-in reaches no real board."""
    named = os.environ.get(VARIABLE)
    if not named:
        raise Refused(f"stand-in: no board is on the bench: {VARIABLE} names none")
    told = json.loads(Path(named).read_text())
    boards = tuple(OnBench(**each) for each in told["boards"])
    for each in boards:
        if each.fault not in FAULTS:
            raise Refused(f"stand-in: no fault {each.fault!r}: there is {', '.join(FAULTS[1:])}")
    return Bench(Path(named), boards, told.get("server", "TCP:LOCALHOST:3121").upper())
