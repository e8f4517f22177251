"""Front ends whose packages the tests' own environment does not have: each gets its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMON = ["hls4ml>=1.3,<1.4", "numpy<2", "pyyaml", "onnx<1.23"]


def told(script: str, folder: Path, packages: list[str]) -> list[str]:
    """Return the words that a script prints in an environment with packages of its own."""
    python = folder / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=120)
    argv = [python, "-m", "pip", "install", "--quiet", *COMMON, *packages]
    subprocess.run(argv, check=True, capture_output=True, timeout=900)
    # The script's own folder goes before PYTHONPATH; its helpers are `tests.frontends`.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "jax"}
    done = subprocess.run(
        [python, ROOT / "tests" / "deep" / script, folder / "out"],
        env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


@pytest.mark.deep
def test_keras_and_hgq2(tmp_path: Path) -> None:
    floats, quantised = map(
        float, told("front_ends.py", tmp_path, ["keras>=3.10", "jax", "hgq2"])[-2:]
    )
    # 24 bits against floats; HGQ2 against itself has to be exact.
    assert floats < 0.002
    assert quantised == 0


@pytest.mark.deep
def test_what_we_take_for_qonnx_is_its_own_execution(tmp_path: Path) -> None:
    """The quick tests compare with our Quant; this compares that with qonnx itself."""
    assert told("qonnx_execution.py", tmp_path, ["qonnx"])[-3:] == ["equal"] * 3
