"""What each operator means, against the ONNX reference evaluator, and what is refused."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends import network, onnx_file, onnx_nodes
from hls4ml_soc.frontends.names import Names
from hls4ml_soc.frontends.network import Dense, Merge, Network, Recurrent, Relu, Scale
from tests import networks
from tests.frontends.layer_cases import CASES
from tests.networks import model, node, samples, weight

PATH = Path("net.onnx")
SUPPORTED = (
    "Supported: Add, AveragePool, BatchNormalization, Concat, Constant, Conv, Dropout, Elu, "
    "Flatten, GRU, Gather, Gemm, GlobalAveragePool, GlobalMaxPool, HardSigmoid, Identity, LSTM, "
    "LeakyRelu, MatMul, Max, MaxPool, Mean, Min, Mul, ReduceMax, ReduceMean, Relu, Reshape, "
    "Sigmoid, Softmax, Softplus, Softsign, Squeeze, Sub, Sum, Tanh, ThresholdedRelu, Transpose; "
    "Quant and BipolarQuant of QONNX; Softmax only as the last step"
)


def read(net: onnx.ModelProto) -> Network:
    result = onnx_nodes.read(PATH, net, Names("net"))
    onnx_file.check(PATH, net)
    network.check(PATH, result)
    return result


def run(net: Network, *inputs: np.ndarray) -> list[np.ndarray]:
    """Evaluate a `Network` in double precision, every tensor (batch, *shape)."""
    values = {entry.name: x for entry, x in zip(net.inputs, inputs, strict=True)}
    for layer in net.layers:
        x = values[layer.sources[0]]
        if isinstance(layer, Dense):
            values[layer.name] = x @ layer.weight + layer.bias
        elif isinstance(layer, Relu):
            values[layer.name] = np.maximum(x, 0)
        elif isinstance(layer, Scale):
            values[layer.name] = x * layer.weight + layer.bias
        elif isinstance(layer, Merge):
            values[layer.name] = _JOINED[layer.function](x, values[layer.sources[1]])
        else:
            values[layer.name] = x.reshape(-1, *layer.shape)
    pairs = zip(net.outputs, net.given, strict=True)
    return [given.restored(values[name]) for name, given in pairs]


_JOINED = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "average": lambda one, two: (one + two) / 2,
}


def assert_same(net: onnx.ModelProto, *inputs: np.ndarray) -> Network:
    converted = read(net)
    for ours, theirs in zip(run(converted, *inputs), networks.evaluate(net, *inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    return converted


def one_layer(nodes: list[onnx.NodeProto], **weights: np.ndarray) -> onnx.ModelProto:
    """Return a network x (n, 4) -> y (n, 3)."""
    return model(nodes, {"x": ["n", 4]}, {"y": ["n", 3]}, weights)


def refusal(net: onnx.ModelProto) -> str:
    with pytest.raises(ModelError) as error:
        read(net)
    return str(error.value)


@pytest.mark.parametrize("dense", ["gemm", "gemm_transposed", "matmul"])
def test_mlp(dense: str) -> None:
    assert_same(networks.mlp((6, 5, 4, 3), dense, softmax=False), samples(9, 6))


def test_several_inputs_and_outputs_in_the_order_of_the_graph() -> None:
    net = networks.two_by_two()
    net.graph.output.reverse()
    converted = assert_same(net, samples(9, 4), samples(9, 6))
    assert converted.outputs == ("fc_b2", "fc_a2")
    assert [entry.name for entry in converted.inputs] == ["in_a", "in_b"]


BIAS = weight(3)


@pytest.mark.parametrize(
    "bias", [BIAS, BIAS[None], BIAS[:1], BIAS[:1, None], np.float32(0.5)], ids=np.shape
)
def test_gemm_with_alpha_beta_and_every_form_of_bias(bias: np.ndarray) -> None:
    gemm = node("Gemm", "x w b", "y", alpha=0.5, beta=-2.0)
    assert_same(one_layer([gemm], w=weight(4, 3), b=np.asarray(bias)), samples(9, 4))


def test_gemm_without_bias() -> None:
    gemm = node("Gemm", "x w", "y", alpha=3.0, transB=1)
    assert_same(one_layer([gemm], w=weight(3, 4)), samples(9, 4))


@pytest.mark.parametrize("inputs", ["product b", "b product"])
def test_matmul_and_add_on_either_side(inputs: str) -> None:
    nodes = [node("MatMul", "x w", "product"), node("Add", inputs, "y")]
    converted = assert_same(one_layer(nodes, w=weight(4, 3), b=BIAS), samples(9, 4))
    assert len(converted.layers) == 1


def test_identity_dropout_and_constant_vanish() -> None:
    constant = helper.make_node("Constant", [], ["b"], value=onnx.numpy_helper.from_array(BIAS))
    scalar = helper.make_node("Constant", [], ["c"], value_float=0.25)
    listed = helper.make_node("Constant", [], ["d"], value_floats=[1.0, 2.0, 3.0])
    nodes = [
        constant,
        scalar,
        listed,
        node("Dropout", "x", "dropped"),
        node("Identity", "w", "v"),
        node("MatMul", "dropped v", "product"),
        node("Identity", "product", "same"),
        node("Add", "same b", "sum"),
        node("Add", "c sum", "more"),
        node("Add", "more d", "y"),
    ]
    converted = assert_same(one_layer(nodes, w=weight(4, 3)), samples(9, 4))
    assert [layer.name for layer in converted.layers] == ["product"]


@pytest.mark.parametrize("target", [[0, 2, 2], [-1, 2, 2], [0, -1, 2], [0, 2, -1]])
def test_reshapes_keep_the_order_of_elements(target: list[int]) -> None:
    nodes = [
        node("Reshape", "x s", "square"),
        node("Relu", "square", "positive"),
        node("Flatten", "positive", "flat", axis=-2),
        node("Gemm", "flat w", "y"),
    ]
    net = one_layer(nodes, w=weight(4, 3), s=np.array(target))
    converted = assert_same(net, samples(9, 4))
    assert [type(layer).__name__ for layer in converted.layers] == [
        "Reshape",
        "Relu",
        "Reshape",
        "Dense",
    ]


def test_a_batch_that_the_graph_fixes_may_stand_in_a_reshape() -> None:
    nodes = [node("Reshape", "x s", "flat"), node("Gemm", "flat w", "y")]
    weights = {"w": weight(4, 3), "s": np.array([5, 4])}
    assert_same(model(nodes, {"x": [5, 2, 2]}, {"y": [5, 3]}, weights), samples(5, 2, 2))


@pytest.mark.parametrize("opset", [7, 12, 13, 21])
def test_a_final_softmax_is_left_out(opset: int) -> None:
    net = networks.mlp((4, 3))
    net.opset_import[0].version = opset
    net.graph.node[-1].ClearField("attribute")
    x = samples(9, 4)
    (logits,) = run(read(net), x)
    exponentials = np.exp(logits)
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(expected, networks.evaluate(net, x)[0], atol=1e-6)


def test_nodes_that_no_output_needs_do_not_matter() -> None:
    nodes = [node("Gemm", "x w", "y"), node("Sin", "x", "unused")]
    assert len(read(one_layer(nodes, w=weight(4, 3))).layers) == 1


def test_every_unsupported_node_is_named_in_one_message() -> None:
    nodes = [
        node("Sin", "x", "a", "wave"),
        helper.make_node("Trunc", ["a"], ["q"], domain="qonnx.custom_op.general"),
        node("Gemm", "q w", "h", "turned", transA=1),
        node("Identity", "h", "i"),
        node("Gemm", "i v", "j", "fine"),
        node("Add", "j x", "k", "residual"),
        node("Pow", "k x", "y", "power"),
    ]
    net = model(nodes, {"x": ["n", 4]}, {"y": ["n", 4]}, {"w": weight(4, 4), "v": weight(4, 4)})
    assert refusal(net) == (
        "net.onnx: 4 of 7 nodes cannot be converted: 'wave' (Sin); "
        "'q' (qonnx.custom_op.general.Trunc); "
        "'turned' (Gemm): transA=1 would exchange samples and values; "
        f"'power' (Pow). {SUPPORTED}"
    )


def test_operators_of_other_domains_are_not_what_they_are_called() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["r"], name="mine", domain="my.ops"),
        node("Gemm", "r w", "y"),
    ]
    assert refusal(one_layer(nodes, w=weight(4, 3))) == (
        f"net.onnx: 1 of 2 nodes cannot be converted: 'mine' (my.ops.Relu). {SUPPORTED}"
    )


W, B = weight(4, 3), weight(3)
FIRST = node("Gemm", "x w", "h", "fc")


@pytest.mark.parametrize(
    ("nodes", "weights", "reason"),
    [
        (
            [node("MatMul", "w x", "y")],
            {"w": weight(3, 4)},
            "(MatMul): its weights are on the left",
        ),
        ([node("MatMul", "x x", "y")], {}, "(MatMul): its weight is computed, not constant"),
        (
            [node("MatMul", "x w", "y")],
            {"w": weight(2, 4, 3)},
            "(MatMul): its weight has the shape (2, 4, 3), not two dimensions",
        ),
        (
            [node("MatMul", "x w", "y")],
            {"w": weight(5, 3)},
            "(MatMul): multiplies 4 values by weights for 5",
        ),
        (
            [node("Gemm", "x w", "y")],
            {"w": W.astype(np.int32)},
            "(Gemm): its weight is int32, not floating point",
        ),
        (
            [node("Gemm", "x w b", "y")],
            {"w": W, "b": weight(5, 3)},
            "(Gemm): its bias has the shape (5, 3), not (3,)",
        ),
        (
            [node("Gemm", "x w b", "y")],
            {"w": W, "b": weight(3, 1)},
            "(Gemm): its bias has the shape (3, 1), not (3,)",
        ),
        (
            [node("Gemm", "x w b", "y")],
            {"w": W, "b": weight(2)},
            "(Gemm): its bias has the shape (2,), not (3,)",
        ),
        (
            [node("Gemm", "x w x", "y")],
            {"w": W},
            "(Gemm): its bias is computed, not constant",
        ),
        (
            [FIRST, node("Add", "h x", "y")],
            {"w": W},
            "(Add): joins samples of the shapes (3,) and (4,)",
        ),
        (
            [FIRST, node("Sum", "h h h", "y")],
            {"w": W},
            "(Sum): joins 3 tensors; two can be",
        ),
        (
            [FIRST, node("Sub", "b h", "y")],
            {"w": W, "b": B},
            "(Sub): has a constant operand",
        ),
        (
            [FIRST, node("Relu", "h", "r"), node("Add", "r b", "y")],
            {"w": W, "b": weight(2, 3)},
            "(Add): a constant of the shape (2, 3) with samples of the shape (3,)",
        ),
        (
            [node("Softmax", "x", "s"), node("Gemm", "s w", "y", "fc")],
            {"w": W},
            "(Softmax): is not at the network's end",
        ),
        (
            [FIRST, node("Softmax", "h", "y", axis=0)],
            {"w": W},
            "(Softmax): does not go over all values of a sample",
        ),
        (
            [node("Flatten", "x", "f", axis=0), node("Gemm", "f w", "y", "fc")],
            {"w": W},
            "(Flatten): axis=0 does not keep the samples apart",
        ),
        (
            [node("Reshape", "x s", "f"), node("Gemm", "f w", "y", "fc")],
            {"w": W, "s": np.array([1, -1])},
            "(Reshape): the shape (1, -1) does not keep the samples apart",
        ),
        (
            [node("Reshape", "x s", "f"), node("Gemm", "f w", "y", "fc")],
            {"w": W, "s": np.array([0, 5])},
            "(Reshape): the shape (0, 5) does not keep the samples apart",
        ),
        (
            [node("Gemm", "x w", "h", "fc"), node("Gather", "h i", "y", axis=1)],
            {"w": W, "i": np.array(0)},
            "(Gather): axis=1 here; only the last step of a sequence is taken",
        ),
        (
            [node("Gemm", "x w", "h", "fc"), node("Gather", "h i", "y", axis=1)],
            {"w": W, "i": np.array([0, 1])},
            "(Gather): takes more than one entry; the last step of a sequence can be",
        ),
        (
            [node("Dropout", "x r t", "f"), node("Gemm", "f w", "y", "fc")],
            {"w": W, "r": np.float32(0.5), "t": np.array(True)},
            "(Dropout): is in training mode",
        ),
        (
            [
                helper.make_node("Constant", [], ["w"], value_strings=["text"]),
                node("Gemm", "x w", "y", "fc"),
            ],
            {},
            "(Constant): is not a dense number or array",
        ),
    ],
)
def test_refused(nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], reason: str) -> None:
    for entry in nodes:
        if not entry.name and entry.op_type in reason:
            entry.name = "bad"
    weights = {name: np.asarray(array) for name, array in weights.items()}
    message = refusal(one_layer(nodes, **weights))
    assert reason in message
    assert message.startswith("net.onnx: ")
    assert message.endswith(f". {SUPPORTED}")


@pytest.mark.parametrize("operator", ["Add", "Sub", "Mul"])
def test_a_constant_for_one_of_two_readers_is_not_given_to_both(operator: str) -> None:
    nodes = [
        FIRST,
        node("Identity", "h", "same"),
        node(operator, "same b", "y", "add"),
        node("Relu", "same", "z"),
    ]
    net = model(nodes, {"x": ["n", 4]}, {"y": ["n", 3], "z": ["n", 3]}, {"w": W, "b": B})
    converted = assert_same(net, samples(9, 4))
    assert [type(layer).__name__ for layer in converted.layers] == ["Dense", "Scale", "Relu"]


@pytest.mark.parametrize("operator", ["Add", "Sub", "Mul", "Max", "Min", "Mean", "Sum"])
def test_two_tensors_are_joined(operator: str) -> None:
    nodes = [FIRST, node("Gemm", "x v", "k"), node(operator, "h k", "y")]
    converted = assert_same(one_layer(nodes, w=W, v=weight(4, 3, seed=1)), samples(9, 4))
    assert isinstance(converted.layers[-1], Merge)


@pytest.mark.parametrize("shape", [[0, 3, 1], [-1, 1, 3]])
def test_a_last_reshape_is_left_to_the_host(shape: list[int]) -> None:
    net = model(
        [FIRST, node("Reshape", "h s", "y")],
        {"x": ["n", 4]},
        {"y": ["n", *shape[1:]]},
        {"w": W, "s": np.array(shape)},
    )
    converted = assert_same(net, samples(9, 4))
    assert [layer.name for layer in converted.layers] == ["fc"]
    assert converted.given[0].shape == tuple(shape[1:])


def test_a_reshaped_output_that_is_read_again() -> None:
    nodes = [FIRST, node("Reshape", "h s", "y", "last"), node("Relu", "y", "z")]
    outputs = {"y": ["n", 3, 1], "z": ["n", 3, 1]}
    net = model(nodes, {"x": ["n", 4]}, outputs, {"w": W, "s": np.array([0, 3, 1])})
    assert refusal(net) == (
        "net.onnx: 1 of 3 nodes cannot be converted: 'last' (Reshape): reshapes an output that is "
        f"read again; leave that to the host. {SUPPORTED}"
    )


def test_outputs_that_do_not_lie_as_a_sample_does() -> None:
    nodes = [
        node("Conv", "x w b", "c"),
        node("Flatten", "c", "f"),
        node("Relu", "f", "y"),
    ]
    weights = {"w": weight(2, 1, 2, 2), "b": weight(2)}
    net = model(nodes, {"x": ["n", 1, 3, 3]}, {"y": ["n", 8]}, weights)
    assert refusal(net) == (
        "net.onnx: 1 of 3 nodes cannot be converted: output 'y': the elements of a flattened "
        f"feature map; leave out the Flatten. {SUPPORTED}"
    )
    nodes = [node("Transpose", "x", "t", perm=[1, 0, 2]), node("GRU", "t w r", "y", hidden_size=2,
                                                               linear_before_reset=1)]  # fmt: skip
    weights = {"w": weight(1, 6, 3), "r": weight(1, 6, 2)}
    net = model(nodes, {"x": ["n", 4, 3]}, {"y": [4, 1, "n", 2]}, weights)
    assert refusal(net) == (
        "net.onnx: 1 of 2 nodes cannot be converted: output 'y': the batch is not its first "
        f"dimension; add a Squeeze and a Transpose to the network. {SUPPORTED}"
    )


def test_a_softmax_that_is_an_output_and_goes_on() -> None:
    nodes = [FIRST, node("Softmax", "h", "y", "softmax"), node("Relu", "y", "z")]
    net = model(nodes, {"x": ["n", 4]}, {"y": ["n", 3], "z": ["n", 3]}, {"w": W})
    assert refusal(net) == (
        "net.onnx: 1 of 3 nodes cannot be converted: 'softmax' (Softmax): is not at the network's "
        f"end. {SUPPORTED}"
    )


def test_a_dropout_whose_mask_is_used() -> None:
    nodes = [
        node("Dropout", "x", "d mask", "drop"),
        node("Gemm", "d w", "y"),
        node("Identity", "mask", "z"),
    ]
    net = model(nodes, {"x": ["n", 4]}, {"y": ["n", 3], "z": ["n", 4]}, {"w": W})
    assert refusal(net) == (
        "net.onnx: 1 of 3 nodes cannot be converted: 'drop' (Dropout): its mask is used. "
        f"{SUPPORTED}"
    )


def test_images_are_flattened_before_they_are_multiplied() -> None:
    shapes = {"x": ["n", 5, 2, 4]}, {"y": ["n", 5, 2, 3]}
    net = model([node("MatMul", "x w", "y", "fc")], *shapes, {"w": W})
    assert refusal(net) == (
        "net.onnx: 1 of 1 nodes cannot be converted: 'fc' (MatMul): multiplies samples of the "
        f"shape (5, 2, 4); flatten them first. {SUPPORTED}"
    )


def test_networks_that_are_none() -> None:
    relu = model([node("Relu", "x", "y")], {"x": ["n", 4]}, {"y": ["n", 4]})
    assert refusal(relu) == ("net.onnx: the network has no weights; there is nothing to accelerate")
    idle = model([FIRST], {"x": ["n", 4], "z": ["n", 4]}, {"h": ["n", 3]}, {"w": W})
    assert refusal(idle) == "net.onnx: no output depends on input z; remove it"
    nodes = [FIRST, node("Identity", "x", "y")]
    through = model(nodes, {"x": ["n", 4]}, {"h": ["n", 3], "y": ["n", 4]}, {"w": W})
    assert refusal(through) == "net.onnx: input x is an output as well; remove that"
    nodes = [FIRST, node("Softmax", "h", "y")]
    both = model(nodes, {"x": ["n", 4]}, {"h": ["n", 3], "y": ["n", 3]}, {"w": W})
    assert refusal(both) == (
        "net.onnx: two outputs are the same tensor, a final softmax left out; keep one of them"
    )


def test_which_reductions_are_global_pools() -> None:
    nodes = [node("Conv", "x w", "c", "c1"), node("ReduceMean", "c", "y", "mean", axes=[2])]
    net = model(nodes, {"x": ["n", 2, 4, 4]}, {"y": ["n", 3, 1, 3]}, {"w": weight(3, 2, 2, 2)})
    with pytest.raises(ModelError, match="'mean' .*axes=.2.; a feature map's height and width"):
        read(net)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        (
            "torch_step",
            {"last": np.array(2)},
            "takes step 2 of a sequence, or it is read elsewhere",
        ),
        ("torch_step", {"nothing": np.float32(1)}, "starts from a state or sequence lengths"),
        ("torch_step", {"four": np.array([3])}, "does not keep the samples apart"),
        ("torch_state", {"last": np.array(1)}, "axis=0 here; only the last step of a sequence"),
    ],
)
def test_recurrent_networks_of_torch(name: str, change: dict[str, Any], reason: str) -> None:
    net = copy.deepcopy(CASES[name].network)
    assert [type(layer) for layer in read(net).layers] == [Recurrent, Dense]
    for tensor in net.graph.initializer:
        if tensor.name in change:
            tensor.CopyFrom(numpy_helper.from_array(change[tensor.name], tensor.name))
    with pytest.raises(ModelError, match=reason):
        read(net)


@pytest.mark.parametrize(
    ("shape", "fits"),
    [
        ((5, -1, 4), True),
        ((0, 0, -1), True),
        ((-1, 0, 4), True),
        ((-1, -1, 4), False),  # ONNX allows one
        ((4, -1, 5), False),
        ((5, -1, 2), False),
        ((5, -1, 0), False),  # 0 is the third dimension, of one direction
        ((5, 3, 4), False),  # three samples
        ((5, -1), False),
    ],
)
def test_a_direction_that_a_reshape_takes_away(shape: tuple[int, ...], fits: bool) -> None:
    weights = {
        "w": weight(1, 12, 3),
        "r": weight(1, 12, 4),
        "s": np.array(shape),
        "last": np.array(-1),
        "w2": weight(4, 2),
    }
    nodes = [
        node("Transpose", "x", "t", "tr", perm=[1, 0, 2]),
        node("GRU", "t w r", "g", "rnn", hidden_size=4, linear_before_reset=1),
        node("Transpose", "g", "g4", "tr2", perm=[0, 2, 1, 3]),
        node("Reshape", "g4 s", "g3", "view"),
        node("Transpose", "g3", "all", "tr3", perm=[1, 0, 2]),
        node("Gather", "all last", "l", "select", axis=1),
        node("Gemm", "l w2", "y", "fc"),
    ]
    net = model(nodes, {"x": ["n", 5, 3]}, {"y": ["n", 2]}, weights)
    if fits:
        found = onnx_nodes.read(PATH, net, Names("net"))
        assert [type(layer) for layer in found.layers] == [Recurrent, Dense]
    else:
        with pytest.raises(ModelError, match="'view' .*does not keep the samples apart"):
            onnx_nodes.read(PATH, net, Names("net"))
