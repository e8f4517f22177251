"""The zoo's networks: their shapes, their recipes, and what hls4ml makes of them."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from examples.zoo import NETWORKS, __main__
from examples.zoo.graph import Graph
from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import ModelError
from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.frontends.tuning import Tuning
from hls4ml_soc.options import Options
from tests.zoo import matrix

#: Weights and biases, and for the first three kinds what the literature says.
PARAMETERS = {
    "jet_tagger": 4389,
    "mnist": 12730,
    "svhn": 13948,
    "ad08": 21096,
    "kws": 260364,
    "rn07": 58115 - 5,  # Keras counts a scalar more for each of five normalised convolutions
    "mlp_1d": 529,
    "cnn_2d": 3699,
    "vgg16_student": 3207,
    "top_lstm": 3569,
    "two_by_two": 1070,
    "ternary": 1696,
}
#: Recipe -> shapes of inputs and outputs, formats of inputs and outputs.
INTERFACES = {
    "ad08": ([(64,)], [(64,)], "ap_fixed<12,6>", "ap_fixed<12,6>"),
    "cnn_2d": ([(28, 28, 1)], [(10,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
    "jet_tagger_14bit": ([(16,)], [(5,)], "ap_fixed<14,6>", "ap_fixed<14,6>"),
    "jet_tagger_6bit": ([(16,)], [(5,)], "ap_fixed<6,3>", "ap_fixed<6,3>"),
    "kws": ([(490,)], [(12,)], "ap_fixed<8,4>", "ap_fixed<16,6>"),
    "mlp_1d": ([(14,)], [(1,)], "ap_fixed<8,4>", "ap_fixed<8,4>"),
    "mnist_reuse_1": ([(784,)], [(10,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
    "mnist_reuse_16": ([(784,)], [(10,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
    "mnist_reuse_4": ([(784,)], [(10,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
    "rn07": ([(32, 32, 3)], [(10,)], "ap_fixed<12,7>", "ap_fixed<12,7>"),
    "svhn_14bit": ([(32, 32, 3)], [(10,)], "ap_fixed<14,6>", "ap_fixed<14,6>"),
    "svhn_7bit": ([(32, 32, 3)], [(10,)], "ap_fixed<7,4>", "ap_fixed<7,4>"),
    "ternary": ([(16,)], [(5,)], "ap_fixed<16,10>", "ap_fixed<16,10>"),
    "top_lstm": ([(20, 6)], [(1,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
    "two_by_two": ([(24,), (5,)], [(4,), (2,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
    "vgg16_student": ([(32, 32, 3)], [(10,)], "ap_fixed<16,6>", "ap_fixed<16,6>"),
}


@pytest.fixture(scope="module")
def graphs() -> dict[str, Graph]:
    return {name: build() for name, build in NETWORKS.items()}


def test_parameters_are_those_of_the_literature(graphs) -> None:
    assert {name: graph.parameters for name, graph in graphs.items()} == PARAMETERS


@pytest.mark.parametrize("name", NETWORKS)
def test_the_file_holds_what_is_counted(name: str, graphs) -> None:
    model = graphs[name].model()
    weights = [numpy_helper.to_array(each) for each in model.graph.initializer]
    stored = sum(array.size for array in weights if array.dtype == np.float32)
    # ONNX stores a second bias of an LSTM, zero here.
    assert stored - PARAMETERS[name] == (80 if name == "top_lstm" else 0)
    assert model.SerializeToString() == NETWORKS[name]().model().SerializeToString()


@pytest.mark.parametrize("name", NETWORKS)
def test_signals_neither_vanish_nor_explode(name: str, graphs) -> None:
    model = graphs[name].model()
    random = np.random.default_rng(0)
    inputs = {
        each.name: random.uniform(-1, 1, (4, *graphs[name].shapes[each.name])).astype(np.float32)
        for each in model.graph.input
    }
    outputs = ReferenceEvaluator(model).run(None, inputs)
    assert [values.shape[1:] for values in outputs] == [
        graphs[name].shapes[each.name] for each in model.graph.output
    ]
    for values in outputs:
        assert 0 < values.std() < 31 and np.isfinite(values).all()


def test_ternary_weights_are_ternary(graphs) -> None:
    weights = [numpy_helper.to_array(w) for w in graphs["ternary"].model().graph.initializer]
    assert len(weights) == 3
    assert all(set(np.unique(each)) == {-1.0, 0.0, 1.0} for each in weights)


def test_every_network_has_a_recipe_and_every_recipe_a_network() -> None:
    paths = [matrix.settings(n).values(matrix.RECIPES / n)["network"] for n in matrix.recipes()]
    assert {path.resolve().parent for path in paths} == {matrix.RECIPES.parent / "build"}
    assert {path.stem for path in paths} == set(NETWORKS)
    assert matrix.recipes() == sorted(INTERFACES)


@pytest.mark.parametrize("recipe", INTERFACES)
def test_a_recipe_becomes_a_plan(recipe: str, graphs, tmp_path: Path) -> None:
    given = matrix.settings(recipe).values(matrix.RECIPES / recipe)
    name = given.pop("network").stem
    network = tmp_path / f"{name}.onnx"
    onnx.save(graphs[name].model(), str(network))
    board = given.pop("board")
    deploy(network, board, Options(**given, until="plan", out=tmp_path / "out"))
    accelerator = Accelerator.read(tmp_path / "out" / "project")
    sides = accelerator.inputs, accelerator.outputs
    shapes = tuple([tensor.shape for tensor in side] for side in sides)
    formats = tuple({tensor.precision for tensor in side} for side in sides)
    *wanted, given_format, got_format = INTERFACES[recipe]
    assert shapes == tuple(wanted)
    assert formats == ({FixedPoint.parse(given_format)}, {FixedPoint.parse(got_format)})


def test_per_layer_settings_arrive(graphs, tmp_path: Path) -> None:
    given = matrix.settings("ternary").values(matrix.RECIPES / "ternary")
    network = tmp_path / "ternary.onnx"
    onnx.save(graphs["ternary"].model(), str(network))
    options = Options(layers=given["layers"], io_type="io_stream", until="plan", out=tmp_path / "o")
    deploy(network, "zybo-z7-20", options)
    defines = (tmp_path / "o" / "project" / "firmware" / "defines.h").read_text()
    for number in (1, 2, 3):
        assert f"typedef ap_int<2> fc{number}_weight_t;" in defines


def test_the_matrix_leaves_nothing_out() -> None:
    cases = matrix.cases()
    assert len(cases) == len(set(cases))
    places = {(case.board, case.target) for case in cases}
    listed = {(board, target) for target, boards in matrix.PLACES.items() for board in boards}
    assert listed <= places
    for recipe in matrix.recipes():
        assert {c.target for c in cases if c.recipe == recipe} == {"pynq", "baremetal", "vitis"}
    assert matrix.LARGE.keys() <= set(matrix.recipes())


TENSORS = [
    Tensor("x", (5,), FixedPoint.parse(text), "input_t")
    for text in ("ap_fixed<16,6>", "ap_ufixed<3,2>", "ap_int<2>")
]


@pytest.mark.parametrize("tensor", TENSORS, ids=lambda t: str(t.precision.width))
def test_edge_cases_reach_and_cross_the_ends(tensor: Tensor) -> None:
    edges = matrix.edges(tensor)
    form = tensor.precision
    assert len(edges) >= 15
    for value in (0.0, form.lowest, form.highest):
        assert (edges == value).all(axis=1).any()
    assert edges.max() > form.highest and edges.min() < form.lowest


def test_the_command_writes_what_is_named(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(__main__, "FOLDER", tmp_path)
    assert __main__.main(["mlp_1d", "ternary"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mlp_1d.onnx", "ternary.onnx"]
    assert "mlp_1d.onnx              529 parameters\n" in capsys.readouterr().out
    assert __main__.main(["mlp_2d"]) == 2
    assert capsys.readouterr().err == (f"no network mlp_2d; there are {', '.join(NETWORKS)}\n")


@pytest.mark.parametrize(
    ("recipe", "changes", "message"),
    [
        (
            "rn07",
            {"layers": {"logits": Tuning(reuse=16384)}},  # as published, with an older hls4ml
            "reuse factor 16384: not possible in logits; possible in every layer: 1, 2, 4, 8, 16, "
            "32, 64, 128, 256, 512, 1024, 2048, 4096, 10240, 20480",
        ),
        (
            "mnist_reuse_16",
            {"reuse": 32},
            "reuse factor 32: not possible in fc1; possible in every layer: 1, 2, 4, 8, 16",
        ),
        (
            "top_lstm",
            {"precision": "ap_fixed<16,6,AP_TRN,AP_WRAP_SM>"},
            "precision ap_fixed<16,6,AP_TRN,AP_WRAP_SM,0>: hls4ml 1.3 cannot write AP_WRAP_SM",
        ),
    ],
    ids=["rn07", "mnist", "top_lstm"],
)
def test_what_hls4ml_cannot_do_is_said(
    recipe: str, changes: dict[str, Any], message: str, graphs, tmp_path: Path
) -> None:
    given = matrix.settings(recipe).values(matrix.RECIPES / recipe) | changes
    name = given.pop("network").stem
    network = tmp_path / f"{name}.onnx"
    onnx.save(graphs[name].model(), str(network))
    with pytest.raises(ModelError) as refused:
        deploy(network, given.pop("board"), Options(**given, until="plan", out=tmp_path / "out"))
    assert str(refused.value) == message
