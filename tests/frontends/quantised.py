"""QONNX networks of the kinds that are bit-exact."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests.frontends.layer_cases import weight
from tests.networks import node

DOMAIN = "qonnx.custom_op.general"


def quant(x: str, y: str, scale: str, bits: int, **attributes: object) -> onnx.NodeProto:
    """Return a Quant; its scale is an initializer, bit widths are called b<bits>."""
    given = {"signed": 1, "narrow": 0, "rounding_mode": "ROUND", **attributes}
    inputs = [x, scale, "zero", f"b{bits}"]
    return helper.make_node("Quant", inputs, [y], name=f"{y}_quant", domain=DOMAIN, **given)


def build(nodes, x, y, **constants: object) -> onnx.ModelProto:
    """Return a model of opset 13 with QONNX's; batches are of one, as qonnx wants them."""
    fixed = {"zero": 0, "half": 0.5, "s4": 2**-4, "s5": 2**-5, "s6": 2**-6}
    fixed |= {f"b{bits}": bits for bits in (2, 4, 6, 8, 12)}
    tensors = [
        numpy_helper.from_array(np.asarray(value, np.float32), name)
        for name, value in (fixed | constants).items()
    ]
    shapes = [
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, *shape])]
        for name, shape in (("x", x), ("y", y))
    ]
    graph = helper.make_graph(nodes, "quantised", *shapes, tensors)
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(DOMAIN, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def mlp() -> onnx.ModelProto:
    """Return two dense layers, weights of 6 and 2 bits, narrow and per channel."""
    nodes = [
        quant("x", "xq", "s6", 8),
        quant("w", "wq", "s4", 6, narrow=1),
        quant("b", "bq", "s6", 8),
        node("MatMul", "xq wq", "h", "fc1"),
        node("Add", "h bq", "k", "add1"),
        node("Relu", "k", "r", "relu1"),
        quant("r", "rq", "s5", 8, signed=0, rounding_mode="FLOOR"),
        quant("w2", "w2q", "each", 2, narrow=1),
        node("MatMul", "rq w2q", "o", "fc2"),
        quant("o", "y", "s6", 12),
    ]
    each = np.array([[0.5, 0.25, 1.0]])
    weights = {"w": weight(6, 5), "b": weight(5), "w2": 2 * weight(5, 3), "each": each}
    return build(nodes, (6,), (3,), **weights)


def convolution() -> onnx.ModelProto:
    """Return a convolution, pool and dense layer, bipolar weights in the last; no last Quant."""
    nodes = [
        quant("x", "xq", "s6", 8, narrow=1),
        quant("w", "wq", "s4", 4),
        node("Conv", "xq wq", "c", "conv", pads=[1, 1, 1, 1]),
        node("Relu", "c", "r", "relu"),
        quant("r", "rq", "s4", 6, signed=0),
        node("MaxPool", "rq", "p", "pool", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", "p", "f", "flat"),
        helper.make_node("BipolarQuant", ["w2", "half"], ["w2q"], name="signs", domain=DOMAIN),
        node("MatMul", "f w2q", "y", "fc"),
    ]
    weights = {"w": weight(4, 2, 3, 3), "w2": weight(16, 3)}
    return build(nodes, (2, 4, 4), (3,), **weights)


def residual() -> onnx.ModelProto:
    """Return a dense layer added to its quantised input, in 4 and 6 bits."""
    nodes = [
        quant("x", "xq", "s4", 6, rounding_mode="HALF_DOWN"),
        quant("w", "wq", "s4", 4, rounding_mode="DOWN"),
        node("Gemm", "xq wq", "h", "fc", transB=1),
        quant("h", "hq", "s4", 6, narrow=1, rounding_mode="HALF_UP"),
        node("Add", "hq xq", "a", "sum"),
        quant("a", "y", "s4", 8, rounding_mode="HALF_EVEN"),
    ]
    return build(nodes, (5,), (5,), w=weight(5, 5))


NETWORKS = {"mlp": mlp, "convolution": convolution, "residual": residual}
