"""A network layer by layer: floating point, fixed point, formats that would hold."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ..report import Arrays
from .layer import Layer
from .outputs import Output, Pair

#: The files of a profile, in the output folder.
JSON, PAGE = "profile.json", "report.html"


@dataclass(frozen=True)
class Points:
    """Some values of a layer, to be drawn: right ones and those in fixed point beside them, and
    the first elements of the first sample."""

    right: tuple[float, ...]
    fixed: tuple[float, ...]
    first_right: tuple[float, ...]
    first_fixed: tuple[float, ...]


@dataclass(frozen=True)
class Profile:
    """What a profile tells; ``profile.json`` has the same names.

    `samples` is how many of the run's samples were traced. `notes` say what is not known.
    `points` are for the page only."""

    network: str
    samples: int
    layers: tuple[Layer, ...]
    outputs: tuple[Output, ...]
    notes: tuple[str, ...]
    points: dict[str, Points] = field(default_factory=dict)
    fixed: Arrays = field(default_factory=dict)
    right: Arrays = field(default_factory=dict)

    @property
    def first(self) -> Layer | None:
        """The first layer, in order of evaluation, whose values depart."""
        return next((layer for layer in self.layers if layer.departs), None)

    @property
    def warning(self) -> str:
        """A sentence where fixed departs from float, else ""."""
        told, first = warning(self.outputs), self.first
        where = ""
        if first is not None:
            where = f"; the first layer that departs is '{first.name}': {first.cause()}"
        return f"{told}{where}" if told else ""

    def cause(self, layer: Layer) -> str:
        """Return why a layer departs; "" where it does not."""
        if not layer.departs:
            return ""
        departed = [name for name in layer.reads if self._departs(name)]
        return f"what it reads departs: {', '.join(departed)}" if departed else layer.cause()

    def _own(self, layer: Layer) -> bool:
        """Tell whether a layer departs by itself."""
        return layer.departs and not any(self._departs(name) for name in layer.reads)

    def _departs(self, name: str) -> bool:
        return any(layer.name == name and layer.departs for layer in self.layers)

    @property
    def recipe(self) -> dict[str, dict[str, str]]:
        """Formats that would hold, by layer and hls4ml's name of the part, for those of layers that
        do not."""
        found: dict[str, dict[str, str]] = {}
        for layer in self.layers:
            departs = self._own(layer)
            # The table of a softmax is as fine as what it reads is narrow.
            narrowed = layer.reads if departs and layer.function.startswith("softmax") else ()
            for read in self.layers:
                if read.name in narrowed and read.fit is not None:
                    found.setdefault(read.name, {})["result"] = read.fit.enough
            if parts := layer.remedy(departs):
                found[layer.name] = {**found.get(layer.name, {}), **parts}
        return found

    @property
    def files(self) -> dict[str, str]:
        """The files that `write` makes, by kind."""
        return {"profile": JSON, "page": PAGE}

    def with_board(self, outputs: Arrays) -> Profile:
        """Return the profile with what a board gave for the same samples."""
        beside = []
        for output in self.outputs:
            if (values := outputs.get(output.name)) is None:
                beside.append(output)
                continue
            right = self.right.get(output.name)
            beside.append(
                replace(
                    output,
                    board_fixed=Pair.of(values, self.fixed[output.name]),
                    board=None if right is None else Pair.of(values, right),
                )
            )
        return replace(self, outputs=tuple(beside))

    def data(self) -> dict[str, Any]:
        """Return what ``profile.json`` holds; an infinite error is null there."""
        first = self.first
        layers = [
            {
                **asdict(layer),
                "departs": layer.departs,
                "cause": self.cause(layer),
            }
            for layer in self.layers
        ]
        told = {
            "format": 1,
            "network": self.network,
            "samples": self.samples,
            "first_departing": first.name if first else None,
            "warning": self.warning,
            "recipe": self.recipe,
            "layers": layers,
            "outputs": [asdict(output) for output in self.outputs],
            "notes": list(self.notes),
        }
        cleaned: dict[str, Any] = _finite(told)
        return cleaned

    def write(self, folder: Path) -> None:
        """Write ``profile.json`` and ``report.html`` into a folder."""
        from . import page

        text = json.dumps(self.data(), indent=2, allow_nan=False) + "\n"
        (folder / JSON).write_text(text, encoding="utf-8")
        (folder / PAGE).write_text(page.html(self), encoding="utf-8")


def warning(outputs: tuple[Output, ...]) -> str:
    """Return a sentence where outputs depart, else ""."""
    bad = [output for output in outputs if output.departs]
    if not bad:
        return ""
    told = "; ".join(f"{output.name}: {output.fixed}" for output in bad)
    against = "float" if bad[0].against == "float" else "the same network with wider formats"
    return f"fixed point departs from {against} ({told})"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
