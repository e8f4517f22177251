"""hls4ml projects made layer by layer, with their emulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BITS = 64


@dataclass(frozen=True)
class Port:
    """One tensor as the wrapper sees it."""

    type_name: str
    size: int
    container: int
    width: int
    fraction: int
    signed: bool


@dataclass
class Network:
    """An hls4ml project with its emulation, and the folder for HLS beside it."""

    model: Any
    folder: Path
    inputs: list[Port]
    outputs: list[Port]
    streamed: bool
    namespace: str = ""

    @property
    def name(self) -> str:
        return str(self.model.config.get_project_name())

    @property
    def hls(self) -> Path:
        return self.folder / "hls"

    @property
    def core_path(self) -> Path:
        return self.hls / f"{self.name}_soc_prj/solution1/impl/ip/standin/core.so"

    def beats(self, ports: Sequence[Port]) -> int:
        return sum(math.ceil(p.size / (BITS // p.container)) for p in ports)

    def encode(self, samples: Sequence[np.ndarray]) -> bytes:
        """Pack as ap_fixed does by default: truncate, wrap; each tensor begins a new beat."""
        columns = []
        for x, port in zip(samples, self.inputs, strict=True):
            raw = np.floor(x * 2.0**port.fraction).astype(np.int64).reshape(len(x), -1)
            raw &= (1 << port.width) - 1
            lanes = BITS // port.container
            padded = np.zeros((len(raw), math.ceil(port.size / lanes) * lanes), np.int64)
            padded[:, : port.size] = raw
            columns.append(padded.astype(f"<u{port.container // 8}").view(np.uint8))
        return np.concatenate(columns, axis=1).tobytes()

    def decode(self, data: bytes) -> list[np.ndarray]:
        rows = np.frombuffer(data, np.uint8).reshape(-1, self.beats(self.outputs) * BITS // 8)
        tensors, at = [], 0
        for port in self.outputs:
            lanes = BITS // port.container
            octets = math.ceil(port.size / lanes) * BITS // 8
            kind = f"<{'i' if port.signed else 'u'}{port.container // 8}"
            raw = rows[:, at : at + octets].copy().view(kind)
            assert not raw[:, port.size :].any(), "padding"
            tensors.append(raw[:, : port.size] / 2.0**port.fraction)
            at += octets
        return tensors

    def predict(self, samples: Sequence[np.ndarray]) -> list[np.ndarray]:
        given = [np.ascontiguousarray(x, dtype=np.float64) for x in samples]
        made = self.model.predict(given[0] if len(given) == 1 else given)
        listed = made if isinstance(made, list) else [made]
        return [y.reshape(len(given[0]), -1) for y in listed]

    def draw(self, count: int, seed: int = 1) -> list[np.ndarray]:
        rng = np.random.default_rng(seed)
        shapes = [v.shape for v in self.model.get_input_variables()]
        low = [-8.0 if p.signed else 0.0 for p in self.inputs]
        return [rng.uniform(a, 8, (count, *s)) for a, s in zip(low, shapes, strict=True)]


def container(width: int) -> int:
    return next(c for c in (8, 16, 32, 64) if c >= width)


def port_of(variable: Any) -> Port:
    kind = variable.type.precision
    fraction = getattr(kind, "fractional", 0)
    size = math.prod(variable.shape)
    return Port(variable.type.name, size, container(kind.width), kind.width, fraction, kind.signed)


def dense(name: str, source: str, n_in: int, n_out: int, seed: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "class_name": "Dense", "name": name, "inputs": [source], "outputs": [name],
        "n_in": n_in, "n_out": n_out, "use_bias": True,
        "weight_data": rng.normal(0, 0.5, (n_in, n_out)).astype(np.float32),
        "bias_data": rng.normal(0, 0.3, n_out).astype(np.float32),
    }  # fmt: skip


def conv(name: str, source: str, side: int, channels: int, filters: int) -> dict[str, Any]:
    rng = np.random.default_rng(4)
    return {
        "class_name": "Conv2D", "name": name, "inputs": [source], "outputs": [name],
        "data_format": "channels_last", "in_height": side, "in_width": side, "n_chan": channels,
        "filt_height": 3, "filt_width": 3, "n_filt": filters, "stride_height": 1,
        "stride_width": 1, "padding": "valid", "out_height": side - 2, "out_width": side - 2,
        "pad_top": 0, "pad_bottom": 0, "pad_left": 0, "pad_right": 0, "dilation_height": 1,
        "dilation_width": 1, "use_bias": True,
        "weight_data": rng.normal(0, 0.5, (3, 3, channels, filters)).astype(np.float32),
        "bias_data": rng.normal(0, 0.3, filters).astype(np.float32),
    }  # fmt: skip


def entry(name: str, *shape: int) -> dict[str, Any]:
    return {
        "class_name": "InputLayer", "name": name, "input_shape": list(shape), "inputs": [],
        "outputs": [name],
    }  # fmt: skip


def relu(name: str, source: str) -> dict[str, Any]:
    return {
        "class_name": "Activation", "activation": "relu", "name": name, "inputs": [source],
        "outputs": [name],
    }  # fmt: skip


def add(name: str, first: str, second: str) -> dict[str, Any]:
    return {
        "class_name": "Merge", "op": "add", "name": name, "inputs": [first, second],
        "outputs": [name],
    }  # fmt: skip


def make_network(
    folder: Path,
    name: str,
    layers: list[dict[str, Any]],
    outputs: list[str],
    io_type: str = "io_parallel",
    precision: dict[str, Any] | None = None,
    namespace: str | None = None,
) -> Network:
    """Convert, write and compile with hls4ml itself."""
    from hls4ml.model.graph import ModelGraph

    wide = {"weight": "ap_fixed<16,6>", "bias": "ap_fixed<16,6>", "accum": "auto"}
    of_layer = {
        layer["name"]: {"Precision": {**wide, "result": "auto"}}
        for layer in layers
        if layer["class_name"] in ("Dense", "Conv2D")
    }
    for layer, kinds in (precision or {}).items():
        of_layer.setdefault(layer, {"Precision": {}})["Precision"].update(kinds)
    model = {"Precision": {"default": "fixed<16,6>", "maximum": "fixed<64,32>"}}
    config = {
        "OutputDir": str(folder / "project"), "ProjectName": name, "Backend": "Vitis",
        "Part": "xc7z020clg400-1", "ClockPeriod": 10, "ClockUncertainty": "27%",
        "IOType": io_type,
        "HLSConfig": {
            "Model": {**model, "ReuseFactor": 1, "Strategy": "Latency"}, "LayerName": of_layer,
        },
        "WriterConfig": {
            "Namespace": namespace, "WriteWeightsTxt": True, "WriteTar": False,
            "TBOutputStream": "both", "WriteEmulationConstants": False,
        },
    }  # fmt: skip
    inputs = [layer["name"] for layer in layers if layer["class_name"] == "InputLayer"]
    graph = ModelGraph.from_layer_list(config, layers, inputs, outputs)
    graph.compile()
    return Network(
        graph,
        folder,
        [port_of(v) for v in graph.get_input_variables()],
        [port_of(v) for v in graph.get_output_variables()],
        io_type == "io_stream",
        namespace or "",
    )
