"""Compute what does not depend on a network's data: constants, and shapes that are computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from . import onnx_file
from .onnx_graph import STANDARD, array_of

#: Stands for a batch whose size is open: a number that no layer has.
_BATCH = 7919
# Larger than the weights of any network that fits a device.
_LARGEST = 1 << 26
_RANDOM = ("Random", "Bernoulli", "Multinomial")


def folded(model: onnx.ModelProto) -> tuple[onnx.ModelProto, int]:
    """Return a model without the nodes that are constant, and its batch size, 0 where it is open.

    Exporters leave such nodes where the batch is open: ``x.view(x.size(0), -1)`` of torch becomes
    Shape, Gather, Concat and Reshape. Where a model asks for a shape, its batch becomes a number.
    Nodes of other domains stay, so that a Quant of a weight is seen.
    """
    if not any(map(_is_shape, model.graph.node)) and not any(_constant_nodes(model)):
        return model, onnx_file.batch(model)
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    if any(map(_is_shape, model.graph.node)):
        for value in copy.graph.input:
            dims = value.type.tensor_type.shape.dim
            if dims and not dims[0].dim_value:
                dims[0].dim_value = _BATCH
        # What the file says of other tensors names the open batch.
        del copy.graph.value_info[:]
        for value in copy.graph.output:
            value.type.tensor_type.ClearField("shape")
    while _fold(copy):
        pass
    return copy, onnx_file.batch(copy)


def _fold(model: onnx.ModelProto) -> int:
    """Replace constant nodes by initializers; return how many."""
    constants = {tensor.name: array_of(tensor) for tensor in model.graph.initializer}
    shapes = _shapes(model) if any(map(_is_shape, model.graph.node)) else {}
    outputs = {value.name for value in model.graph.output}
    kept, count = [], len(model.graph.node)
    for node in model.graph.node:
        results = (
            None if outputs.intersection(node.output) else _results(model, node, constants, shapes)
        )
        if results is None:
            kept.append(node)
        else:
            constants.update(results)
            model.graph.initializer.extend(
                numpy_helper.from_array(array, name) for name, array in results.items()
            )
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return count - len(kept)


def _results(
    model: onnx.ModelProto,
    node: onnx.NodeProto,
    constants: dict[str, Any],
    shapes: dict[str, tuple[int, ...]],
) -> dict[str, Any] | None:
    """Return the outputs of a node by name, None unless they are constant."""
    if _is_shape(node):
        if node.input[0] not in shapes:
            return None
        # Only the shape matters: an array of any size without memory.
        feed = {node.input[0]: np.broadcast_to(np.float32(0), shapes[node.input[0]])}
    elif _is_constant(node, constants):
        feed = {name: constants[name] for name in node.input if name}
    else:
        return None
    names = [name for name in node.output if name]
    graph = helper.make_graph(
        [node],
        "node",
        [helper.make_empty_tensor_value_info(name) for name in feed],
        [helper.make_empty_tensor_value_info(name) for name in names],
    )
    single = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    try:
        values = ReferenceEvaluator(single).run(None, feed)
    except Exception:  # whatever onnx raises: the node stays, and is refused by its name
        return None
    arrays = [np.asarray(value) for value in values]
    if any(array.size > _LARGEST for array in arrays):
        return None
    return dict(zip(names, arrays, strict=True))


def _constant_nodes(model: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    constants = {tensor.name for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            constants.update(node.output)
        elif _is_constant(node, constants):
            yield node


def _is_shape(node: onnx.NodeProto) -> bool:
    return node.op_type in ("Shape", "Size") and node.domain in STANDARD


def _is_constant(node: onnx.NodeProto, constants: Any) -> bool:
    """Tell whether a standard node reads constants only; a Constant is one itself."""
    if node.domain not in STANDARD or any(word in node.op_type for word in _RANDOM):
        return False
    if node.op_type == "Constant":
        return True
    return bool(node.input) and all(not name or name in constants for name in node.input)


def _shapes(model: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors whose every dimension is known."""
    try:
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except onnx.shape_inference.InferenceError:
        return {}
    shapes = {t.name: tuple(t.dims) for t in model.graph.initializer}
    for value in (*inferred.graph.input, *inferred.graph.value_info):
        kind = value.type.tensor_type
        sizes = [dim.dim_value for dim in kind.shape.dim]
        if kind.HasField("shape") and all(dim.HasField("dim_value") for dim in kind.shape.dim):
            shapes[value.name] = tuple(sizes)
    return shapes
