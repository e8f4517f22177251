"""finn-plus-driver in an environment of its own, asked by a process that stays.

It is installed from PyPI the first time, pinned in ``finn_plus.txt``, below the folder that is
given. The process times itself: what goes to and fro does not count."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from .race import Elsewhere

HERE = Path(__file__).parent
PINS = HERE / "finn_plus.txt"
#: Seconds for an installation and for one call.
INSTALLATION, CALL = 900, 120


def environment(folder: Path) -> Path:
    """Return the Python of the rival's environment; make it if it is not there."""
    python, complete = folder / "bin" / "python", folder / "complete"
    if complete.is_file() and complete.read_text() == PINS.read_text():
        return python
    print(f"installing finn-plus-driver in {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "install", "-q", "--no-deps", "-r", str(PINS)]
    subprocess.run(pip, check=True, timeout=INSTALLATION)
    complete.write_text(PINS.read_text())
    return python


class FinnPlus:
    """The rival's process. Arrays go through files in ``scratch``."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._scratch = scratch
        command = [str(environment(folder)), "-B", str(HERE / "rival_worker.py")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=scratch
        )
        self.versions = self._ask(do="versions")

    def give(self, name: str, array: Any) -> None:
        """Hand over an array."""
        np.save(self._scratch / f"{name}.npy", array)
        self._ask(do="load", name=name)

    def pack(self, name: str, kind: str) -> Elsewhere:
        """Pack an array; its packed form stays there, as ``name`` with ``.packed``."""
        return self._timed(do="pack", name=name, kind=kind)

    def unpack(self, name: str, kind: str, shape: tuple[int, ...]) -> Elsewhere:
        """Unpack what was packed, or handed over as ``name`` with ``.packed``."""
        return self._timed(do="unpack", name=name, kind=kind, shape=shape)

    def result(self) -> Any:
        """Return the outcome of the last call."""
        self._ask(do="save")
        return np.load(self._scratch / "result.npy")

    def _timed(self, **request: Any) -> Elsewhere:
        told = self._ask(**request)
        return Elsewhere(told["wall"], told["cpu"])

    def _ask(self, **request: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the rival's process ended with {self._process.wait(CALL)}")
        return json.loads(line)

    def __enter__(self) -> FinnPlus:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
