"""Profile a network: run it traced, beside floating point and beside wider formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..accelerator import Accelerator
from ..errors import ToolError
from ..execute import Progress
from ..report import Arrays
from ..sources import Source
from . import trace
from .calls import Calls
from .floats import floats
from .layer import Layer, measure
from .outputs import Output, Pair
from .profile import Points, Profile

Array = np.ndarray[Any, Any]

#: Points of a layer that are drawn.
DRAWN = 300
#: Elements of the first sample that are listed.
FIRST = 8
#: Samples of a check, which is part of every run.
CHECKED = 100


def check(source: Source, accelerator: Accelerator, inputs: Arrays, fixed: Arrays) -> list[Output]:
    """Compare the emulation's outputs of the first samples with floating point: nothing is built.

    Returns the outputs of which floating point is known."""
    calls = Calls.read(accelerator)
    taken = {name: values[:CHECKED] for name, values in inputs.items()}
    known = floats(source, accelerator, calls, taken)
    pairs = {name: (values, known.get(calls.layer(name))) for name, values in fixed.items()}
    return [
        Output(name, "float", Pair.of(values, right))
        for name, (values, right) in pairs.items()
        if right is not None
    ]


def profile(
    source: Source, accelerator: Accelerator, inputs: Arrays, scratch: Path, progress: Progress
) -> Profile:
    """Trace a network in fixed point and compare it layer by layer with floating point.

    `inputs` are by the names of the accelerator's tensors. Where floating point is not known of a
    layer, or one departs, the network is traced with wider formats as well. Builds beneath
    ``scratch/traced`` and ``scratch/wide``. Raises ToolError where the traced emulation does not
    compile."""
    calls = Calls.read(accelerator)
    with progress.step("trace in fixed point"):
        fixed = trace.run(accelerator, calls, inputs, scratch)
    taken = {name: values[: fixed.samples] for name, values in inputs.items()}
    known = floats(source, accelerator, calls, taken)
    notes = _unknown(calls, known)
    if fixed.samples < len(next(iter(inputs.values()))):
        notes.append(f"traced are the first {fixed.samples} samples: the layers have many values")
    layers, points = _layers(accelerator, calls, taken, fixed, None, known)
    wide = None
    if any(layer.departs or not layer.against for layer in layers):
        with progress.step("trace with wide formats") as remark:
            try:
                wide = trace.run(accelerator, calls, taken, scratch, wide=True)
            except ToolError as error:
                remark("does not compile")
                notes.append(f"wider formats are not known: {error}")
        layers, points = _layers(accelerator, calls, taken, fixed, wide, known)
    right = dict(wide.outputs) if wide is not None else {}
    exact = {name for name in fixed.outputs if calls.layer(name) in known}
    right |= {name: known[calls.layer(name)] for name in exact}
    outputs = tuple(
        Output(
            name,
            "float" if name in exact else "wide" if name in right else "",
            Pair.of(values, right[name]) if name in right else None,
        )
        for name, values in fixed.outputs.items()
    )
    return Profile(
        accelerator.name, fixed.samples, layers, outputs, tuple(notes), points, fixed.outputs, right
    )


def _layers(
    accelerator: Accelerator,
    calls: Calls,
    inputs: Arrays,
    fixed: trace.Trace,
    wide: trace.Trace | None,
    known: Arrays,
) -> tuple[tuple[Layer, ...], dict[str, Points]]:
    """Return what was measured of inputs and layers in order of evaluation, and points to draw."""
    measured, points = [], {}
    names = {tensor.name: tensor.name for tensor in accelerator.inputs}
    for tensor in accelerator.inputs:
        given = np.asarray(inputs[tensor.name], np.float64).reshape(fixed.samples, -1)
        taken = tensor.precision.decode(tensor.precision.encode(given))
        measured.append(measure(tensor.name, None, tensor.precision, taken, given, None))
        points[tensor.name] = _points(taken, given)
    for call in calls.calls:
        got = fixed.variables[call.variable]
        beside = wide.variables[call.variable] if wide is not None else None
        floats = known.get(call.layer)
        reads = tuple(dict.fromkeys(names[variable] for variable in call.reads))
        names[call.variable] = call.layer
        layer = measure(call.layer, call, call.result, got, floats, beside, reads)
        measured.append(layer)
        right = floats if layer.against == "float" else beside
        if right is not None:
            points[call.layer] = _points(got, right)
    return tuple(measured), points


def _points(fixed: Array, right: Array) -> Points:
    """Return points spread evenly over all values, always the same ones, and the extremes."""
    one, two = fixed.reshape(-1), right.reshape(-1)
    count = min(DRAWN, two.size)
    chosen = np.linspace(0, two.size - 1, count).astype(int)
    # A stride that divides the number of elements would draw a single one of them.
    chosen = (chosen + np.arange(count) % 7) % two.size
    worst = [two.argmin(), two.argmax(), np.abs(one - two).argmax()]
    chosen = np.unique(np.concatenate([chosen, worst]))
    first = [
        tuple(values.reshape(len(values), -1)[0, :FIRST].tolist()) for values in (right, fixed)
    ]
    return Points(tuple(two[chosen].tolist()), tuple(one[chosen].tolist()), *first)


def _unknown(calls: Calls, known: Arrays) -> list[str]:
    missing = [call.layer for call in calls.calls if call.layer not in known]
    if not missing:
        return []
    which = f"of {', '.join(missing)}" if known else "of any layer"
    return [
        f"floating point is not known {which}: compared with the same C++ whose results and sums "
        "have 16 bits more on both sides of the point, softmax in double precision; what rounding "
        "of weights and inputs costs is not seen there"
    ]
