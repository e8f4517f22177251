"""Settings of single layers: what they do to a project, how a recipe has them, what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from hls4ml_soc import frontends, recipe
from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends.layout import Layout
from hls4ml_soc.frontends.tuning import Tuning
from tests import networks

PART = "xc7z020clg400-1"


def convert(folder: Path, net: object = None, **settings: object) -> Path:
    path = networks.save(net or networks.mlp((6, 5, 3)), folder / "net.onnx")  # type: ignore[arg-type]
    chosen: dict[str, object] = {"name": "net", "part": PART, "clock_ns": 10.0}
    return frontends.read(path).project(folder / "project", **(chosen | settings))


def refusal(folder: Path, **settings: object) -> str:
    with pytest.raises(ModelError) as error:
        convert(folder, **settings)
    assert not (folder / "project").exists()
    return str(error.value)


def types(project: Path) -> dict[str, str]:
    text = (project / "firmware" / "defines.h").read_text()
    return {name: kind for kind, name in re.findall(r"typedef (.+) (\w+);", text)}


def test_one_precision_of_a_layer(tmp_path: Path) -> None:
    found = types(convert(tmp_path, layers={"fc2": Tuning("ap_fixed<9,3>")}))
    assert found["fc2_weight_t"] == found["fc2_bias_t"] == found["result_t"] == "ap_fixed<9,3>"
    # Sums stay exact: 16 x 9 bits, 5 products and the bias.
    assert found["fc2_accum_t"] == "ap_fixed<29,13>"
    assert found["fc1_weight_t"] == found["input_t"] == "ap_fixed<16,6>"


def test_weights_are_rounded_in_the_format_of_their_layer(tmp_path: Path) -> None:
    told = {"fc2": Tuning({"weight": "ap_fixed<4,1>", "bias": "ap_fixed<6,2>"})}
    project = convert(tmp_path, layers=told)
    for name, scale in (("w4", 8), ("b4", 16), ("w2", 1024)):
        written = (project / "firmware" / "weights" / f"{name}.txt").read_text()
        values = [float(number) * scale for number in written.split(",")]
        assert all(value == int(value) for value in values)
    assert types(project)["result_t"] == "ap_fixed<16,6>"


def test_reuse_and_strategy_of_a_layer(tmp_path: Path) -> None:
    told = {"fc1": Tuning(reuse=3), "fc2": Tuning(strategy="Resource")}
    parameters = convert(tmp_path, layers=told) / "firmware" / "parameters.h"
    factors = re.findall(
        r"reuse_factor = (\d+);\n *static const unsigned n_z", parameters.read_text()
    )
    assert factors == ["3", "1"]
    assert "nnet::DenseResource_rf_leq_nin<" in parameters.read_text()
    assert "nnet::DenseLatency<" not in parameters.read_text()


def test_options_of_hls4ml_reach_its_configuration(tmp_path: Path) -> None:
    net = networks.mlp((6, 5, 3), softmax=False)
    net.graph.node[1].op_type = "Sigmoid"
    told = {"relu1": Tuning({"table": "ap_fixed<20,4>"}, hls4ml={"TableSize": 512})}
    project = convert(tmp_path, net, layers=told, hls4ml={"PipelineStyle": "dataflow"})
    parameters = (project / "firmware" / "parameters.h").read_text()
    assert "static const unsigned table_size = 512;" in parameters
    assert "ap_fixed<20,4>" in types(project).values()
    assert "#pragma HLS DATAFLOW" in (project / "firmware" / "net.cpp").read_text()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"fc3": Tuning()}, "there is no layer 'fc3' (did you mean 'fc2'?)"),
        (
            {"fc1": Tuning({"weigth": "ap_fixed<8,2>"})},
            "precision of layer 'fc1': it has no 'weigth' (did you mean 'weight'?)",
        ),
        (
            {"relu1": Tuning({"weight": "ap_fixed<8,2>"})},
            "precision of layer 'relu1': it has no 'weight' (there is result, table)",
        ),
        (
            {"fc1": Tuning({"weight": "auto"})},
            "layer 'fc1': precision 'auto' is no number format: write "
            "ap_[u]fixed<W,I[,rounding[,overflow[,N]]]> or ap_[u]int<W>",
        ),
        ({"fc1": Tuning(reuse=0)}, "layer 'fc1': reuse factor 0: must be 1 or more"),
        (
            {"fc1": Tuning(strategy="Resourse")},
            "layer 'fc1': unknown strategy 'Resourse' (did you mean 'Resource'?)",
        ),
        (
            {"fc1": Tuning(hls4ml={"ReuseFactor": 4}), "fc2": Tuning(hls4ml={"TableSize": 4})},
            "layer 'fc1': say 'reuse' instead of hls4ml's ReuseFactor; layer 'fc2': hls4ml knows "
            "no 'TableSize' of it (there is Compression, ConvImplementation, TargetCycles)",
        ),
        (
            {"fc1": Tuning(reuse=4)},
            "reuse factor 4: not possible in fc1; possible in every layer: 1, 2, 3, 6, 30",
        ),
    ],
)
def test_settings_of_layers_that_are_refused(
    tmp_path: Path, told: dict[str, Tuning], message: str
) -> None:
    assert refusal(tmp_path, layers=told) == message


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (
            {"PipelineStile": "dataflow"},
            "hls4ml knows no 'PipelineStile' of a model (did you mean 'PipelineStyle'?)",
        ),
        ({"Precision": "x"}, "hls4ml: say 'precision' instead of hls4ml's Precision"),
        (
            {"Strategy": "latency"},
            "hls4ml: unknown strategy 'latency' (did you mean 'Latency'?)",
        ),
    ],
)
def test_options_of_the_model_that_are_refused(
    tmp_path: Path, told: dict[str, object], message: str
) -> None:
    assert refusal(tmp_path, hls4ml=told) == message


def test_a_recipe_of_layers(tmp_path: Path) -> None:
    path = tmp_path / "soc.yaml"
    path.write_text(
        "version: 1\n"
        "layers:\n"
        "  fc1: {precision: 'ap_fixed<8,2>', reuse: 6}\n"
        "  fc2:\n"
        "    precision: {weight: 'ap_fixed<4,1>', accum: auto}\n"
        "    strategy: Resource\n"
        "    hls4ml: {ParallelizationFactor: 2}\n"
        "hls4ml: {PipelineStyle: dataflow, PipelineInterval: 4}\n"
    )
    values = recipe.Recipe.load(path).values(tmp_path)
    assert values == {
        "layers": {
            "fc1": Tuning("ap_fixed<8,2>", 6),
            "fc2": Tuning(
                {"weight": "ap_fixed<4,1>", "accum": "auto"},
                None,
                "Resource",
                {"ParallelizationFactor": 2},
            ),
        },
        "hls4ml": {"PipelineStyle": "dataflow", "PipelineInterval": 4},
    }


def test_what_a_recipe_says_wrongly_of_layers(tmp_path: Path) -> None:
    path = tmp_path / "soc.yaml"
    path.write_text(
        "version: 1\nlayers:\n  fc1: {precison: 'ap_fixed<8,2>'}\n  fc2: {reuse: many}\n  fc3: 4\n"
    )
    with pytest.raises(ModelError) as error:
        recipe.Recipe.load(path)
    assert str(error.value).splitlines() == [
        f"{path}:3: unknown key 'precison' (did you mean 'precision'?)",
        f"{path}:4: 'reuse' must be a whole number, not 'many'",
        f"{path}:5: expected a mapping, not '4'",
    ]


def test_a_written_recipe_lists_the_layers(tmp_path: Path) -> None:
    source = frontends.read(networks.save(networks.mlp((6, 5, 3)), tmp_path / "net.onnx"))
    defaults = {"precision": "ap_fixed<16,6>", "reuse": 2}
    path = tmp_path / "soc.yaml"
    recipe.write(path, "net.onnx", "pynq-z2", defaults, source.layers())
    told = path.read_text().partition("# layers:\n")[2]
    assert told == (
        "#   fc1:   {precision: 'ap_fixed<16,6>', reuse: 2}  # Dense\n"
        "#   relu1: {precision: 'ap_fixed<16,6>', reuse: 2}  # Relu\n"
        "#   fc2:   {precision: 'ap_fixed<16,6>', reuse: 2}  # Dense\n"
    )
    # Uncommented it is a recipe that converts.
    layers = yaml.safe_load("layers:\n" + told.replace("#   ", "  ").replace("  #", " #"))
    assert set(layers["layers"]) == {"fc1", "relu1", "fc2"}
    recipe.Recipe.load(path)


def test_a_project_lists_none(tmp_path: Path) -> None:
    project = convert(tmp_path)
    assert frontends.read(project).layers() == {}
    assert Layout.read(project).inputs["x"].shape == (6,)
