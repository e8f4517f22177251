"""Plain float ONNX networks, as torch, scikit-learn or ``onnx.helper`` write them."""

from __future__ import annotations

from pathlib import Path

from ..errors import ModelError
from ..fixed_point import FixedPoint
from . import project
from .names import Names
from .network import check
from .quantise import quantise


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
) -> None:
    """Write the hls4ml project of the ONNX file `network` into `folder`.

    `name` becomes the project's and the C function's name, `clock_ns` its clock period in ns.
    `precision` is the format of inputs, weights, activations and outputs; sums are exact. The
    first dimension of every input is the batch and may be open. Supported are Gemm, MatMul, Add of
    a bias, Relu, Flatten and Reshape; Identity and Dropout vanish.

    A softmax that is a network's last step is left to the host: the accelerator's output are its
    logits, whose order is the same. hls4ml 1.3's softmax looks exponentials up in a table of 1024
    entries; on the digits example its probabilities are wrong by up to 0.19, those computed from
    the accelerator's logits by less than 0.004. ``conversion.log`` in `folder` names the softmax.

    Raises ModelError: a file that is missing, empty, not ONNX or of an opset before 7; every
    unsupported node in one message; an open dimension beside the batch; inputs that are not
    floating point; weights that are missing, not finite or out of the precision's range; settings
    that are not honoured.
    """
    settings = project.Settings(
        name, part, clock_ns, _parse(precision), reuse=reuse, io_type=io_type, backend=backend
    )
    # The package `onnx` is slow to import, and only needed for networks of this kind.
    from . import onnx_file, onnx_nodes

    model = onnx_file.load(network)
    inputs = onnx_file.inputs(network, model)
    read = onnx_nodes.read(network, model.graph, inputs, Names(name), onnx_file.batch(model))
    # After the nodes: it stops at the first operator it does not know.
    onnx_file.check(network, model)
    check(network, read)
    project.write(network, quantise(network, read, settings.precision), folder, settings)


def _parse(precision: str) -> FixedPoint:
    try:
        return FixedPoint.parse(precision)
    except ValueError as error:
        raise ModelError(f"precision {error}") from None
