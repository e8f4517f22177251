"""Profile a network: run it traced, beside floating point and beside wider formats."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np

from ..accelerator import Accelerator
from ..errors import ToolError
from ..execute import Progress
from ..report import Arrays
from . import trace
from .calls import Calls
from .layer import Layer, measure
from .outputs import Output, Pair
from .profile import Points, Profile

Array = np.ndarray[Any, Any]
#: What gives the layers' values in floating point, of samples by input and for the layers traced.
Floats = Callable[[Arrays, Collection[str]], Arrays]

#: Points of a layer that are drawn.
DRAWN = 300


def profile(
    accelerator: Accelerator,
    inputs: Arrays,
    floats: Arrays | None,
    layers: Floats | None,
    scratch: Path,
    progress: Progress,
) -> Profile:
    """Trace a network in fixed point and with wider formats, and compare layer by layer.

    `inputs` by the names of the accelerator's tensors, `floats` the outputs in floating point by
    theirs (None: nobody knows), `layers` computes those of the layers. Builds beneath
    ``scratch/traced`` and ``scratch/wide``. Raises ToolError where the traced emulation does not
    compile."""
    calls = Calls.read(accelerator)
    notes = []
    with progress.step("trace in fixed point"):
        fixed = trace.run(accelerator, calls, inputs, scratch)
    wide = None
    with progress.step("trace with wide formats") as remark:
        try:
            wide = trace.run(accelerator, calls, inputs, scratch, wide=True)
        except ToolError as error:
            remark("does not compile")
            notes.append(f"wider formats are not known: {error}")
    taken = {name: values[: fixed.samples] for name, values in inputs.items()}
    names = {call.layer for call in calls.calls}
    known = layers(taken, names) if layers is not None else {}
    if fixed.samples < len(next(iter(inputs.values()))):
        notes.append(f"traced are the first {fixed.samples} samples: the layers have many values")
    notes += _unknown(calls, known, floats)
    measured, points = _layers(accelerator, calls, taken, fixed, wide, known)
    right = floats if floats is not None else wide.outputs if wide is not None else {}
    against = "float" if floats is not None else "wide" if wide is not None else ""
    outputs = tuple(
        Output(name, against, Pair.of(values, right[name]) if name in right else None)
        for name, values in fixed.outputs.items()
    )
    return Profile(
        network=accelerator.name,
        samples=fixed.samples,
        layers=measured,
        outputs=outputs,
        notes=tuple(notes),
        points=points,
        fixed=fixed.outputs,
        right=right,
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
    return Points(tuple(two[chosen].tolist()), tuple(one[chosen].tolist()))


def _unknown(calls: Calls, known: Arrays, floats: Arrays | None) -> list[str]:
    if floats is None:
        return [
            "floating point is not known, since an hls4ml project does not say what it was made "
            "from: layers are compared with the same C++ whose results and sums are 16 bits wider "
            "on both sides of the point, softmax in double precision; what rounding of weights "
            "and inputs costs, such a comparison does not see"
        ]
    missing = [call.layer for call in calls.calls if call.layer not in known]
    if missing:
        return [
            f"floating point is not known of {', '.join(missing)}: compared with wider formats"
        ]
    return []
