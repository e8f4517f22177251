"""Round a network's weights to the grid of the format they are stored in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import ModelError
from ..fixed_point import FixedPoint
from .network import Array, Dense, Network


def quantise(path: Path, network: Network, precision: FixedPoint) -> Network:
    """Return `network` with weights and biases rounded to nearest in `precision`.

    hls4ml 1.3 prints weights as decimals that ``ap_fixed`` then truncates, wrapping what is out of
    range. Values that lie on the grid survive both unchanged. Raises ModelError naming every layer
    whose weights are not finite or do not fit.
    """
    problems = [problem for layer in network.dense() for problem in _problems(layer, precision)]
    if problems:
        raise ModelError(f"{path}: {'; '.join(problems)}")
    layers = [
        replace(layer, weight=_round(layer.weight, precision), bias=_round(layer.bias, precision))
        if isinstance(layer, Dense)
        else layer
        for layer in network.layers
    ]
    return replace(network, layers=tuple(layers))


def _round(values: Array, precision: FixedPoint) -> Array:
    scale = 2.0 ** (precision.width - precision.integer)
    rounded: Array = np.rint(values * scale) / scale
    return rounded


def _problems(layer: Dense, precision: FixedPoint) -> list[str]:
    problems = []
    for what, values in (("weights", layer.weight), ("biases", layer.bias)):
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
