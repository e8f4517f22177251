"""Answers the host's requests until it leaves, then tidies up."""

from __future__ import annotations

import errno
import signal
import sys
from typing import Any

from . import card, machine
from .lock import Lock
from .machine import in_environment, sudo_takes
from .program import Program
from .store import Store
from .wire import Gone, Refused, Wire


class Agent:
    """The requests, a method ``do_...`` each, which takes the request and its bytes."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lock: Lock | None = None
        self._store: Store | None = None
        self._program: Program | None = None

    def serve(self) -> None:
        """Answer until the other side leaves."""
        try:
            self._wire.send({"hello": 1})
            while True:
                request, data = self._wire.receive()
                # A sign of life wants no answer: it may come when what it was for has ended.
                if request["do"] != "ping":
                    self._wire.send(*self._answer(request, data))
        except Gone:
            pass
        finally:
            self._tidy()

    def _answer(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            answer = getattr(self, "do_" + request["do"])(request, data)
            return ({}, answer) if isinstance(answer, bytes) else (answer or {}, b"")
        except Refused as error:
            return {"refused": error.kind, "text": str(error)}, b""
        except OSError as error:
            return {"refused": errno.errorcode.get(error.errno or 0, ""), "text": str(error)}, b""

    def do_look(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Tell what this machine is to a target."""
        return card.look() if request["target"] == "vitis" else machine.look()

    def do_password(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Tell whether sudo takes a password."""
        return {"taken": sudo_takes(request["password"])}

    def do_open(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Take the board, and tell which files of a bundle are not there yet."""
        self._lock = Lock(request["owner"])
        self._store = Store(request["name"], request["files"])
        self._store.open()
        return {"missing": self._store.missing, "disk_free": self._store.free}

    def do_stage(self, request: dict[str, Any], data: bytes) -> None:
        """Make room for files."""
        self._opened.stage()

    def do_put(self, request: dict[str, Any], data: bytes) -> None:
        """Append to a file."""
        self._opened.put(request["area"], request["path"], data, request["sha256"])

    def do_get(self, request: dict[str, Any], data: bytes) -> bytes:
        """Return a part of a file."""
        return self._opened.get(request["path"], request["at"])

    def do_commit(self, request: dict[str, Any], data: bytes) -> None:
        """Put the bundle, which has run, in the place of the last one."""
        self._opened.commit()

    def do_made(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Make a folder for what is compiled here, and tell whether it is there already."""
        return {"there": self._opened.make(request["key"])}

    def do_keep(self, request: dict[str, Any], data: bytes) -> None:
        """Keep what was compiled."""
        self._opened.keep()

    def do_run(self, request: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Run a command, some words of which are files here: an area and a path each."""
        store = self._opened
        words = request["argv"]
        argv = [word if isinstance(word, str) else store.place(*word) for word in words]
        profiles = card.profiles() if request["target"] == "vitis" else machine.PROFILES
        command = in_environment(argv, profiles)
        folder = store.area(request["folder"])
        self._program = Program(self._wire, request["boot"], request["root"], request["password"])
        answer = self._program.run(data, request["started"], command, folder)
        self._program.end()
        self._program = None
        return answer

    @property
    def _opened(self) -> Store:
        if self._store is None:
            raise Refused("order", "no bundle is open")
        return self._store

    def _tidy(self) -> None:
        if self._program is not None:
            self._program.end()
        if self._store is not None:
            self._store.close()
        if self._lock is not None:
            self._lock.release()


def main() -> None:
    """Serve the host on standard input and output."""
    # Only the end of the connection ends us, so that there is time to tidy up.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Agent(Wire(sys.stdin.fileno(), sys.stdout.fileno())).serve()


if __name__ == "__main__":
    main()
