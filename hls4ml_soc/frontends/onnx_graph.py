"""Walk an ONNX graph and gather a `Network`; what the operators mean is in `onnx_nodes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from ..errors import ModelError
from .layout import Given
from .names import Names
from .network import Array, Input, Layer, Network

#: Operators that read feature maps; what they read has its channels in front.
READ_MAPS = ("Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool")

#: Domains of ONNX's own operators.
STANDARD = ("", "ai.onnx")

Order = npt.NDArray[np.int64]


class Unsupported(Exception):
    """Why a node cannot be converted; the text follows the node's name."""


class Unknown(Exception):
    """A node reads what an unsupported node would have written: nothing new to say about it."""


@dataclass(frozen=True)
class Value:
    """A tensor of the graph: the layer that computes it and its shape without the batch.

    `exclusive`: exactly one node, or one output of the network, reads it. `last`: the layer has
    the channels, dimension 0 of the shape, as its last dimension. `order`: element i of the layer
    is element ``order[i]`` of the tensor, after such a one was flattened. `form`: where the batch
    is not the first dimension of the tensor, what recurrent nodes read and write: "time" is
    (steps, batch, values), "steps" (steps, 1, batch, values), "turned" (steps, batch, 1, values),
    "state" (1, batch, values).
    """

    layer: str
    shape: tuple[int, ...]
    exclusive: bool
    last: bool = False
    order: Order | None = None
    form: str = ""

    @property
    def stored(self) -> tuple[int, ...]:
        """The shape that the layer's output has."""
        return (*self.shape[1:], self.shape[0]) if self.last else self.shape


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
        self.constants = {t.name: array_of(t) for t in graph.initializer}
        self.values: dict[str, Value] = {}
        self.layers: dict[str, Layer] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []
        # Outputs that a last Flatten or Reshape gives another shape: that is left to the host.
        # Of quantised networks: formats of constants, and of the parts of layers.
        self.grids: dict[str, str] = {}
        self.formats: dict[str, dict[str, str]] = {}
        self.final: dict[str, tuple[int, ...]] = {}

    def read(
        self, inputs: dict[str, tuple[int, ...]], handle: Handler, images: set[str]
    ) -> Network:
        """Return the network; what is wrong with nodes is added to `problems`. `images` are the
        inputs with channels in front."""
        network_inputs = []
        for number, (tensor, shape) in enumerate(inputs.items(), start=1):
            name = self.names.pick(tensor, f"x{number}")
            value = Value(name, shape, self.uses[tensor] == 1, tensor in images)
            given = Given(tensor, shape, value.last)
            network_inputs.append(Input(name, value.stored, given))
            self.values[tensor] = value
        for node in self.nodes:
            try:
                handle(self, node)
            except Unsupported as reason:
                self.problems.append(f"{title(node)}{reason}")
            except Unknown:
                pass
        results = tuple(self._given(o) for o in self.outputs if o in self.values)
        outputs = tuple(self.values[o].layer for o in self.outputs if o in self.values)
        layers = tuple(self.layers.values())
        return Network(
            tuple(network_inputs), layers, outputs, results, tuple(self.notes), self._formats()
        )

    def _formats(self) -> dict[str, dict[str, str]]:
        return {layer: formats for layer, formats in self.formats.items() if formats}

    def _given(self, output: str) -> Given:
        value = self.values[output]
        if value.form:
            self.problems.append(
                f"output {output!r}: the batch is not its first dimension; "
                "add a Squeeze and a Transpose to the network"
            )
        if value.order is not None:
            self.problems.append(
                f"output {output!r}: the elements of a flattened feature map; leave out the Flatten"
            )
        shape = self.final.get(output, value.shape)
        return Given(output, shape, value.last, value.shape if value.last else ())

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
        """Return the tensor `name`, which must come from the network's inputs; the batch is its
        first dimension."""
        value = self.any_value(name)
        if value.form:
            raise Unsupported(": the batch is not the first dimension of what it reads")
        return value

    def any_value(self, name: str) -> Value:
        """Return the tensor `name`, wherever its batch dimension is."""
        if name in self.constants:
            raise Unsupported(": works on a constant where the network's data is expected")
        if name not in self.values:
            raise Unknown
        return self.values[name]

    def plain(self, name: str) -> Value:
        """Return the tensor `name`, whose elements must lie as the file has them."""
        value = self.value(name)
        if value.last or value.order is not None:
            raise Unsupported(": reads a feature map in an order that it does not have here")
        return value

    def add(
        self,
        node: onnx.NodeProto,
        layer: Layer,
        shape: tuple[int, ...],
        last: bool = False,
        order: Order | None = None,
    ) -> None:
        """Append a layer that computes the node's first output."""
        self.layers[layer.name] = layer
        tensor = node.output[0]
        self.values[tensor] = Value(layer.name, shape, self.uses[tensor] == 1, last, order)

    def like(self, node: onnx.NodeProto, layer: Layer, value: Value) -> None:
        """Append a layer whose output is element for element like `value`."""
        self.add(node, layer, value.shape, value.last, value.order)

    def alias(self, node: onnx.NodeProto, value: Value) -> None:
        """Let the node's first output be `value` itself."""
        tensor = node.output[0]
        alone = value.exclusive and self.uses[tensor] == 1
        self.values[tensor] = replace(value, exclusive=alone)

    def is_image(self, tensor: str) -> bool:
        """Tell whether an operator on feature maps reads a tensor."""
        readers = (node for node in self.nodes if tensor in node.input)
        return any(node.op_type in READ_MAPS for node in readers)

    def name(self, node: onnx.NodeProto) -> str:
        """Pick a layer name for a node."""
        return self.names.pick(node.name or node.output[0], node.op_type.lower())


def array_of(tensor: onnx.TensorProto) -> npt.NDArray[Any]:
    """Return a tensor's numbers. Raises ModelError where its bytes are not those of its shape."""
    try:
        return np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError) as error:
        raise ModelError(f"tensor {tensor.name!r} of the network is damaged: {error}") from None


def title(node: onnx.NodeProto) -> str:
    """Return a node's name, quoted, and its operator."""
    domain = f"{node.domain}." if node.domain not in STANDARD else ""
    return f"{node.name or ', '.join(node.output)!r} ({domain}{node.op_type})".replace("\n", " ")


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    """Return a node's attributes by name."""
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def axes_of(reader: GraphReader, node: onnx.NodeProto) -> list[int] | None:
    """Return a node's axes, an attribute up to some opset and an input after it; None for none."""
    if len(node.input) > 1 and node.input[1]:
        if node.input[1] not in reader.constants:
            raise Unsupported(": its axes are computed, not constant")
        return [int(axis) for axis in reader.constants[node.input[1]].reshape(-1)]
    axes = attributes(node).get("axes")
    return None if axes is None else list(axes)


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
