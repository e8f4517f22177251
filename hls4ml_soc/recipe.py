"""``soc.yaml``, the user's settings file: what one would otherwise type at every ``deploy``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from . import record
from .errors import ModelError
from .frontends.tuning import Tuning

NAME = "soc.yaml"


@dataclass(frozen=True)
class Recipe:
    """The keys of ``soc.yaml``; those that are not given are None and left to the defaults.

    Paths are relative to the file. The command line goes before the recipe. `layers` are settings
    of the network's layers, `hls4ml` options of the model by hls4ml's own names.
    """

    version: int
    network: str | None = None
    board: str | None = None
    target: str | None = None
    input: str | None = None
    labels: str | None = None
    expect: str | None = None
    precision: str | None = None
    reuse: int | None = None
    io_type: str | None = None
    packing: str | None = None
    layers: dict[str, Tuning] | None = None
    hls4ml: dict[str, Any] | None = None
    out: str | None = None

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read a recipe.

        Raises ModelError naming every problem of the file, with lines.
        """
        problems = record.Problems(path)
        node = record.compose(path, problems)
        recipe = record.read(cls, node, problems, {}) if node is not None else None
        if recipe is not None and recipe.version != 1:
            problems.append(
                f"{path}: version {recipe.version} is not known; this hls4ml_soc reads version 1"
            )
        if problems or recipe is None:
            raise ModelError("\n".join(problems))
        return recipe

    def values(self, folder: Path) -> dict[str, Any]:
        """Return what is given, paths resolved against the folder of the file."""
        given = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "version"}
        for name in ("network", "input", "labels", "expect", "out"):
            if given[name] is not None:
                given[name] = folder / given[name]
        board = given["board"]
        if board is not None and board.endswith((".yaml", ".yml")):
            given["board"] = str(folder / board)
        return {name: value for name, value in given.items() if value is not None}


def write(
    path: Path, network: str, board: str, defaults: dict[str, Any], layers: dict[str, str]
) -> None:
    """Write a recipe for a network, with every default in it, to be edited; `layers` are the
    network's, name to kind.

    Raises ModelError where there is one already.
    """
    lines = [
        "# Settings of `hls4ml-soc deploy` in this folder; the command line goes before them.",
        "version: 1",
        f"network: {_quoted(network)}",
        f"board: {board}",
    ]
    lines += [
        f"{name}: {_quoted(str(value))}" if isinstance(value, str) else f"{name}: {value}"
        for name, value in defaults.items()
    ]
    lines += ["# input: inputs.npy", "# labels: labels.npy", *_layers(layers, defaults)]
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise ModelError(f"{path} is there already; edit it, or remove it first") from None
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror}") from None


def _layers(layers: dict[str, str], defaults: dict[str, Any]) -> list[str]:
    """Return the layers as comments: what each of them could be told."""
    if not layers:
        return []
    told = f"precision: {_quoted(defaults['precision'])}, reuse: {defaults['reuse']}"
    longest = max(map(len, layers))
    return [
        "# Of single layers. A precision may also be {weight: P, bias: P, accum: P, result: P};",
        "# further: strategy, such as Resource, and hls4ml: {} with options of hls4ml's own.",
        "# layers:",
        *(f"#   {name + ':':{longest + 1}} {{{told}}}  # {kind}" for name, kind in layers.items()),
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
