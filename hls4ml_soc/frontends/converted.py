"""What goes for every network that is read by packages other than onnx."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError, SocError
from .layout import Layout
from .names import is_free, is_name
from .project import Settings, silence
from .tuning import Tuning, check_names, refuse

#: Bits of the widest output that a stream carries, and a board decodes.
WIDEST = 64


def configure(config: dict[str, Any], settings: Settings, ends: set[str]) -> list[str]:
    """Write settings into hls4ml's configuration of a network; return remarks for the user.

    `ends` are the layers that give the outputs. Raises ModelError naming every setting that cannot
    be honoured and every name that C++ does not allow."""
    config["Model"].update(settings.model())
    entries: dict[str, dict[str, Any]] = config["LayerName"]
    problems = [
        f"layer '{name}': not a name for C++ or hls4ml; rename it"
        for name in entries
        if not (is_name(name) and is_free(name))
    ]
    problems += check_names(settings.layers, entries)
    for name, entry in entries.items():
        tuning = settings.tuning(name)
        entry.setdefault("ReuseFactor", settings.reuse)
        entry["ReuseFactor"] = settings.reuse
        if tuning != Tuning():
            parts = list(entry["Precision"])
            options = [key for key in entry if key not in ("Precision", "ReuseFactor", "Trace")]
            problems += tuning.problems(name, parts, options)
            entries[name] = tuning.entry(entry)
    refuse(problems)
    return [
        f"'{name}' is left to the host: the outputs are its inputs"
        for name, entry in entries.items()
        if _left_out(name, entry, ends)
    ]


def _left_out(name: str, entry: dict[str, Any], ends: set[str]) -> bool:
    """Tell, and say to hls4ml, that a layer is a softmax at the network's end."""
    if "Skip" not in entry or name.removesuffix("_softmax") not in ends:
        return False
    entry["Skip"] = True
    return True


def package(network: Path, module: str, extra: str) -> Any:
    """Return a package that only some networks need, of an extra of ours.

    Raises ModelError naming the file that needs it and the extra."""
    try:
        with silence():
            return importlib.import_module(module)
    except ImportError as error:
        raise ModelError(
            f"{network}: needs the package {module} ({error}); pip install 'hls4ml_soc[{extra}]'"
        ) from None


@contextlib.contextmanager
def refusals(network: Path) -> Iterator[None]:
    """Raise what hls4ml raises as ModelError."""
    try:
        yield
    except SocError:
        raise
    except Exception as error:  # hls4ml raises plain exceptions
        raise ModelError(f"{network}: hls4ml cannot convert it: {first(error)}") from None


def first(error: BaseException) -> str:
    """Return the first line of an error that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def check(graph: Any, settings: Settings) -> None:
    """Round the weights of a graph to nearest; they lie on the grid then and survive printing.

    Raises ModelError naming layers whose weights do not fit their format, whose reuse factor
    hls4ml has replaced, and outputs that are wider than any stream."""
    problems = []
    ends = {variable.name for variable in graph.get_output_variables()}
    for node in graph.get_layers():
        width = node.get_output_variable().type.precision.width
        if width > WIDEST and node.get_output_variable().name in ends:
            problems.append(
                f"output of layer '{node.name}': exactly {width} bits, {WIDEST} at most are read; "
                f"say its format in soc.yaml (layers: {{{node.name}: {{precision: {{result: "
                "ap_fixed<32,12>}}), or choose a narrower --precision"
            )
        asked = settings.tuning(node.name).reuse or settings.reuse
        taken = node.get_attr("reuse_factor", asked)
        if node.weights and taken != asked:
            problems.append(f"layer '{node.name}': hls4ml takes reuse factor {taken}, not {asked}")
        for name, weight in node.weights.items():
            problems += _round(f"{name} of layer '{node.name}'", weight)
    refuse(problems)


def _round(what: str, weight: Any) -> list[str]:
    precision = weight.type.precision
    if not hasattr(precision, "fractional") or weight.data.dtype.kind != "f":
        return []
    scale = 2.0**precision.fractional
    words = np.rint(np.asarray(weight.data, np.float64) * scale)
    lowest = -(2.0 ** (precision.width - 1)) if precision.signed else 0.0
    highest = 2.0 ** (precision.width - bool(precision.signed)) - 1
    if not np.isfinite(words).all() or words.min() < lowest or words.max() > highest:
        return [f"{what}: values that do not fit {precision}; choose more integer bits"]
    weight.data = words / scale
    return []


def layout(graph: Any, given: Layout) -> Layout:
    """Return a layout by the names of the accelerator; `given` has the file's, in its order."""
    inputs = [variable.name for variable in graph.get_input_variables()]
    outputs = [variable.name for variable in graph.get_output_variables()]
    return Layout(
        dict(zip(inputs, given.inputs.values(), strict=True)),
        dict(zip(outputs, given.outputs.values(), strict=True)),
    )
