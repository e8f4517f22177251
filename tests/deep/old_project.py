"""Run in an environment with an older hls4ml: write a project of two inputs and outputs."""

import sys

import numpy as np
from hls4ml.model.graph import ModelGraph
from hls4ml.utils.config import create_config

RANDOM = np.random.default_rng(0)
FOLDER = sys.argv[1]


def weights(*shape):
    return np.rint(RANDOM.uniform(-1, 1, shape) * 256) / 256


def branch(letter: str, inputs: int, outputs: int) -> list:
    """Return three dense layers with relus between them."""
    before, layers = f"in_{letter}", []
    for i, (n, m) in enumerate([(inputs, 4), (4, 4), (4, outputs)]):
        name = f"fc_{letter}{i}"
        data = {"weight_data": weights(n, m), "bias_data": weights(m), "use_bias": True}
        layers.append({"name": name, "class_name": "Dense", "n_in": n, "n_out": m, **data})
        layers[-1] |= {"inputs": [before], "outputs": [name]}
        before = name
        if i < 2:
            before = f"relu_{letter}{i}"
            layers.append({"name": before, "class_name": "Activation", "activation": "relu"})
            layers[-1] |= {"inputs": [name], "outputs": [before]}
    return layers


config = create_config(
    output_dir=FOLDER, project_name="net", backend="Vitis", part="xc7z020clg400-1",
    clock_period=10, io_type="io_parallel",
)  # fmt: skip
model = {"Precision": "ap_fixed<16,6>", "ReuseFactor": 1, "Strategy": "Latency"}
config["HLSConfig"] = {"Model": model, "LayerName": {}}
inputs = [
    {"name": name, "class_name": "InputLayer", "input_shape": [size]}
    for name, size in (("in_a", 4), ("in_b", 6))
]
layers = [*inputs, *branch("a", 4, 3), *branch("b", 6, 2)]
make = getattr(ModelGraph, "from_layer_list", ModelGraph)
graph = make(config, layers, ["in_a", "in_b"], ["fc_b2", "fc_a2"])
graph.write()
graph.compile()
x = [RANDOM.uniform(-2, 2, (9, size)).astype(np.float32) for size in (4, 6)]
y = graph.predict(x)
np.savez(f"{FOLDER}.npz", x0=x[0], x1=x[1], y0=y[0], y1=y[1])
