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
from . import versions

#: What the stand-ins themselves need, with the Debian package that brings it.
NEEDED = {"tclsh": "tcl", "g++": "g++"}
#: Tools of Vitis that one stand-in poses as; they take no script but arguments.
VITIS = ("v++", "emconfigutil")


class StandIn:
    """Executes the shipped Tcl in a Tcl interpreter, against models of the tools in a release."""

    origin = "standin"
    label = "stand-in"

    def __init__(self, release: str | None = None) -> None:
        """Raise DesignError for a release that the models do not know."""
        self._release = versions.known(release) if release else None

    def command(self, step: Step) -> list[str]:
        """Return the stand-in's command, with the arguments that the tool itself would get."""
        for program, package in NEEDED.items():
            if shutil.which(program) is None:
                raise ToolError(
                    f"{program} is missing; on Debian and Ubuntu: sudo apt-get install {package}"
                )
        if step.tool in VITIS:
            posed = ["--release", self._release] if self._release else []
            posing = ["--as", step.tool, *posed, *step.arguments]
            return [sys.executable, "-m", "hls4ml_soc.virtual.vitis_compiler", *posing]
        script = step.arguments[0]
        if step.tool == "vivado":
            release = self._release or step.since
            version = ["--version", release] if release else []
            module, arguments = "vivado", [*version, "-mode", "batch", "-source", script]
        else:
            module, arguments = "hls", self._hls(step, script)
        return [sys.executable, "-m", f"hls4ml_soc.virtual.{module}", *arguments]

    def _hls(self, step: Step, script: str) -> list[str]:
        """Return the arguments for the HLS of the release, as that one takes them."""
        if self._release is None:
            return ["--tool", step.tool, "-f", script]
        tool = versions.table().hls_of(self._release).tool
        if not tool or tool.startswith("vitis") != step.tool.startswith("vitis"):
            raise ToolError(f"release {self._release} has no {step.tool} that hls4ml supports")
        how = ["--mode", "hls", "--tcl"] if tool == "vitis-run" else ["-f"]
        return ["--tool", tool, "--version", self._release, *how, script]

    def version(self, tool: str) -> str:
        """Return the version of the models, which changes with every line of them, and the
        release."""
        posing = f", as {self._release}" if self._release else ""
        return f"hls4ml_soc {__version__}, models {_models()}{posing}"


@cache
def _models() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent.parent / "virtual"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
