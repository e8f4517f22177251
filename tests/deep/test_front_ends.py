"""Front ends whose packages the tests' own environment does not have: each gets its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["hls4ml>=1.3,<1.4", "numpy<2", "keras>=3.10", "jax", "hgq2", "pyyaml", "onnx<1.23"]


@pytest.mark.deep
def test_keras_and_hgq2(tmp_path: Path) -> None:
    python = tmp_path / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True, timeout=120)
    argv = [python, "-m", "pip", "install", "--quiet", *PACKAGES]
    subprocess.run(argv, check=True, capture_output=True, timeout=900)
    script = ROOT / "tests" / "deep" / "front_ends.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "jax"}
    done = subprocess.run(
        [python, script, tmp_path / "out"],
        env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    floats, quantised = map(float, done.stdout.split()[-2:])
    # 24 bits against floats; HGQ2 against itself has to be exact.
    assert floats < 0.002
    assert quantised == 0
