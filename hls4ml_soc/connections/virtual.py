"""A virtual board: the bundle's own program on the real PYNQ software, over models of the
hardware."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from .. import execute
from ..board import Board
from ..bundle import Bundle
from ..errors import LinkError, ModelError, ToolError
from ..report import Arrays
from . import Run


def check() -> None:
    """Raise ToolError where the PYNQ package is missing."""
    from importlib.util import find_spec

    if find_spec("pynq") is None:
        raise ToolError(
            "the virtual board runs the real pynq package: pip install 'hls4ml_soc[pynq]'"
        )


def run(bundle: Bundle, board: Board, inputs: Arrays, scratch: Path) -> Run:
    """Run the bundle's ``run.py`` on the board's model.

    ``inputs`` maps names to arrays (samples, ...). Raises ModelError where the driver refuses the
    inputs, LinkError where the board reports a failure."""
    check()
    scratch.mkdir(parents=True, exist_ok=True)
    given, outputs, noted = scratch / "inputs.npz", scratch / "outputs.npz", scratch / "run.json"
    np.savez(given, **inputs)
    for path in (outputs, noted):
        path.unlink(missing_ok=True)
    log = scratch / "run.log"
    argv = [
        *(sys.executable, "-m", "hls4ml_soc.virtual.pynq"),
        *("--name", board.targets["pynq"].device, "--part", board.part),
        str(bundle.folder / "run.py"),
        *("--input", str(given), "--output", str(outputs), "--report", str(noted)),
    ]
    code = execute.run([*map(str, argv)], scratch, log, {"PYTHONDONTWRITEBYTECODE": "1"})
    if code != 0:
        error = ModelError if code == 2 else LinkError
        raise error(f"{board.name} (virtual): {execute.root_cause(log)}\n  log: {log}")
    with np.load(outputs) as file:
        return Run(dict(file), json.loads(noted.read_text()))
