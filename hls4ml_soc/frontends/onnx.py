"""Plain float ONNX networks, as torch, scikit-learn or ``onnx.helper`` write them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from . import configure, project
from .names import Names
from .network import Network, check
from .quantise import quantise


def convert(network: Path, folder: Path, settings: project.Settings) -> None:
    """Write the hls4ml project of the ONNX file `network` into `folder`.

    The settings' precision is the format of inputs, weights, activations and outputs; sums are
    exact. The first dimension of every input is the batch and may be open. What is supported says
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
    found = _read(network, settings.name)
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
