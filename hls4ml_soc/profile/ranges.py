"""A layer's values against its number format, and against what they should be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..fixed_point import FixedPoint

Array = np.ndarray[Any, Any]

#: Steps of a format that the root mean square of a layer's values should span.
STEPS = 128


@dataclass(frozen=True)
class Spread:
    """Values of one kind: extremes, root mean square, and the magnitudes between which nine tenths
    of those that are not zero lie (0 where all are)."""

    lowest: float
    highest: float
    rms: float
    small: float
    large: float

    @classmethod
    def of(cls, values: Array) -> Spread:
        """Measure values, of which there is at least one."""
        magnitudes = np.abs(values[values != 0])
        small, large = np.quantile(magnitudes, (0.05, 0.95)) if magnitudes.size else (0.0, 0.0)
        return cls(
            float(values.min()), float(values.max()), rms(values), float(small), float(large)
        )


@dataclass(frozen=True)
class Fit:
    """How a format holds values that were computed without it.

    `overflow`: values below its lowest, or a step or more above its highest value. `underflow`:
    values that are not zero and smaller than one step. `enough` is the narrowest format of the same
    kind that would hold all of the values, 128 steps to their root mean square."""

    values: int
    overflow: int
    underflow: int
    enough: str

    @classmethod
    def of(cls, format_: FixedPoint, values: Array) -> Fit:
        """Count values, exactly as they are given."""
        step = format_.step
        outside = (values < format_.lowest) | (values >= format_.highest + step)
        below = (np.abs(values) < step) & (values != 0)
        enough = str(enough_for(format_, values))
        return cls(values.size, int(outside.sum()), int(below.sum()), enough)


@dataclass(frozen=True)
class Distance:
    """How far values are from what they should be: the root mean square of the differences as part
    of that of the right values, the largest difference, the mean difference."""

    error: float
    worst: float
    bias: float

    @classmethod
    def of(cls, got: Array, right: Array, step: float = 0.0) -> Distance:
        """Compare arrays of the same shape. Where the right values are smaller than a step, the
        error is a part of the step."""
        difference = got - right
        scale = max(rms(right), step)
        apart = rms(difference)
        error = apart / scale if scale else (math.inf if apart else 0.0)
        return cls(error, float(np.abs(difference).max()), float(difference.mean()))


def rms(values: Array) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


def enough_for(format_: FixedPoint, values: Array) -> FixedPoint:
    """Return the narrowest format of the kind of another that holds values; see `Fit`.

    Signed where there are negative values. At most 64 bits: then the fraction is shorter."""
    low, high, middle = float(values.min()), float(values.max()), rms(values)
    if format_.integral or not middle:
        return format_
    signed = format_.signed or low < 0
    fraction = math.ceil(math.log2(STEPS / middle))
    # 2**integer (half of it, signed) must lie above the largest value as it is rounded.
    most = max(high, -low) + 2.0**-fraction
    integer = math.floor(math.log2(most)) + 1 + signed
    width = min(64, max(1, integer + fraction))
    return FixedPoint(width, integer, signed, format_.rounding, format_.overflow)
