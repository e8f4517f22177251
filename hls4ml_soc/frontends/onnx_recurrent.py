"""ONNX's recurrent operators, whose batch is not the first dimension, and what stands around
them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx

from .network import Array, Recurrent, size
from .onnx_graph import GraphReader, Unsupported, Value, attributes, axes_of
from .onnx_shapes import flattened

#: Gates in ONNX's order, by hls4ml's: i o f c -> i f c o; z r h is the same.
_GATES = {"LSTM": (0, 2, 3, 1), "GRU": (0, 1, 2)}


def recurrent(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read an LSTM or a GRU: forward, from a zero state, with the usual activations."""
    given, kind = attributes(node), node.op_type
    value = reader.any_value(node.input[0])
    batch_first = bool(given.get("layout", 0))
    if value.form != ("" if batch_first else "time") or len(value.shape) != 2:
        raise Unsupported(": reads no sequence (batch, steps, values) after a Transpose(1, 0, 2)")
    if given.get("direction", b"forward") != b"forward":
        raise Unsupported(f": direction={given['direction'].decode()}")
    if any(given.get(name) for name in ("activations", "clip", "input_forget")):
        raise Unsupported(": has activations of its own, clip or input_forget")
    if kind == "GRU" and not given.get("linear_before_reset", 0):
        raise Unsupported(": linear_before_reset=0; hls4ml 1.3 has the other kind")
    _check_state(reader, node)
    units, gates = given["hidden_size"], _GATES[kind]
    weight = _gates(reader.constant(node.input[1], "weight")[0], gates)
    again = _gates(reader.constant(node.input[2], "recurrent weight")[0], gates)
    biases = np.zeros((2, len(gates) * units))
    if len(node.input) > 3 and node.input[3]:
        halves = reader.constant(node.input[3], "bias")[0].reshape(2, -1)
        biases = np.stack([_gates(half, gates) for half in halves])
    if kind == "LSTM":
        biases = np.stack([biases.sum(axis=0), np.zeros_like(biases[0])])
    used = [bool(name) and reader.uses[name] > 0 for name in (*node.output, "", "")[:3]]
    if used[2] or used[0] == used[1]:
        raise Unsupported(": gives more than one of sequence, last output and cell state")
    steps, _ = value.shape
    layer = Recurrent(
        reader.name(node), value.layer, kind, weight.T, again.T, biases[0], biases[1],
        (steps, value.shape[1]), used[0],
    )  # fmt: skip
    reader.layers[layer.name] = layer
    shape = (steps, units) if used[0] else (units,)
    form = "steps" if used[0] else "state"
    tensor = node.output[0 if used[0] else 1]
    form = f"{form}, batch first" if batch_first else form
    reader.values[tensor] = Value(layer.name, shape, reader.uses[tensor] == 1, form=form)


def transpose(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Transpose that only says where batch, steps or channels are."""
    value = reader.any_value(node.input[0])
    perm = list(attributes(node).get("perm", range(len(value.shape) + 1)[::-1]))
    rank = len(value.shape) + 1
    if perm == [1, 0, 2] and value.form in ("", "time") and not value.last:
        form = "" if value.form else "time"
        reader.alias(node, replace(value, form=form))
    elif perm == [0, 2, 1, 3] and value.form == "steps":
        reader.alias(node, replace(value, form="turned"))
    elif perm == [0, rank - 1, *range(1, rank - 1)] and value.form == "" and not value.last:
        # Channels to the front: here they stay behind.
        shape = (value.shape[-1], *value.shape[:-1])
        reader.alias(node, replace(value, shape=shape, last=True))
    elif perm == [0, *range(2, rank), 1] and value.form == "" and value.last:
        reader.alias(node, replace(value, shape=value.stored, last=False))
    else:
        raise Unsupported(f": perm={perm} here; only channels and time are moved")


def squeeze(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Squeeze that takes away the direction of a recurrent operator, or empty dimensions."""
    value = reader.any_value(node.input[0])
    axes = axes_of(reader, node)
    after = {
        ("state", 0): "",
        ("steps", 1): "time",
        ("state, batch first", 1): "",
        ("steps, batch first", 2): "",
    }
    key = (value.form, axes[0] if axes and len(axes) == 1 else None)
    if value.form and key in after:
        reader.alias(node, replace(value, form=after[key]))
        return
    rank = len(value.shape) + 1
    ones = list(range(2, rank)) if size(value.shape[1:]) == 1 else []
    if not value.form and value.last and axes and sorted(a % rank for a in axes) == ones:
        flattened(reader, node, value)  # a feature map of one point is a vector of its channels
        return
    raise Unsupported(f": axes={axes} here")


def gather(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Gather of the last step of a recurrent operator's outputs, or of its only layer."""
    value = reader.any_value(node.input[0])
    index = reader.constants.get(node.input[1])
    if index is None or index.size != 1:
        raise Unsupported(": takes more than one entry; the last step of a sequence can be")
    axis, wanted = attributes(node).get("axis", 0), int(index.reshape(()))
    if index.ndim == 0 and value.form == "state" and axis == 0 and wanted in (0, -1):
        reader.alias(node, replace(value, form=""))
        return
    layer = reader.layers.get(value.layer)
    along = {"": 1, "time": 0}.get(value.form)
    if not isinstance(layer, Recurrent) or index.ndim or axis != along or value.last:
        raise Unsupported(f": axis={axis} here; only the last step of a sequence is taken")
    if wanted not in (-1, value.shape[0] - 1) or not value.exclusive or not layer.sequence:
        raise Unsupported(f": takes step {wanted} of a sequence, or it is read elsewhere too")
    reader.layers[layer.name] = replace(layer, sequence=False)
    reader.alias(node, replace(value, shape=value.shape[1:], form=""))


def _check_state(reader: GraphReader, node: onnx.NodeProto) -> None:
    for name in node.input[4:7]:
        if not name:
            continue
        if name not in reader.constants or np.any(reader.constants[name]):
            raise Unsupported(": starts from a state or sequence lengths that are given")


def _gates(rows: Array, gates: tuple[int, ...]) -> Array:
    parts = np.split(rows, len(gates))
    return np.concatenate([parts[gate] for gate in gates])
