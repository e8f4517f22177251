"""The data of a run: inputs, labels and expectations, read and checked against the accelerator."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .accelerator import Tensor
from .errors import ModelError
from .frontends.layout import Given
from .report import Arrays

#: Samples drawn where none are given.
RANDOM_SAMPLES = 100


def load(
    path: Path, tensors: tuple[Tensor, ...], layout: Mapping[str, Given] | None = None
) -> Arrays:
    """Read one array per tensor: an ``.npy`` for a single one, an ``.npz`` with the tensors' names.

    Arrays are (samples, *shape) or (samples, elements) of real, finite numbers. With `layout`,
    tensor to what the network file has, names and shapes are those of the file; what is returned
    lies as the accelerator has it. Raises ModelError.
    """
    given = _arrays(path)
    own = {tensor.name: Given(tensor.name, tensor.shape) for tensor in tensors}
    told = {**own, **(layout or {})}
    names = [told[tensor.name].name for tensor in tensors]
    if given.keys() == {""} and len(tensors) == 1:
        given = {names[0]: given[""]}
    if given.keys() == own.keys():
        names = list(own)
    if given.keys() != set(names):
        found = ", ".join(sorted(given)) if given.keys() != {""} else "one unnamed array"
        raise ModelError(f"{path} holds {found}; needed are {', '.join(names)} (in an .npz)")
    arrays = {
        tensor.name: told[tensor.name].stored(
            _fitting(path, given[name], replace(told[tensor.name], name=name)), tensor.shape
        )
        for name, tensor in zip(names, tensors, strict=True)
    }
    if len({len(values) for values in arrays.values()}) > 1:
        raise ModelError(f"{path}: the arrays differ in their number of samples")
    return arrays


def load_labels(path: Path, samples: int, classes: int) -> np.ndarray[Any, Any]:
    """Read the right class of each sample: whole numbers from 0 on, one a sample.

    Raises ModelError.
    """
    given = _arrays(path)
    if given.keys() != {""}:
        raise ModelError(f"{path}: labels are one array, in an .npy")
    labels = given[""]
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise ModelError(
            f"{path}: labels of type {labels.dtype} and shape {labels.shape}; needed is one "
            "integer a sample"
        )
    if len(labels) != samples:
        raise ModelError(f"{path}: {len(labels)} labels for {samples} samples")
    if samples and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ModelError(
            f"{path}: labels from {labels.min()} to {labels.max()}; the output has {classes} "
            "classes"
        )
    return labels


def random(tensors: tuple[Tensor, ...]) -> Arrays:
    """Draw the same inputs every time, spread over each format's range but at most -1 to 1."""
    generator = np.random.default_rng(0)
    return {
        tensor.name: generator.uniform(
            max(-1.0, tensor.precision.lowest),
            min(1.0, tensor.precision.highest),
            (RANDOM_SAMPLES, *tensor.shape),
        ).astype(np.float32)
        for tensor in tensors
    }


def _arrays(path: Path) -> Arrays:
    """Read a file; the single array of an ``.npy`` has the empty name."""
    if not path.is_file():
        raise ModelError(f"{path} is no file" if path.exists() else f"{path} does not exist")
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return {"": loaded}
        with loaded:
            return dict(loaded)
    except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path} is not an .npy or .npz of numbers: {error}") from None


def _fitting(path: Path, values: np.ndarray[Any, Any], tensor: Given) -> np.ndarray[Any, Any]:
    shape = ", ".join(map(str, tensor.shape))
    if values.dtype.kind not in "fiub":
        raise ModelError(
            f"{path}: {tensor.name} is of type {values.dtype}; needed are real numbers"
        )
    if values.ndim == 0 or values.shape[1:] not in (tensor.shape, (math.prod(tensor.shape),)):
        raise ModelError(
            f"{path}: {tensor.name} has shape {values.shape}; needed is (samples, {shape})"
        )
    if len(values) == 0:
        raise ModelError(f"{path}: {tensor.name} has no samples")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        at = np.argwhere(~np.isfinite(values))[0].tolist()
        raise ModelError(f"{path}: {tensor.name}{at} is {values[tuple(at)]}, not a finite number")
    return values
