"""The package as a user installs it: in an environment of its own, from the package index."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """A copy of what git knows, so that an editable install touches nothing here."""
    folder = tmp_path_factory.mktemp("sources") / "hls4ml_soc"
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.deep
@pytest.mark.parametrize("how", ["wheel", "editable"])
def test_an_installed_package_runs_the_demo(sources, tmp_path, how: str) -> None:
    python = tmp_path / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True, timeout=120)
    what = (
        ["-e", f"{sources}[pynq]"] if how == "editable" else [f"{wheel(sources, tmp_path)}[pynq]"]
    )
    argv = [python, "-m", "pip", "install", "--quiet", "-c", sources / "constraints.txt", *what]
    subprocess.run(argv, check=True, capture_output=True, timeout=900)
    subprocess.run([python, "-m", "pip", "check"], check=True, capture_output=True, timeout=120)
    out = tmp_path / "out"
    argv = [tmp_path / "venv/bin/hls4ml-soc", "deploy", "--board", "pynq-z2", "--out", out]
    done = subprocess.run(argv, cwd="/", capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((out / "report.json").read_text())
    assert (told["bit_exact"], told["samples"]) == (360, 360)


def wheel(sources: Path, folder: Path) -> Path:
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(argv, cwd=sources, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path
