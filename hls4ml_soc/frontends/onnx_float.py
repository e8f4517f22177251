"""What an ONNX network itself computes, in floating point."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def evaluate(network: Path, inputs: list[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
    """Compute an ONNX file with onnx's own reference implementation.

    `inputs` are arrays (N, *shape) in the order of the graph's inputs; so are the outputs. A fixed
    batch size in the file is respected: samples then go through in groups of that size.
    """
    # The package `onnx` is slow to import.
    from . import onnx_file

    return compute(onnx_file.load(network), inputs)


def compute(model: Any, inputs: list[np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
    """Compute the outputs of a loaded model, as `evaluate` does those of a file."""
    from onnx.reference import ReferenceEvaluator

    from . import onnx_file
    from .onnx_operators import CORRECTED

    batch = onnx_file.batch(model) or len(inputs[0])
    run = ReferenceEvaluator(model, new_ops=list(CORRECTED))
    parts = []
    for start in range(0, len(inputs[0]), batch):
        rows = [np.asarray(x[start : start + batch], np.float32) for x in inputs]
        short = batch - len(rows[0])
        if short:
            rows = [np.concatenate([x, np.repeat(x[-1:], short, axis=0)]) for x in rows]
        feed = dict(zip(run.input_names, rows, strict=True))
        parts.append([y[: batch - short] for y in run.run(None, feed)])
    return [np.concatenate(values) for values in zip(*parts, strict=True)]
