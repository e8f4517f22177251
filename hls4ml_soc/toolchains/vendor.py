"""The vendor's own tools, as installed."""

from __future__ import annotations

from ..errors import ToolError
from ..plan import Step
from . import installed, versions


class Vendor:
    """Vivado, Vitis HLS or Vivado HLS, of a release or as they are found first."""

    origin = "vendor"
    label = "vendor"

    def __init__(self, release: str | None = None) -> None:
        """Raise DesignError for a release that nobody knows."""
        self._release = versions.known(release) if release else None

    def command(self, step: Step) -> list[str]:
        """Return the tool's batch command (UG835, UG1399)."""
        found = installed.find(step.tool, self._release)
        _check(step, found)
        if step.tool in ("v++", "emconfigutil"):
            return found.command(*step.arguments)
        script = step.arguments[0]
        if step.tool == "vivado":
            batch = ("-mode", "batch", "-notrace", "-nojournal", "-log", "vivado.log")
            return found.command(*batch, "-source", script)
        if found.program.name.startswith("vitis-run"):
            return found.command("--mode", "hls", "--tcl", script)
        return found.command("-f", script)

    def version(self, tool: str) -> str:
        """Return the release, such as ``2023.2``."""
        return installed.find(tool, self._release).release


def _check(step: Step, found: installed.Installed) -> None:
    """Raise ToolError where a tool cannot do a step, for the reasons of the version table."""
    release, known = found.release, versions.table()
    key = versions.numbers(release)
    if step.since and key < versions.numbers(step.since):
        raise ToolError(
            f"{step.title}: this design needs {step.tool} {step.since} or later; "
            f"{found.program} is {release}"
        )
    if step.tool == "vivado":
        if key < versions.numbers(known.releases[0]):
            raise ToolError(
                f"{found.program} is {release}; this Tcl is for {known.releases[0]} and later"
            )
        return
    if step.tool in ("v++", "emconfigutil"):
        if said := versions.refusal(release, "data_centre"):
            raise ToolError(f"{found.program}: {said}")
        return
    if versions.numbers(known.releases[0]) <= key <= versions.numbers(known.releases[-1]):
        hls = known.hls_of(release)
        if not hls.tool:
            raise ToolError(f"{found.program} is {release}: {hls.reason}")
    if key < (2022, 1) and found.lacks_y2k22_patch:
        raise ToolError(
            f"{found.program} cannot package an IP since 2022: its release {release} needs AMD's "
            "patch y2k22 (support article 76960)"
        )
