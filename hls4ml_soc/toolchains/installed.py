"""Where the vendor's tools are: named, on PATH, or in the usual folders."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import execute
from ..errors import ToolError
from . import versions

#: Tool of a step -> the executables that can serve it, newest first.
COMMANDS = {
    "vivado": ("vivado",),
    "vitis_hls": ("vitis-run", "vitis_hls"),
    "vivado_hls": ("vivado_hls",),
}
#: Executable -> the folders of an installation that hold it.
_PRODUCTS = {
    "vivado": ("Vivado",),
    "vivado_hls": ("Vivado",),
    "vitis_hls": ("Vitis_HLS",),
    "vitis-run": ("Vitis",),
}
#: What settings64.sh leaves in the environment.
_VARIABLES = {
    "vivado": ("XILINX_VIVADO",),
    "vivado_hls": ("XILINX_VIVADO", "XILINX_HLS"),
    "vitis_hls": ("XILINX_HLS",),
    "vitis-run": ("XILINX_VITIS", "XILINX_HLS"),
}
#: The installer's own default, and what people choose instead; HLS4ML_SOC_XILINX goes before them.
ROOTS = ("/tools/Xilinx", "/opt/Xilinx", "/opt/AMD", "~/Xilinx")
ROOT_VARIABLE = "HLS4ML_SOC_XILINX"


@dataclass(frozen=True)
class Installed:
    """A tool that is there. ``settings`` is the script to source first, where it is not on PATH."""

    program: Path
    settings: Path | None = None

    @property
    def release(self) -> str:
        """Ask the tool for its release. Raises ToolError where it tells none."""
        return release(str(self.program))

    def command(self, *arguments: str) -> list[str]:
        """Return the command line."""
        if self.settings is None:
            return [str(self.program), *arguments]
        # HLS starts Vivado for export_design: it must find the one of its own release.
        source = 'source "$0" && exec "$@"'
        return ["bash", "-c", source, str(self.settings), str(self.program), *arguments]

    @property
    def lacks_y2k22_patch(self) -> bool:
        """Whether HLS of before 2022 cannot package an IP since then (AMD article 76960)."""
        scripts = self.program.parent.parent / "common" / "scripts"
        patch = scripts / "automg_patch_20220104.tcl"
        return scripts.is_dir() and not patch.exists()


def find(tool: str, wanted: str | None = None) -> Installed:
    """Return the command that serves a tool, of a wanted release or the one that comes first.

    ``HLS4ML_SOC_VIVADO``, ``HLS4ML_SOC_VITIS_HLS``, ``HLS4ML_SOC_VIVADO_HLS`` name an executable,
    ``HLS4ML_SOC_XILINX`` a folder with installations. Raises ToolError if there is none."""
    variable = f"HLS4ML_SOC_{tool.upper()}"
    if given := os.environ.get(variable):
        program = shutil.which(given)
        if program is None:
            raise ToolError(f"{variable} is {given}, which cannot be executed")
        named = Installed(Path(program))
        if wanted and named.release != wanted:
            raise ToolError(f"{variable} is {given}, of release {named.release}, not {wanted}")
        return named
    others = []
    for each in candidates(tool):
        # Those in folders tell by their path: not all need to be started.
        there = versions.find(str(each.program)) or each.release
        if wanted in (None, there):
            return each
        others.append(there)
    names = " or ".join(COMMANDS[tool])
    if wanted:
        there = ", ".join(sorted(set(others))) or "no other"
        raise ToolError(f"{names} of release {wanted} not found (there is {there})")
    raise ToolError(
        f"{names} not found: source the settings64.sh of Vitis, or set {variable} or "
        f"{ROOT_VARIABLE}; without --tools vendor everything runs on a virtual "
        "board"
    )


def candidates(tool: str) -> Iterator[Installed]:
    """Give every installed command that serves a tool: those on PATH, then the newest first."""
    for name in COMMANDS[tool]:
        if found := shutil.which(name):
            yield Installed(Path(found))
    for name in COMMANDS[tool]:
        for variable in _VARIABLES[name]:
            if set_to := os.environ.get(variable):
                yield from _in(Path(set_to), name)
    named = os.environ.get(ROOT_VARIABLE)
    roots = [Path(root).expanduser() for root in ([named] if named else ROOTS)]
    found_in = [
        (versions.find(str(folder)) or "", -rank, folder, name)
        for rank, name in enumerate(COMMANDS[tool])
        for root in roots
        for folder in _folders(root, name)
    ]
    for _, _, folder, name in sorted(found_in, reverse=True):
        yield from _in(folder, name)


def _folders(root: Path, name: str) -> Iterator[Path]:
    """Give ``Vivado/2023.2`` up to 2024.2, ``2025.1/Vivado`` since then."""
    for product in _PRODUCTS[name]:
        for folder in (*root.glob(f"{product}/20*"), *root.glob(f"20*/{product}")):
            if versions.find(str(folder)):
                yield folder


def _in(folder: Path, name: str) -> Iterator[Installed]:
    program, settings = folder / "bin" / name, folder / "settings64.sh"
    if os.access(program, os.X_OK) and program.is_file():
        yield Installed(program, settings if settings.is_file() else None)


@cache
def release(program: str) -> str:
    """Return what a program says of its release, without a patch level.

    Raises ToolError where it says none.
    """
    option = "--version" if os.path.basename(program) == "vitis-run" else "-version"
    told = execute.output([program, option])
    for line in told.splitlines():
        # Not "Tool Version Limit: 2024.05", which 2024.1 prints below.
        if found := re.search(r"\bv(\d{4}\.\d)(?:\.\d+)?(?:_\w+)?\b.*\(64-bit\)", line):
            return found.group(1)
    raise ToolError(
        f"{program} {option} told no release: {told.strip()[:200] or 'it wrote nothing'}"
    )
