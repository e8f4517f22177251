"""Write a `Network` as an hls4ml project."""

from __future__ import annotations

import contextlib
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..fixed_point import FixedPoint
from .layers import describe, matrices, weight_names
from .layout import Layout
from .names import is_buildable, is_free, is_name
from .network import Input, Layer, Network, Relu, Weighted

BACKENDS = ("Vitis", "Vivado")
IO_TYPES = ("io_parallel", "io_stream")
# What hls4ml prints; also the mark of a folder that may be written again.
LOG = "conversion.log"


@dataclass(frozen=True)
class Settings:
    """How a network becomes an hls4ml project; all of it is checked on construction.

    `clock_ns` is the clock period in nanoseconds, `reuse` hls4ml's reuse factor. Raises ModelError.
    """

    name: str
    part: str
    clock_ns: float
    precision: FixedPoint
    reuse: int
    io_type: str
    backend: str

    def __post_init__(self) -> None:
        if not is_name(self.name) or not is_free(self.name) or not is_buildable(self.name):
            raise ModelError(
                f"project name {self.name!r}: must be a letter followed by letters, digits and "
                "underscores, and mean nothing to C++ or hls4ml"
            )
        if not is_name(self.part.replace("-", "_")):
            raise ModelError(f"part {self.part!r}: not a part name such as xc7z020clg400-1")
        if not 0 < self.clock_ns < float("inf"):
            raise ModelError(f"clock period {self.clock_ns}: must be a positive number of ns")
        if self.precision.overflow == "WRAP_SM":
            raise ModelError(f"precision {self.precision}: hls4ml 1.3 cannot write AP_WRAP_SM")
        if self.reuse < 1:
            raise ModelError(f"reuse factor {self.reuse}: must be 1 or more")
        for what, value, known in (
            ("io type", self.io_type, IO_TYPES),
            ("backend", self.backend, BACKENDS),
        ):
            if value not in known:
                raise ModelError(f"{what} {value!r}: accepted are {', '.join(known)}")


def write(path: Path, network: Network, folder: Path, settings: Settings) -> None:
    """Write the hls4ml project of `network`, read from `path`, replacing an earlier one of ours.

    Nothing is compiled. What hls4ml prints goes to ``conversion.log``, behind the network's notes.
    Apart from hls4ml's random stamp and the folder's own path in ``hls4ml_config.yml`` the files
    depend on the arguments alone. Raises ModelError where the folder holds something else, or where
    a layer cannot have the reuse factor.
    """
    _check_reuse(network, settings.reuse)
    _clear(folder)
    with (folder / LOG).open("w", encoding="utf-8") as log:
        print(f"converted from {path}", *network.notes, sep="\n", file=log, flush=True)
        with _quiet(log):
            graph = _graph(network, folder, settings)
            graph.write()
    _layout(network, graph).write(folder)


def _layout(network: Network, graph: Any) -> Layout:
    # hls4ml keeps the order of what it was given, where its passes replace layers as well.
    inputs = [variable.name for variable in graph.get_input_variables()]
    outputs = [variable.name for variable in graph.get_output_variables()]
    given = [entry.given for entry in network.inputs]
    return Layout(
        dict(zip(inputs, given, strict=True)), dict(zip(outputs, network.given, strict=True))
    )


def _clear(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: is a file; name a folder for the hls4ml project")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / LOG).is_file():
            raise ModelError(f"{folder}: holds other files; name an empty folder for the project")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def _quiet(log: Any) -> Iterator[None]:
    """Send what hls4ml prints, and what its dependencies warn about, to `log`."""
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def _graph(network: Network, folder: Path, settings: Settings) -> Any:
    # Imported late: it takes a while, and only this step needs it.
    from hls4ml.model.graph import ModelGraph
    from hls4ml.utils.config import create_config

    clock = settings.clock_ns
    config = create_config(
        output_dir=str(folder),
        project_name=settings.name,
        backend=settings.backend,
        part=settings.part,
        clock_period=int(clock) if clock == int(clock) else clock,
        io_type=settings.io_type,
    )
    precision = str(settings.precision)
    everything = (*network.inputs, *network.layers)
    config["HLSConfig"] = {
        "Model": {
            "Precision": {"default": precision},
            "ReuseFactor": settings.reuse,
            # Latency builds the weights into the logic; reused multipliers want them as data.
            "Strategy": "Latency" if settings.reuse == 1 else "Resource",
        },
        "LayerName": {
            layer.name: {"Precision": _precisions(network, layer, precision)}
            for layer in everything
        },
    }
    layers = [describe(layer) for layer in everything]
    names = [entry.name for entry in network.inputs]
    return ModelGraph.from_layer_list(config, layers, names, list(network.outputs))


def _precisions(network: Network, layer: Input | Layer, precision: str) -> dict[str, str]:
    if not isinstance(layer, Weighted):
        return {"result": precision}
    # hls4ml's "auto" is wide enough for every sum, so a Relu sees the true value. An output keeps
    # the network's own format: "auto" would make it 38 bits wide for ap_fixed<16,6>.
    readers = network.consumers(layer.name)
    exact = readers and layer.name not in network.outputs
    exact = exact and all(isinstance(reader, Relu) for reader in readers)
    named = weight_names(layer)
    return dict.fromkeys(named, precision) | {
        "accum": "auto",
        "result": "auto" if exact else precision,
    }


def _check_reuse(network: Network, reuse: int) -> None:
    """Raise ModelError where hls4ml would quietly take another factor than `reuse`."""
    shapes = [(layer.name, shape) for layer in network.weighted() for shape in matrices(layer)]
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
