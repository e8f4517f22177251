"""What of the tools and packages is there, and what to do about the rest."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata

from .errors import ToolError
from .toolchains import installed, standin

#: Packages and what they are for; those of an extra have the command that brings them.
PACKAGES = {
    "hls4ml": ("networks", ""),
    "onnx": ("networks", ""),
    "numpy": ("everywhere", ""),
    "pynq": ("virtual PYNQ boards", "pip install 'hls4ml_soc[pynq]'"),
    "unicorn": ("virtual processors", "pip install 'hls4ml_soc[baremetal]'"),
    "ziglang": ("bare-metal programs", "pip install 'hls4ml_soc[baremetal]'"),
}
#: Packages that only some kinds of network files need.
FRONT_ENDS = {
    "torch": ("networks of PyTorch", "pip install 'hls4ml_soc[torch]'"),
    "keras": ("networks of Keras", "pip install 'hls4ml_soc[keras]'"),
    "hgq2": ("networks of Keras with HGQ2", "pip install 'hls4ml_soc[hgq2]'"),
}


@dataclass(frozen=True)
class Finding:
    """One thing looked for. ``needed`` says whether a virtual run needs it."""

    name: str
    found: str | None
    purpose: str
    remedy: str
    needed: bool


def examine() -> list[Finding]:
    """Look for everything; nothing is changed."""
    return [*_python(), *_programs(), *_vendor()]


def _python() -> list[Finding]:
    version = platform.python_version()
    fits = (3, 10) <= sys.version_info[:2] <= (3, 12)
    remedy = "pynq needs numpy < 2, which has no wheels for Python 3.13: use 3.10 to 3.12"
    found = [Finding("python", version if fits else None, "everything", remedy, True)]
    for name, (purpose, remedy) in (PACKAGES | FRONT_ENDS).items():
        try:
            installed: str | None = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = None
        remedy, needed = remedy or f"pip install {name}", name in PACKAGES
        found.append(Finding(name, installed, purpose, remedy, needed))
    return found


def _programs() -> list[Finding]:
    return [
        Finding(
            program,
            shutil.which(program),
            "stand-ins, emulation",
            f"sudo apt-get install {package}",
            True,
        )
        for program, package in standin.NEEDED.items()
    ]


def _vendor() -> list[Finding]:
    found = []
    for tool in installed.COMMANDS:
        try:
            there = installed.find(tool)
            where: str | None = f"{there.program} {there.release}"
            remedy = ""
        except ToolError as error:
            where, remedy = None, str(error).partition(";")[0]
        found.append(Finding(tool, where, "real builds (--tools vendor)", remedy, False))
    for tool in installed.EMBEDDED:
        try:
            # Not the release: xsdb and updatemem may tell none.
            where, remedy = str(installed.find(tool).program), ""
        except ToolError as error:
            where, remedy = None, str(error).partition(";")[0]
        found.append(Finding(tool, where, "loading boards, Vitis projects", remedy, False))
    return found
