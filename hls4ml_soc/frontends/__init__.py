"""From what a user has, a network file or an hls4ml project, to an hls4ml project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from . import keras_file, onnx, onnx_float, torch_file
from .names import network_name
from .project import Settings


@dataclass(frozen=True)
class FrontEnd:
    """What reads one kind of network: `convert` writes a project, `evaluate` computes in float,
    `layers` names what may be set apart, for a project of some name. `reads` says what the files
    are, `extra` what has to be installed, "" for nothing. `nodes`: `onnx_file.load` reads them, so
    that what every layer computes in float is known; where they do not, `evaluate` leaves a softmax
    at the end out, as the accelerator does."""

    reads: str
    extra: str
    nodes: bool
    convert: Callable[[Path, Path, Settings], None]
    evaluate: Callable[[Path, list[Any]], list[Any]]
    layers: Callable[[Path, str], dict[str, str]]


# File name suffix -> its front end: one line per kind of network file.
FRONT_ENDS = {
    ".onnx": FrontEnd(
        "ONNX, plain or QONNX", "", True, onnx.convert, onnx_float.evaluate, onnx.layers
    ),
    torch_file.SUFFIX: FrontEnd(
        "PyTorch, an exported program",
        "torch",
        True,
        onnx.convert,
        torch_file.evaluate,
        onnx.layers,
    ),
    **dict.fromkeys(
        (".keras", ".h5"),
        FrontEnd(
            "Keras 3, with layers of HGQ2 or without; .h5 of Keras 2 without QKeras",
            "keras, hgq2",
            False,
            keras_file.convert,
            keras_file.evaluate,
            keras_file.layers,
        ),
    ),
}


# Files of networks that are not read, and what to do instead.
_INSTEAD = {
    **dict.fromkeys(
        (".pt", ".pth"),
        "; it does not tell a PyTorch network's inputs: write the network with " + torch_file.SAVE,
    ),
}


@dataclass(frozen=True)
class Source:
    """A network file and its front end, or an hls4ml project, which needs none."""

    path: Path
    front_end: FrontEnd | None

    @property
    def is_project(self) -> bool:
        """Tell whether `path` is an hls4ml project already, to be used as it is."""
        return self.front_end is None

    def project(self, folder: Path, **settings: Any) -> Path:
        """Return the hls4ml project: `path` itself, or `folder`, written with `settings`.

        The settings are those of `hls4ml_soc.frontends.project.Settings.of`. Raises ModelError.
        """
        if self.front_end is None:
            return self.path
        self.front_end.convert(self.path, folder, Settings.of(**settings))
        return folder

    def layers(self) -> dict[str, str]:
        """Return the layers of a network, name to kind; none of a project.

        Raises ModelError."""
        if self.front_end is None:
            return {}
        return self.front_end.layers(self.path, network_name(self.path.stem))


def table() -> str:
    """Return the front ends as a table in Markdown."""
    rows = ["| file | what it is | extra |", "|---|---|---|"]
    rows += [
        f"| `{suffix}` | {end.reads} | {end.extra or 'none'} |"
        for suffix, end in FRONT_ENDS.items()
    ]
    return "\n".join(rows)


def is_project(folder: Path) -> bool:
    """Tell whether `folder` looks like an hls4ml project."""
    return (folder / "hls4ml_config.yml").is_file() and (folder / "firmware").is_dir()


def read(network: Path) -> Source:
    """Find the front end for `network` by content and suffix; raise ModelError if none fits."""
    if is_project(network):
        return Source(network, None)
    accepted = f"accepted are {', '.join(sorted(FRONT_ENDS))} files and hls4ml project folders"
    if network.is_dir():
        raise ModelError(f"{network}: a folder, but no hls4ml project; {accepted}")
    if not network.exists():
        raise ModelError(f"{network}: no such file or folder; {accepted}")
    if network.suffix.lower() not in FRONT_ENDS:
        hint = _INSTEAD.get(network.suffix.lower(), "")
        raise ModelError(f"{network}: not a network this reads; {accepted}{hint}")
    return Source(network, FRONT_ENDS[network.suffix.lower()])
