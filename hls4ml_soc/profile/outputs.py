"""The outputs of a network three times: in floating point, in fixed point, from a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .layer import DEPARTS
from .ranges import Distance

Array = np.ndarray[Any, Any]

#: The share of samples that must have the same largest output.
AGREE = 0.9


@dataclass(frozen=True)
class Pair:
    """Two computations of an output. `agreement` is the share of samples whose largest element is
    the same one, None for an output of a single element."""

    samples: int
    distance: Distance
    agreement: float | None
    equal: int

    @classmethod
    def of(cls, got: Array, right: Array) -> Pair:
        """Compare (samples, ...) with what is right, as far as both have samples."""
        count = min(len(got), len(right))
        one = np.asarray(got[:count], np.float64).reshape(count, -1)
        two = np.asarray(right[:count], np.float64).reshape(count, -1)
        agreement = None
        if one.shape[1] > 1:
            agreement = float(np.mean(one.argmax(axis=1) == two.argmax(axis=1)))
        equal = int((one == two).all(axis=1).sum())
        return cls(count, Distance.of(one, two), agreement, equal)

    @property
    def departs(self) -> bool:
        """Whether the values are off by more than a tenth, or more than a tenth of the samples have
        another largest element."""
        astray = self.agreement is not None and self.agreement < AGREE
        return self.distance.error > DEPARTS or astray

    def __str__(self) -> str:
        told = f"error {self.distance.error:.2%} of the values' rms"
        if self.agreement is not None:
            told += f", same largest output in {self.agreement:.1%} of {self.samples} samples"
        return told


@dataclass(frozen=True)
class Output:
    """One output; a pair is None where one side of it is not known. `right` says what stands for
    the float side: "float", "wide" or ""."""

    name: str
    against: str
    fixed: Pair | None
    board_fixed: Pair | None = None
    board: Pair | None = None

    @property
    def departs(self) -> bool:
        """Whether fixed point departs from what it is compared with."""
        return self.fixed is not None and self.fixed.departs
