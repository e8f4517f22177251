"""A design whose outputs are its inputs: a FIFO where the network would be, which needs no HLS."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import hls4ml_soc
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
