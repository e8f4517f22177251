"""What an ONNX network itself computes, in floating point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def evaluate(network: Path, inputs: list[Array]) -> list[Array]:
    """Compute an ONNX file with onnx's own reference implementation.

    `inputs` are arrays (N, *shape) in the order of the graph's inputs; so are the outputs. A fixed
    batch size in the file is respected: samples then go through in groups of that size.
    """
    # The package `onnx` is slow to import.
    from . import onnx_file

    return compute(onnx_file.load(network), inputs)


def compute(model: Any, inputs: list[Array]) -> list[Array]:
    """Compute the outputs of a loaded model, as `evaluate` does those of a file."""
    from onnx.reference import ReferenceEvaluator

    from . import onnx_file
    from .onnx_operators import CORRECTED

    evaluator = ReferenceEvaluator(model, new_ops=list(CORRECTED))

    def run(rows: list[Array]) -> list[Array]:
        floats = [np.asarray(x, np.float32) for x in rows]
        feed = dict(zip(evaluator.input_names, floats, strict=True))
        return [np.asarray(values) for values in evaluator.run(None, feed)]

    return in_batches(run, inputs, onnx_file.batch(model) or len(inputs[0]))


def in_batches(
    run: Callable[[list[Array]], list[Array]], inputs: list[Array], batch: int
) -> list[Array]:
    """Compute any number of samples with `run`, which takes `batch` of them; the last fills up.

    `inputs` and what is returned: one array (N, *shape) a tensor."""
    parts = []
    for start in range(0, len(inputs[0]), batch):
        rows = [x[start : start + batch] for x in inputs]
        count = len(rows[0])
        filled = [np.concatenate([x, np.repeat(x[-1:], batch - count, axis=0)]) for x in rows]
        parts.append([y[:count] for y in run(filled)])
    return [np.concatenate(values) for values in zip(*parts, strict=True)]
