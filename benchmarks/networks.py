"""The networks that are measured, made of random weights: only their sizes count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: hls4ml's jet tagger (arXiv:1804.06913): 16 features of a jet, five classes.
JET_TAGGER = (16, 64, 32, 32, 5)
#: Its numbers: 14 bits, which take 16 in memory unless packed densely.
PRECISION = "ap_fixed<14,6>"


def perceptron(path: Path, sizes: tuple[int, ...]) -> Path:
    """Write dense layers with ReLU between them as ONNX; return ``path``."""
    random = np.random.default_rng(0)
    nodes, weights = [], []
    tensor = "x"
    for i, shape in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        last = i == len(sizes) - 1
        kernel = (random.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)
        bias = (random.standard_normal(shape[1]) / 8).astype(np.float32)
        weights += [numpy_helper.from_array(a, f"{n}{i}") for n, a in (("w", kernel), ("b", bias))]
        result = "y" if last else f"sum{i}"
        nodes.append(helper.make_node("Gemm", [tensor, f"w{i}", f"b{i}"], [result], f"fc{i}"))
        tensor = result
        if not last:
            nodes.append(helper.make_node("Relu", [result], [f"relu{i}"], f"relu{i}"))
            tensor = f"relu{i}"
    x, y = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", size])
        for name, size in (("x", sizes[0]), ("y", sizes[-1]))
    )
    graph = helper.make_graph(nodes, "network", [x], [y], weights)
    opset = helper.make_opsetid("", 13)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), str(path))
    return path
