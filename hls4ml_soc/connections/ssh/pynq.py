"""Boards with a PYNQ image: the bundle's ``run.py``, as root."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from ...board import Board
from ...bundle import Bundle
from ...report import Arrays
from .. import Run
from . import judge
from .service import Advice, There, Word

#: Single samples whose time is taken on a board; a model's time says nothing.
LATENCY_RUNS = 200


class Pynq:
    """PYNQ drives the fabric, which takes root's rights."""

    target = "pynq"
    root = True
    advice = Advice(
        "If the SD card is mounted read-only, as after an error, restart the board",
        "the SD card is failing, write the image to a new one",
    )

    def machine(self, told: dict[str, Any]) -> judge.Machine:
        """Take what the agent has found out."""
        return judge.Machine.of(told)

    def problems(self, machine: judge.Machine, board: Board, where: str) -> list[str]:
        """Return what keeps a machine from being the board."""
        return judge.problems(machine, board, where)

    def check_bundle(self, bundle: Bundle, board: Board, virtual: bool, where: str) -> None:
        """Raise BoardError for a bundle that is not for this board."""
        judge.check_bundle(bundle, board, virtual, where)

    def files(self, inputs: Arrays, machine: judge.Machine) -> dict[str, bytes]:
        """Return all inputs in one file."""
        given = io.BytesIO()
        np.savez(given, **inputs)
        return {"inputs.npz": given.getvalue()}

    def compute(self, there: There, bundle: Bundle, inputs: Arrays, machine: judge.Machine) -> Run:
        """Run the bundle's ``run.py``."""
        argv: list[Word] = ["python3", ("bundle", "run.py")]
        argv += ["--input", "inputs.npz", "--output", "outputs.npz", "--report", "run.json"]
        if not machine.virtual:
            argv += ["--latency-runs", str(LATENCY_RUNS)]
        there.run(argv, "run.py")
        with np.load(io.BytesIO(there.get("outputs.npz"))) as file:
            return Run(dict(file), json.loads(there.get("run.json")))
