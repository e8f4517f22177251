"""Run in an environment with QKeras and hls4ml: write projects of quantised networks."""

import sys

import hls4ml
import numpy as np
from qkeras import QActivation, QConv2D, QDense, quantized_bits
from tensorflow.keras import layers, models

FOLDER, IO_TYPE = sys.argv[1:]
RANDOM = np.random.default_rng(0)


def bits(width, integer):
    return quantized_bits(width, integer, alpha=1)


def dense():
    """Return a network of dense layers, one of them with binary weights."""
    x = start = layers.Input((10,), name="x")
    for i, (size, weights) in enumerate([(8, bits(6, 0)), (8, "binary(alpha=1)"), (4, bits(4, 1))]):
        x = QDense(size, kernel_quantizer=weights, bias_quantizer=bits(6, 1), name=f"fc{i}")(x)
        if i < 2:
            x = QActivation("quantized_relu(6,2)", name=f"relu{i}")(x)
    return models.Model(start, x)


def image():
    """Return a network of a feature map, with two outputs."""
    start = layers.Input((6, 6, 2), name="image")
    quantised = {"kernel_quantizer": bits(5, 0), "bias_quantizer": bits(5, 0)}
    x = QConv2D(3, (3, 3), name="conv", **quantised)(start)
    x = QActivation("quantized_relu(5,1)", name="relu")(x)
    x = layers.Flatten(name="flat")(layers.MaxPooling2D((2, 2), name="pool")(x))
    ends = [QDense(n, name=name, **quantised)(x) for name, n in (("zlast", 3), ("aux", 2))]
    return models.Model(start, ends)


for make in (dense, image):
    model = make()
    shape = model.input_shape[1:]
    config = hls4ml.utils.config_from_keras_model(model, granularity="name", backend="Vitis")
    project = hls4ml.converters.convert_from_keras_model(
        model, hls_config=config, output_dir=f"{FOLDER}/{make.__name__}", project_name="net",
        backend="Vitis", part="xc7z020clg400-1", clock_period=10, io_type=IO_TYPE,
    )  # fmt: skip
    project.compile()
    x = RANDOM.uniform(-2, 2, (60, *shape)).astype(np.float32)
    y = project.predict(x)
    results = y if isinstance(y, list) else [y]
    computed = {f"y{i}": values for i, values in enumerate(results)}
    np.savez(f"{FOLDER}/{make.__name__}.npz", x0=x, **computed)
