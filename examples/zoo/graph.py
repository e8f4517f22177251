"""Write plain ONNX layer by layer, with seeded random weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = np.ndarray[Any, Any]


class Graph:
    """A network under construction; its methods add one layer and return the name of what it gives.

    Weights are random (``numpy.random.default_rng(seed)``) and scaled so that signals neither
    vanish nor grow from layer to layer; `parameters` counts them, batch normalisation included.
    Images are channels first, as ONNX has them.
    """

    def __init__(self, name: str, seed: int = 0) -> None:
        self.name = name
        self.parameters = 0
        self.shapes: dict[str, tuple[int, ...]] = {}
        self._random = np.random.default_rng(seed)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._inputs: list[str] = []
        self._outputs: tuple[str, ...] = ()

    def input(self, *shape: int, name: str = "x") -> str:
        """Add an input; `shape` is without the batch dimension."""
        self.shapes[name] = shape
        self._inputs.append(name)
        return name

    def dense(self, x: str, units: int, name: str, relu: bool = True, weight: Array | None = None,
              bias: bool = True) -> str:  # fmt: skip
        """Add a dense layer; `weight` (inputs, units) instead of a random one."""
        (inputs,) = self.shapes[x]
        if weight is None:
            weight = self._drawn(inputs, (inputs, units))
        operands = [x, self._weight(f"{name}_w", weight)]
        if bias:
            operands.append(self._weight(f"{name}_b", self._random.uniform(-0.1, 0.1, units)))
        y = self._node("Gemm", operands, name, (units,))
        return self.relu(y, f"{name}_relu") if relu else y

    def conv(self, x: str, filters: int, name: str, kernel: int = 3, stride: int = 1,
             same: bool = False, relu: bool = True, norm: bool = False) -> str:  # fmt: skip
        """Add a convolution of images, followed by batch normalisation and ReLU where wanted."""
        channels, *sizes = self.shapes[x]
        shape = (filters, channels, kernel, kernel)
        weight = self._weight(f"{name}_w", self._drawn(channels * kernel**2, shape))
        bias = self._weight(f"{name}_b", self._random.uniform(-0.1, 0.1, filters))
        covered = [-(-s // stride) if same else (s - kernel) // stride + 1 for s in sizes]
        padding = {"auto_pad": "SAME_UPPER"} if same else {}
        y = self._node("Conv", [x, weight, bias], name, (filters, *covered),
                       kernel_shape=[kernel] * 2, strides=[stride] * 2, **padding)  # fmt: skip
        if norm:
            y = self._norm(y, f"{name}_bn")
        return self.relu(y, f"{name}_relu") if relu else y

    def relu(self, x: str, name: str) -> str:
        """Add a ReLU."""
        return self._node("Relu", [x], name, self.shapes[x])

    def pool(self, x: str, name: str) -> str:
        """Add the largest of 2 x 2 neighbours."""
        channels, *sizes = self.shapes[x]
        return self._node("MaxPool", [x], name, (channels, *(s // 2 for s in sizes)),
                          kernel_shape=[2, 2], strides=[2, 2])  # fmt: skip

    def concat(self, *xs: str, name: str) -> str:
        """Add a concatenation of vectors."""
        return self._node("Concat", list(xs), name, (sum(self.shapes[x][0] for x in xs),), axis=1)

    def flatten(self, x: str, name: str = "flatten") -> str:
        """Add a flattening."""
        return self._node("Flatten", [x], name, (math.prod(self.shapes[x]),))

    def lstm(self, x: str, units: int, name: str) -> str:
        """Add an LSTM over (steps, inputs) that gives its last output."""
        _, inputs = self.shapes[x]
        steps_first = self._node("Transpose", [x], f"{name}_time", (), perm=[1, 0, 2])
        weights = [
            self._weight(f"{name}_w", self._drawn(inputs, (1, 4 * units, inputs))),
            self._weight(f"{name}_r", self._drawn(units, (1, 4 * units, units))),
        ]
        # ONNX has two biases that are added; Keras, and hls4ml, have one.
        biases = np.concatenate([self._random.uniform(-0.1, 0.1, 4 * units), np.zeros(4 * units)])
        weights.append(self._weight(f"{name}_b", biases[None]))
        self.parameters -= 4 * units
        self._nodes.append(
            helper.make_node("LSTM", [steps_first, *weights], ["", f"{name}_last"], name=name,
                             hidden_size=units)
        )  # fmt: skip
        axes = numpy_helper.from_array(np.array([0], np.int64), f"{name}_axes")
        self._weights.append(axes)
        return self._node("Squeeze", [f"{name}_last", axes.name], f"{name}_state", (units,))

    def output(self, *tensors: str) -> None:
        """Name the tensors that are the network's outputs."""
        self._outputs = tensors

    def model(self) -> onnx.ModelProto:
        """Return the network, its batch dimension open."""
        graph = helper.make_graph(
            self._nodes,
            self.name,
            [self._described(name) for name in self._inputs],
            [self._described(name) for name in self._outputs],
            self._weights,
        )
        # Opset 13 and IR version 8 are read by every onnx and onnxruntime since 2021.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.checker.check_model(model)
        return model

    def _described(self, name: str) -> onnx.ValueInfoProto:
        shape = ["batch", *self.shapes[name]]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def _norm(self, x: str, name: str) -> str:
        channels = self.shapes[x][0]
        drawn = {
            "scale": self._random.uniform(0.8, 1.2, channels),
            "shift": self._random.uniform(-0.1, 0.1, channels),
            "mean": self._random.uniform(-0.1, 0.1, channels),
            "variance": self._random.uniform(0.8, 1.2, channels),
        }
        names = [self._weight(f"{name}_{key}", values) for key, values in drawn.items()]
        return self._node("BatchNormalization", [x, *names], name, self.shapes[x])

    def _node(self, operator: str, inputs: list[str], name: str, shape: tuple[int, ...],
              **attributes: Any) -> str:  # fmt: skip
        self._nodes.append(helper.make_node(operator, inputs, [f"{name}_y"], name, **attributes))
        self.shapes[f"{name}_y"] = shape
        return f"{name}_y"

    def _drawn(self, inputs: int, shape: tuple[int, ...]) -> Array:
        """Return weights of variance 2 / inputs (He), none beyond 1."""
        bound = min(1.0, math.sqrt(6 / inputs))
        return self._random.uniform(-bound, bound, shape)

    def _weight(self, name: str, values: Array) -> str:
        self.parameters += values.size
        self._weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name
