"""Small networks of every kind of layer that plain ONNX files may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import onnx
from onnx import helper

from tests.networks import Array, model, node


class Case(NamedTuple):
    """A network, and how far an emulation with 16 fractional bits may be from it."""

    network: onnx.ModelProto
    tolerance: float = 0.002


def weight(*shape: int, seed: int = 0) -> Array:
    """Return float32 weights, as small as their number asks for."""
    values = np.random.default_rng([seed, *shape]).uniform(-1, 1, shape)
    return (values / np.sqrt(max(1, np.prod(shape[1:])))).astype(np.float32)


def case(nodes, x, y, tolerance: float = 0.002, **weights: Array) -> Case:
    """Return the case of a network from `x` to `y`, whose shapes are given without the batch."""
    built = model(nodes, {"x": ["n", *x]}, {"y": ["n", *y]}, weights)
    return Case(built, tolerance)


def convolutions() -> Iterator[tuple[str, Case]]:
    c = node("Conv", "x w b", "y", "c1")
    w, b = weight(4, 3, 3, 3), weight(4)
    yield "conv2d", case([c], (3, 6, 5), (4, 4, 3), w=w, b=b)
    nodes = [
        node("Conv", "x w b", "c", "c1", pads=[1, 1, 1, 1], strides=[2, 2]),
        node("Relu", "c", "y"),
    ]
    w = weight(4, 2, 3, 3)
    yield "conv2d_padding_stride", case(nodes, (2, 8, 8), (4, 4, 4), w=w, b=b)
    c = node("Conv", "x w b", "y", "c1", auto_pad="SAME_UPPER")
    w = weight(3, 2, 2, 2)
    yield "conv2d_same_upper", case([c], (2, 6, 6), (3, 6, 6), w=w, b=weight(3))
    nodes = [
        node("Conv", "x w b", "c", "c1", group=4),
        node("Conv", "c w2 b2", "y", "c2"),
    ]
    more = {"w2": weight(3, 4, 1, 1), "b2": weight(3)}
    yield "depthwise", case(nodes, (4, 5, 5), (3, 3, 3), w=weight(4, 1, 3, 3), b=b, **more)
    nodes = [
        node("Conv", "x w b", "c", "c1", pads=[1, 1]),
        node("Relu", "c", "r"),
        node("MaxPool", "r", "p", "p1", kernel_shape=[2], strides=[2]),
        node("Flatten", "p", "f"),
        node("Gemm", "f w2 b2", "y", "fc"),
    ]
    more = {"w2": weight(16, 3), "b2": weight(3)}
    yield "conv1d", case(nodes, (2, 8), (3,), w=weight(4, 2, 3), b=b, **more)


def pools() -> Iterator[tuple[str, Case]]:
    c = node("Conv", "x w b", "c", "c1")
    w, b = weight(4, 3, 3, 3), weight(4)
    nodes = [
        c,
        node("Relu", "c", "r"),
        node("MaxPool", "r", "p", "p1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", "p", "f"),
        node("Gemm", "f w2 b2", "y", "fc"),
    ]
    more = {"w2": weight(16, 5), "b2": weight(5)}
    yield "max_pool_flatten_dense", case(nodes, (3, 6, 6), (5,), w=w, b=b, **more)
    nodes = [c, node("AveragePool", "c", "y", "p1", kernel_shape=[2, 2], strides=[2, 2])]
    yield "average_pool", case(nodes, (3, 6, 6), (4, 2, 2), w=w, b=b)
    for kind in ("Average", "Max"):
        g = node(f"Global{kind}Pool", "c", "g", "p1")
        end = [node("Flatten", "g", "f"), node("Gemm", "f w2 b2", "y", "fc")]
        more = {"w2": weight(4, 5), "b2": weight(5)}
        yield f"global_{kind}2d".lower(), case([c, g, *end], (3, 6, 6), (5,), w=w, b=b, **more)
        flat = weight(4, 2, 3)
        yield f"global_{kind}1d".lower(), case([c, g, *end], (2, 8), (5,), w=flat, b=b, **more)
    # Sums that overflow the network's own format, ap_fixed<24,8> in the tests.
    large = np.full(4, 100, np.float32)
    nodes = [c, node("AveragePool", "c", "y", "p1", kernel_shape=[2, 2], strides=[2, 2])]
    yield "average_pool_of_much", case(nodes, (3, 6, 6), (4, 2, 2), w=w, b=large)
    nodes = [c, node("GlobalAveragePool", "c", "g", "p1"), node("Flatten", "g", "y")]
    yield "global_average_of_much", case(nodes, (3, 6, 6), (4,), w=w, b=large)
    nodes = [c, node("GlobalAveragePool", "c", "g", "p1"), node("Flatten", "g", "y")]
    yield "ends_in_a_pool", case(nodes, (3, 6, 6), (4,), w=w, b=b)
    nodes = [c, node("Flatten", "c", "y")]
    yield "ends_in_a_flatten", case(nodes, (3, 5, 4), (24,), w=w, b=b)


def several() -> Iterator[tuple[str, Case]]:
    w, b = weight(3, 2, 2, 2), weight(3)
    norm = {"g": 1 + b, "e": weight(3, seed=1), "m": weight(3, seed=2), "v": 1 + abs(b)}
    nodes = [
        node("Conv", "x w b", "c", "c1"),
        node("BatchNormalization", "c g e m v", "n", "bn"),
        node("Relu", "n", "y"),
    ]
    yield "normalised", case(nodes, (2, 5, 5), (3, 4, 4), w=w, b=b, **norm)
    nodes = [
        node("BatchNormalization", "x g e m v", "n", "bn"),
        node("Conv", "n w b", "y", "c1"),
    ]
    norm = {"g": 1 + weight(2), "e": weight(2, seed=1), "m": weight(2), "v": 1 + abs(weight(2))}
    yield "normalised_input", case(nodes, (2, 5, 5), (3, 4, 4), w=w, b=b, **norm)
    nodes = [
        node("Conv", "x w b", "c", "c1", pads=[1, 1, 1, 1]),
        node("Relu", "c", "r"),
        node("Conv", "r w2 b2", "d", "c2", pads=[1, 1, 1, 1]),
        node("Add", "d r", "a", "add1"),
        node("Relu", "a", "y"),
    ]
    more = {"w2": weight(3, 3, 3, 3), "b2": weight(3)}
    yield "residual", case(nodes, (2, 5, 5), (3, 5, 5), w=weight(3, 2, 3, 3), b=b, **more)
    nodes = [
        node("Conv", "x w b", "c", "c1"),
        node("Conv", "x w2 b2", "d", "c2"),
        node("Concat", "c d", "y", "cat", axis=1),
    ]
    more = {"w2": weight(2, 2, 2, 2), "b2": weight(2)}
    yield "concatenated", case(nodes, (2, 5, 5), (5, 4, 4), w=w, b=b, **more)


def activations() -> Iterator[tuple[str, Case]]:
    # hls4ml looks most of them up in tables of 1024 entries.
    for name, tolerance, parameters in (
        ("Sigmoid", 0.01, {}),
        ("Tanh", 0.01, {}),
        ("Softplus", 0.02, {}),
        ("Softsign", 0.02, {}),
        ("LeakyRelu", 0.002, {"alpha": 0.1}),
        ("Elu", 0.01, {"alpha": 1.0}),
        ("HardSigmoid", 0.002, {}),
        ("ThresholdedRelu", 0.002, {"alpha": 0.3}),
    ):
        nodes = [
            node("Gemm", "x w b", "h", "fc"),
            node(name, "h", "r", "act", **parameters),
            node("Gemm", "r w2 b2", "y", "fc2"),
        ]
        weights = {"w": weight(6, 5), "b": weight(5), "w2": weight(5, 3), "b2": weight(3)}
        yield name.lower(), case(nodes, (6,), (3,), tolerance, **weights)


def recurrent() -> Iterator[tuple[str, Case]]:
    units, steps, values = 4, 5, 3
    for kind, gates in (("LSTM", 4), ("GRU", 3)):
        weights = {
            "w": weight(1, gates * units, values),
            "r": weight(1, gates * units, units),
            "b": weight(1, 2 * gates * units),
            "w2": weight(units, 2),
            "b2": weight(2),
        }
        given = {"hidden_size": units}
        if kind == "GRU":
            given["linear_before_reset"] = 1
        turn = node("Transpose", "x", "t", "tr", perm=[1, 0, 2])
        nodes = [
            turn,
            node(kind, "t w r b", "s", "rnn", **given),
            node("Squeeze", "s one", "q", "sq"),
            node("Transpose", "q", "h", "tr2", perm=[1, 0, 2]),
            node("MatMul", "h w2", "y", "mm"),
        ]
        axes = {"one": np.array([1])}
        yield (
            f"{kind}_all".lower(),
            case(nodes, (steps, values), (steps, 2), 0.01, **weights, **axes),
        )
        nodes = [
            turn,
            helper.make_node(kind, ["t", "w", "r", "b"], ["", "s"], name="rnn", **given),
            node("Squeeze", "s zero", "h", "sq"),
            node("Gemm", "h w2 b2", "y", "fc"),
        ]
        axes = {"zero": np.array([0])}
        yield f"{kind}_last".lower(), case(nodes, (steps, values), (2,), 0.01, **weights, **axes)


def shaped() -> Iterator[tuple[str, Case]]:
    """What exporters write where the batch is open: shapes that the graph computes."""
    c, w, b = node("Conv", "x w b", "c", "c1"), weight(4, 2, 3, 3), weight(4)
    end = node("Gemm", "f w2 b2", "y", "fc")
    nodes = [
        c,
        node("Shape", "c", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n first", "n1"),
        node("Concat", "n1 rest", "shape", axis=0),
        node("Reshape", "c shape", "f", "view"),
        end,
    ]
    sizes = {"zero": np.array(0), "first": np.array([0]), "rest": np.array([-1])}
    more = {"w2": weight(16, 3), "b2": weight(3), **sizes}
    yield "shape_computed", case(nodes, (2, 4, 4), (3,), w=w, b=b, **more)
    for name, kind in (("mean", "ReduceMean"), ("max", "ReduceMax")):
        nodes = [c, node(kind, "c", "f", "p1", axes=[-1, 2], keepdims=0), end]
        more = {"w2": weight(4, 3), "b2": weight(3)}
        yield f"reduced_{name}", case(nodes, (2, 4, 4), (3,), w=w, b=b, **more)


def recurrent_of_torch() -> Iterator[tuple[str, Case]]:
    """A GRU as torch 2.13 exports it: zero states of the batch's size, the last step gathered."""
    units, steps, values = 4, 5, 3
    weights = {
        "w": weight(1, 3 * units, values),
        "r": weight(1, 3 * units, units),
        "b": weight(1, 6 * units),
        "w2": weight(units, 2),
        "b2": weight(2),
        "one": np.array([1]),
        "two": np.array([2]),
        "three": np.array([3]),
        "four": np.array([4]),
        "units": np.array([units]),
        "zeros": np.array([0]),
        "left": np.array([-1]),
        "nothing": np.float32(0),
        "last": np.array(-1),
    }
    before = [
        node("Shape", "x", "sx"),
        node("Slice", "sx zeros one", "batch"),
        node("Concat", "one batch units", "sh", axis=0),
        node("Expand", "nothing sh", "h0"),
        node("Transpose", "x", "t", "tr", perm=[1, 0, 2]),
    ]
    given = {"hidden_size": units, "linear_before_reset": 1, "direction": "forward", "name": "rnn"}
    read = ["t", "w", "r", "b", "", "h0"]
    end = node("Gemm", "l w2 b2", "y", "fc")
    nodes = [
        *before,
        helper.make_node("GRU", read, ["s"], **given),
        node("Transpose", "s", "s4", "tr2", perm=[0, 2, 1, 3]),
        node("Shape", "s4", "ss"),
        node("Slice", "ss zeros one", "d0"),
        node("Slice", "ss one two", "d1"),
        node("Slice", "ss two three", "d2"),
        node("Slice", "ss three four", "d3"),
        node("Mul", "d2 d3", "d23"),
        node("Concat", "d0 d1 d23", "d", axis=0),
        node("Reshape", "s4 d", "s3"),
        node("Transpose", "s3", "all", "tr3", perm=[1, 0, 2]),
        node("Gather", "all last", "l", "select", axis=1),
        end,
    ]
    yield "torch_step", case(nodes, (steps, values), (2,), 0.01, **weights)
    nodes = [
        *before,
        helper.make_node("GRU", read, ["", "s"], **given),
        node("Gather", "s last", "l", "select", axis=0),
        end,
    ]
    yield "torch_state", case(nodes, (steps, values), (2,), 0.01, **weights)


CASES: dict[str, Case] = dict(
    [
        *convolutions(),
        *pools(),
        *several(),
        *activations(),
        *recurrent(),
        *shaped(),
        *recurrent_of_torch(),
    ]
)
