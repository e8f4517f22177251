"""ONNX operators that give the same elements another shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx

from .network import Reshape, size
from .onnx_graph import GraphReader, Unknown, Unsupported, Value, attributes


def flatten(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Flatten."""
    value = reader.value(node.input[0])
    axis = attributes(node).get("axis", 1)
    if axis % (len(value.shape) + 1) != 1:
        raise Unsupported(f": axis={axis} does not keep the samples apart")
    _reshaped(reader, node, value, (size(value.shape),))


def reshape(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Reshape whose shape is known and that keeps samples apart."""
    if node.input[1] not in reader.constants:
        if node.input[1] not in reader.values:
            raise Unknown
        raise Unsupported(": its shape is computed, not constant")
    wanted = tuple(int(n) for n in reader.constants[node.input[1]].reshape(-1))
    target = list(wanted)
    if reader.any_value(node.input[0]).form == "turned":
        _without_direction(reader, node, wanted)
        return
    value = reader.value(node.input[0])
    if not attributes(node).get("allowzero", 0):
        sizes = (0, *value.shape)
        target = [n or (sizes[i] if i < len(sizes) else 0) for i, n in enumerate(target)]
    total = size(value.shape)
    if -1 in target[1:] and -1 not in target[:1]:
        known = -size(tuple(target[1:]))
        target = [total // known if known and n == -1 else n for n in target]
    # The batch stays in front: 0 copies it, -1 leaves it over, or the graph fixes it.
    shape = tuple(target[1:])
    if not target or target[0] not in (0, -1, reader.batch) or size(shape) != total:
        raise Unsupported(f": the shape {wanted} does not keep the samples apart")
    _reshaped(reader, node, value, shape)


def _without_direction(reader: GraphReader, node: onnx.NodeProto, wanted: tuple[int, ...]) -> None:
    """Read a Reshape of (steps, batch, 1, values) to (steps, batch, values) (torch's exporter)."""
    value = reader.any_value(node.input[0])
    steps, values = value.shape
    # 0 copies the dimension of the same number, whose third is the direction; -1 is what is left.
    fits = [(steps, 0, -1), (reader.batch or 0, 0, -1), (values, -1)]
    if (
        len(wanted) != 3
        or wanted.count(-1) > 1
        or any(size not in known for size, known in zip(wanted, fits, strict=True))
    ):
        raise Unsupported(f": the shape {wanted} does not keep the samples apart")
    reader.alias(node, replace(value, form="time"))


def flattened(reader: GraphReader, node: onnx.NodeProto, value: Value) -> None:
    """Let a node give all elements of a value as a vector."""
    _reshaped(reader, node, value, (size(value.shape),))


def _reshaped(
    reader: GraphReader, node: onnx.NodeProto, value: Value, shape: tuple[int, ...]
) -> None:
    if shape == value.shape:
        reader.alias(node, value)
        return
    if node.output[0] in reader.outputs:
        if reader.uses[node.output[0]] > 1:
            raise Unsupported(": reshapes an output that is read again; leave that to the host")
        reader.final[node.output[0]] = shape
        reader.alias(node, value)
        return
    order = value.order
    if value.last:
        numbers = np.arange(size(value.shape)).reshape(value.shape)
        order = np.moveaxis(numbers, 0, -1).reshape(-1)
        if (order == numbers.reshape(-1)).all():
            order = None  # one channel, or one point
    last = len(shape) > 1 and shape[0] == 1 and reader.is_image(node.output[0])
    if order is not None and len(shape) > 1:
        raise Unsupported(": gives a feature map another shape than that of a vector")
    stored = (*shape[1:], 1) if last else shape
    if stored == value.stored:
        reader.values[node.output[0]] = replace(
            value, shape=shape, last=last, order=order, exclusive=False
        )
        return
    layer = Reshape(reader.name(node), value.layer, stored)
    reader.add(node, layer, shape, last, order)
