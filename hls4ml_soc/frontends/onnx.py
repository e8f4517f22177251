"""Plain float ONNX networks, as torch, scikit-learn or ``onnx.helper`` write them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from . import configure, project
from .names import Names
from .network import Network, check
from .quantise import quantise
from .tuning import Tuning


def convert(
    network: Path,
    folder: Path,
    *,
    name: str,
    part: str,
    clock_ns: float,
    precision: str = "ap_fixed<16,6>",
    reuse: int = 1,
    io_type: str = "io_parallel",
    backend: str = "Vitis",
    layers: Mapping[str, Tuning] | None = None,
    hls4ml: Mapping[str, Any] | None = None,
) -> None:
    """Write the hls4ml project of the ONNX file `network` into `folder`.

    `name` becomes the project's and the C function's name, `clock_ns` its clock period in ns.
    `precision` is the format of inputs, weights, activations and outputs; sums are exact. `layers`
    are settings of single layers, by their names, `hls4ml` options of the model by hls4ml's own
    names. The first dimension of every input is the batch and may be open. What is supported says
    `hls4ml_soc.frontends.onnx_nodes.supported`.

    A softmax that is a network's last step is left to the host: the accelerator's output are its
    logits, whose order is the same. hls4ml 1.3's softmax looks exponentials up in a table of 1024
    entries; on the digits example its probabilities are wrong by up to 0.19, those computed from
    the accelerator's logits by less than 0.004. ``conversion.log`` in `folder` names the softmax.

    Raises ModelError: a file that is missing, empty, not ONNX or of an opset before 7; every
    unsupported node in one message; an open dimension beside the batch; inputs that are not
    floating point; weights that are missing, not finite or out of the precision's range; settings
    that are not honoured.
    """
    settings = project.Settings.of(
        name, part, clock_ns, precision, reuse, io_type, backend, layers, hls4ml
    )
    found = _read(network, name)
    configuration = configure.layers(found, settings)
    rounded = quantise(network, found, partial(configure.weight_format, settings, found))
    project.write(network, rounded, folder, settings, configuration)


def layers(network: Path, name: str) -> dict[str, str]:
    """Return the layers of an ONNX file, name to kind, as `convert` calls them.

    Raises ModelError as `convert` does."""
    return {layer.name: type(layer).__name__ for layer in _read(network, name).layers}


def _read(network: Path, name: str) -> Network:
    # The package `onnx` is slow to import, and only needed for networks of this kind.
    from . import onnx_file, onnx_nodes

    model = onnx_file.load(network)
    read = onnx_nodes.read(network, model, Names(name))
    # After the nodes: it stops at the first operator it does not know.
    onnx_file.check(network, model)
    check(network, read)
    return read
