"""Run in an environment with Keras and HGQ2: make networks, convert them, compare with Keras."""

import sys
from pathlib import Path

import keras
import numpy as np
from hgq.config import LayerConfigScope, QuantizerConfigScope
from hgq.layers import QDense
from hgq.utils import trace_minmax
from keras import layers

from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.frontends.layout import Layout
from hls4ml_soc.reference import Reference

RANDOM = np.random.default_rng(0)


def two_by_two():
    image, side = keras.Input((8, 8, 2), name="image"), keras.Input((3,), name="side")
    x = layers.Conv2D(4, 3, padding="same", name="conv")(image)
    x = layers.ReLU(name="relu")(layers.BatchNormalization(name="bn")(x))
    x = layers.Flatten(name="flat")(layers.MaxPooling2D(name="pool")(x))
    x = layers.Concatenate(name="both")([x, side])
    x = layers.Dense(5, activation="relu", name="fc")(x)
    ends = [layers.Dense(3, name="zlast")(x), layers.Dense(2, name="aux")(x)]
    return keras.Model([image, side], ends)


def hgq():
    weights = QuantizerConfigScope(place="all", default_q_type="kbi", overflow_mode="SAT_SYM")
    data = QuantizerConfigScope(place="datalane", default_q_type="kif", overflow_mode="WRAP")
    with weights, data, LayerConfigScope(enable_ebops=False):
        x = keras.Input((6,), name="x")
        model = keras.Model(x, QDense(3, name="fc2")(QDense(5, activation="relu", name="fc1")(x)))
    trace_minmax(model, RANDOM.uniform(-2, 2, (200, 6)).astype(np.float32))
    return model


def tower():
    """A stack as tutorials write it; the softmax at its end is left to the host."""
    first = [keras.Input((6,)), layers.Dense(5, activation="relu"), layers.BatchNormalization()]
    return keras.Sequential([*first, layers.Dropout(0.2), layers.Dense(4, activation="softmax")])


def averages():
    """Means of values near 100, whose sums overflow the network's own format."""
    image = keras.Input((6, 6, 3), name="image")
    large = keras.initializers.Constant(100)
    x = layers.Conv2D(4, 3, bias_initializer=large, activation="relu", name="conv")(image)
    mean = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Flatten(name="flat")(layers.AveragePooling2D(2, name="pool")(x))
    return keras.Model(image, [layers.Softmax(name="out")(layers.Dense(3, name="fc")(x)), mean])


def difference(model, folder: Path, precision: str, suffix: str = ".keras") -> float:
    folder.mkdir()
    path = folder / f"net{suffix}"
    model.save(path)
    source = frontends.read(path)
    settings = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0, "precision": precision}
    project = source.project(folder / "project", **settings)
    accelerator, layout = Accelerator.read(project), Layout.read(project)
    # Multiples of 1/1024 within the input's format: what is compared is the network.
    given = {
        name: np.rint(RANDOM.uniform(-2, 2, (50, *entry.shape)) * 1024).astype(np.float32) / 1024
        for name, entry in layout.inputs.items()
    }
    results = Reference(accelerator, folder).predict([given[t.name] for t in accelerator.inputs])
    found = {t.name: y for t, y in zip(accelerator.outputs, results, strict=True)}
    wanted = source.front_end.evaluate(path, list(given.values()))
    return max(float(abs(found[n] - y).max()) for n, y in zip(layout.outputs, wanted, strict=True))


folder = Path(sys.argv[1])
folder.mkdir()
print(f"{difference(two_by_two(), folder / 'float', 'ap_fixed<24,8>'):.6f}")
print(f"{difference(hgq(), folder / 'hgq', 'ap_fixed<16,6>'):.6f}")
print(f"{difference(tower(), folder / 'tower', 'ap_fixed<16,6>'):.6f}")
print(f"{difference(tower(), folder / 'legacy', 'ap_fixed<16,6>', '.h5'):.6f}")
print(f"{difference(averages(), folder / 'averages', 'ap_fixed<24,8>'):.6f}")
