"""Where the arrays of a network file and those of its accelerator differ: names and layout.

ONNX has the channels of images and feature maps in front, hls4ml behind. ``soc_layout.json`` in an
hls4ml project says it for every tensor."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError

FILE = "soc_layout.json"

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Given:
    """A tensor as its network file has it: name, shape without the batch. `channels_first`: the
    first dimension is the accelerator's last; `map` is then the shape that moves, which a flattened
    feature map no longer has."""

    name: str
    shape: tuple[int, ...]
    channels_first: bool = False
    map: tuple[int, ...] = ()

    def stored(self, values: Array, shape: tuple[int, ...]) -> Array:
        """Return samples as the accelerator has them, of `shape`; `values` may be flat."""
        if self.channels_first:
            values = np.moveaxis(values.reshape(-1, *(self.map or self.shape)), 1, -1)
        return np.ascontiguousarray(values.reshape(-1, *shape))

    def restored(self, values: Array) -> Array:
        """Return samples as the file has them; `values` are the accelerator's."""
        if self.channels_first:
            first, *others = self.map or self.shape
            values = np.moveaxis(values.reshape(-1, *others, first), -1, 1)
        return np.ascontiguousarray(values.reshape(-1, *self.shape))


@dataclass(frozen=True)
class Layout:
    """The tensors of a network file, in its order, by their names in the accelerator."""

    inputs: dict[str, Given]
    outputs: dict[str, Given]

    def write(self, folder: Path) -> None:
        """Write ``soc_layout.json`` into a project."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Layout:
        """Read the layout of a project; an empty one where the project is not of our making.

        Raises ModelError."""
        path = folder / FILE
        if not path.is_file():
            return cls({}, {})
        try:
            sides = json.loads(path.read_text(encoding="utf-8"))
            return cls(_side(sides["inputs"]), _side(sides["outputs"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{path} cannot be read: {error!r}; convert the network again") from (
                None
            )


def _side(told: dict[str, Any]) -> dict[str, Given]:
    return {
        tensor: Given(g["name"], tuple(g["shape"]), g["channels_first"], tuple(g["map"]))
        for tensor, g in told.items()
    }
