"""Operators that ``onnx.reference`` 1.15 to 1.22 computes otherwise than ONNX defines them, or does
not know: those of QONNX."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx.reference.op_run import OpRun

from . import onnx_quant

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


class Quant(OpRun):
    """QONNX's quantiser."""

    op_domain = onnx_quant.DOMAIN

    def _run(self, x: Array, scale: Array, zero: Array, bits: Array, signed: int = 1,
             narrow: int = 0, rounding_mode: str = "ROUND") -> tuple[Array]:  # fmt: skip
        values, step, offset, width = (a.astype(np.float64) for a in (x, scale, zero, bits))
        mode = rounding_mode.upper()
        found = onnx_quant.quantised(values, step, offset, width, signed, narrow, mode)
        return (found.astype(x.dtype),)


class BipolarQuant(OpRun):
    """QONNX's quantiser to two values."""

    op_domain = onnx_quant.DOMAIN

    def _run(self, x: Array, scale: Array) -> tuple[Array]:
        return ((np.where(x >= 0, 1, -1) * scale).astype(x.dtype),)


CORRECTED: tuple[type[OpRun], ...] = (BatchNormalization, GlobalMaxPool, Quant, BipolarQuant)
