"""Where the vendor's tools are: named, on PATH, or in the usual folders."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .. import processes
from ..errors import ToolError
from . import versions

#: Tool of a step -> the executables that can serve it, newest first.
COMMANDS = {
    "vivado": ("vivado",),
    "vitis_hls": ("vitis-run", "vitis_hls"),
    "vivado_hls": ("vivado_hls",),
    "v++": ("v++",),
    "emconfigutil": ("emconfigutil",),
}
#: The same for programs of processors, and for loading boards.
EMBEDDED = {
    name: (name,) for name in ("xsct", "vitis", "xsdb", "updatemem", "bootgen", "openFPGALoader")
}
#: Those whose release is that of their installation: they tell none in a form that is known.
_SILENT = ("xsct", "xsdb", "updatemem", "bootgen")
#: Executable -> the folders of an installation that hold it.
_PRODUCTS = {
    "xsct": ("Vitis",),
    "vitis": ("Vitis",),
    "xsdb": ("Vitis", "Vivado"),
    "updatemem": ("Vivado",),
    "bootgen": ("Vitis", "Vivado"),
    "vivado": ("Vivado",),
    "vivado_hls": ("Vivado",),
    "vitis_hls": ("Vitis_HLS",),
    "vitis-run": ("Vitis",),
    "v++": ("Vitis",),
    "emconfigutil": ("Vitis",),
}
#: What settings64.sh leaves in the environment.
_VARIABLES = {
    "xsct": ("XILINX_VITIS",),
    "vitis": ("XILINX_VITIS",),
    "xsdb": ("XILINX_VITIS", "XILINX_VIVADO"),
    "updatemem": ("XILINX_VIVADO",),
    "bootgen": ("XILINX_VITIS", "XILINX_VIVADO"),
    "vivado": ("XILINX_VIVADO",),
    "vivado_hls": ("XILINX_VIVADO", "XILINX_HLS"),
    "vitis_hls": ("XILINX_HLS",),
    "vitis-run": ("XILINX_VITIS", "XILINX_HLS"),
    "v++": ("XILINX_VITIS",),
    "emconfigutil": ("XILINX_VITIS",),
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

    ``HLS4ML_SOC_VIVADO``, ``HLS4ML_SOC_VITIS_HLS``, ``HLS4ML_SOC_VIVADO_HLS``, ``HLS4ML_SOC_VPP``,
    ``HLS4ML_SOC_EMCONFIGUTIL`` name an executable,
    ``HLS4ML_SOC_XILINX`` a folder with installations. Raises ToolError if there is none."""
    variable = f"HLS4ML_SOC_{tool.upper().replace('+', 'P')}"
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
        if wanted is None:
            return each
        # Those in folders tell by their path: not all need to be started.
        there = versions.find(str(each.program)) or each.release
        if wanted == there:
            return each
        others.append(there)
    names = " or ".join(_commands(tool))
    if wanted:
        there = ", ".join(sorted(set(others))) or "no other"
        raise ToolError(f"{names} of release {wanted} not found (there is {there})")
    if tool in EMBEDDED:
        raise ToolError(f"{names} not found: {_remedy(tool, variable)}")
    raise ToolError(
        f"{names} not found: source the settings64.sh of Vitis, or set {variable} or "
        f"{ROOT_VARIABLE}; without --tools vendor everything runs on a virtual "
        "board"
    )


def candidates(tool: str) -> Iterator[Installed]:
    """Give every installed command that serves a tool: those on PATH, then the newest first."""
    for name in _commands(tool):
        if found := shutil.which(name):
            yield Installed(Path(found))
    for name in _commands(tool):
        for variable in _VARIABLES.get(name, ()):
            if set_to := os.environ.get(variable):
                yield from _in(Path(set_to), name)
    named = os.environ.get(ROOT_VARIABLE)
    roots = [Path(root).expanduser() for root in ([named] if named else ROOTS)]
    found_in = [
        (versions.find(str(folder)) or "", -rank, folder, name)
        for rank, name in enumerate(_commands(tool))
        for root in roots
        for folder in _folders(root, name)
    ]
    for _, _, folder, name in sorted(found_in, reverse=True):
        yield from _in(folder, name)


def _commands(tool: str) -> tuple[str, ...]:
    return COMMANDS[tool] if tool in COMMANDS else EMBEDDED[tool]


def _remedy(tool: str, variable: str) -> str:
    """Return where a tool comes from that no stand-in serves for."""
    if tool == "openFPGALoader":
        return f"install it (Debian: openfpgaloader), or set {variable}"
    free = " (bootgen also: Debian's xilinx-bootgen)" if tool == "bootgen" else ""
    product = _PRODUCTS[tool][-1]
    return f"source the settings64.sh of {product}{free}, or set {variable} or {ROOT_VARIABLE}"


def _folders(root: Path, name: str) -> Iterator[Path]:
    """Give ``Vivado/2023.2`` up to 2024.2, ``2025.1/Vivado`` since then."""
    for product in _PRODUCTS.get(name, ()):
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
    if os.path.basename(program) in _SILENT:
        return _release_beside(program)
    dashes = ("vitis-run", "v++", "emconfigutil")
    option = "--version" if os.path.basename(program) in dashes else "-version"
    told = processes.output([program, option])
    for line in told.splitlines():
        # Not "Tool Version Limit: 2024.05", which 2024.1 prints below.
        if found := re.search(r"\bv(\d{4}\.\d)(?:\.\d+)?(?:_\w+)?\b.*\(64-bit\)", line):
            return found.group(1)
    raise ToolError(
        f"{program} {option} told no release: {told.strip()[:200] or 'it wrote nothing'}"
    )


def _release_beside(program: str) -> str:
    """Return the release that a program's path tells, or Vitis or Vivado in the same folder."""
    path = Path(program).resolve()
    if found := versions.find(str(path)):
        return found
    for name in ("vitis", "vivado"):
        if os.access(path.with_name(name), os.X_OK):
            return release(str(path.with_name(name)))
    raise ToolError(f"{program} tells no release: neither its path does, nor a vitis beside it")
