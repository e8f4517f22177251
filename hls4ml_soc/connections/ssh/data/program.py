"""A program, run through ``supervise.py``: with root's rights where it needs them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from typing import Any

from .machine import MARK, is_root
from .wire import BEAT, SILENCE, Gone, Wire


class Program:
    """A program under way. ``boot`` is the Python that takes the supervisor's source, which says
    ``started`` when it is ready for it; ``root`` is whether the program needs root's rights,
    ``password`` is for sudo, None where it wants none."""

    def __init__(self, wire: Wire, boot: str, root: bool, password: str | None) -> None:
        self._wire = wire
        become = ["sudo", "-H", "-n"] if root and not is_root() else []
        if password is not None:
            become = ["sudo", "-H", "-k", "-S", "-p", ""]
        self._process = subprocess.Popen(
            [*become, "python3", "-I", "-c", boot],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._rest = b""
        if password is not None:
            self._tell(password.encode("utf-8") + b"\n")

    def run(self, source: bytes, started: str, argv: list[str], folder: str) -> dict[str, Any]:
        """Run a command in a folder and pass on what it prints. Returns its exit code as ``code``,
        and as ``began`` whether it ran at all.

        Raises Gone when the other side leaves meanwhile."""
        code = self._follow(started)
        if code is not None:
            return {"code": code, "began": False}
        quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        task = {"argv": argv, "cwd": folder, "env": {"MARK": MARK, **quiet}}
        self._tell(b"%d\n" % len(source) + source + json.dumps(task).encode("utf-8") + b"\n")
        return {"code": self._follow(None), "began": True}

    def end(self) -> None:
        """End the program if it still runs: at the end of its input the supervisor does so."""
        self._in.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            pass
        self._out.close()

    def _tell(self, data: bytes) -> None:
        try:
            self._in.write(data)
            self._in.flush()
        except BrokenPipeError:
            pass  # it has ended: its exit code tells

    def _follow(self, until: str | None) -> int | None:
        """Pass lines on until one is ``until`` (then None is returned) or the program has ended
        (then its exit code), and give a sign of life every few seconds."""
        source, beat = self._out.fileno(), time.monotonic()
        while True:
            ready = select.select([source, self._wire.source], [], [], BEAT)[0]
            if self._wire.source in ready:
                self._wire.receive()  # a sign of life, or Gone
            if time.monotonic() > self._wire.heard + SILENCE:
                raise Gone
            if time.monotonic() >= beat:
                self._wire.send({"alive": True})
                beat = time.monotonic() + BEAT
            if source not in ready:
                continue
            part = os.read(source, 1 << 16)
            *lines, self._rest = (self._rest + part).split(b"\n")
            if not part and self._rest:
                lines.append(self._rest)
            for line in lines:
                text = line.decode("utf-8", "replace").rstrip("\r")
                if text == until:
                    return None
                self._wire.send({"line": text})
            if not part:
                return self._process.wait()
