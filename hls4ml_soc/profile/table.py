"""A profile as rows of text, for a terminal and for the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .profile import Profile

LAYER = (
    *("layer", "function", "format", "sums", "values", "overflow", "underflow"),
    *("at limit", "error", "bias", "would hold"),
)
OUTPUT = ("output", "fixed and float", "same largest", "board and fixed", "board and float")
#: What a terminal shows of `LAYER`.
BRIEF = ("layer", "format", "values", "overflow", "underflow", "error", "would hold")
Rows = list[tuple[str, ...]]


def read(path: Path) -> tuple[Rows, Rows]:
    """Return the rows of layers and of outputs of a ``profile.json``, heads first.

    Of layers as much as fits a line: `BRIEF`."""
    told = json.loads(path.read_text(encoding="utf-8"))
    layers = [LAYER, *(row(layer) for layer in told["layers"])]
    chosen = [LAYER.index(name) for name in BRIEF]
    brief = [tuple(entry[column] for column in chosen) for entry in layers]
    return brief, [OUTPUT, *(output(entry) for entry in told["outputs"])]


def lines(rows: Rows) -> list[str]:
    """Return rows as lines of text, their columns below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(entry, widths, strict=True)).rstrip()
        for entry in rows
    ]


def row(layer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what `LAYER` names, "-" where it is not known, of a layer as ``profile.json`` has
    it."""
    seen, fit, distance = layer["right"] or layer["fixed"], layer["fit"], layer["distance"]
    return (
        layer["name"],
        layer["function"],
        _short(layer["format"]),
        _short(layer["sums"]),
        f"{seen['lowest']:.4g} to {seen['highest']:.4g}",
        _share(fit["overflow"], fit["values"]) if fit else "-",
        _share(fit["underflow"], fit["values"]) if fit else "-",
        str(layer["at_limit"]) if layer["limits"] else "-",
        _percent(distance["error"]) if distance else "-",
        f"{distance['bias']:.2g}" if distance else "-",
        _short(fit["enough"]) if fit else "-",
    )


def output(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what `OUTPUT` names, of an output as ``profile.json`` has it."""
    beside = f" ({told['against']})" if told["against"] == "wide" else ""
    same = told["fixed"]["agreement"] if told["fixed"] else None
    return (
        told["name"],
        f"{_error(told['fixed'])}{beside}",
        "-" if same is None else f"{same:.1%}",
        _equal(told["board_fixed"]),
        _error(told["board"]),
    )


def recipe(profile: Profile) -> str:
    """Return the formats that would hold as lines of ``soc.yaml``."""
    lines = ["layers:"]
    inputs = {layer.name for layer in profile.layers if layer.function == "input"}
    for name, parts in profile.recipe.items():
        comment = "  # an input: its format is --precision" if name in inputs else ""
        mark = "# " if name in inputs else ""
        told = ", ".join(f"{part}: '{format_}'" for part, format_ in parts.items())
        lines.append(f"  {mark}{name}: {{precision: {{{told}}}}}{comment}")
    return "\n".join(lines)


def _error(pair: Mapping[str, Any] | None) -> str:
    return f"{_percent(pair['distance']['error'])} off" if pair else "-"


def _percent(error: float | None) -> str:
    return "all" if error is None else f"{error:.2%}"


def _equal(pair: Mapping[str, Any] | None) -> str:
    return f"{pair['equal']}/{pair['samples']} equal" if pair else "-"


def _share(count: int, values: int) -> str:
    return "0" if not count else f"{count} ({count / values:.1%})"


def _short(format_: str) -> str:
    """Return a format without the modes that C++ takes where none are given."""
    return format_.replace(",AP_TRN,AP_WRAP,0>", ">").replace(",0>", ">") or "-"
