"""A network as the front ends hand it to hls4ml: a few kinds of layers, named safely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import ModelError
from .layout import Given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Input:
    """A network input; `shape` is without the batch dimension. `given`: what it is in the network
    file, which may have the channels in front; here they are the last dimension, as hls4ml wants
    them."""

    name: str
    shape: tuple[int, ...]
    given: Given

    @property
    def channels_last(self) -> bool:
        """Tell an input whose channels are in front in the network file."""
        return self.given.channels_first


@dataclass(frozen=True)
class Single:
    """A layer that reads the output of one layer or input."""

    name: str
    source: str

    @property
    def sources(self) -> tuple[str, ...]:
        """What the layer reads."""
        return (self.source,)


@dataclass(frozen=True, eq=False)
class Dense(Single):
    """``weight.T @ source + bias`` with `weight` (inputs, outputs) and `bias` (outputs,), over the
    last dimension."""

    weight: Array
    bias: Array


@dataclass(frozen=True, eq=False)
class Conv(Single):
    """A convolution over the one or two dimensions before the last, the channels.

    `weight` (*kernel, channels, filters); `depthwise`: (*kernel, channels, 1), each channel alone.
    `shape` and `result` are those of source and output, `pads` (before, after) of each
    dimension."""

    weight: Array
    bias: Array
    strides: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    shape: tuple[int, ...]
    result: tuple[int, ...]
    depthwise: bool = False


@dataclass(frozen=True)
class Pool(Single):
    """Largest ("Max") or mean ("Average") of windows; a `window` as large as the whole is global.
    `padded`: what padding adds counts in the mean."""

    kind: str
    window: tuple[int, ...]
    strides: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    shape: tuple[int, ...]
    result: tuple[int, ...]
    padded: bool = False


@dataclass(frozen=True, eq=False)
class Scale(Single):
    """``source * weight + bias``, both of one number per value of the last dimension."""

    weight: Array
    bias: Array
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Relu(Single):
    """``max(source, 0)``, element by element."""


@dataclass(frozen=True)
class Activation(Single):
    """Another function, element by element: hls4ml's name of it, and its parameters by theirs."""

    function: str
    parameters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Reshape(Single):
    """The elements of `source` in C order under another `shape`, without the batch dimension."""

    shape: tuple[int, ...]


@dataclass(frozen=True)
class Merge:
    """Two tensors of the same shape, element by element: add, subtract, multiply, maximum,
    minimum or average."""

    name: str
    sources: tuple[str, str]
    function: str


@dataclass(frozen=True)
class Concatenate:
    """Two tensors, one behind the other along `axis`, which does not count the batch."""

    name: str
    sources: tuple[str, str]
    axis: int
    rank: int


@dataclass(frozen=True, eq=False)
class Recurrent(Single):
    """An LSTM (gates i f c o) or GRU (z r h, reset after) over (steps, inputs), its state zero at
    the start.

    `weight` (inputs, gates * units), `recurrent` (units, gates * units), `bias` (gates * units,)
    and for a GRU `recurrent_bias`; `sequence`: all steps' outputs are given, not only the last."""

    kind: str
    weight: Array
    recurrent: Array
    bias: Array
    recurrent_bias: Array
    shape: tuple[int, int]
    sequence: bool


Weighted = Dense | Conv | Scale | Recurrent
Layer = Weighted | Pool | Relu | Activation | Reshape | Merge | Concatenate


def weights(layer: Weighted) -> dict[str, Array]:
    """Return the arrays of a layer by the names of its fields."""
    names = ["weight", "bias"]
    if isinstance(layer, Recurrent):
        names += ["recurrent", "recurrent_bias"]
    return {name: getattr(layer, name) for name in names}


@dataclass(frozen=True)
class Network:
    """Inputs, layers in order of evaluation, and the names of the layers that are outputs.

    Each layer's output goes by the layer's name. `given` says what the outputs are in the network
    file. `notes` are sentences about what the file has and this does not. `formats`, of a network
    that is quantised: layer or input to hls4ml's name of a part to its number format.
    """

    inputs: tuple[Input, ...]
    layers: tuple[Layer, ...]
    outputs: tuple[str, ...]
    given: tuple[Given, ...]
    notes: tuple[str, ...] = ()
    formats: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def weighted(self) -> Iterator[Weighted]:
        """Yield the layers that have weights."""
        return (layer for layer in self.layers if isinstance(layer, Weighted))

    def consumers(self, name: str) -> list[Layer]:
        """Return the layers that read the output of layer or input `name`."""
        return [layer for layer in self.layers if name in layer.sources]


def size(shape: tuple[int, ...]) -> int:
    """Return the number of elements of a shape."""
    return math.prod(shape)


def check(path: Path, network: Network) -> None:
    """Raise ModelError, naming the file at `path`, for a network that is none to hls4ml."""
    if not any(network.weighted()):
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
