"""One layer of a profile, and why it departs from what it should give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..fixed_point import FixedPoint
from .calls import Call
from .ranges import Distance, Fit, Spread

Array = np.ndarray[Any, Any]

#: The error, as part of the values' root mean square, from which on a layer departs.
DEPARTS = 0.1
#: The share of values below one step from which on a step is called coarse.
COARSE = 0.25


@dataclass(frozen=True)
class Layer:
    """What was measured of a layer, or of an input, on all traced samples.

    `against` says what the values were compared with: "float", the network as it was given, or
    "wide", the same C++ with wider results and sums; "" where neither is known. `fit`, `sums_fit`
    and `distance` are about that. `wide` is the distance from the wide copy. `at_limit` counts
    values that are the format's lowest or highest. `format` is "" for a type that is no number
    format, and `sums` for a layer that keeps none."""

    name: str
    function: str
    reads: tuple[str, ...]
    format: str
    sums: str
    limits: tuple[float, float, float] | None
    fixed: Spread
    at_limit: int
    against: str
    right: Spread | None
    fit: Fit | None
    sums_fit: Fit | None
    distance: Distance | None
    wide: Distance | None

    @property
    def departs(self) -> bool:
        """Whether the layer's own values are off by more than a tenth."""
        return self.distance is not None and self.distance.error > DEPARTS

    def cause(self) -> str:
        """Return what of the layer itself explains that it departs: a sentence, at most a guess
        where no count does."""
        fit, right, distance = self.fit, self.right, self.distance
        if fit is None or right is None or distance is None:
            return ""
        if fit.overflow:
            return (
                f"{fit.overflow} of {fit.values} values lie outside {self.format}: they reach from "
                f"{right.lowest:.4g} to {right.highest:.4g}"
            )
        if (over := self.sums_fit.overflow if self.sums_fit else 0) > 0:
            return (
                f"{over} of {fit.values} sums lie outside {self.sums}: they reach from "
                f"{right.lowest:.4g} to {right.highest:.4g}"
            )
        if fit.underflow > COARSE * fit.values:
            return (
                f"{fit.underflow} of {fit.values} values are smaller than the step of {self.format}"
            )
        if self.function.startswith("softmax"):
            return (
                "hls4ml's softmax looks exponentials up in a table that spans the whole format of "
                "what it reads"
            )
        if self.wide is not None and self.wide.error <= DEPARTS:
            return "wider results and sums change little: what is rounded are weights or inputs"
        if self.sums and abs(distance.bias) > distance.worst / 4:
            return (
                f"what is cut off in sums of {self.sums} adds up to {distance.bias:.3g} on average"
            )
        return f"the formats of results ({self.format}) and sums ({self.sums or 'none'}) are coarse"

    def remedy(self, departs: bool) -> dict[str, str]:
        """Return formats to be changed, by hls4ml's names; `departs`: the layer does by itself.

        "auto" is hls4ml's own choice, wide enough for every sum. Nothing for tables."""
        fit = self.fit
        if fit is None or self.function.startswith("softmax"):
            return {}
        sums = {"accum": "auto"} if self.sums_fit is not None and self.sums_fit.overflow else {}
        if fit.overflow or (departs and fit.underflow > COARSE * fit.values):
            return {"result": fit.enough, **sums}
        if self.wide is not None and self.wide.error <= DEPARTS:
            return sums  # wider formats of results would not help
        if departs and self.sums:
            return {"accum": "auto"}
        return {"result": fit.enough} if departs else sums


def measure(
    name: str,
    call: Call | None,
    format_: FixedPoint | None,
    fixed: Array,
    floats: Array | None,
    wide: Array | None,
    reads: tuple[str, ...] = (),
) -> Layer:
    """Return what there is to say about arrays (samples, elements) of one layer."""
    if floats is not None and floats.shape != fixed.shape:
        floats = None
    right = wide if floats is None else floats
    against = "" if right is None else "wide" if floats is None else "float"
    sums = call.sums if call is not None else None
    step = format_.step if format_ is not None else 0.0
    at_limit, limits = 0, None
    if format_ is not None:
        limits = (format_.lowest, format_.highest, step)
        at_limit = int(np.isin(fixed, limits[:2]).sum())
    return Layer(
        name=name,
        function=call.function if call is not None else "input",
        reads=reads,
        format=str(format_ or ""),
        sums=str(sums or ""),
        limits=limits,
        fixed=Spread.of(fixed),
        at_limit=at_limit,
        against=against,
        right=None if right is None else Spread.of(right),
        fit=None if right is None or format_ is None else Fit.of(format_, right),
        sums_fit=None if right is None or sums is None else Fit.of(sums, right),
        distance=None if right is None else Distance.of(fixed, right, step),
        wide=None if wide is None or call is None else Distance.of(fixed, wide, step),
    )
