"""QONNX: bit-exact with its execution, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends.onnx_float import evaluate
from hls4ml_soc.frontends.onnx_quant import quantised
from tests import networks
from tests.frontends import test_onnx_layers
from tests.frontends.quantised import DOMAIN, NETWORKS, build, quant
from tests.frontends.test_onnx_nodes import read
from tests.networks import node


@pytest.mark.parametrize(
    ("name", "io_type"),
    [
        ("mlp", "io_parallel"),
        ("convolution", "io_stream"),
        pytest.param("residual", "io_parallel", marks=pytest.mark.deep),
        pytest.param("residual", "io_stream", marks=pytest.mark.deep),
        pytest.param("mlp", "io_stream", marks=pytest.mark.deep),
        pytest.param("convolution", "io_parallel", marks=pytest.mark.deep),
    ],
)
def test_bit_exact(name: str, io_type: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    path = networks.save(network, tmp_path / "net.onnx")
    shape = [dim.dim_value for dim in network.graph.input[0].type.tensor_type.shape.dim[1:]]
    # Far beyond the formats, and ties between their numbers.
    x = np.random.default_rng(0).uniform(-4, 4, (60, *shape)).astype(np.float32)
    x[:20] = np.rint(x[:20] * 128) / 128
    given = test_onnx_layers.computed(path, tmp_path / "project", io_type, x)
    (wanted,) = evaluate(path, [x])
    assert np.unique(wanted).size > 20
    assert (given == wanted).all()


def test_formats_are_those_of_the_quantisers() -> None:
    assert read(NETWORKS["mlp"]()).formats == {
        "x": {"result": "ap_fixed<8,2,AP_RND_CONV,AP_SAT,0>"},
        "fc1": {"weight": "ap_fixed<4,0>", "bias": "ap_fixed<7,1>"},
        "relu1": {"result": "ap_ufixed<8,3,AP_TRN,AP_SAT,0>"},
        "fc2": {"weight": "ap_fixed<4,2>", "result": "ap_fixed<12,6,AP_RND_CONV,AP_SAT,0>"},
    }


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("ROUND", [-2, 0, 2, 2, 3, -4]),
        ("HALF_EVEN", [-2, 0, 2, 2, 3, -4]),
        ("HALF_UP", [-2, 1, 2, 3, 3, -4]),
        ("HALF_DOWN", [-1, 0, 1, 2, 3, -4]),
        ("FLOOR", [-2, 0, 1, 2, 3, -4]),
        ("DOWN", [-1, 0, 1, 2, 3, -4]),
    ],
)
def test_rounding(mode: str, wanted: list[int]) -> None:
    values = np.array([-1.5, 0.5, 1.5, 2.5, 9.0, -9.0])
    number = np.asarray
    found = quantised(values, number(1.0), number(0.0), number(3.0), 1, 0, mode)
    assert found.tolist() == wanted


FIRST = quant("x", "q", "s4", 8)
LAST = node("MatMul", "q w", "y", "fc")


@pytest.mark.parametrize(
    ("nodes", "constants", "reason"),
    [
        (
            [quant("x", "q", "odd", 8), LAST],
            {"odd": 0.3},
            ": its scale is no power of two, which a fixed-point format needs",
        ),
        (
            [quant("x", "q", "s4", 8, rounding_mode="CEIL"), LAST],
            {},
            ": rounding_mode=CEIL; ROUND, HALF_EVEN, HALF_UP, HALF_DOWN, DOWN, FLOOR are read",
        ),
        ([FIRST, LAST], {"zero": 1}, ": its zero point is not 0"),
        ([FIRST, LAST], {"b8": 1}, ": has one bit with a sign; only weights are read"),
        ([FIRST, LAST], {"b8": 0}, ": its bit width is not one whole number from 1 to 64"),
        (
            [quant("x", "q", "each", 8), LAST],
            {"each": [0.5, 0.25, 0.5]},
            ": has a scale per channel; hls4ml has one format for all",
        ),
        (
            [quant("x", "q", "s4", 8, signed=0, narrow=1), LAST],
            {},
            ": is narrow and unsigned; no format is",
        ),
        (
            [quant("x", "q", "s4", 8), quant("x", "p", "s5", 8), node("Add", "q p", "r", "add"),
             node("MatMul", "r w", "y", "fc")],
            {},
            ": what it quantises is read, or quantised, elsewhere as well",
        ),
        (
            [quant("x", "p", "s4", 8), quant("p", "q", "s5", 8), LAST],
            {},
            ": quantises again what is quantised already",
        ),
        (
            [onnx.helper.make_node("BipolarQuant", ["x", "s4"], ["q"], name="q_quant",
                                   domain=DOMAIN), LAST],
            {},
            ": quantises what is computed; only weights are read",
        ),
    ],
)  # fmt: skip
def test_refused(nodes: list[onnx.NodeProto], constants: dict[str, object], reason: str) -> None:
    constants = {"w": networks.weight(3, 2), **constants}
    with pytest.raises(ModelError) as error:
        read(build(nodes, (3,), (2,), **constants))
    assert f"'q_quant' ({DOMAIN}." in str(error.value)
    assert f"){reason}" in str(error.value)
