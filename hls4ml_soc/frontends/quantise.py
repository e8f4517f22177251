"""Round a network's weights to the grid of the format they are stored in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..fixed_point import FixedPoint
from .network import Array, Layer, Network, Weighted, weights

_WORDS = {
    "weight": "weights",
    "bias": "biases",
    "recurrent": "recurrent weights",
    "recurrent_bias": "recurrent biases",
}


#: The format of a field of a layer.
Formats = Callable[[Weighted, str], FixedPoint]


def quantise(path: Path, network: Network, formats: Formats) -> Network:
    """Return `network` with weights and biases rounded to nearest in their formats.

    hls4ml 1.3 prints weights as decimals that ``ap_fixed`` then truncates, wrapping what is out of
    range. Values that lie on the grid survive both unchanged. Raises ModelError naming every layer
    whose weights are not finite or do not fit.
    """
    problems = [problem for layer in network.weighted() for problem in _problems(layer, formats)]
    if problems:
        raise ModelError(f"{path}: {'; '.join(problems)}")
    return replace(network, layers=tuple(_rounded(layer, formats) for layer in network.layers))


def _rounded(layer: Layer, formats: Formats) -> Layer:
    if not isinstance(layer, Weighted):
        return layer
    arrays: dict[str, Any] = {
        name: _round(values, formats(layer, name)) for name, values in weights(layer).items()
    }
    return replace(layer, **arrays)


def _round(values: Array, precision: FixedPoint) -> Array:
    scale = 2.0 ** (precision.width - precision.integer)
    rounded: Array = np.rint(values * scale) / scale
    return rounded


def _problems(layer: Weighted, formats: Formats) -> list[str]:
    problems = []
    for name, values in weights(layer).items():
        what, precision = _WORDS[name], formats(layer, name)
        bad = int(np.count_nonzero(~np.isfinite(values)))
        if bad:
            problems.append(f"{bad} of {values.size} {what} of {layer.name!r} are NaN or infinite")
            continue
        rounded = _round(values, precision)
        outside = values[(rounded < precision.lowest) | (rounded > precision.highest)]
        if outside.size:
            worst = outside[np.argmax(np.abs(outside))]
            problems.append(
                f"{outside.size} of {values.size} {what} of {layer.name!r} do not fit {precision}, "
                f"for instance {worst:g}; choose a precision with more integer bits"
            )
    return problems
