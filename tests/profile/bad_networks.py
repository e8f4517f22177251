"""Networks with one layer that is known to be bad, and the same without."""

import contextlib
import io
from pathlib import Path

import numpy as np

from hls4ml_soc import frontends, sources
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.frontends.tuning import Tuning
from tests import networks

PART = "xc7z020clg400-1"
#: What is set for one layer, by the kind of what goes wrong there.
BAD = {
    "overflow": {"relu2": Tuning(precision="ap_fixed<8,2>")},
    "underflow": {"relu1": Tuning(precision={"result": "ap_fixed<8,7>"})},
    "truncated": {"fc2": Tuning(precision={"accum": "ap_fixed<10,6>"})},
    "narrow_sums": {"fc2": Tuning(precision={"accum": "ap_fixed<18,2>"})},
    "good": {},
}


def mlp(folder: Path) -> Path:
    """Write fc1, relu1, fc2, relu2, fc3 and a softmax as an ONNX file."""
    weights = {
        **{"w1": networks.weight(32, 16), "b1": networks.weight(16)},
        **{"w2": networks.weight(16, 8) * 2, "b2": networks.weight(8)},
        **{"w3": networks.weight(8, 4), "b3": networks.weight(4)},
    }
    nodes = [
        networks.node("Gemm", "x w1 b1", "h1", "fc1"),
        networks.node("Relu", "h1", "a1", "relu1"),
        networks.node("Gemm", "a1 w2 b2", "h2", "fc2"),
        networks.node("Relu", "h2", "a2", "relu2"),
        networks.node("Gemm", "a2 w3 b3", "h3", "fc3"),
        networks.node("Softmax", "h3", "y", "soft"),
    ]
    model = networks.model(nodes, {"x": (None, 32)}, {"y": (None, 4)}, weights)
    return networks.save(model, folder / "mlp.onnx")


def convolutional(folder: Path) -> Path:
    """Write a convolution with its normalisation, an addition, a flattened feature map."""
    weights = {
        **{"w": networks.weight(3, 2, 3, 3), "b": networks.weight(3)},
        **{"g": networks.weight(3) + 2, "s": networks.weight(3), "m": networks.weight(3)},
        **{"v": np.abs(networks.weight(3)) + 1, "f": networks.weight(48, 4)},
        **{"k": networks.weight(4, seed=3)},
    }
    nodes = [
        networks.node("Conv", "x w b", "c", "conv"),
        networks.node("BatchNormalization", "c g s m v", "n", "norm"),
        networks.node("Relu", "n", "r", "relu"),
        networks.node("Add", "n r", "a", "sum"),
        networks.node("Flatten", "a", "l", "flat"),
        networks.node("MatMul", "l f", "p", "fc"),
        networks.node("Add", "p k", "y", "bias"),
    ]
    model = networks.model(nodes, {"x": (None, 2, 6, 6)}, {"y": (None, 4)}, weights)
    return networks.save(model, folder / "cnn.onnx")


def converted(path: Path, folder: Path, layers=None, io_type="io_parallel"):
    """Convert an ONNX file; return what is deployed and its accelerator."""
    settings = {"name": "net", "part": PART, "clock_ns": 10.0, "io_type": io_type}
    frontends.read(path).project(folder, **settings, layers=layers)
    source = sources.Network(path, frontends.FRONT_ENDS[".onnx"])
    return source, Accelerator.read(folder)


def with_softmax(folder: Path, io_type: str = "io_parallel", logits: str = "auto"):
    """Write a project as hls4ml itself converts Dense and Softmax: automatic precision."""
    from hls4ml.model.graph import ModelGraph
    from hls4ml.utils.config import create_config

    config = create_config(
        output_dir=str(folder),
        project_name="net",
        backend="Vitis",
        part=PART,
        clock_period=10,
        io_type=io_type,
    )
    own = {"fc": {"result": logits, "accum": "auto"}, "soft": {"result": "auto"}}
    config["HLSConfig"] = {
        "Model": {
            "Precision": {"default": "fixed<16,6>"},
            "ReuseFactor": 1,
            "Strategy": "Latency",
        },
        "LayerName": {name: {"Precision": precision} for name, precision in own.items()},
    }
    weight, bias = networks.weight(16, 10) * 4, networks.weight(10)
    data = {"weight_data": weight, "bias_data": bias, "use_bias": True, "n_in": 16, "n_out": 10}
    ends = {"inputs": ["x"], "outputs": ["fc"]}
    layers = [
        {"name": "x", "class_name": "InputLayer", "input_shape": [16]},
        {"name": "fc", "class_name": "Dense", **ends, **data},
        {
            **{"name": "soft", "class_name": "Softmax", "activation": "softmax", "axis": -1},
            **{"inputs": ["fc"], "outputs": ["soft"]},
        },
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        ModelGraph.from_layer_list(config, layers, ["x"], ["soft"]).write()
    return sources.Project(folder), Accelerator.read(folder)


def inputs(accelerator: Accelerator, samples: int = 130):
    """Return samples between -1 and 1."""
    random = np.random.default_rng(0)
    return {t.name: random.uniform(-1, 1, (samples, *t.shape)) for t in accelerator.inputs}
