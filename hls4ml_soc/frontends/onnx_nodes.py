"""What each supported ONNX operator means in a `Network`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ..errors import ModelError
from .names import Names
from .network import Array, Dense, Network, Relu, Reshape, size
from .onnx_graph import GraphReader, Handler, Unknown, Unsupported, Value, title

SUPPORTED = (
    "Gemm, MatMul, Add of a bias, Relu, Flatten, Reshape, Softmax at the end, "
    "Identity, Dropout and Constant"
)


def read(
    path: Path,
    graph: onnx.GraphProto,
    inputs: dict[str, tuple[int, ...]],
    names: Names,
    batch: int,
) -> Network:
    """Return the network of `graph`; raise ModelError naming every node that is not supported."""
    reader = GraphReader(graph, names, batch)
    network = reader.read(inputs, _handle)
    if reader.problems:
        count = f"{len(reader.problems)} of {len(reader.nodes)} nodes"
        listed = "; ".join(reader.problems)
        raise ModelError(f"{path}: {count} cannot be converted: {listed}. Supported: {SUPPORTED}")
    return network


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def _handle(reader: GraphReader, node: onnx.NodeProto) -> None:
    handler = _HANDLERS.get(node.op_type) if node.domain in ("", "ai.onnx") else None
    if handler is None:
        raise Unsupported("")
    handler(reader, node)


def _bias(reader: GraphReader, name: str, outputs: int) -> Array:
    """Return a bias of any form that is the same for every sample, as (outputs,)."""
    bias = reader.constant(name, "bias")
    if size(bias.shape[:-1]) != 1 or bias.ndim > 2 or bias.size not in (1, outputs):
        raise Unsupported(f": its bias has the shape {bias.shape}, not ({outputs},)")
    return np.broadcast_to(bias.reshape(-1), (outputs,))


def _dense(reader: GraphReader, node: onnx.NodeProto, weight: Array, bias: Array) -> None:
    value = reader.value(node.input[0])
    if len(value.shape) != 1:
        raise Unsupported(f": multiplies samples of the shape {value.shape}; flatten them first")
    if value.shape[0] != len(weight):
        raise Unsupported(f": multiplies {value.shape[0]} values by weights for {len(weight)}")
    layer = Dense(reader.name(node), value.layer, weight, bias)
    reader.add(node, layer, (weight.shape[1],))


def _weight(reader: GraphReader, node: onnx.NodeProto) -> Array:
    if node.input[0] in reader.constants:
        raise Unsupported(": its weights are on the left")
    weight = reader.constant(node.input[1], "weight")
    if weight.ndim != 2:
        raise Unsupported(f": its weight has the shape {weight.shape}, not two dimensions")
    return weight


def _gemm(reader: GraphReader, node: onnx.NodeProto) -> None:
    attributes = _attributes(node)
    if attributes.get("transA", 0):
        raise Unsupported(": transA=1 would exchange samples and values")
    weight = _weight(reader, node)
    if attributes.get("transB", 0):
        weight = weight.T
    bias = np.zeros(weight.shape[1])
    if len(node.input) > 2 and node.input[2]:
        bias = _bias(reader, node.input[2], weight.shape[1]) * attributes.get("beta", 1.0)
    _dense(reader, node, weight * attributes.get("alpha", 1.0), bias)


def _matmul(reader: GraphReader, node: onnx.NodeProto) -> None:
    weight = _weight(reader, node)
    _dense(reader, node, weight, np.zeros(weight.shape[1]))


def _add(reader: GraphReader, node: onnx.NodeProto) -> None:
    constant = [name in reader.constants for name in node.input]
    if not any(constant):
        for name in node.input:
            reader.value(name)
        raise Unsupported(": adds two computed tensors")
    data, bias = node.input if constant[1] else reversed(node.input)
    value = reader.value(data)
    layer = reader.layers.get(value.layer)
    if not isinstance(layer, Dense) or not value.exclusive:
        raise Unsupported(": adds a constant to something else than the output of a MatMul or Gemm")
    added = layer.bias + _bias(reader, bias, len(layer.bias))
    reader.layers[layer.name] = replace(layer, bias=added)
    reader.alias(node, value)


def _relu(reader: GraphReader, node: onnx.NodeProto) -> None:
    value = reader.value(node.input[0])
    reader.add(node, Relu(reader.name(node), value.layer), value.shape)


def _identity(reader: GraphReader, node: onnx.NodeProto) -> None:
    if node.input[0] in reader.constants:
        reader.constants[node.output[0]] = reader.constants[node.input[0]]
    else:
        reader.alias(node, reader.value(node.input[0]))


def _dropout(reader: GraphReader, node: onnx.NodeProto) -> None:
    if len(node.input) > 2 and np.any(reader.constants.get(node.input[2], False)):
        raise Unsupported(": is in training mode")
    if any(reader.uses[mask] for mask in node.output[1:]):
        raise Unsupported(": its mask is used")
    _identity(reader, node)


def _softmax(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Leave a final softmax to the host (see `hls4ml_soc.frontends.onnx`)."""
    if node.output[0] not in reader.outputs or reader.uses[node.output[0]] != 1:
        raise Unsupported(": is not at the network's end")
    value = reader.value(node.input[0])
    # Up to opset 12 axis=1, the default, means "over everything but the batch".
    if len(value.shape) != 1 or _attributes(node).get("axis", -1) not in (-1, 1):
        raise Unsupported(": does not go over all values of a sample")
    reader.notes.append(f"{title(node)} is left to the host: the outputs are its inputs")
    reader.alias(node, value)


def _flatten(reader: GraphReader, node: onnx.NodeProto) -> None:
    value = reader.value(node.input[0])
    axis = _attributes(node).get("axis", 1)
    if axis % (len(value.shape) + 1) != 1:
        raise Unsupported(f": axis={axis} does not keep the samples apart")
    _reshaped(reader, node, value, (size(value.shape),))


def _reshape(reader: GraphReader, node: onnx.NodeProto) -> None:
    if node.input[1] not in reader.constants:
        if node.input[1] not in reader.values:
            raise Unknown
        raise Unsupported(": its shape is computed, not constant")
    wanted = tuple(int(n) for n in reader.constants[node.input[1]].reshape(-1))
    target = list(wanted)
    value = reader.value(node.input[0])
    if not _attributes(node).get("allowzero", 0):
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


def _reshaped(
    reader: GraphReader, node: onnx.NodeProto, value: Value, shape: tuple[int, ...]
) -> None:
    if shape == value.shape:
        reader.alias(node, value)
    elif node.output[0] in reader.outputs:
        raise Unsupported(": reshapes an output of the network; leave that to the host")
    else:
        reader.add(node, Reshape(reader.name(node), value.layer, shape), shape)


def _constant(reader: GraphReader, node: onnx.NodeProto) -> None:
    (name, content), *more = _attributes(node).items() or [("", None)]
    if more or not name.startswith("value") or "string" in name:
        raise Unsupported(": is not a dense number or array")
    if isinstance(content, onnx.TensorProto):
        content = numpy_helper.to_array(content)
    elif isinstance(content, (float, list)) and "float" in name:
        content = np.asarray(content, np.float32)
    reader.constants[node.output[0]] = np.asarray(content)


_HANDLERS: dict[str, Handler] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Relu": _relu,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Softmax": _softmax,
    "Identity": _identity,
    "Dropout": _dropout,
    "Constant": _constant,
}
