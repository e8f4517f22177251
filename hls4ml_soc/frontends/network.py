"""A network as the front ends hand it to hls4ml: a few kinds of layers, named safely."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import ModelError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Input:
    """A network input; `shape` is without the batch dimension."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Dense:
    """``weight.T @ source + bias`` with `weight` (inputs, outputs) and `bias` (outputs,)."""

    name: str
    source: str
    weight: Array
    bias: Array


@dataclass(frozen=True)
class Relu:
    """``max(source, 0)``, element by element."""

    name: str
    source: str


@dataclass(frozen=True)
class Reshape:
    """The elements of `source` in C order under another `shape`, without the batch dimension."""

    name: str
    source: str
    shape: tuple[int, ...]


Layer = Dense | Relu | Reshape


@dataclass(frozen=True)
class Network:
    """Inputs, layers in order of evaluation, and the names of the layers that are outputs.

    Each layer's output goes by the layer's name. `notes` are sentences about what the network file
    has and this does not.
    """

    inputs: tuple[Input, ...]
    layers: tuple[Layer, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def dense(self) -> Iterator[Dense]:
        """Yield the layers that have weights."""
        return (layer for layer in self.layers if isinstance(layer, Dense))

    def consumers(self, name: str) -> list[Layer]:
        """Return the layers that read the output of layer or input `name`."""
        return [layer for layer in self.layers if layer.source == name]


def size(shape: tuple[int, ...]) -> int:
    """Return the number of elements of a shape."""
    return math.prod(shape)


def check(path: Path, network: Network) -> None:
    """Raise ModelError, naming the file at `path`, for a network that is none to hls4ml."""
    if not any(network.dense()):
        raise ModelError(f"{path}: the network has no weights; there is nothing to accelerate")
    inputs = [entry.name for entry in network.inputs]
    if idle := [name for name in inputs if not network.consumers(name)]:
        raise ModelError(f"{path}: no output depends on input {', '.join(idle)}; remove it")
    if passed := [name for name in network.outputs if name in inputs]:
        raise ModelError(f"{path}: input {', '.join(passed)} is an output as well; remove that")
    if len(set(network.outputs)) < len(network.outputs):
        raise ModelError(
            f"{path}: two outputs are the same tensor, a final softmax left out; keep one of them"
        )
