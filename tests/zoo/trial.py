"""Deploy one recipe on a virtual board and tell what came of it, in a process of its own, so that
its peak of memory is its own::

    python tests/zoo/trial.py RECIPE BOARD TARGET FOLDER

The last line of standard output is a JSON object.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import matrix
import numpy as np
import onnx

from examples.zoo import NETWORKS
from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import SocError
from hls4ml_soc.options import Options
from hls4ml_soc.reference import Reference
from hls4ml_soc.sources import Network


class Clocked:
    """Progress that keeps how long each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Time a step."""
        started = time.perf_counter()
        yield lambda remark: None
        taken = time.perf_counter() - started
        self.seconds[title] = round(self.seconds.get(title, 0.0) + taken, 2)


def trial(case: matrix.Case, folder: Path) -> dict[str, Any]:
    """Deploy, compare, and measure; raises SocError."""
    given = matrix.settings(case.recipe).values(matrix.RECIPES / case.recipe)
    given.pop("board")
    name = given.pop("network").stem
    folder.mkdir(parents=True, exist_ok=True)
    network = folder.parent / f"{folder.name}-network" / f"{name}.onnx"
    network.parent.mkdir(exist_ok=True)
    onnx.save(NETWORKS[name]().model(), str(network))
    clock = Clocked()
    options = Options(**given | {"target": case.target, "out": folder})
    deploy(network, case.board, replace(options, until="plan"), clock)
    accelerator = Accelerator.read(folder / "project")
    inputs, edges = matrix.samples(case, accelerator)
    drawn = folder.with_suffix(".npz")
    np.savez(drawn, **inputs)
    report = deploy(network, case.board, replace(options, input=drawn), clock)
    reference = Reference(accelerator, folder / "reference")
    started = time.perf_counter()
    reference.predict([inputs[tensor.name] for tensor in accelerator.inputs])
    emulated = report.samples / (time.perf_counter() - started)
    return {
        "samples": report.samples,
        "edges": edges,
        "bit_exact": report.bit_exact,
        "emulated_per_s": round(emulated, 1),
        "from_float": round(from_float(network, accelerator, reference), 4),
        "simulation_s": round(report.simulation_s or 0.0, 2),
        "seconds": clock.seconds,
    }


def from_float(network: Path, accelerator: Accelerator, reference: Reference) -> float:
    """Return the root mean square of fixed minus float, in units of the spread of float outputs,
    over 50 samples between -1 and 1; the largest of several outputs."""
    random = np.random.default_rng(11)
    inputs = {
        t.name: random.uniform(
            max(-1.0, t.precision.lowest), min(1.0, t.precision.highest), (50, *t.shape)
        ).astype(np.float32)
        for t in accelerator.inputs
    }
    source = Network(network, frontends.FRONT_ENDS[".onnx"])
    floats = source.floats(accelerator, inputs)
    assert floats is not None
    fixed = reference.predict(list(inputs.values()))
    return max(
        float(np.sqrt(np.mean((got - wanted) ** 2)) / np.std(wanted))
        for got, wanted in zip(fixed, floats, strict=True)
    )


def main(recipe: str, board: str, target: str, folder: str) -> int:
    """Print what came of it."""
    case = matrix.Case(recipe, board, target)
    told: dict[str, Any] = {"recipe": recipe, "board": board, "target": target}
    try:
        told |= trial(case, Path(folder))
    except SocError as error:
        told["error"] = str(error)
    usage = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told["peak_mib"] = max(each.ru_maxrss for each in usage) // 1024
    print(json.dumps(told))
    return int("error" in told)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
