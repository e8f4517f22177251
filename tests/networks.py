"""Small ONNX networks for all tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

Array = npt.NDArray[Any]
Shape = Sequence[int | str | None]


def weight(*shape: int, seed: int = 0) -> Array:
    """Return float32 weights of moderate size, the same for the same arguments."""
    random = np.random.default_rng([seed, *shape])
    return (random.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)


def samples(count: int, *shape: int, seed: int = 1) -> Array:
    """Return float32 samples between -2 and 2."""
    return np.random.default_rng(seed).uniform(-2, 2, (count, *shape)).astype(np.float32)


def node(operator: str, inputs: str, outputs: str, name: str = "", **attributes: Any) -> Any:
    """Return a node; tensors are given as blank-separated names."""
    return helper.make_node(operator, inputs.split(), outputs.split(), name=name, **attributes)


def model(
    nodes: Sequence[Any],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    weights: Mapping[str, Array] | None = None,
    opset: int = 13,
    kind: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    """Return a model; the shapes of inputs and outputs are with the batch dimension."""
    graph = helper.make_graph(
        list(nodes),
        "network",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def save(network: onnx.ModelProto, path: Path) -> Path:
    """Write `network` to `path` and return `path`."""
    onnx.save(network, str(path))
    return path


def mlp(sizes: Sequence[int] = (6, 5, 3), dense: str = "gemm", softmax: bool = True,
        seed: int = 0) -> onnx.ModelProto:  # fmt: skip
    """Return a multi-layer perceptron ``x`` -> ``y``.

    `dense`: "gemm", "gemm_transposed" as torch writes it, or "matmul" with an Add.
    """
    nodes, weights, tensor = [], {}, "x"
    for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        kernel = weight(n_in, n_out, seed=seed)
        weights[f"w{i}"] = np.ascontiguousarray(kernel.T) if "transposed" in dense else kernel
        weights[f"b{i}"] = weight(n_out, seed=seed)
        last = i == len(sizes) - 1
        result = f"fc{i}_out" if softmax or not last else "y"
        if dense == "matmul":
            nodes.append(node("MatMul", f"{tensor} w{i}", f"mm{i}", f"fc{i}"))
            nodes.append(node("Add", f"mm{i} b{i}", result, f"add{i}"))
        else:
            transposed = int("transposed" in dense)
            inputs = f"{tensor} w{i} b{i}"
            nodes.append(node("Gemm", inputs, result, f"fc{i}", transB=transposed))
        tensor = result
        if not last:
            nodes.append(node("Relu", result, f"relu{i}_out", f"relu{i}"))
            tensor = f"relu{i}_out"
    if softmax:
        nodes.append(node("Softmax", tensor, "y", "softmax", axis=-1))
    return model(nodes, {"x": ["batch", sizes[0]]}, {"y": ["batch", sizes[-1]]}, weights)


def image() -> onnx.ModelProto:
    """Return a network on images: (batch, 4, 4), flattened, one dense layer, 3 logits."""
    nodes = [
        node("Flatten", "image", "flat", "flatten"),
        node("Gemm", "flat w b", "logits", "fc"),
    ]
    weights = {"w": weight(16, 3), "b": weight(3)}
    return model(nodes, {"image": ["n", 4, 4]}, {"logits": ["n", 3]}, weights)


def two_by_two(depth: int = 3) -> onnx.ModelProto:
    """Return a network of two inputs and two outputs of different sizes.

    It is deep enough for hls4ml to number an output's layer beyond 9, so that sorting the outputs
    by name, as ``hls4ml_config.yml`` has them, is not their order in C.
    """
    nodes, weights, outputs = [], {}, {}
    for branch, (n_in, n_out) in {"a": (4, 3), "b": (6, 2)}.items():
        tensor, inputs = f"in_{branch}", n_in
        for i in range(depth):
            last = i == depth - 1
            width = n_out if last else 4
            key = f"{branch}{i}"
            weights[f"w_{key}"] = weight(inputs, width, seed=ord(branch) + i)
            weights[f"b_{key}"] = weight(width, seed=ord(branch) + i)
            result = f"out_{branch}" if last else f"sum_{key}"
            nodes.append(node("Gemm", f"{tensor} w_{key} b_{key}", result, f"fc_{key}"))
            if not last:
                nodes.append(node("Relu", result, f"relu_{key}"))
            tensor, inputs = f"relu_{key}", width
        outputs[f"out_{branch}"] = ["n", n_out]
    return model(nodes, {"in_a": ["n", 4], "in_b": ["n", 6]}, outputs, weights)


def evaluate(network: onnx.ModelProto, *inputs: Array) -> list[Array]:
    """Return the network's outputs as ONNX defines them."""
    names = [entry.name for entry in network.graph.input]
    result = ReferenceEvaluator(network).run(None, dict(zip(names, inputs, strict=True)))
    return [np.asarray(array) for array in result]
