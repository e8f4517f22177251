"""What the layers of a plain ONNX network compute in floating point."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..frontends import onnx_float
from ..frontends.names import Names
from ..frontends.network import Scale
from ..report import Arrays

Array = np.ndarray[Any, Any]


def layers(network: Path, name: str, inputs: list[Array], traced: Collection[str]) -> Arrays:
    """Return what each layer of an ONNX file gives, float64 (samples, elements), by hls4ml's name.

    `name` is the project's, `inputs` are arrays (N, *shape) in the order of the file, `traced` the
    layers that the project has. Elements lie as in the accelerator, channels last. A layer that
    stands for several nodes gives what the last of them does. Empty where our reader of plain ONNX
    does not read the file."""
    # The package `onnx` is slow to import.
    from ..frontends import onnx_file, onnx_nodes

    model = onnx_file.load(network)
    try:
        reader, read = onnx_nodes.walk(network, model, Names(name))
    except ModelError:
        return {}
    softmaxes = {o for node in reader.nodes if node.op_type == "Softmax" for o in node.output}
    # In order of evaluation: of several tensors that go by a layer, the last is the whole of it.
    tensors = {
        value.layer: (tensor, value)
        for tensor, value in reader.values.items()
        if tensor not in softmaxes and value.layer in reader.layers
    }
    wanted = [tensor for tensor, _ in tensors.values()]
    computed = dict(zip(wanted, _evaluate(model, inputs, wanted), strict=True))
    found = {}
    for layer, (tensor, value) in tensors.items():
        given = _stored(computed[tensor], value)
        if given is not None:
            found[layer] = given
    for entry in read.layers:
        # hls4ml takes some scales into the layer before, which then gives what the scale gives.
        if isinstance(entry, Scale) and entry.name in found and entry.name not in traced:
            found[entry.source] = found[entry.name]
    return found


def _evaluate(model: Any, inputs: list[Array], wanted: list[str]) -> list[Array]:
    """Compute tensors of a model, whether they are outputs or not. Changes the model."""
    from onnx import helper

    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in wanted)
    return onnx_float.compute(model, inputs)


def _stored(values: Array, value: Any) -> Array | None:
    """Return a tensor's samples in the order of its layer; None where the batch is not in front."""
    if value.form:
        return None
    count = len(values)
    if value.last:
        values = np.moveaxis(values.reshape(count, *value.shape), 1, -1)
    flat = values.reshape(count, -1).astype(np.float64)
    return flat if value.order is None else flat[:, value.order]
