"""Which network runs on which board and target, and on what samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.board import Board
from hls4ml_soc.recipe import Recipe

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples" / "zoo" / "recipes"
RANDOM = 1000
#: Random samples for those whose emulation takes milliseconds a sample.
LARGE = {"svhn_14bit": 200, "svhn_7bit": 200, "rn07": 100, "vgg16_student": 500, "cnn_2d": 500}
#: Bytes that a virtual serial line is given; the samples of a run there are as many as fit.
SERIAL_BYTES = 1 << 17
#: Board and target pairs, the ones without an official PYNQ image left out.
PLACES = {
    "pynq": ("pynq-z2", "zcu104", "pynq-z1", "kv260", "pynq-zu", "ultra96v2"),
    "baremetal": (
        *("arty-a7-100", "zcu102", "pynq-z2", "zybo-z7-20", "kv260", "arty-z7-20", "zcu104"),
        *("pynq-z1", "ultra96v2"),
    ),
    "vitis": ("alveo-u250", "alveo-u55c"),
}


@dataclass(frozen=True)
class Case:
    """A recipe on a board and target."""

    recipe: str
    board: str
    target: str

    def __str__(self) -> str:
        return f"{self.recipe}-{self.board}-{self.target}"


def recipes() -> list[str]:
    """Return the recipes' names."""
    return sorted(path.parent.name for path in RECIPES.glob("*/soc.yaml"))


def settings(name: str) -> Recipe:
    """Return a recipe."""
    return Recipe.load(RECIPES / name / "soc.yaml")


def cases() -> list[Case]:
    """Return the matrix: every recipe on its own board and on each target, boards in turn."""
    return list(dict.fromkeys(_cases()))


def _cases() -> Iterator[Case]:
    for place, name in enumerate(recipes()):
        own = str(settings(name).board)
        yield Case(name, own, default_target(own))
        for target, boards in PLACES.items():
            yield Case(name, boards[place % len(boards)], target)


def default_target(board: str) -> str:
    """Return the first target of a board's file."""
    return Board.load(board).target(None)


def samples(case: Case, accelerator: Accelerator) -> tuple[dict[str, np.ndarray], int]:
    """Return flat inputs by tensor, edge cases first, and how many of them are edge cases."""
    count = LARGE.get(case.recipe, RANDOM)
    if case.target == "baremetal":
        sides = (accelerator.inputs, accelerator.outputs)
        size = max(sum(-(-t.precision.width // 8) * t.size for t in side) for side in sides)
        count = max(8, min(count, SERIAL_BYTES // size))
    random = np.random.default_rng(7)
    drawn = {t.name: edges(t) for t in accelerator.inputs}
    first = len(next(iter(drawn.values())))
    return {
        t.name: np.concatenate([drawn[t.name], _random(t, count, random)])
        for t in accelerator.inputs
    }, first


def edges(tensor: Tensor) -> np.ndarray:
    """Return flat samples: zero, the ends of the range, the smallest steps, halves of them, values
    beyond the range on both sides, the ends in turn, and a single largest value."""
    form = tensor.precision
    step = 2.0 ** (form.integer - form.width)
    span = form.highest - form.lowest + step
    even = np.arange(tensor.size) % 2
    rows = [
        np.full(tensor.size, value)
        for value in (
            *(0.0, form.lowest, form.highest, step, -step, step / 2, -step / 2, 1.5 * step),
            *(form.highest + step, form.lowest - step, 0.3 * span, 1.7 * span, -2.3 * span),
        )
    ]
    rows += [np.where(even, form.lowest, form.highest), np.where(even, step, -step)]
    rows += [
        np.where(np.arange(tensor.size) == at, form.highest, 0.0) for at in (0, -1 % tensor.size)
    ]
    return np.array(rows, dtype=np.float32)


def _random(tensor: Tensor, count: int, random: np.random.Generator) -> np.ndarray:
    """Return samples of which every other one uses the whole range, the others -1 to 1."""
    form = tensor.precision
    limits = np.where(np.arange(count) % 2, 1.0, max(-form.lowest, form.highest))[:, None]
    drawn = random.uniform(-1, 1, (count, tensor.size)) * limits
    return np.clip(drawn, form.lowest, form.highest).astype(np.float32)
