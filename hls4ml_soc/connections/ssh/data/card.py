"""What a machine with a data-centre card is: XRT, its compiler, what XRT's own tool sees."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

from .machine import MARK, at_root, in_environment, output, room, text

_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
#: Below XILINX_XRT: AMD's packages have the former.
_HEADERS = ("include/xrt/xrt_bo.h", "include/xrt/xrt/xrt_bo.h")
#: Tell the cards of a machine; the first came with XRT 2.18.
_TOOLS = ("xrt-smi", "xbutil")


def profiles() -> tuple[str, ...]:
    """Return what sets XRT up, where the user's own environment has not."""
    return () if os.environ.get("XILINX_XRT") else ("opt/xilinx/xrt/setup.sh",)


def look() -> dict[str, Any]:
    """Return what a host has to know before it sends anything. Sizes are in bytes."""
    told = output(in_environment(["python3", "-c", _ENVIRONMENT], profiles()))
    environment = json.loads(told.rpartition(f"\n{MARK}\n")[2] or "{}")
    xrt, path = environment.get("XILINX_XRT", ""), environment.get("PATH")
    tool, cards = "", ""
    for name in _TOOLS:
        if shutil.which(name, path=path):
            tool = name
            cards = output([str(shutil.which(name, path=path)), "examine"], environment)
            break
    compiler = shutil.which("g++", path=path)
    told = output([compiler, "--version"], environment) if compiler else ""
    return dict(
        room(),
        vendor=text("sys/class/dmi/id/sys_vendor"),
        xrt=xrt,
        release=text(os.path.join(xrt, "version.json")) if xrt else "",
        headers=any(os.path.isfile(at_root(os.path.join(xrt, name))) for name in _HEADERS),
        make=bool(shutil.which("make", path=path)),
        compiler=told.partition("\n")[0],
        tool=tool,
        cards=cards,
    )
