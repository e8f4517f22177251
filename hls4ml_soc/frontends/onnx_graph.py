"""Walk an ONNX graph and gather a `Network`; what the operators mean is in `onnx_nodes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import onnx
from onnx import numpy_helper

from .names import Names
from .network import Array, Input, Layer, Network


class Unsupported(Exception):
    """Why a node cannot be converted; the text follows the node's name."""


class Unknown(Exception):
    """A node reads what an unsupported node would have written: nothing new to say about it."""


@dataclass(frozen=True)
class Value:
    """A tensor of the graph: the layer that computes it and its shape without the batch.

    `exclusive`: exactly one node, or one output of the network, reads it.
    """

    layer: str
    shape: tuple[int, ...]
    exclusive: bool


class GraphReader:
    """Read one graph; handlers, one per operator, are given the reader and a node."""

    def __init__(self, graph: onnx.GraphProto, names: Names, batch: int) -> None:
        """Prepare to read; `batch` is the batch size where the graph fixes it, else 0."""
        self.names = names
        self.batch = batch
        self.nodes = live_nodes(graph)
        self.outputs = [output.name for output in graph.output]
        self.uses = Counter(name for node in self.nodes for name in node.input)
        self.uses.update(self.outputs)
        self.constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        self.values: dict[str, Value] = {}
        self.layers: dict[str, Layer] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []

    def read(self, inputs: dict[str, tuple[int, ...]], handle: Handler) -> Network:
        """Return the network; what is wrong with nodes is added to `problems`."""
        network_inputs = []
        for number, (tensor, shape) in enumerate(inputs.items(), start=1):
            name = self.names.pick(tensor, f"x{number}")
            network_inputs.append(Input(name, shape))
            self.values[tensor] = Value(name, shape, self.uses[tensor] == 1)
        for node in self.nodes:
            try:
                handle(self, node)
            except Unsupported as reason:
                self.problems.append(f"{title(node)}{reason}")
            except Unknown:
                pass
        outputs = tuple(self.values[o].layer for o in self.outputs if o in self.values)
        layers = tuple(self.layers.values())
        return Network(tuple(network_inputs), layers, outputs, tuple(self.notes))

    def constant(self, name: str, what: str) -> Array:
        """Return the floating-point constant `name`, or refuse the node because of its `what`."""
        if name in self.values:
            raise Unsupported(f": its {what} is computed, not constant")
        if name not in self.constants:
            raise Unknown
        array = self.constants[name]
        if array.dtype.kind != "f":
            raise Unsupported(f": its {what} is {array.dtype}, not floating point")
        return array.astype(np.float64)

    def value(self, name: str) -> Value:
        """Return the tensor `name`, which must come from the network's inputs."""
        if name in self.constants:
            raise Unsupported(": works on a constant where the network's data is expected")
        if name not in self.values:
            raise Unknown
        return self.values[name]

    def add(self, node: onnx.NodeProto, layer: Layer, shape: tuple[int, ...]) -> None:
        """Append a layer that computes the node's first output."""
        self.layers[layer.name] = layer
        tensor = node.output[0]
        self.values[tensor] = Value(layer.name, shape, self.uses[tensor] == 1)

    def alias(self, node: onnx.NodeProto, value: Value) -> None:
        """Let the node's first output be `value` itself."""
        tensor = node.output[0]
        alone = value.exclusive and self.uses[tensor] == 1
        self.values[tensor] = replace(value, exclusive=alone)

    def name(self, node: onnx.NodeProto) -> str:
        """Pick a layer name for a node."""
        return self.names.pick(node.name or node.output[0], node.op_type.lower())


def title(node: onnx.NodeProto) -> str:
    """Return a node's name, quoted, and its operator."""
    domain = f"{node.domain}." if node.domain not in ("", "ai.onnx") else ""
    return f"{node.name or ', '.join(node.output)!r} ({domain}{node.op_type})".replace("\n", " ")


def live_nodes(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return the nodes, in order, that the outputs depend on."""
    needed = {output.name for output in graph.output}
    live = []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            live.append(node)
    return live[::-1]


Handler = Callable[[GraphReader, onnx.NodeProto], None]
