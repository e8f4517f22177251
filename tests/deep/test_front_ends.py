"""Front ends whose packages the tests' own environment does not have: each gets its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
COMMON = ["hls4ml>=1.3,<1.4", "numpy<2", "pyyaml", "onnx<1.23"]


def installed(folder: Path, *packages: str) -> Path:
    """Return the Python of a new environment with some packages."""
    python = folder / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, timeout=120)
    argv = [python, "-m", "pip", "install", "--quiet", *packages]
    subprocess.run(argv, check=True, capture_output=True, timeout=900)
    return python


def printed(script: str, folder: Path, packages: list[str]) -> list[str]:
    """Return the lines that a script prints in an environment with packages of its own."""
    python = installed(folder, *COMMON, *packages)
    # The script's own folder goes before PYTHONPATH; its helpers are `tests.frontends`.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "jax"}
    done = subprocess.run(
        [python, ROOT / "tests" / "deep" / script, folder / "out"],
        env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.deep
def test_keras_and_hgq2(tmp_path: Path) -> None:
    lines = printed("front_ends.py", tmp_path, ["keras>=3.10", "jax", "hgq2"])[-5:]
    floats, quantised, *more = map(float, lines)
    # 24 bits against floats; HGQ2 against itself has to be exact.
    assert floats < 0.002
    assert quantised == 0
    assert len(more) == 3 and max(more) < 0.01


@pytest.mark.deep
def test_pytorch(tmp_path: Path) -> None:
    lines = printed("torch_networks.py", tmp_path, ["torch==2.13.0", "onnxscript"])
    found = {name: rest for name, *rest in (line.split("|") for line in lines if "|" in line)}
    # 24 bits against floats; hls4ml looks a recurrent layer's sigmoid and tanh up in tables.
    for name in ("two", "two_fixed", "keyword", "tower", "conv1d"):
        assert float(found[name][0]) < 0.001
    for name in ("lstm_step", "gru_state", "lstm_all"):
        assert float(found[name][0]) < 0.02
        assert found[name][1] == "rnn,fc"
    assert found["two"][1].startswith("conv,relu,depth,point,")
    assert "exported in training mode (BatchNorm, Dropout)" in found["training"][0]
    assert "'1' (Gelu). Supported: " in found["gelu"][0]
    for name in ("broken", "pickled"):
        assert "torch cannot read it as an exported program: " in found[name][0]


@pytest.mark.deep
def test_what_we_take_for_qonnx_is_its_own_execution(tmp_path: Path) -> None:
    """The quick tests compare with our Quant; this compares that with qonnx itself."""
    assert printed("qonnx_execution.py", tmp_path, ["qonnx"])[-3:] == ["equal"] * 3


@pytest.mark.deep
@pytest.mark.parametrize("version", ["1.1.0", "1.2.0"])
def test_projects_of_older_releases(tmp_path: Path, version: str) -> None:
    """Their declared dependencies, TensorFlow among them, are not what writing a project needs."""
    needed = ["h5py", "numpy<2", "pyyaml", "tabulate", "quantizers", "pydigitalwavetools", "onnx"]
    python = installed(tmp_path, *needed)
    argv = [python, "-m", "pip", "install", "--quiet", "--no-deps", f"hls4ml=={version}"]
    subprocess.run(argv, check=True, capture_output=True, timeout=900)
    script = ROOT / "tests" / "deep" / "old_project.py"
    argv = [python, script, tmp_path / "project"]
    subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    accelerator = computes_the_same(tmp_path / "project", tmp_path)
    assert [t.shape for t in accelerator.outputs] == [(2,), (3,)]


def computes_the_same(project: Path, scratch: Path) -> Accelerator:
    """Compare what we compute with what the release that wrote a project did: project.npz."""
    accelerator = Accelerator.read(project)
    with np.load(f"{project}.npz") as told:
        given = [told[f"x{i}"] for i in range(len(accelerator.inputs))]
        results = Reference(accelerator, scratch).predict(given)
        for i, found in enumerate(results):
            assert np.ptp(told[f"y{i}"]) > 1
            assert (found.reshape(told[f"y{i}"].shape) == told[f"y{i}"]).all()
    return accelerator


# The releases of TensorFlow that QKeras runs with; newer onnx and protobuf do not go with them.
QKERAS = ["tensorflow-cpu==2.14.1", "qkeras==0.9.0", "tensorflow-model-optimization"]
QKERAS += ["onnx<1.17", "protobuf<5", "numpy<2"]


@pytest.mark.deep
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="not run: TensorFlow 2.14 ends at 3.11")
def test_projects_of_qkeras(tmp_path: Path) -> None:
    """Of hls4ml 1.0, which says no shapes, with binary and few-bit weights, in both io types."""
    python = installed(tmp_path, "hls4ml==1.0.0", *QKERAS)
    for io_type in ("io_parallel", "io_stream"):
        folder = tmp_path / io_type
        folder.mkdir()
        argv = [python, ROOT / "tests" / "deep" / "qkeras_project.py", folder, io_type]
        subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, timeout=600)
        dense = computes_the_same(folder / "dense", tmp_path)
        assert [t.shape for t in dense.inputs] == [(10,)]
        image = computes_the_same(folder / "image", tmp_path)
        assert [t.size for t in image.outputs] == [3, 2]
        assert image.io_type == io_type
