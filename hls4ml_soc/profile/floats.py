"""Who knows what layers give in floating point."""

from __future__ import annotations

from ..accelerator import Accelerator
from ..report import Arrays
from ..sources import Network, Source
from . import onnx_layers
from .calls import Calls


def floats(source: Source, accelerator: Accelerator, calls: Calls, inputs: Arrays) -> Arrays:
    """Return float64 values (samples, elements) of layers by their names, of as many as are known.

    `inputs` are by the names of the accelerator's tensors. Of an ONNX or PyTorch file these are all
    layers, and outputs before a softmax that is left to the host; of other network files the layers
    that give the outputs; of an hls4ml project none."""
    if not isinstance(source, Network):
        return {}
    layout = source.layout(accelerator)
    if source.front_end.nodes:
        given = [entry.restored(inputs[tensor]) for tensor, entry in layout.inputs.items()]
        traced = {call.layer for call in calls.calls}
        if found := onnx_layers.layers(source.path, accelerator.name, given, traced):
            return found
    computed = source.floats(accelerator, inputs)
    if computed is None:
        return {}
    outputs = zip(accelerator.outputs, computed, strict=True)
    named = {calls.layer(tensor.name): values for tensor, values in outputs}
    return {name: values.reshape(len(values), -1) for name, values in named.items()}
