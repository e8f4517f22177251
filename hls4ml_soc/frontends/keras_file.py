"""Keras 3 networks (``.keras``, and ``.h5`` of Keras 2 as far as Keras 3 reads it), with layers of
HGQ2 in them or not, by hls4ml's own converter."""

from __future__ import annotations

import importlib.util
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..fixed_point import FixedPoint
from . import converted, project
from .layout import Given, Layout

#: What Keras may compute with, in the order in which it is looked for.
BACKENDS = ("jax", "torch", "tensorflow")

# QDense, QActivation; HGQ2 has such names, too, and says hgq.
_OF_QKERAS = re.compile(rb'"class_name": "Q[A-Z]')

Array = np.ndarray[Any, Any]


def convert(network: Path, folder: Path, settings: project.Settings) -> None:
    """Write the hls4ml project of the Keras file `network` into `folder`.

    The settings' precision is that of what the network does not quantise itself; results that
    hls4ml can compute exactly are as wide as that takes. A softmax at the end is left to the host.

    Raises ModelError: no Keras, no HGQ2 where the network has layers of it, a file that Keras
    cannot read, what hls4ml cannot convert, names that C++ does not allow, settings that are not
    honoured.
    """
    model, config = _configured(network, settings.backend, settings.precision)
    notes = converted.configure(config, settings, set(_ends(model)))

    def build() -> Any:
        from hls4ml.converters import convert_from_keras_model

        options = settings.backend_options()
        with converted.refusals(network):
            graph = convert_from_keras_model(
                model, output_dir=str(folder), hls_config=config, **options
            )
        converted.check(graph, settings)
        return graph

    graph = project.written(network, notes, folder, settings, build)
    converted.layout(graph, _given(model)).write(folder)


def layers(network: Path, name: str) -> dict[str, str]:
    """Return the layers of a Keras file, name to kind, as `convert` calls them.

    Raises ModelError as `convert` does."""
    model, config = _configured(network, "Vitis", FixedPoint.parse("ap_fixed<16,6>"))
    kinds = {layer.name: type(layer).__name__ for layer in model.layers}
    return {layer: kinds.get(layer, "of hls4ml's making") for layer in config["LayerName"]}


def evaluate(network: Path, inputs: list[Array]) -> list[Array]:
    """Compute a Keras file with Keras. `inputs` (N, *shape) and outputs are in its own order.

    As in the accelerator a softmax at the end is left out: outputs are its inputs."""
    outputs = _without_softmax(_load(network)).predict(
        inputs if len(inputs) > 1 else inputs[0], verbose=0, batch_size=256
    )
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _without_softmax(model: Any) -> Any:
    """Return a model without the softmax that its output layers have or are. Changes the model."""
    import keras

    ends = []
    for name, tensor in zip(_ends(model), model.outputs, strict=True):
        layer = model.get_layer(name)
        if isinstance(layer, keras.layers.Softmax):
            tensor = layer.input
        elif getattr(layer, "activation", None) is keras.activations.softmax:
            layer.activation = keras.activations.linear
        ends.append(tensor)
    return keras.Model(model.inputs, ends)


def _configured(network: Path, backend: str, precision: FixedPoint) -> tuple[Any, dict[str, Any]]:
    model = _load(network)
    from hls4ml.utils.config import config_from_keras_model

    with converted.refusals(network), project.silence():
        config: dict[str, Any] = config_from_keras_model(
            model, granularity="name", backend=backend, default_precision=str(precision)
        )
    return model, config


def _load(network: Path) -> Any:
    """Return the Keras model of a file.

    Raises ModelError."""
    # Before Keras is imported, which takes seconds.
    described = _described(network)
    _choose_backend()
    keras = converted.package(network, "keras", "keras")
    if b'"hgq' in described:
        converted.package(network, "hgq", "hgq2")
    elif _OF_QKERAS.search(described):
        raise ModelError(
            f"{network}: has layers of QKeras, which Keras 3 does not read; convert it with hls4ml "
            "beside QKeras, and deploy the project"
        )
    try:
        with project.silence():
            model = keras.models.load_model(str(network), compile=False)
    except Exception as error:  # Keras raises whatever its layers do
        raise ModelError(f"{network}: Keras cannot read it: {converted.first(error)}") from None
    if not getattr(model, "layers", None) or not model.built or not model.inputs:
        raise ModelError(
            f"{network}: says no shape of its inputs; begin the network with keras.Input"
        )
    return model


def _choose_backend() -> None:
    """Let Keras compute with what is installed, unless KERAS_BACKEND says with what."""
    found = [b for b in BACKENDS if importlib.util.find_spec(b) is not None]
    os.environ.setdefault("KERAS_BACKEND", found[0] if found else "numpy")


def _described(network: Path) -> bytes:
    """Return the JSON that describes a file's layers.

    Raises ModelError where it is no file of Keras."""
    try:
        if network.suffix.lower() == ".h5":
            h5py = converted.package(network, "h5py", "keras")
            with h5py.File(network) as file:
                return str(file.attrs["model_config"]).encode()
        with zipfile.ZipFile(network) as archive:
            return archive.read("config.json")
    except (zipfile.BadZipFile, KeyError, OSError):
        raise ModelError(
            f"{network}: not a network of Keras; save it with model.save('name.keras')"
        ) from None


def _ends(model: Any) -> list[str]:
    """Return the names of the layers that give the outputs."""
    if hasattr(model, "output_names"):
        return list(model.output_names)
    return [model.layers[-1].name]  # a Sequential, which does not say


def _given(model: Any) -> Layout:
    inputs = {t.name: Given(t.name, tuple(t.shape[1:])) for t in model.inputs}
    pairs = zip(_ends(model), model.outputs, strict=True)
    return Layout(inputs, {name: Given(name, tuple(t.shape[1:])) for name, t in pairs})
