"""What a run tells of fixed point against floating point, with or without a whole profile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..accelerator import Accelerator
from ..errors import ToolError
from ..execute import Progress
from ..report import Arrays, Report
from ..sources import Source
from .measure import check, profile
from .outputs import Output
from .profile import Profile, warning


@dataclass(frozen=True)
class Accuracy:
    """The outputs as far as both sides are known, and the profile, written into `out`, where there
    is one."""

    outputs: tuple[Output, ...] = ()
    profile: Profile | None = None
    out: Path | None = None

    @classmethod
    def profiled(
        cls, source: Source, accelerator: Accelerator, inputs: Arrays, out: Path, progress: Progress
    ) -> Accuracy:
        """Profile a network, and write ``profile.json`` and ``report.html`` into a folder.

        Raises ToolError where the traced emulation does not compile."""
        made = profile(source, accelerator, inputs, out / "profile", progress)
        made.write(out)
        return cls(made.outputs, made, out)

    @classmethod
    def checked(
        cls,
        source: Source,
        accelerator: Accelerator,
        inputs: Arrays,
        fixed: Arrays,
        out: Path,
        progress: Progress,
    ) -> Accuracy:
        """Compare what the emulation gave with floating point; profile where an output departs."""
        outputs = tuple(check(source, accelerator, inputs, fixed))
        if not any(output.departs for output in outputs):
            return cls(outputs)
        try:
            return cls.profiled(source, accelerator, inputs, out, progress)
        except ToolError:
            return cls(outputs)

    @property
    def warning(self) -> str:
        """A sentence where fixed departs from float, else ""."""
        return warning(self.outputs) if self.profile is None else self.profile.warning

    def told(self) -> dict[str, Any] | None:
        """Return the report's ``fixed_to_float``: None where no output is known in both."""
        if not any(output.fixed for output in self.outputs):
            return None
        first = self.profile.first if self.profile is not None else None
        return {
            "departs": bool(self.warning),
            "layer": first.name if first is not None else None,
            "cause": first.cause() if first is not None else "",
            "outputs": {
                output.name: {
                    "against": output.against,
                    "samples": output.fixed.samples,
                    "error": output.fixed.distance.error,
                    "agreement": output.fixed.agreement,
                }
                for output in self.outputs
                if output.fixed is not None
            },
        }

    def noted(self, report: Report) -> Report:
        """Return a report with what is known, and a warning among its notes."""
        notes = [*report.notes, *([self.warning] if self.warning else [])]
        files = self.profile.files if self.profile is not None else {}
        products = {**report.products, **files}
        return replace(report, notes=notes, fixed_to_float=self.told(), products=products)

    def board(self, outputs: Arrays) -> None:
        """Write the profile, if there is one, again: with what a board gave."""
        if self.profile is not None and self.out is not None:
            self.profile.with_board(outputs).write(self.out)
