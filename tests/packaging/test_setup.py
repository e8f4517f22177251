"""``scripts/setup.sh`` where something is missing: said in one sentence, nothing changed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/setup.sh"
#: What the script itself uses.
PROGRAMS = ("sh", "dirname", "cat", "cksum", "id", "printf", "rm", "pwd")


@pytest.fixture
def checkout(tmp_path):
    """A checkout without an environment, and a PATH with little on it."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(SCRIPT.parents[1] / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for name in PROGRAMS:
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)
    return tmp_path


def setup(checkout: Path) -> subprocess.CompletedProcess[str]:
    argv = [shutil.which("sh") or "sh", "scripts/setup.sh"]
    environment = {**os.environ, "PATH": str(checkout / "bin")}
    return subprocess.run(
        argv, cwd=checkout, env=environment, capture_output=True, text=True, timeout=60
    )


def put(checkout: Path, name: str, text: str) -> None:
    path = checkout / "bin" / name
    path.write_text(f"#!{shutil.which('sh')}\n{text}\n")
    path.chmod(0o755)


def test_missing_programs_are_named_with_their_packages(checkout) -> None:
    put(checkout, "g++", "exit 0")
    done = setup(checkout)
    # sshd is looked for in its own place as well, which is not on PATH.
    server = "" if Path("/usr/sbin/sshd").exists() else " openssh-server"
    packages = f"tcl python3 python3-venv iverilog xilinx-bootgen{server}"
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        [
            f"setup: missing: {packages}",
            f"setup: on Debian or Ubuntu: sudo apt-get install {packages}",
        ],
    )
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_too_new_is_not_taken(checkout) -> None:
    """It exists and says 3.13; what it is asked is whether it fits, which it is not."""
    for name in ("g++", "tclsh", "iverilog"):
        put(checkout, name, "exit 0")
    put(checkout, "python3", 'case "$*" in --version) echo Python 3.13.0;; *) exit 1;; esac')
    put(checkout, "apt-get", "exit 0")
    done = setup(checkout)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "setup: no Python 3.10 to 3.12 found (this system's python3 is Python 3.13.0): "
        "install one, or uv"
    )
    assert not (checkout / ".venv").exists()


def test_an_environment_that_is_up_to_date_is_left_alone(checkout) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    put(checkout, "../.venv/bin/python", "exit 0")
    script = "(pwd; cat pyproject.toml constraints.txt scripts/setup.sh) | cksum"
    stamp = subprocess.run(
        ["sh", "-c", script], cwd=checkout, capture_output=True, text=True, check=True
    )
    (checkout / ".venv/.stamp").write_text(stamp.stdout)
    done = setup(checkout)
    assert (done.returncode, done.stdout) == (0, "")
