"""The vendor's own tools, found on PATH."""

from __future__ import annotations

import os
import re
import shutil
from functools import cache

from .. import execute
from ..errors import ToolError
from ..plan import Step

#: Tool of a step -> the commands that can serve it, newest first.
COMMANDS = {
    "vivado": ("vivado",),
    "vitis_hls": ("vitis-run", "vitis_hls"),
    "vivado_hls": ("vivado_hls",),
}


class Vendor:
    """Vivado, Vitis HLS or Vivado HLS as installed."""

    origin = "vendor"
    label = "vendor"

    def command(self, step: Step) -> list[str]:
        """Return the tool's batch command (UG835, UG1399)."""
        program = find(step.tool)
        if step.since and _older(found := _release(program), step.since):
            raise ToolError(
                f"{step.title}: this design needs {step.tool} {step.since} or later; "
                f"{program} is {found}"
            )
        script = step.arguments[0]
        if step.tool == "vivado":
            return [
                program,
                "-mode",
                "batch",
                "-notrace",
                "-nojournal",
                "-log",
                "vivado.log",
                "-source",
                script,
            ]
        if os.path.basename(program).startswith("vitis-run"):
            return [program, "--mode", "hls", "--tcl", script]
        return [program, "-f", script]

    def version(self, tool: str) -> str:
        """Return the release, such as ``2023.2``."""
        return _release(find(tool))


def find(tool: str) -> str:
    """Return the path of the command that serves a tool.

    ``HLS4ML_SOC_VIVADO``, ``HLS4ML_SOC_VITIS_HLS`` and ``HLS4ML_SOC_VIVADO_HLS`` name one that is
    not on PATH. Raises ToolError if there is none."""
    variable = f"HLS4ML_SOC_{tool.upper()}"
    if given := os.environ.get(variable):
        if found := shutil.which(given):
            return found
        raise ToolError(f"{variable} is {given}, which cannot be executed")
    for name in COMMANDS[tool]:
        if found := shutil.which(name):
            return found
    raise ToolError(
        f"{' or '.join(COMMANDS[tool])} not found: source the settings64.sh of Vitis, or set "
        f"{variable}; "
        "without --tools vendor, --host or --port everything runs on a virtual board"
    )


def _older(release: str, than: str) -> bool:
    """Compare releases such as ``2023.2``."""
    return [int(n) for n in release.split(".")] < [int(n) for n in than.split(".")]


@cache
def _release(program: str) -> str:
    told = execute.output([program, "-version"])
    if match := re.search(r"v?(\d{4}\.\d)", told):
        return match.group(1)
    raise ToolError(
        f"{program} -version told no release: {told.strip()[:200] or 'it wrote nothing'}"
    )
