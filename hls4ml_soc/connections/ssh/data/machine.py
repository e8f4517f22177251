"""What a board with PYNQ is, and the environments in which programs run."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

#: Where the files of the system begin: not "/" on a test bench.
ROOT = os.environ.get("HLS4ML_SOC_ROOT", "/")
#: What PYNQ images set up their environment with, written for bash. Kria-PYNQ has the first only,
#: which does all.
PROFILES = ("etc/profile.d/pynq_venv.sh", "etc/profile.d/xrt_setup.sh")
_ENVIRONMENT = (
    'v=$1 x=$2; shift 2; [ ! -r "$v" ] || . "$v"; [ ! -r "$x" ] || . "$x"; '
    'printf "\\n%s\\n" "$MARK"; exec "$@"'
)
#: Separates what those files print from what the program prints.
MARK = "hls4ml_soc: environment"
_PYNQ = """
import json, os, sys
try:
    from importlib.metadata import version
    pynq = version("pynq")
except Exception:
    pynq = ""
get = os.environ.get
print(json.dumps([pynq, sys.version.split()[0], get("BOARD", ""), get("XILINX_XRT", "")]))
"""


def at_root(path: str) -> str:
    """Return the place of a file of the system."""
    return os.path.join(ROOT, path)


def in_environment(argv: list[str], profiles: tuple[str, ...]) -> list[str]:
    """Return the command that runs another in the environment that files for bash set up, two at
    most; wants MARK in its own."""
    places = [at_root(path) for path in profiles]
    return ["bash", "-c", _ENVIRONMENT, "bash", *(places + ["", ""])[:2], *argv]


def look() -> dict[str, Any]:
    """Return what a host has to know before it sends anything. Sizes are in bytes."""
    told = output(in_environment(["python3", "-c", _PYNQ], PROFILES)).rpartition(MARK)[2].strip()
    pynq, python, board, xrt = json.loads(told) if told else ("", "", "", "")
    named = text("proc/device-tree/chosen/pynq_board") or text("etc/xocl.txt") or board
    return dict(
        room(),
        machine=output(["uname", "-m"]).strip(),
        model=text("proc/device-tree/model"),
        compatible=text("proc/device-tree/compatible").split(),
        name=named,
        environment=os.path.isfile(at_root(PROFILES[0])),
        xrt=xrt,
        pynq=pynq,
        python=python,
        root=is_root(),
        sudo=bool(output(["sudo", "-n", "echo", "yes"])),
    )


def room() -> dict[str, Any]:
    """Return who the user is and what there is room for, in bytes."""
    memory = {}
    for line in text("proc/meminfo").splitlines():
        name, _, value = line.partition(":")
        memory[name] = int(value.split()[0]) << 10
    home = os.path.expanduser("~")
    disk = os.statvfs(home)
    return {
        "user": output(["id", "-un"]).strip(),
        "home": home,
        "writable": os.access(home, os.W_OK),
        "disk_free": disk.f_bavail * disk.f_frsize,
        "memory_free": memory.get("MemAvailable"),
        "cma_free": memory.get("CmaFree"),
    }


def is_root() -> bool:
    """Tell whether there is no need of sudo."""
    return output(["id", "-u"]).strip() == "0"


def sudo_takes(password: str) -> bool:
    """Tell whether sudo takes a password."""
    try:
        done = subprocess.run(
            ["sudo", "-k", "-S", "-p", "", "true"],
            input=password.encode("utf-8") + b"\n",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def text(path: str) -> str:
    """Return a file as text, NULs as line ends; "" where it cannot be read."""
    try:
        with open(at_root(path), "rb") as file:
            return file.read(1 << 16).replace(b"\0", b"\n").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def output(argv: list[str], environment: dict[str, str] | None = None) -> str:
    """Return what a command prints, "" where it fails; ``environment`` in the place of our own."""
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            cwd="/",
            env=dict(environment or os.environ, MARK=MARK),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
