"""What each supported ONNX operator means in a `Network`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from ..errors import ModelError
from . import (
    onnx_elementwise,
    onnx_file,
    onnx_fold,
    onnx_quant,
    onnx_recurrent,
    onnx_shapes,
    onnx_spatial,
)
from .names import Names
from .network import Array, Dense, Network, size
from .onnx_graph import STANDARD, GraphReader, Handler, Unsupported, array_of, attributes, title


def read(path: Path, model: onnx.ModelProto, names: Names) -> Network:
    """Return the network of the model of the file `path`.

    Raises ModelError naming every node that is not supported."""
    return walk(path, model, names)[1]


def walk(path: Path, model: onnx.ModelProto, names: Names) -> tuple[GraphReader, Network]:
    """Return what has read `model`, which knows its tensors, and the network, as `read` does."""
    inputs = onnx_file.inputs(path, model)
    model, batch = onnx_fold.folded(model)
    reader = GraphReader(model.graph, names, batch)
    images = onnx_spatial.images(reader.nodes, list(inputs))
    network = reader.read(inputs, _handle, images)
    if reader.problems:
        count = f"{len(reader.problems)} of {len(reader.nodes)} nodes"
        listed = "; ".join(reader.problems)
        raise ModelError(f"{path}: {count} cannot be converted: {listed}. Supported: {supported()}")
    return reader, network


def _handle(reader: GraphReader, node: onnx.NodeProto) -> None:
    known = _QONNX if node.domain == onnx_quant.DOMAIN else _HANDLERS
    ours = node.domain in (*STANDARD, onnx_quant.DOMAIN)
    handler = known.get(node.op_type) if ours else None
    if handler is None:
        raise Unsupported("")
    handler(reader, node)


def _bias(reader: GraphReader, name: str, outputs: int) -> Array:
    """Return a bias of any form that is the same for every sample, as (outputs,)."""
    bias = reader.constant(name, "bias")
    if size(bias.shape[:-1]) != 1 or bias.ndim > 2 or bias.size not in (1, outputs):
        raise Unsupported(f": its bias has the shape {bias.shape}, not ({outputs},)")
    return np.broadcast_to(bias.reshape(-1), (outputs,))


def _dense(reader: GraphReader, node: onnx.NodeProto, weight: Array, bias: Array) -> str:
    """Add a Dense and return its name."""
    value = reader.value(node.input[0])
    # Over the last dimension of a sequence, as of a vector (hls4ml: PointwiseConv1D).
    if len(value.shape) > 2 or value.last:
        raise Unsupported(f": multiplies samples of the shape {value.shape}; flatten them first")
    if value.shape[-1] != len(weight):
        raise Unsupported(f": multiplies {value.shape[-1]} values by weights for {len(weight)}")
    if value.order is not None:
        weight = weight[value.order]
    layer = Dense(reader.name(node), value.layer, weight, bias)
    reader.add(node, layer, (*value.shape[:-1], weight.shape[1]))
    return layer.name


def _weight(reader: GraphReader, node: onnx.NodeProto) -> Array:
    if node.input[0] in reader.constants:
        raise Unsupported(": its weights are on the left")
    weight = reader.constant(node.input[1], "weight")
    if weight.ndim != 2:
        raise Unsupported(f": its weight has the shape {weight.shape}, not two dimensions")
    return weight


def _gemm(reader: GraphReader, node: onnx.NodeProto) -> None:
    given = attributes(node)
    if given.get("transA", 0):
        raise Unsupported(": transA=1 would exchange samples and values")
    weight = _weight(reader, node)
    if given.get("transB", 0):
        weight = weight.T
    bias = np.zeros(weight.shape[1])
    if len(node.input) > 2 and node.input[2]:
        bias = _bias(reader, node.input[2], weight.shape[1]) * given.get("beta", 1.0)
    alpha, beta = given.get("alpha", 1.0), given.get("beta", 1.0)
    name = _dense(reader, node, weight * alpha, bias)
    onnx_quant.part(reader, name, "weight", node.input[1], alpha == 1)
    if len(node.input) > 2:
        onnx_quant.part(reader, name, "bias", node.input[2], beta == 1)


def _matmul(reader: GraphReader, node: onnx.NodeProto) -> None:
    weight = _weight(reader, node)
    name = _dense(reader, node, weight, np.zeros(weight.shape[1]))
    onnx_quant.part(reader, name, "weight", node.input[1])


def _add(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read an Add: of a bias to what a MatMul or Gemm gives, or of two tensors."""
    constant = [name in reader.constants for name in node.input]
    if any(constant):
        data, bias = node.input if constant[1] else reversed(node.input)
        value = reader.value(data)
        layer = reader.layers.get(value.layer)
        rounded = "result" in reader.formats.get(value.layer, {})
        if isinstance(layer, Dense) and value.exclusive and not rounded:
            added = layer.bias + _bias(reader, bias, len(layer.bias))
            reader.layers[layer.name] = replace(layer, bias=added)
            onnx_quant.part(reader, layer.name, "bias", bias, not layer.bias.any())
            reader.alias(node, value)
            return
    onnx_elementwise.merge(reader, node)


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
    if len(value.shape) != 1 or attributes(node).get("axis", -1) not in (-1, 1):
        raise Unsupported(": does not go over all values of a sample")
    reader.notes.append(f"{title(node)} is left to the host: the outputs are its inputs")
    reader.alias(node, value)


def _constant(reader: GraphReader, node: onnx.NodeProto) -> None:
    (name, content), *more = attributes(node).items() or [("", None)]
    if more or not name.startswith("value") or "string" in name:
        raise Unsupported(": is not a dense number or array")
    if isinstance(content, onnx.TensorProto):
        content = array_of(content)
    elif isinstance(content, (float, list)) and "float" in name:
        content = np.asarray(content, np.float32)
    reader.constants[node.output[0]] = np.asarray(content)


_QONNX: dict[str, Handler] = {"Quant": onnx_quant.quant, "BipolarQuant": onnx_quant.bipolar}
_HANDLERS: dict[str, Handler] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Relu": onnx_elementwise.relu,
    **dict.fromkeys(onnx_elementwise.FUNCTIONS, onnx_elementwise.function),
    **dict.fromkeys(onnx_elementwise.MERGES, onnx_elementwise.merge),
    "Add": _add,
    "Concat": onnx_elementwise.concat,
    "Conv": onnx_spatial.conv,
    **dict.fromkeys(("MaxPool", "AveragePool"), onnx_spatial.pool),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), onnx_spatial.global_pool),
    **dict.fromkeys(("ReduceMean", "ReduceMax"), onnx_spatial.reduced),
    "BatchNormalization": onnx_spatial.batch_norm,
    **dict.fromkeys(("LSTM", "GRU"), onnx_recurrent.recurrent),
    "Transpose": onnx_recurrent.transpose,
    "Squeeze": onnx_recurrent.squeeze,
    "Gather": onnx_recurrent.gather,
    "Flatten": onnx_shapes.flatten,
    "Reshape": onnx_shapes.reshape,
    "Softmax": _softmax,
    "Identity": _identity,
    "Dropout": _dropout,
    "Constant": _constant,
}


def supported() -> str:
    """Return what is supported, for people."""
    quantisers = "Quant and BipolarQuant of QONNX"
    return f"{', '.join(sorted(_HANDLERS))}; {quantisers}; Softmax only as the last step"
