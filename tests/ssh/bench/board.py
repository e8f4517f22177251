"""The machine: its files, and the few programs that differ from those of the machine that the tests
run on. No host code knows of it; it gets the commands that a board gets."""

import os
import shlex
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

#: In the program's place: does as a loopback does.
FAKE = 'echo came to run; cp inputs.npz outputs.npz; echo "{}" > run.json; exit 0\n'
#: In the program's place: says so, then takes its time.
HOLD = "echo holding; exec sleep 300\n"
PASSWORD = "p a$$'\"word"  # of the user, in sudo and in logins


@dataclass(frozen=True)
class Kind:
    """What a board says of itself."""

    device: str
    part: str
    arch: str
    model: str
    compatible: tuple[str, ...]


Z2 = Kind(
    "Pynq-Z2",
    "xc7z020clg400-1",
    "armv7l",
    "TUL PYNQ-Z2",
    ("tul,pynq-z2", "xlnx,zynq-7000", "hls4ml_soc,virtual"),
)
ZCU102 = Kind(
    "ZCU102",
    "xczu9eg-ffvb1156-2-e",
    "aarch64",
    "ZynqMP ZCU102 Rev1.0",
    ("xlnx,zynqmp-zcu102-rev1.0", "xlnx,zynqmp", "hls4ml_soc,virtual"),
)

_UNAME = """#!/bin/sh
[ "$1" = -m ] && exec echo {arch}
exec /usr/bin/uname "$@"
"""
_ID = """#!/bin/sh
case "${{SUDO_UID:-user}} $1" in
    "user -u") echo 1000;;
    "user -un") echo xilinx;;
    *) exec /usr/bin/id "$@";;
esac
"""
# As sudo: reads whole lines, three at most, gives an environment of its own.
_SUDO = """#!/bin/sh
printf '%s\\n' "sudo $*" >> {root}/commands
ask=yes input=terminal
while :; do
    case "$1" in
        -n) ask=no; shift;;
        -S) input=; shift;;
        -k|-H) shift;;
        -p) shift 2;;
        *) break;;
    esac
done
become() {{
    exec env -i PATH={bin}:/usr/bin:/bin HOME={root}/root HLS4ML_SOC_ROOT={root} SUDO_UID=1 "$@"
}}
case "$(cat {root}/etc/sudo_mode)" in
    free) become "$@";;
    none) echo "sudo: xilinx is not in the sudoers file." >&2; exit 1;;
esac
[ $ask = yes ] || {{ echo "sudo: a password is required" >&2; exit 1; }}
[ -z $input ] || {{ echo "sudo: a terminal is required to read the password" >&2; exit 1; }}
for try in 1 2 3; do
    IFS= read -r given || exit 1
    [ "$given" = "$(cat {root}/etc/password)" ] && become "$@"
    echo "Sorry, try again." >&2
done
exit 1
"""
_PYTHON = """#!/bin/sh
[ ! -e {root}/etc/fault.py ] || [ "$1" != -I ] || exec {python} -I {root}/etc/fault.py "$3"
exec {python} "$@"
"""
# The Python of PYNQ's environment: a script runs on the virtual device.
_VENV_PYTHON = """#!/bin/sh
case "$1" in
    *.py) ;;
    *) PYTHONPATH={root}/site exec {python} "$@";;
esac
[ ! -e {root}/etc/program.sh ] || . {root}/etc/program.sh
exec {python} -m ${{MODULE:-hls4ml_soc.virtual.pynq}} \\
    --name {device} --part {part} --arch {arch} "$@"
"""
_SESSION = """#!/bin/sh
printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >> {root}/commands
[ ! -e {root}/etc/login.sh ] || . {root}/etc/login.sh
exec $PREFIX env -i PATH={bin}:/usr/bin:/bin HOME={home} HLS4ML_SOC_ROOT={root} \\
    /bin/sh -c "$SSH_ORIGINAL_COMMAND"
"""
_VENV = """echo "welcome to the environment"
source /dev/null    # bash only, as on the images
export PATH={venv}:$PATH BOARD={device}
"""
_XRT = """export XILINX_XRT=/usr
echo "XILINX_XRT : $XILINX_XRT"
"""
_MEMINFO = """MemTotal:         509344 kB
MemAvailable:     301116 kB
CmaTotal:         131072 kB
CmaFree:          118272 kB
"""


