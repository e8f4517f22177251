"""What every layer of a project gives for some samples, from its emulation."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..accelerator import Accelerator
from ..reference import Reference
from ..report import Arrays
from .calls import Calls
from .instrument import traced

#: Samples of one call; the emulation stays in one thread below 1024.
BLOCK = 64
#: Bytes that the values of all layers may take: two traces and the floats of as many.
MOST_BYTES = 1 << 27


@dataclass(frozen=True)
class Trace:
    """The values of each variable that a call writes, float64 (samples, elements) in the order of
    the stream or array, and the network's outputs by name."""

    variables: Arrays
    outputs: Arrays

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(next(iter(self.outputs.values())))


def run(
    accelerator: Accelerator, calls: Calls, inputs: Arrays, scratch: Path, wide: bool = False
) -> Trace:
    """Build an instrumented copy of a project beneath a folder and compute samples with it.

    Takes the first of the samples where all would need more than 128 MiB. Raises ToolError where
    the copy does not compile."""
    folder = scratch.absolute() / ("wide" if wide else "traced")
    copy = traced(accelerator, calls, folder / "project", wide)
    reference = Reference(copy, folder)
    library = reference.library
    library.soc_trace_calls.restype = ctypes.c_ulong
    library.soc_trace_counts.restype = ctypes.POINTER(ctypes.c_ulong)
    library.soc_trace_values.restype = ctypes.POINTER(ctypes.c_double)
    given = [np.asarray(inputs[tensor.name]) for tensor in accelerator.inputs]
    outputs: list[list[Any]] = []
    values: list[Any] = []
    counts, most = _counts(library, reference, given), len(given[0])
    total = sum(counts)
    most = min(most, max(1, MOST_BYTES // (8 * max(1, total))))
    for start in range(0, most, BLOCK):
        rows = [x[start : min(start + BLOCK, most)] for x in given]
        library.soc_trace_clear()
        outputs.append(reference.predict(rows))
        size = len(rows[0]) * total
        part = np.ctypeslib.as_array(library.soc_trace_values(), (size,)) if size else np.empty(0)
        values.append(part.reshape(len(rows[0]), total).copy())
    library.soc_trace_clear()
    columns = np.split(np.concatenate(values), np.cumsum(counts)[:-1], axis=1)
    variables = dict(zip((c.variable for c in calls.calls), columns, strict=True))
    whole = [np.concatenate(parts) for parts in zip(*outputs, strict=True)]
    names = [tensor.name for tensor in accelerator.outputs]
    return Trace(variables, dict(zip(names, whole, strict=True)))


def _counts(library: Any, reference: Reference, given: list[Any]) -> list[int]:
    """Return how many values each call writes for one sample."""
    library.soc_trace_clear()
    reference.predict([x[:1] for x in given])
    calls = library.soc_trace_calls()
    return [int(n) for n in library.soc_trace_counts()[:calls]]
