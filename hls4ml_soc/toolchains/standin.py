"""Stand-ins: no vendor tool is needed, and none is used even where it is installed."""

from __future__ import annotations

import hashlib
import shutil
import sys
from functools import cache
from pathlib import Path

from .. import __version__
from ..errors import ToolError
from ..plan import Step

#: What the stand-ins themselves need, with the Debian package that brings it.
NEEDED = {"tclsh": "tcl", "g++": "g++"}


class StandIn:
    """Executes the shipped Tcl in a Tcl interpreter, against models of the tools."""

    origin = "standin"
    label = "stand-in"

    def command(self, step: Step) -> list[str]:
        """Return the stand-in's command, with the arguments that the tool itself would get."""
        for program, package in NEEDED.items():
            if shutil.which(program) is None:
                raise ToolError(
                    f"{program} is missing; on Debian and Ubuntu: sudo apt-get install {package}"
                )
        script = step.arguments[0]
        if step.tool == "vivado":
            release = ["--version", step.since] if step.since else []
            module, arguments = "vivado", [*release, "-mode", "batch", "-source", script]
        else:
            module, arguments = "hls", ["--tool", step.tool, "-f", script]
        return [sys.executable, "-m", f"hls4ml_soc.virtual.{module}", *arguments]

    def version(self, tool: str) -> str:
        """Return the version of the models: it changes with every line of them."""
        return f"hls4ml_soc {__version__}, models {_models()}"


@cache
def _models() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent.parent / "virtual"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
