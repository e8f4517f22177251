"""Profiles of other kinds of networks: streams, feature maps, projects, hls4ml's own softmax."""

import contextlib
import io

import numpy as np
import pytest

from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.execute import Silence
from hls4ml_soc.frontends.tuning import Tuning
from hls4ml_soc.profile.measure import profile
from tests.profile import bad_networks

pytestmark = pytest.mark.deep


def made(source, accelerator, scratch):
    """Profile with the samples of all tests here."""
    return profile(source, accelerator, bad_networks.inputs(accelerator), scratch, Silence())


@pytest.mark.parametrize(
    ("kind", "layer", "cause"),
    [
        ("overflow", "relu2", "3 of 1040 values lie outside ap_fixed<8,2,AP_TRN,AP_WRAP,0>"),
        ("underflow", "relu1", "635 of 2080 values are smaller than the step of ap_fixed<8,7,"),
        ("truncated", "fc2", "what is cut off in sums of ap_fixed<10,6,AP_TRN,AP_WRAP,0> adds up"),
        ("narrow_sums", "fc2", "16 of 1040 sums lie outside ap_fixed<18,2,AP_TRN,AP_WRAP,0>"),
    ],
)
def test_the_bad_layer_is_named_and_its_recipe_mends_it(tmp_path, kind, layer, cause) -> None:
    path = bad_networks.mlp(tmp_path)
    bad = made(
        *bad_networks.converted(path, tmp_path / "p", bad_networks.BAD[kind]), tmp_path / "a"
    )
    assert bad.first.name == layer
    assert bad.first.cause().startswith(cause)
    assert f"the first layer that departs is '{layer}'" in bad.warning
    mended = {name: Tuning(precision=parts) for name, parts in bad.recipe.items()}
    good = made(*bad_networks.converted(path, tmp_path / "q", mended), tmp_path / "b")
    assert list(mended) == [layer]
    assert good.warning == "" and good.first is None


@pytest.mark.parametrize("io_type", ["io_parallel", "io_stream"])
def test_feature_maps_lie_as_in_the_accelerator(tmp_path, io_type) -> None:
    path = bad_networks.convolutional(tmp_path)
    found = made(*bad_networks.converted(path, tmp_path / "p", io_type=io_type), tmp_path / "a")
    assert found.warning == ""
    assert found.notes == ()
    assert {layer.against for layer in found.layers} == {"float"}
    assert max(layer.distance.error for layer in found.layers) < 0.01


@pytest.mark.parametrize("io_type", ["io_parallel", "io_stream"])
def test_softmax_with_automatic_precision_is_noticed_in_a_project(tmp_path, io_type) -> None:
    source, accelerator = bad_networks.with_softmax(tmp_path / "p", io_type)
    bad = made(source, accelerator, tmp_path / "a")
    assert bad.first.name == "soft"
    assert "the first layer that departs is 'soft': hls4ml's softmax looks" in bad.warning
    assert "floating point is not known of any layer" in bad.notes[0]
    assert bad.recipe == {"fc": {"result": "ap_fixed<11,5,AP_TRN,AP_WRAP,0>"}}
    mended = bad_networks.with_softmax(tmp_path / "q", io_type, bad.recipe["fc"]["result"])
    good = made(*mended, tmp_path / "b")
    assert good.outputs[0].fixed.distance.error < bad.outputs[0].fixed.distance.error / 4


def test_a_truncating_project_is_noticed(tmp_path) -> None:
    from hls4ml_soc import sources

    path = bad_networks.mlp(tmp_path)
    bad_networks.converted(path, tmp_path / "p", bad_networks.BAD["truncated"])
    source = sources.Project(tmp_path / "p")
    bad = made(source, Accelerator.read(tmp_path / "p"), tmp_path / "a")
    assert bad.first.name == "fc2"
    assert {layer.against for layer in bad.layers[1:]} == {"wide"}


def test_the_trace_is_hls4mls_own(tmp_path) -> None:
    from hls4ml.model.graph import ModelGraph
    from hls4ml.utils.config import create_config

    from hls4ml_soc.profile import trace
    from hls4ml_soc.profile.calls import Calls
    from tests import networks

    config = create_config(
        output_dir=str(tmp_path / "p"), project_name="net", backend="Vitis", part=bad_networks.PART
    )
    config["HLSConfig"] = {
        "Model": {"Precision": {"default": "fixed<16,6>"}, "ReuseFactor": 1},
        "LayerName": {name: {"Trace": True} for name in ("fc", "relu", "last")},
    }
    weights = {"use_bias": True, "class_name": "Dense"}
    first = {"weight_data": networks.weight(8, 6), "bias_data": networks.weight(6)}
    second = {"weight_data": networks.weight(6, 3), "bias_data": networks.weight(3)}
    layers = [
        {"name": "x", "class_name": "InputLayer", "input_shape": [8]},
        {"name": "fc", "inputs": ["x"], "n_in": 8, "n_out": 6, **weights, **first},
        {"name": "relu", "class_name": "Activation", "activation": "relu", "inputs": ["fc"]},
        {"name": "last", "inputs": ["relu"], "n_in": 6, "n_out": 3, **weights, **second},
    ]
    for layer in layers[1:]:
        layer["outputs"] = [layer["name"]]
    samples = np.random.default_rng(2).uniform(-1, 1, (70, 8))
    with contextlib.redirect_stdout(io.StringIO()):
        graph = ModelGraph.from_layer_list(config, layers, ["x"], ["last"])
        graph.compile()
        _, theirs = graph.trace(samples)
    accelerator = Accelerator.read(tmp_path / "p")
    calls = Calls.read(accelerator)
    inputs = {accelerator.inputs[0].name: samples}
    ours = trace.run(accelerator, calls, inputs, tmp_path / "a")
    assert {call.layer for call in calls.calls} == set(theirs) == {"fc", "relu", "last"}
    for call in calls.calls:
        np.testing.assert_array_equal(ours.variables[call.variable], theirs[call.layer])
