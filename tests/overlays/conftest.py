"""The driver as it lies in a bundle, and a whole bundle: a FIFO where the network would be, which
needs no HLS."""

import importlib
import io
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import hls4ml_soc
from hls4ml_soc import resources
from hls4ml_soc.accelerator import Tensor
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.execute import Products, execute
from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.job import Silence
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.plan import Plan
from hls4ml_soc.targets import pynq
from hls4ml_soc.toolchains.standin import StandIn

ROOT = Path(hls4ml_soc.__file__).resolve().parents[1]
CLASSES = 10


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    """The package ``hls4ml_overlay`` as users import it."""
    folder = tmp_path_factory.mktemp("driver")
    package = folder / "hls4ml_overlay"
    shutil.copytree(resources.folder("overlays") / "hls4ml_overlay", package)
    for module in ("fixed_point.py", "packing.py"):
        shutil.copy(Path(hls4ml_soc.__file__).parent / module, package)
    sys.path.insert(0, str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # pynq 3.1.2 finds no device, pynqutils imports pkg_resources
        yield importlib.import_module("hls4ml_overlay")
    sys.path.remove(str(folder))


@dataclass(frozen=True)
class Echo:
    """A design whose outputs are its inputs, built by the stand-ins."""

    contract: Contract
    plan: Plan
    products: Products
    folder: Path

    def bundle(self, name: str, **arrays: np.ndarray) -> Path:
        """Write a bundle with these arrays as its samples; return its folder."""
        file = io.BytesIO()
        np.savez(file, **{key.replace("__", "/"): value for key, value in arrays.items()})
        extra = {"samples.npz": file.getvalue()} if arrays else {}
        folder = self.folder / name
        return pynq.bundle(self.contract, self.plan, self.products, folder, extra).folder

    def run(self, code: str, folder: Path, *arguments: str) -> list[str]:
        """Run Python code in a folder on the virtual board; return the lines it prints."""
        script = self.folder / "on_board.py"
        script.write_text(code)
        path = os.pathsep.join([str(folder), str(ROOT)])
        done = subprocess.run(
            [sys.executable, "-m", "hls4ml_soc.virtual.pynq", str(script), *arguments],
            cwd=folder, capture_output=True, text=True, timeout=120,
            env={
                "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": path,
                "HOME": str(self.folder), "MPLBACKEND": "Agg",
            },
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip().splitlines()


def echo_on(board_name: str, folder: Path, precision: str, packing: str) -> Echo:
    """Build it for a board."""
    board = Board.load(board_name)
    words = FixedPoint.parse(precision)
    accelerator = Loopback(
        name="echo",
        io_type="io_stream",
        inputs=(Tensor("x", (CLASSES,), words, ""),),
        outputs=(Tensor("y", (CLASSES,), words, ""),),
        clock_ns=1000 / board.clock.mhz,
        part=board.part,
        backend="",
        namespace="",
        project=Path(),
    )
    contract = Contract(accelerator, board, packing)
    plan = pynq.plan(contract)
    return Echo(contract, plan, execute(plan, folder, StandIn(), Silence()), folder)


@pytest.fixture(scope="session")
def echo(tmp_path_factory) -> Echo:
    return echo_on("pynq-z2", tmp_path_factory.mktemp("echo"), "ap_fixed<16,6>", "aligned")


@pytest.fixture(scope="session")
def echo_dense(tmp_path_factory) -> Echo:
    return echo_on("pynq-z2", tmp_path_factory.mktemp("dense"), "ap_fixed<12,4>", "dense")


@pytest.fixture(scope="session")
def plain(echo) -> Path:
    """Its bundle without samples."""
    return echo.bundle("plain")
