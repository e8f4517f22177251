"""ONNX operators on feature maps: convolution, pooling, normalisation. ONNX has the channels in
front, hls4ml behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx

from . import onnx_quant
from .network import Conv, Pool
from .onnx_elementwise import scaled
from .onnx_graph import READ_MAPS, GraphReader, Unsupported, Value, attributes, axes_of

#: Operators whose output lies as their input does.
KEEP = (
    *("Relu", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "HardSigmoid", "Softplus", "Softsign"),
    *("BatchNormalization", "Identity", "Dropout", "Add", "Sub", "Mul", "Max", "Min"),
    *("ThresholdedRelu", "Quant"),
)


def images(nodes: list[onnx.NodeProto], inputs: list[str]) -> set[str]:
    """Return the inputs that reach an operator on feature maps as they are."""
    found = set()
    for name in inputs:
        same = {name}
        for node in nodes:
            if node.op_type in READ_MAPS and node.input[0] in same:
                found.add(name)
            if node.op_type in KEEP and same.intersection(node.input):
                same.update(node.output[:1])
    return found


def feature_map(reader: GraphReader, node: onnx.NodeProto) -> Value:
    """Return what a node reads, which must be a feature map of one or two dimensions."""
    value = reader.value(node.input[0])
    if len(value.shape) not in (2, 3):
        raise Unsupported(f": reads samples of the shape {value.shape}, not (channels, ...)")
    if not value.last:
        raise Unsupported(": reads a tensor that is no feature map, such as a reshaped one")
    return value


def conv(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Conv."""
    value, given = feature_map(reader, node), attributes(node)
    weight = reader.constant(node.input[1], "weight")
    channels, *sizes = value.shape
    kernel = weight.shape[2:]
    if len(kernel) != len(sizes):
        raise Unsupported(f": its weight has the shape {weight.shape}")
    group = given.get("group", 1)
    if group not in (1, channels) or (group == channels != 1 and len(weight) != channels):
        raise Unsupported(f": group={group} with {channels} channels and {len(weight)} filters")
    if any(n != 1 for n in given.get("dilations", ())):
        raise Unsupported(f": dilations={list(given['dilations'])}; hls4ml 1.3 has none")
    bias = np.zeros(len(weight))
    if len(node.input) > 2 and node.input[2]:
        bias = reader.constant(node.input[2], "bias")
    strides, pads, result = _windows(given, tuple(sizes), kernel)
    # (filters, channels, *kernel) -> (*kernel, channels, filters); depthwise (*kernel, channels, 1)
    depthwise = group != 1
    axes = (*range(2, weight.ndim), 0, 1) if depthwise else (*range(2, weight.ndim), 1, 0)
    layer = Conv(
        reader.name(node),
        value.layer,
        weight.transpose(axes),
        bias,
        strides,
        pads,
        value.stored,
        (*result, len(weight)),
        depthwise,
    )
    reader.add(node, layer, (len(weight), *result), last=True)
    onnx_quant.part(reader, layer.name, "weight", node.input[1])
    if len(node.input) > 2:
        onnx_quant.part(reader, layer.name, "bias", node.input[2])


def pool(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a MaxPool or AveragePool."""
    value, given = feature_map(reader, node), attributes(node)
    kernel = tuple(given["kernel_shape"])
    if any(n != 1 for n in given.get("dilations", ())) or given.get("ceil_mode", 0):
        raise Unsupported(": has dilations or ceil_mode")
    if len(node.output) > 1 and any(reader.uses[name] for name in node.output[1:]):
        raise Unsupported(": its indices are used")
    strides, pads, result = _windows(given, value.shape[1:], kernel)
    kind = node.op_type.removesuffix("Pool")
    padded = bool(given.get("count_include_pad", 0))
    if any(map(any, pads)) and kind == "Average" and not padded:
        raise Unsupported(": averages over its padding's neighbours only; hls4ml 1.3 does not")
    stored = (*result, value.shape[0])
    layer = Pool(
        reader.name(node), value.layer, kind, kernel, strides, pads, value.stored, stored, padded
    )
    reader.add(node, layer, (value.shape[0], *result), last=True)


def global_pool(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a GlobalAveragePool or GlobalMaxPool."""
    value = feature_map(reader, node)
    channels, *sizes = value.shape
    layer = _global(reader, node, value, node.op_type.removeprefix("Global").removesuffix("Pool"))
    reader.add(node, layer, (channels, *(1 for _ in sizes)), last=True)


def reduced(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a ReduceMean or ReduceMax over a whole feature map, which is such a pool."""
    value, given = feature_map(reader, node), attributes(node)
    channels, *sizes = value.shape
    axes, rank = axes_of(reader, node), len(value.shape) + 1
    if sorted(axis % rank for axis in axes or ()) != list(range(2, rank)):
        raise Unsupported(f": axes={axes}; a feature map's height and width together can be")
    kind = {"ReduceMean": "Average", "ReduceMax": "Max"}[node.op_type]
    layer = _global(reader, node, value, kind)
    ones = (1,) * len(sizes) if given.get("keepdims", 1) else ()
    reader.add(node, layer, (channels, *ones), last=bool(ones))


def _global(reader: GraphReader, node: onnx.NodeProto, value: Value, kind: str) -> Pool:
    channels, *sizes = value.shape
    window = tuple(sizes)
    none = ((0, 0),) * len(window)
    return Pool(
        reader.name(node), value.layer, kind, window, window, none, value.stored, (channels,)
    )


def batch_norm(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a BatchNormalization; it goes into the layer before it where that has weights."""
    value, given = reader.value(node.input[0]), attributes(node)
    if given.get("training_mode", 0):
        raise Unsupported(": is in training mode")
    gamma, beta, mean, variance = (reader.constant(n, "parameters") for n in node.input[1:5])
    if len(value.shape) > 1 and not value.last:
        raise Unsupported(": reads a tensor that is no feature map, such as a reshaped one")
    if gamma.shape != value.shape[:1]:
        raise Unsupported(f": has {gamma.size} parameters for samples of the shape {value.shape}")
    scale = gamma / np.sqrt(variance + given.get("epsilon", 1e-5))
    scaled(reader, node, value, scale, beta - mean * scale)


def _windows(
    given: dict[str, Any], sizes: tuple[int, ...], kernel: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return strides, padding (before, after) and output size of each dimension."""
    count = len(sizes)
    strides = tuple(given.get("strides", (1,) * count))
    auto = given.get("auto_pad", b"NOTSET").decode()
    flat = list(given.get("pads", (0,) * (2 * count)))
    if auto == "NOTSET":
        pads = tuple(zip(flat[:count], flat[count:], strict=True))
    elif auto == "VALID":
        pads = ((0, 0),) * count
    else:
        pads = tuple(
            _same(size, step, width, auto == "SAME_LOWER")
            for size, step, width in zip(sizes, strides, kernel, strict=True)
        )
    result = tuple(
        (size + sum(pad) - width) // step + 1
        for size, pad, width, step in zip(sizes, pads, kernel, strides, strict=True)
    )
    if min(result) < 1:
        raise Unsupported(f": its window {kernel} is larger than what it reads, {sizes}")
    return strides, pads, result


def _same(size: int, step: int, width: int, lower: bool) -> tuple[int, int]:
    """Return the padding for an output of ceil(size / step) (ONNX, auto_pad)."""
    total = max(0, (-(-size // step) - 1) * step + width - size)
    half = total // 2
    return (total - half, half) if lower else (half, total - half)
