"""Operators that ``onnx.reference`` 1.15 to 1.22 computes otherwise than ONNX defines them."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx.reference.op_run import OpRun

Array = np.ndarray[Any, Any]


class BatchNormalization(OpRun):
    """With the stored mean and variance, of any opset; theirs takes those of the batch before
    opset 14."""

    def _run(self, x: Array, *parameters: Array, epsilon: float | None = None,
             momentum: float | None = None, training_mode: int | None = None,
             spatial: int | None = None) -> tuple[Array]:  # fmt: skip
        column = (-1, *(1,) * (x.ndim - 2))
        scale, bias, mean, variance = (values.reshape(column) for values in parameters)
        epsilon = 1e-5 if epsilon is None else epsilon
        return ((scale * (x - mean) / np.sqrt(variance + epsilon) + bias).astype(x.dtype),)


class GlobalMaxPool(OpRun):
    """Over all dimensions behind the channels; theirs takes two, however many there are."""

    def _run(self, x: Array) -> tuple[Array]:
        return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)


CORRECTED: tuple[type[OpRun], ...] = (BatchNormalization, GlobalMaxPool)
