"""Open an ONNX file: what must hold before its nodes are looked at."""

from __future__ import annotations

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from ..errors import ModelError
from . import torch_file
from .onnx_graph import STANDARD

# Gemm and Add broadcast as they do today from opset 7 on.
OLDEST_OPSET = 7
_FLOATS = {
    onnx.TensorProto.FLOAT: "float32",
    onnx.TensorProto.DOUBLE: "float64",
    onnx.TensorProto.FLOAT16: "float16",
}


def load(path: Path) -> onnx.ModelProto:
    """Return the model of the file at `path`, which torch may have to make of it first.

    Raises ModelError unless it is ONNX of a usable opset, or what torch can export to it."""
    if not path.is_file():
        raise ModelError(f"{path}: no such file; give the path of an ONNX model")
    if not path.stat().st_size:
        raise ModelError(f"{path}: the file is empty; export the network again")
    if path.suffix.lower() == torch_file.SUFFIX:
        return torch_file.load(path)
    try:
        model = onnx.load(str(path))
    except DecodeError:
        raise ModelError(f"{path}: not an ONNX model; export the network as .onnx") from None
    except (onnx.checker.ValidationError, OSError) as error:
        # Weights kept in a second file, which did not come along.
        raise ModelError(f"{path}: cannot be read: {first_line(error)}") from None
    if not model.ir_version or not model.HasField("graph"):
        raise ModelError(f"{path}: not an ONNX model; export the network as .onnx")
    _check_opset(path, model)
    return model


def _check_opset(path: Path, model: onnx.ModelProto) -> None:
    opsets = [entry.version for entry in model.opset_import if entry.domain in STANDARD]
    if not opsets:
        raise ModelError(f"{path}: names no ONNX opset; export it with opset 13")
    if max(opsets) < OLDEST_OPSET:
        raise ModelError(
            f"{path}: opset {max(opsets)} is too old; export it with opset {OLDEST_OPSET} or later"
        )
    newest = onnx.defs.onnx_opset_version()
    if max(opsets) > newest:
        raise ModelError(
            f"{path}: opset {max(opsets)} is not known to onnx {onnx.__version__}, which ends at "
            f"{newest}; export it with that or an earlier one"
        )


def check(path: Path, model: onnx.ModelProto) -> None:
    """Raise ModelError where the onnx package finds the model inconsistent."""
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ModelError(f"{path}: not a valid ONNX model: {first_line(error)}") from None


def inputs(path: Path, model: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
    """Return the network's inputs in order: name to shape without the batch dimension."""
    # Up to IR version 3 every weight is listed among the inputs as well.
    weights = {tensor.name for tensor in model.graph.initializer}
    found = {i.name: _shape(path, i) for i in model.graph.input if i.name not in weights}
    if not found:
        raise ModelError(f"{path}: the network has no input")
    return found


def batch(model: onnx.ModelProto) -> int:
    """Return the batch size that the graph fixes, or 0."""
    return int(model.graph.input[0].type.tensor_type.shape.dim[0].dim_value)


def _shape(path: Path, value: onnx.ValueInfoProto) -> tuple[int, ...]:
    kind = value.type.tensor_type.elem_type
    if not value.type.HasField("tensor_type") or kind not in _FLOATS:
        name = onnx.TensorProto.DataType.Name(kind) if kind else "not a tensor"
        raise ModelError(
            f"{path}: input {value.name!r} is {name}; accepted are {', '.join(_FLOATS.values())}"
        )
    dims = value.type.tensor_type.shape.dim
    if len(dims) < 2:
        raise ModelError(
            f"{path}: input {value.name!r} has {len(dims)} dimensions; "
            "the first must be the batch, the others the shape of one sample"
        )
    if not all(dim.dim_value > 0 for dim in dims[1:]):
        sizes = ", ".join(dim.dim_param or str(dim.dim_value or "?") for dim in dims)
        raise ModelError(
            f"{path}: input {value.name!r} has the shape ({sizes}); only the first dimension, "
            "the batch, may be left open: export the network with fixed sizes"
        )
    return tuple(dim.dim_value for dim in dims[1:])


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text that says something."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if line), type(error).__name__)
