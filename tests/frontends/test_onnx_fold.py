"""What does not depend on a network's data is computed before the network is read."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import helper

from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends.onnx_fold import folded
from hls4ml_soc.frontends.onnx_graph import array_of
from tests.networks import mlp, model, node, weight

SHAPED = [
    node("Gemm", "x w", "h"),
    node("Shape", "h", "s", start=0, end=1),
    node("Concat", "s rest", "shape", axis=0),
    node("Reshape", "h shape", "y"),
]


def network(nodes, batch="n", **weights) -> onnx.ModelProto:
    weights = {"w": weight(4, 3), **weights}
    return model(nodes, {"x": [batch, 4]}, {"y": [batch, 3]}, weights, opset=15)


def kinds(net: onnx.ModelProto) -> list[str]:
    return [entry.op_type for entry in net.graph.node]


def constants(net: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: array_of(tensor) for tensor in net.graph.initializer}


def test_nothing_to_fold_is_nothing_copied() -> None:
    net = mlp((4, 3, 2))
    assert folded(net) == (net, 0)
    assert folded(net)[0] is net


@pytest.mark.parametrize("batch", ["n", 5])
def test_shapes_know_the_batch(batch: str | int) -> None:
    net = network(SHAPED, batch, rest=np.array([3]))
    before = net.SerializeToString()
    found, size = folded(net)
    assert kinds(found) == ["Gemm", "Reshape"]
    assert constants(found)["shape"].tolist() == [size, 3]
    assert size == batch if isinstance(batch, int) else size > 4
    assert net.SerializeToString() == before


def test_weights_in_another_order_are_weights() -> None:
    nodes = [
        node("Transpose", "turned", "a", perm=[1, 0]),
        node("Constant", "", "two", value_float=2.0),
        node("Mul", "a two", "w2"),
        node("MatMul", "x w2", "y"),
    ]
    turned = weight(3, 4)
    found, size = folded(network(nodes, turned=turned))
    assert size == 0  # still open
    assert kinds(found) == ["MatMul"]
    assert (constants(found)["w2"] == 2 * turned.T).all()


def test_what_stays() -> None:
    """Quantisers have a meaning beside their values; branches read what is not their input."""
    branch = helper.make_graph(
        [node("Relu", "h", "b")], "b", [], [helper.make_empty_tensor_value_info("b")]
    )
    parts = [np.float32(1), np.float32(0), np.float32(4)]
    quant = helper.make_node("Quant", ["w", "s", "z", "n"], ["q"], domain="qonnx.custom_op.general")
    nodes = [
        quant,
        node("RandomNormalLike", "w", "r"),
        node("Add", "s z", "unread"),
        node("MatMul", "x q", "h"),
        node("If", "yes", "c", then_branch=branch, else_branch=branch),
        node("Add", "c r", "y"),
    ]
    named = dict(zip("szn", parts, strict=True), yes=np.array(True))
    found, _ = folded(network(nodes, **named))
    assert kinds(found) == ["Quant", "RandomNormalLike", "MatMul", "If", "Add"]


def test_what_onnx_cannot_compute_stays() -> None:
    nodes = [node("Reshape", "w wrong", "v"), node("MatMul", "x v", "y")]
    found, _ = folded(network(nodes, wrong=np.array([7])))
    assert kinds(found) == ["Reshape", "MatMul"]


def test_a_damaged_weight_is_named() -> None:
    net = network([node("Transpose", "w", "v"), node("MatMul", "x v", "y")])
    net.graph.initializer[0].raw_data = b"odd"
    with pytest.raises(ModelError, match="tensor 'w' of the network is damaged"):
        folded(net)
