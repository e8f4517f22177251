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
    for name, (purpose, remedy) in PACKAGES.items():
        try:
            installed: str | None = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = None
        found.append(Finding(name, installed, purpose, remedy or f"pip install {name}", True))
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
