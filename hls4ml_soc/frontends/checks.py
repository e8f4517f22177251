"""What hls4ml 1.3 would convert and then not build, or build otherwise than it was asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ModelError
from .layers import matrices
from .network import Conv, Network, Pool, Weighted


def check(network: Network, io_type: str, configuration: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ModelError naming every layer that this io type does not have, or whose reuse factor
    hls4ml would quietly replace.

    `configuration` is hls4ml's LayerName, with ReuseFactor and Strategy of every layer."""
    if io_type == "io_stream":
        _check_stream(network)
    else:
        _check_parallel(network, configuration)
    for reuse in sorted({entry["ReuseFactor"] for entry in configuration.values()}):
        told = {
            layer: configuration[layer.name]
            for layer in network.weighted()
            if configuration[layer.name]["ReuseFactor"] == reuse
        }
        _check_reuse([layer for layer, entry in told.items() if _shares(entry)], reuse)


def _check_stream(network: Network) -> None:
    problems = []
    for layer in network.layers:
        if not isinstance(layer, Pool) or len(layer.result) == 1:
            continue
        if layer.strides != layer.window or any(map(any, layer.pads)):
            problems.append(
                f"{layer.name!r} pools windows of {layer.window} with strides {layer.strides} and "
                f"padding {layer.pads}"
            )
    if problems:
        raise ModelError(
            f"io type 'io_stream': {'; '.join(problems)}: hls4ml 1.3 only pools windows that touch "
            "and have no padding there; use io_parallel"
        )


def _check_parallel(network: Network, configuration: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what hls4ml 1.3's emulation ends the process over, or computes wrongly."""
    problems = []
    for layer in network.layers:
        entry = configuration[layer.name]
        if not isinstance(layer, Conv) or not _shares(entry):
            continue
        inputs = layer.weight.size // layer.weight.shape[-1]
        if layer.depthwise:
            problems.append(f"{layer.name!r} is depthwise, with strategy {entry['Strategy']}")
        elif entry["ReuseFactor"] > inputs:
            problems.append(
                f"{layer.name!r} has reuse factor {entry['ReuseFactor']}, more than its {inputs} "
                "inputs of a window"
            )
    if problems:
        raise ModelError(
            f"io type 'io_parallel': {'; '.join(problems)}: hls4ml 1.3 does not compute that; use "
            "io_stream, or set these layers' reuse and strategy in the recipe"
        )


def _shares(entry: Mapping[str, Any]) -> bool:
    return str(entry["Strategy"]).startswith("Resource")


def _check_reuse(layers: list[Weighted], reuse: int) -> None:
    """Raise ModelError where hls4ml would quietly take another factor than `reuse`."""
    shapes = [(layer.name, shape) for layer in layers for shape in matrices(layer)]
    refused = [name for name, shape in shapes if not _reusable(shape, reuse)]
    if refused:
        most = max(n_in * n_out for _, (n_in, n_out) in shapes)
        valid = [n for n in range(1, most + 1) if all(_reusable(s, n) for _, s in shapes)]
        raise ModelError(
            f"reuse factor {reuse}: not possible in {', '.join(dict.fromkeys(refused))}; "
            f"possible in every layer: {', '.join(map(str, valid))}"
        )


def _reusable(shape: tuple[int, int], reuse: int) -> bool:
    """Tell whether hls4ml's Resource strategy takes `reuse` (FPGABackend, hls4ml 1.3)."""
    inputs, outputs = shape
    if inputs * outputs % reuse:
        return False
    if reuse >= inputs:
        return reuse % inputs == 0
    return -(-inputs * outputs // reuse) % outputs == 0
