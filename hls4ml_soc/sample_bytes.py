"""Samples as bytes: arrays to what the DMA moves, and back, by ``accelerator.json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import packing
from .accelerator import Tensor
from .contract import Port, Stream
from .errors import ModelError
from .fixed_point import FixedPoint

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class SampleBytes:
    """Both directions of one contract; ``packing`` is aligned or dense."""

    inputs: Stream
    outputs: Stream
    packing: str = "aligned"

    @classmethod
    def of(cls, described: dict[str, Any]) -> SampleBytes:
        """Read the content of an accelerator.json."""
        return cls(
            _stream(described["inputs"], described["stream_bits"]["in"]),
            _stream(described["outputs"], described["stream_bits"]["out"]),
            described["packing"],
        )

    def encode(self, arrays: Sequence[Any]) -> Array:
        """Return inputs, each (samples, *shape) or (samples, elements), as uint8 (samples, bytes).

        Raises ModelError for a wrong number of arrays, shapes, types, NaN and what has no word.
        """
        ports = self.inputs.ports
        if len(arrays) != len(ports):
            names = ", ".join(port.tensor.name for port in ports)
            raise ModelError(f"{len(arrays)} arrays were given; the network takes {names}")
        rows = [_rows(port.tensor, x) for port, x in zip(ports, arrays, strict=True)]
        if len({len(row) for row in rows}) > 1:
            raise ModelError(
                f"the inputs differ in their number of samples: {[len(row) for row in rows]}"
            )
        return pack(rows, self.inputs, self.packing)

    def decode(self, raw: Array) -> dict[str, Array]:
        """Return results as float arrays (samples, *shape) by name: float32 up to 24 bits, else
        float64."""
        results, at = {}, 0
        for port in self.outputs.ports:
            tensor, size = port.tensor, port.beats * self.outputs.bits // 8
            part, form = raw[:, at : at + size], tensor.precision
            if self.packing == "aligned":
                words = packing.words_in(part, form, tensor.size)
            else:
                words = packing.unpack(part, form, tensor.size, self.outputs.bits, self.packing)
            kind = np.float32 if form.width <= 24 else np.float64
            values = form.decode(words, dtype=kind)
            results[tensor.name] = values.reshape(-1, *tensor.shape)
            at += size
        return results


def pack(arrays: Sequence[Array], stream: Stream, packed: str) -> Array:
    """Return numbers (samples, ...), one array per tensor, as uint8 (samples, bytes).

    Raises ModelError for what has no word in a tensor's format.
    """
    raw = np.zeros((len(arrays[0]), stream.bytes), np.uint8)
    at = 0
    for values, port in zip(arrays, stream.ports, strict=True):
        precision, size = port.tensor.precision, port.beats * stream.bits // 8
        part = raw[:, at : at + size]
        rows = np.reshape(values, (len(raw), port.tensor.size))
        try:
            if packed == "aligned":
                precision.encode(rows, out=packing.words_in(part, precision, port.tensor.size))
            else:
                packing.pack(precision.encode(rows), precision, stream.bits, packed, out=part)
        except ValueError as error:
            raise ModelError(f"{port.tensor.name}: {error}") from None
        at += size
    return raw


def _stream(tensors: list[dict[str, Any]], bits: int) -> Stream:
    ports = []
    for each in tensors:
        precision = FixedPoint.parse(each["precision"])
        tensor = Tensor(each["name"], tuple(each["shape"]), precision, "")
        ports.append(Port(tensor, each["container_bits"], bits // each["container_bits"]))
    return Stream(bits, tuple(ports))


def _rows(tensor: Tensor, values: Any) -> Array:
    x = np.asarray(values)
    if x.dtype.kind not in "fiub":
        raise ModelError(f"{tensor.name}: {x.dtype} is no array of real numbers")
    if x.ndim == 0 or x.shape[1:] not in (tensor.shape, (tensor.size,)):
        wanted = ", ".join(map(str, tensor.shape))
        raise ModelError(
            f"{tensor.name}: an array of shape {x.shape} was given; (samples, {wanted}) is needed"
        )
    return x.reshape(len(x), tensor.size)
