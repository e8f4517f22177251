"""The layers of a `Network` as hls4ml 1.3's own readers of networks describe them."""

from __future__ import annotations

import math
from typing import Any

from .network import (
    Activation,
    Concatenate,
    Conv,
    Dense,
    Input,
    Layer,
    Merge,
    Pool,
    Recurrent,
    Relu,
    Reshape,
    Scale,
    Weighted,
)

#: Functions that are layers of their own kind in hls4ml; the others are its Activation.
_KINDS = {
    "LeakyReLU": "LeakyReLU",
    "ThresholdedReLU": "ThresholdedReLU",
    "ELU": "ELU",
    "hard_sigmoid": "HardActivation",
}
_SIDES = {1: (("left", "right"),), 2: (("top", "bottom"), ("left", "right"))}
_AXES = {1: ("width",), 2: ("height", "width")}


def describe(layer: Input | Layer) -> dict[str, Any]:
    """Return a layer as a dictionary for ``ModelGraph.from_layer_list``."""
    if isinstance(layer, Input):
        return {"name": layer.name, "class_name": "InputLayer", "input_shape": list(layer.shape)}
    # One name for layer and tensor: several passes of hls4ml 1.3 take one for the other.
    common = {"name": layer.name, "inputs": list(layer.sources), "outputs": [layer.name]}
    return common | _of(layer)


def weight_names(layer: Weighted) -> dict[str, str]:
    """Return hls4ml's names of a layer's weights, as its configuration has them, by ours."""
    if isinstance(layer, Recurrent):
        more = {"recurrent": "recurrent_weight", "recurrent_bias": "recurrent_bias"}
        return {"weight": "weight", "bias": "bias", **more}
    return {"weight": "scale" if isinstance(layer, Scale) else "weight", "bias": "bias"}


def matrices(layer: Weighted) -> list[tuple[int, int]]:
    """Return (inputs, outputs) of the matrices whose multipliers a layer shares, none where reuse
    has no such meaning."""
    if isinstance(layer, Scale) or (isinstance(layer, Conv) and layer.depthwise):
        return []
    arrays = [layer.weight, *([layer.recurrent] if isinstance(layer, Recurrent) else [])]
    return [(array.size // array.shape[-1], array.shape[-1]) for array in arrays]


def _of(layer: Layer) -> dict[str, Any]:
    if isinstance(layer, Dense):
        inputs, outputs = layer.weight.shape
        data = {"weight_data": layer.weight, "bias_data": layer.bias, "use_bias": True}
        return {"class_name": "Dense", "n_in": inputs, "n_out": outputs, **data}
    if isinstance(layer, Conv):
        return _conv(layer)
    if isinstance(layer, Pool):
        return _pool(layer)
    if isinstance(layer, Scale):
        data = {"scale_data": layer.weight, "bias_data": layer.bias}
        size, channels = math.prod(layer.shape), layer.shape[-1]
        filters = -1 if len(layer.shape) == 1 else channels
        return {"class_name": "BatchNormalization", "n_in": size, "n_filt": filters, **data}
    if isinstance(layer, Recurrent):
        return _recurrent(layer)
    if isinstance(layer, Merge):
        return {"class_name": "Merge", "op": layer.function}
    if isinstance(layer, Concatenate):
        # hls4ml counts the batch.
        return {
            "class_name": "Concatenate", "op": f"concatenate{layer.rank}d", "axis": layer.axis + 1
        }  # fmt: skip
    if isinstance(layer, Relu):
        return {"class_name": "Activation", "activation": "relu"}
    if isinstance(layer, Activation):
        kind = _KINDS.get(layer.function, "Activation")
        return {"class_name": kind, "activation": layer.function, **dict(layer.parameters)}
    assert isinstance(layer, Reshape)
    return {"class_name": "Reshape", "target_shape": list(layer.shape)}


def _conv(layer: Conv) -> dict[str, Any]:
    rank = len(layer.strides)
    *kernel, channels, _ = layer.weight.shape
    kind = f"DepthwiseConv{rank}D" if layer.depthwise else f"Conv{rank}D"
    data = "depthwise_data" if layer.depthwise else "weight_data"
    filters = {"depth_multiplier": 1} if layer.depthwise else {}
    return {
        "class_name": kind,
        "data_format": "channels_last",
        "n_chan": channels,
        "n_filt": layer.result[-1],
        data: layer.weight,
        "bias_data": layer.bias,
        "use_bias": True,
        **filters,
        **_named(rank, "filt", tuple(kernel)),
        **_geometry(layer.strides, layer.pads, layer.shape, layer.result),
    }


def _pool(layer: Pool) -> dict[str, Any]:
    rank = len(layer.window)
    if len(layer.result) == 1:
        sizes = _named(rank, "in", layer.shape[:-1])
        sizes = {"n_in": layer.shape[0]} if rank == 1 else sizes
        kind = f"Global{layer.kind}Pooling{rank}D"
        return {
            "class_name": kind, "data_format": "channels_last", "n_filt": layer.shape[-1], **sizes
        }  # fmt: skip
    geometry = _geometry(layer.strides, layer.pads, layer.shape, layer.result)
    if rank == 1:
        geometry |= {"n_in": geometry.pop("in_width"), "n_out": geometry.pop("out_width")}
    return {
        "class_name": f"{layer.kind}Pooling{rank}D",
        "data_format": "channels_last",
        "n_filt": layer.shape[-1],
        "count_pad": layer.padded,
        **_named(rank, "pool", layer.window),
        **geometry,
    }


def _recurrent(layer: Recurrent) -> dict[str, Any]:
    units = len(layer.recurrent)
    described = {
        "class_name": layer.kind,
        "n_timesteps": layer.shape[0],
        "n_in": layer.shape[1],
        "n_out": units,
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
        "return_sequences": layer.sequence,
        "return_state": False,
        "time_major": False,
        "direction": "forward",
        "weight_data": layer.weight,
        "recurrent_weight_data": layer.recurrent,
        "bias_data": layer.bias,
    }
    if layer.kind == "GRU":
        described |= {"apply_reset_gate": "after", "recurrent_bias_data": layer.recurrent_bias}
    return described


def _geometry(
    strides: tuple[int, ...],
    pads: tuple[tuple[int, int], ...],
    shape: tuple[int, ...],
    result: tuple[int, ...],
) -> dict[str, int]:
    rank = len(strides)
    sides = {
        f"pad_{side}": number
        for names, pair in zip(_SIDES[rank], pads, strict=True)
        for side, number in zip(names, pair, strict=True)
    }
    return {
        **_named(rank, "in", shape[:-1]),
        **_named(rank, "out", result[:-1]),
        **_named(rank, "stride", strides),
        **sides,
    }


def _named(rank: int, what: str, numbers: tuple[int, ...]) -> dict[str, int]:
    return {f"{what}_{axis}": n for axis, n in zip(_AXES[rank], numbers, strict=True)}
