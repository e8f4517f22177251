"""The vendor's tools for programs of processors: xsct, Vitis and bootgen, as installed."""

from __future__ import annotations

from ..errors import ToolError
from ..plan import Step
from . import installed, versions

#: The first release whose projects are Python for ``vitis -s``, with an SDT BSP (UG1400). Before it
#: they are Tcl for ``xsct``, with a classic BSP.
UNIFIED = "2023.2"


class Embedded:
    """A toolchain for steps of ``xsct``, ``vitis`` and ``bootgen``, of a release or as found
    first."""

    origin = "vendor"
    label = "vendor"

    def __init__(self, release: str | None = None) -> None:
        """Raise DesignError for a release that nobody knows."""
        self._release = versions.known(release) if release else None

    def command(self, step: Step) -> list[str]:
        """Return the tool's command. Raises ToolError for a release that cannot do the step."""
        found = installed.find(step.tool, self._wanted(step.tool))
        if step.since and versions.numbers(found.release) < versions.numbers(step.since):
            raise ToolError(
                f"{step.title}: this needs {step.tool} {step.since} or later; {found.program} is "
                f"{found.release}"
            )
        own = ("-s",) if step.tool == "vitis" else ()
        return found.command(*own, *step.arguments)

    def version(self, tool: str) -> str:
        """Return the release; a bootgen that tells none is known by its path."""
        found = installed.find(tool, self._wanted(tool))
        try:
            return found.release
        except ToolError:
            return str(found.program)

    def _wanted(self, tool: str) -> str | None:
        # Any bootgen of the last ten years makes these images: it need not be of the release.
        return None if tool == "bootgen" else self._release


def release() -> str:
    """Return the release of the Vitis that is found first. Raises ToolError without one."""
    try:
        return installed.find("vitis").release
    except ToolError:
        return installed.find("xsct").release