class MachineFiles:
    """The files of a machine below ``root``; ``words`` are for its scripts."""

    def __init__(self, root: Path, **words: object) -> None:
        self.root = root
        self.home = root / "home/xilinx"
        self.store = self.home / "hls4ml_soc"
        for folder in ("home/xilinx", "root", "run/lock", "site"):
            (root / folder).mkdir(parents=True)
        (root / "run/lock").chmod(0o1777)
        words = {
            "root": root,
            "bin": root / "bin",
            "home": self.home,
            "python": sys.executable,
            **words,
        }
        self._words = {name: shlex.quote(str(word)) for name, word in words.items()}
        self.script("bin/id", _ID)
        self.script("bin/python3", _PYTHON)
        self.script("session", _SESSION)

    def script(self, path: str, text: str) -> None:
        """Write a program of the machine."""
        self.write(path, text.format(**self._words)).chmod(0o755)

    def write(self, path: str, text: str) -> Path:
        """Write a file of the board."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    @property
    def command(self) -> str:
        """What sshd runs for whoever logs in."""
        return shlex.quote(str(self.root / "session"))

    @property
    def commands(self) -> str:
        """The command lines that have come, and those of sudo, one after the other."""
        return (self.root / "commands").read_text()

    @property
    def left(self) -> list[str]:
        """What lies in the user's home and where locks are, but for the bundles themselves."""
        every = [*self.home.rglob("*"), *(self.root / "run/lock").iterdir()]
        names = sorted(str(path.relative_to(self.root)) for path in every)
        kept = [str(path.resolve().relative_to(self.root)) for path in self.bundles]
        links = [str(path.relative_to(self.root)) for path in self.bundles]
        return [n for n in names if n not in links and not n.startswith(tuple(kept) or "/")]

    @property
    def bundles(self) -> list[Path]:
        """The bundles in the store."""
        if not self.store.is_dir():
            return []
        return sorted(path for path in self.store.iterdir() if path.is_symlink())

    def processes(self) -> list[int]:
        """The processes on the board, known by their environment."""
        wanted = f"HLS4ML_SOC_ROOT={self.root}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def settled(self) -> bool:
        """Wait until nothing runs on the board, half a minute at most."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if not self.processes():
                return True
            time.sleep(0.05)
        return False

    def kill(self) -> None:
        """End all that runs, without asking."""
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue


class BoardFiles(MachineFiles):
    """The files of a board with a PYNQ image."""

    def __init__(self, root: Path, kind: Kind, sudo: str = "free") -> None:
        venv = root / "venv/bin"
        super().__init__(root, venv=venv, device=kind.device, part=kind.part, arch=kind.arch)
        self.kind = kind
        self.script("bin/uname", _UNAME)
        self.script("bin/sudo", _SUDO)
        self.script("venv/bin/python3", _VENV_PYTHON)
        self.write("etc/profile.d/pynq_venv.sh", _VENV.format(**self._words))
        self.write("etc/profile.d/xrt_setup.sh", _XRT)
        self.write("etc/sudo_mode", sudo)
        self.write("etc/password", PASSWORD)
        self.write("proc/meminfo", _MEMINFO)
        self.write("proc/device-tree/model", kind.model + "\0")
        self.write("proc/device-tree/compatible", "\0".join(kind.compatible) + "\0")
        self.write("proc/device-tree/chosen/pynq_board", kind.device + "\0")

    def pose_as_pynq(self, version: str) -> None:
        """Give the environment another release of the package."""
        self.write(f"site/pynq-{version}.dist-info/METADATA", f"Name: pynq\nVersion: {version}\n")
