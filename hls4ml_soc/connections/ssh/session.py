"""A conversation with the agent on a board (``data/``)."""

from __future__ import annotations

import hashlib
import json
import shlex
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko

from ...errors import LinkError, SocError
from .data.wire import Refused

_DATA = Path(__file__).parent / "data"
#: The last line before the agent has the word: a shell's own start-up files may print, too.
_STARTED = "hls4ml_soc: started"
#: Runs a program that comes on standard input, its length first.
_BOOT = (
    f'import sys; print("{_STARTED}", flush=True); r = sys.stdin.buffer; '
    'exec(compile(r.read(int(r.readline())), "hls4ml_soc", "exec"))'
)
#: The one command line that a board gets: a constant.
COMMAND = f"exec python3 -I -c {shlex.quote(_BOOT)}"
#: Seconds: for the first word, without a word, between two of ours.
START, SILENCE, BEAT = 60.0, 30.0, 5.0
_BLOCK = 1 << 18
#: The modules of the agent, each after those that it imports, and what makes a package of them.
_MODULES = ("wire", "machine", "card", "lock", "store", "program", "agent")
_LOADER = """
import sys, types
package = sys.modules["board_side"] = types.ModuleType("board_side")
package.__path__ = []
for name, text in SOURCES.items():
    module = sys.modules["board_side." + name] = types.ModuleType("board_side." + name)
    module.__package__ = "board_side"
    exec(compile(text, name + ".py", "exec"), module.__dict__)
sys.modules["board_side.agent"].main()
"""


class Session:
    """The agent, running at the other end of a client. Use it as a context.

    Every call raises LinkError when the connection is lost or silent for 30 s, Refused when the
    board cannot (``kind`` is then an errno's name, or a word of ``data/``)."""

    def __init__(self, client: Any, where: str) -> None:
        self.where = where
        self._client = client

    def __enter__(self) -> Session:
        try:
            self._channel = self._client.get_transport().open_session(timeout=SILENCE)
            self._channel.settimeout(START)
            self._channel.exec_command(COMMAND)
            self._wait_for_start()
            source = _agent()
            self._channel.sendall(b"%d\n" % len(source) + source)
            self._receive()
            self._channel.settimeout(SILENCE)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._lost(error) from None
        return self

    def __exit__(self, *_: object) -> None:
        """End the agent, which ends what it runs, and wait for it as long as that may take."""
        try:
            self._channel.shutdown_write()
            self._channel.settimeout(20)
            while self._channel.recv(_BLOCK):
                pass
            self._channel.close()
        except (OSError, EOFError, paramiko.SSHException):
            pass  # gone already

    def ask(self, do: str, data: bytes = b"", **header: Any) -> dict[str, Any]:
        """Make a request and return the answer."""
        self._send({"do": do, **header}, data)
        return self._answer()[0]

    def put(
        self, area: str, path: str, content: bytes, sha256: str, told: Callable[[int], None]
    ) -> None:
        """Write a file on the board; ``told`` takes the bytes that have arrived."""
        for at in range(0, max(1, len(content)), _BLOCK):
            block = content[at : at + _BLOCK]
            known = sha256 if at + _BLOCK >= len(content) else None  # at the end
            self.ask("put", block, area=area, path=path, sha256=known)
            told(len(block))

    def get(self, path: str) -> bytes:
        """Return a file of the run."""
        parts: list[bytes] = []
        while True:
            self._send({"do": "get", "path": path, "at": sum(map(len, parts))})
            part = self._answer()[1]
            if not part:
                return b"".join(parts)
            parts.append(part)

    def run(self, task: dict[str, Any], line: Callable[[str], None], patience: float) -> Any:
        """Run a program and return its exit code as ``code``, as ``began`` whether it ran at all.

        ``task`` is what the agent's ``do_run`` takes, ``line`` takes what the program prints.

        Raises LinkError when it prints nothing for ``patience`` seconds."""
        source = (_DATA / "supervise.py").read_bytes()
        self._send({"do": "run", "boot": _BOOT, "started": _STARTED, **task}, source)
        heard = beat = time.monotonic()
        while True:
            answer, _ = self._answer()
            now = time.monotonic()
            if "code" in answer:
                return answer
            if "line" in answer:
                heard = now
                line(answer["line"])
            if now > heard + patience:
                raise LinkError(
                    f"{self.where}: the program has said nothing for {patience:g} s and was ended"
                )
            if now > beat + BEAT:
                beat = now
                self._send({"do": "ping"})

    def _send(self, header: dict[str, Any], data: bytes = b"") -> None:
        text = json.dumps({**header, "bytes": len(data)}).encode()
        try:
            self._channel.sendall(struct.pack(">I", len(text)) + text + data)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._lost(error) from None

    def _answer(self) -> tuple[dict[str, Any], bytes]:
        try:
            header, data = self._receive()
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._lost(error) from None
        if "refused" in header:
            raise Refused(header["refused"], header["text"])
        return header, data

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        (length,) = struct.unpack(">I", self._take(4))
        header: dict[str, Any] = json.loads(self._take(length))
        return header, self._take(header["bytes"])

    def _take(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            part = self._channel.recv(min(count, _BLOCK))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _wait_for_start(self) -> None:
        seen = b""
        while not seen.endswith(f"{_STARTED}\n".encode()):
            byte = self._channel.recv(1)
            if not byte:
                said = self._channel.makefile_stderr("rb").read(2000).decode(errors="replace")
                last = (said.strip() or seen.decode(errors="replace").strip()).splitlines()
                raise LinkError(
                    f"{self.where} does not run python3 ({last[-1] if last else 'no answer'}): is "
                    "it the machine that you mean, and may this user log in?"
                )
            seen = (seen + byte)[-(1 << 16) :]

    def _lost(self, error: Exception) -> SocError:
        if isinstance(error, socket.timeout):
            return LinkError(
                f"{self.where} has not answered for {self._channel.gettimeout():g} s: the network, "
                "or the board hangs, as when the processor reads an address in the fabric that "
                "nothing answers; if ssh does not answer either, switch it off and on"
            )
        return LinkError(
            f"{self.where}: the connection was lost; the board ends the program and removes what "
            "is not complete by itself. Was it switched off, or restarted?"
        )


def _agent() -> bytes:
    """Return the agent as one program."""
    sources = {name: (_DATA / f"{name}.py").read_text(encoding="utf-8") for name in _MODULES}
    return f"SOURCES = {sources!r}{_LOADER}".encode()


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
