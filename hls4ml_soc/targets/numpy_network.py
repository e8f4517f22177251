"""The weights of a plain dense network, for numpy on a board: ``network.npz`` of a bundle."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..frontends.names import Names
from ..frontends.network import Dense, Layer, Network, Relu, Reshape

_KINDS: dict[type, str] = {Dense: "dense", Relu: "relu", Reshape: "reshape"}


def from_onnx(path: Path) -> bytes | None:
    """Return ``network.npz`` of an ONNX file, as ``hls4ml_overlay/network.py`` reads it.

    Weights are float32. A final softmax is left out, as in the accelerator. None where the file is
    no single chain of dense layers, relus and reshapes."""
    # The package `onnx` is slow to import.
    from ..frontends import onnx_file, onnx_nodes

    try:
        read = onnx_nodes.read(path, onnx_file.load(path), Names("net"))
    except ModelError:
        return None
    return None if _differs(read) else _written(read.layers)


def _differs(network: Network) -> bool:
    """Tell whether a network is anything but a chain of these kinds."""
    if len(network.inputs) != 1 or network.inputs[0].channels_last:
        return True
    before = network.inputs[0].name
    for layer in network.layers:
        if type(layer) not in _KINDS or layer.sources != (before,):
            return True
        before = layer.name
    return network.outputs != (before,)


def _written(layers: tuple[Layer, ...]) -> bytes:
    arrays: dict[str, Any] = {}
    kinds = []
    for i, layer in enumerate(layers):
        kinds.append(_KINDS[type(layer)])
        if isinstance(layer, Dense):
            arrays[f"{i}/weight"] = layer.weight.astype(np.float32)
            arrays[f"{i}/bias"] = layer.bias.astype(np.float32)
        elif isinstance(layer, Reshape):
            arrays[f"{i}/shape"] = np.array(layer.shape, np.int64)
    file = io.BytesIO()
    np.savez(file, kinds=np.array(kinds), **arrays)
    return file.getvalue()
