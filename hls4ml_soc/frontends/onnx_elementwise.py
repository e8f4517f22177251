"""ONNX operators on single elements, and those that join two tensors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx

from .network import Activation, Array, Concatenate, Conv, Dense, Merge, Relu, Scale, size
from .onnx_graph import GraphReader, Unsupported, Value, attributes

#: Operator -> hls4ml's name, and its attribute with the default of ONNX and hls4ml's name of it.
FUNCTIONS: dict[str, tuple[str, tuple[tuple[str, float, str], ...]]] = {
    "Sigmoid": ("sigmoid", ()),
    "Tanh": ("tanh", ()),
    "Softplus": ("softplus", ()),
    "Softsign": ("softsign", ()),
    "LeakyRelu": ("LeakyReLU", (("alpha", 0.01, "activ_param"),)),
    "ThresholdedRelu": ("ThresholdedReLU", (("alpha", 1.0, "activ_param"),)),
    "Elu": ("ELU", (("alpha", 1.0, "activ_param"),)),
    "HardSigmoid": ("hard_sigmoid", (("alpha", 0.2, "slope"), ("beta", 0.5, "shift"))),
}
#: Operator -> hls4ml's name of joining two tensors of one shape.
MERGES = {
    "Add": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Max": "maximum",
    "Min": "minimum",
    "Mean": "average",
    "Sum": "add",
}


def relu(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Relu."""
    value = reader.value(node.input[0])
    reader.like(node, Relu(reader.name(node), value.layer), value)


def function(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read another activation."""
    value, given = reader.value(node.input[0]), attributes(node)
    name, parameters = FUNCTIONS[node.op_type]
    told = tuple((theirs, float(given.get(ours, default))) for ours, default, theirs in parameters)
    reader.like(node, Activation(reader.name(node), value.layer, name, told), value)


def merge(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read an operator on two tensors, or on a tensor and a constant."""
    if len(node.input) != 2:
        raise Unsupported(f": joins {len(node.input)} tensors; two can be")
    constant = [name in reader.constants for name in node.input]
    if any(constant):
        _with_constant(reader, node, constant[0])
        return
    one, two = (reader.value(name) for name in node.input)
    if one.shape != two.shape:
        raise Unsupported(f": joins samples of the shapes {one.shape} and {two.shape}")
    if one.last != two.last or not _same_order(one, two):
        raise Unsupported(": joins a feature map with something that is none")
    sources = (one.layer, two.layer)
    reader.like(node, Merge(reader.name(node), sources, MERGES[node.op_type]), one)


def concat(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Concat of two tensors."""
    if len(node.input) != 2:
        raise Unsupported(f": joins {len(node.input)} tensors; two can be")
    one, two = (reader.value(name) for name in node.input)
    rank = len(one.shape)
    axis = attributes(node)["axis"] % (rank + 1) - 1
    if axis < 0 or len(two.shape) != rank or one.last != two.last:
        raise Unsupported(": joins samples, or a feature map with something that is none")
    shape = list(one.shape)
    shape[axis] += two.shape[axis]
    order = None
    if one.order is not None or two.order is not None:
        first = np.arange(one.shape[0]) if one.order is None else one.order
        second = np.arange(two.shape[0]) if two.order is None else two.order
        order = np.concatenate([first, len(first) + second])
    stored = (axis - 1) % rank if one.last else axis
    layer = Concatenate(reader.name(node), (one.layer, two.layer), stored, rank)
    reader.add(node, layer, tuple(shape), one.last, order)


def _same_order(one: Value, two: Value) -> bool:
    if one.order is None or two.order is None:
        return one.order is two.order
    return bool((one.order == two.order).all())


def _with_constant(reader: GraphReader, node: onnx.NodeProto, first: bool) -> None:
    """Read an Add, Sub or Mul of a constant that is the same for every sample."""
    data, other = reversed(node.input) if first else node.input
    value = reader.value(data)
    if node.op_type not in ("Add", "Sub", "Mul") or (node.op_type == "Sub" and first):
        raise Unsupported(": has a constant operand")
    constant = reader.constant(other, "constant")
    numbers = per_channel(constant, value)
    if node.op_type == "Mul":
        scale, offset = numbers, np.zeros_like(numbers)
    else:
        offset = -numbers if node.op_type == "Sub" else numbers
        scale = np.ones_like(numbers)
    scaled(reader, node, value, scale, offset)


def scaled(
    reader: GraphReader, node: onnx.NodeProto, value: Value, scale: Array, offset: Array
) -> None:
    """Let a node give ``value * scale + offset``, per channel or per value of a vector.

    The layer before takes both in where it has weights and nobody else reads it."""
    before = reader.layers.get(value.layer)
    # Quantised weights stay as they are.
    free = not reader.formats.get(value.layer)
    if isinstance(before, Dense | Conv) and value.exclusive and value.order is None and free:
        factor = scale[:, None] if isinstance(before, Conv) and before.depthwise else scale
        reader.layers[before.name] = replace(
            before, weight=before.weight * factor, bias=before.bias * scale + offset
        )
        reader.alias(node, value)
        return
    if value.order is not None:
        scale, offset = scale[value.order], offset[value.order]
    layer = Scale(reader.name(node), value.layer, scale, offset, value.stored)
    reader.like(node, layer, value)


def per_channel(constant: Array, value: Value) -> Array:
    """Return a constant as one number per channel; per value where samples are vectors.

    Raises Unsupported where it differs within a channel, or between samples."""
    channels = value.shape[0] if value.last else value.shape[-1]
    if constant.size == 1:
        return np.full(channels, float(constant.reshape(-1)[0]))
    shape = (1,) * (len(value.shape) + 1 - constant.ndim) + constant.shape
    wanted = [1] * (len(value.shape) + 1)
    wanted[1 if value.last else -1] = channels
    if list(shape) != wanted or size(constant.shape) != channels:
        raise Unsupported(
            f": a constant of the shape {constant.shape} with samples of the shape {value.shape}"
        )
    return constant.reshape(-1)
