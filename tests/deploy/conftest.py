"""The example, built once by the stand-ins, and variants of it with something broken."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import deploy as story
from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.contract import Contract
from hls4ml_soc.execute import Silence, execute
from hls4ml_soc.options import Options
from hls4ml_soc.plan import Plan
from hls4ml_soc.targets import pynq
from hls4ml_soc.toolchains.standin import StandIn

#: Of the package under test, wherever another is installed.
ROOT = Path(story.__file__).resolve().parents[1]


@dataclass(frozen=True)
class Build:
    """A design built by the stand-ins."""

    folder: Path
    contract: Contract
    plan: Plan
    bundle: Bundle

    def variant(self, folder: Path, *changes: tuple[str, str, str]) -> "Build":
        """Build again with ``(file, old, new)`` replaced in the plan; each old text must be there
        just once."""
        files = dict(self.plan.files)
        for name, old, new in changes:
            assert files[name].count(old) == 1, f"{name} has {files[name].count(old)} times {old!r}"
            files[name] = files[name].replace(old, new)
        for part in ("project", "hls"):  # HLS runs again only if it is touched
            shutil.copytree(self.folder / part, folder / part)
        plan = Plan(files, self.plan.steps, self.plan.inputs)
        products = execute(plan, folder, StandIn(), Silence())
        bundle = pynq.bundle(self.contract, plan, products, folder / "bundle")
        return replace(self, folder=folder, plan=plan, bundle=bundle)

    def on_board(self, code: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run Python code in the bundle's folder on the virtual board; ``options`` are those of
        the board."""
        script = self.bundle.folder.parent / "on_board.py"
        script.write_text(f"import sys\nsys.path.insert(0, {str(self.bundle.folder)!r})\n{code}\n")
        argv = [sys.executable, "-m", "hls4ml_soc.virtual.pynq", *options, str(script)]
        return subprocess.run(
            argv, cwd=self.bundle.folder, capture_output=True, text=True, timeout=120,
            env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip


@pytest.fixture(scope="session")
def images():
    return np.load(story.example()[1])


@pytest.fixture(scope="session")
def digits(tmp_path_factory) -> Build:
    folder = tmp_path_factory.mktemp("digits")
    board = Board.load("pynq-z2")
    network, _, _ = story.example()
    source = frontends.read(network)
    source.project(folder / "project", name="digits", part=board.part, clock_ns=10.0)
    contract = Contract(Accelerator.read(folder / "project"), board)
    plan = pynq.plan(contract)
    products = execute(plan, folder, StandIn(), Silence())
    return Build(folder, contract, plan, pynq.bundle(contract, plan, products, folder / "bundle"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """What ``make demo`` does: output folder and report."""
    network, images, labels = story.example()
    out = tmp_path_factory.mktemp("demo") / "out"
    options = Options(input=images, labels=labels, out=out)
    return out, story.deploy(network, "pynq-z2", options)
