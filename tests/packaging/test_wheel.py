"""The wheel: complete, and usable alone from anywhere."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hls4ml_soc import resources

FOLDERS = (
    *("boards", "hls_templates", "vivado_tcl", "baremetal_c", "vitis_host", "overlays"),
    "examples",
)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Built with the tools that the environment has: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path


def tracked(folder: str) -> set[str]:
    """The files of a folder that git knows; without git, all that are there."""
    argv = ["git", "ls-files", folder]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    if done.returncode == 0 and done.stdout:
        return set(done.stdout.splitlines())
    return {f"{folder}/{name}" for name in resources.files(folder)}


def test_the_wheel_holds_every_file_and_no_other(wheel) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {f"hls4ml_soc/data/{name}" for folder in FOLDERS for name in tracked(folder)}
    code = tracked("hls4ml_soc")
    found = {name for name in names if ".dist-info/" not in name}
    assert found == data | code


def test_the_wheel_works_alone_from_another_folder(wheel, tmp_path) -> None:
    """In a fresh environment that borrows only the dependencies of this one."""
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True, timeout=120)
    python = home / "bin/python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    borrowed = next(p for p in sys.path if p.endswith("site-packages"))
    (site,) = home.glob("lib/python*/site-packages")
    # After its own packages, and without this checkout's editable install.
    (site / "borrowed.pth").write_text(borrowed + "\n")
    out = tmp_path / "out"
    argv = ["deploy", "--board", "pynq-z2", "--until", "plan", "--out", str(out)]
    done = subprocess.run(
        [python, "-m", "hls4ml_soc", *argv], cwd="/", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    where = "import hls4ml_soc; print(hls4ml_soc.__file__)"
    told = subprocess.run(
        [python, "-c", where], cwd="/", capture_output=True, text=True, timeout=60
    )
    assert told.stdout.startswith(str(home))
    assert (out / "vivado/build.tcl").read_bytes() == (ROOT / "vivado_tcl/build.tcl").read_bytes()


def test_the_environment_has_no_conflicts() -> None:
    argv = [sys.executable, "-m", "pip", "check"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, "No broken requirements found.")


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text.split("dependencies = [", 1)[1].split("[project.scripts]")[0]
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith('"')]
    assert lines and all("# " in line for line in lines)
