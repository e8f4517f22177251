"""The host's end of the serial line: a pseudo terminal, a TCP socket, or the calling program."""

from __future__ import annotations

import os
import pty
import select
import socket
import threading
import time
import tty
from abc import ABC, abstractmethod

from hls4ml_soc.virtual.cpu.errors import LoadError

# What a terminal program that is attached later may still read; after that bytes are lost.
_BACKLOG = 1 << 20
# How long the host's end lets bytes gather: one by one they would cost a thread switch each.
_GATHER = 2e-4


class Console:
    """Two queues of bytes; the core's thread appends to one without waiting for anybody.

    Board side: ``take``, ``send``, ``nap``. ``name`` is for the host. Used as it is, the calling
    program is the host: ``write``, ``read``, ``expect``.
    """

    name = "memory"

    def __init__(self) -> None:
        self._to_board = bytearray()
        self._to_host = bytearray()
        self._changed = threading.Condition()

    def take(self) -> bytes:
        """Return what the host has written since the last call."""
        if not self._to_board:  # without the lock: asked very often
            return b""
        with self._changed:
            taken = bytes(self._to_board)
            self._to_board.clear()
        return taken

    def send(self, byte: int) -> None:
        """Pass a byte to the host."""
        if len(self._to_host) < _BACKLOG:
            self._to_host.append(byte)

    def nap(self, seconds: float) -> float:
        """Sleep until the host writes, at most so long; return how long."""
        before = time.monotonic()
        with self._changed:
            if not self._to_board:
                self._changed.wait(seconds)
        return time.monotonic() - before

    def write(self, data: bytes) -> None:
        """Send to the board."""
        with self._changed:
            self._to_board += data
            self._changed.notify_all()

    def read(self) -> bytes:
        """Return what the board has sent since the last call."""
        taken = bytes(self._to_host)
        del self._to_host[: len(taken)]
        return taken

    def expect(self, size_or_text: int | bytes, seconds: float = 10.0) -> bytes:
        """Wait for so many bytes, or up to and including a text, and return them.

        Raises TimeoutError with what came instead.
        """
        deadline = time.monotonic() + seconds
        while True:
            if isinstance(size_or_text, int):
                stop = size_or_text
                found = len(self._to_host) >= stop
            else:
                at = self._to_host.find(size_or_text)
                found, stop = at >= 0, at + len(size_or_text)
            if found:
                taken = bytes(self._to_host[:stop])
                del self._to_host[:stop]
                return taken
            if time.monotonic() > deadline:
                raise TimeoutError(f"the board sent {bytes(self._to_host)!r}")
            time.sleep(_GATHER)

    def close(self) -> None:
        """Release what the host's end holds."""


class _Stream(Console, ABC):
    """A console whose host end is a file descriptor, served by a thread."""

    def __init__(self) -> None:
        super().__init__()
        self._wake_end, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="console", daemon=True)

    def send(self, byte: int) -> None:
        super().send(byte)
        if len(self._to_host) == 1:  # the thread has emptied it, and sleeps
            self._notify()

    def close(self) -> None:
        """Stop the thread and close the descriptors."""
        if self._closing:
            return
        self._closing = True
        self._notify()
        self._thread.join()
        os.close(self._wake_end)
        os.close(self._wake)

    def _notify(self) -> None:
        try:
            os.write(self._wake, b"\0")
        except BlockingIOError:  # the thread has not woken yet
            pass

    def _serve(self) -> None:
        while not self._closing:
            source, peer = self._waits_for()
            writable = [peer] if peer is not None and self._to_host else []
            ready, free, _ = select.select([self._wake_end, source], writable, [])
            if self._wake_end in ready:
                os.read(self._wake_end, 65536)
                time.sleep(_GATHER)
            if source in ready:
                self._readable()
            if free and peer is not None and self._waits_for()[1] == peer:
                self._flush(peer)

    def _flush(self, peer: int) -> None:
        part = bytes(self._to_host[:4096])
        try:
            sent = os.write(peer, part)
        except BlockingIOError:
            return
        except OSError:
            self._gone()
            return
        del self._to_host[:sent]

    @abstractmethod
    def _waits_for(self) -> tuple[int, int | None]:
        """Return what to read from, and what to write to if there is one."""

    @abstractmethod
    def _readable(self) -> None:
        """Take what has come from the host."""

    def _gone(self) -> None:
        """The peer has closed."""


class Pty(_Stream):
    """A pseudo terminal; ``name`` is the device that a terminal program opens."""

    def __init__(self) -> None:
        super().__init__()
        # The device end stays open here, so that the board survives its users.
        self._master, self._device = pty.openpty()
        tty.setraw(self._device)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._device)
        self._thread.start()

    def close(self) -> None:
        """Remove the device."""
        if not self._closing:
            super().close()
            os.close(self._master)
            os.close(self._device)

    def _waits_for(self) -> tuple[int, int | None]:
        return self._master, self._master

    def _readable(self) -> None:
        self.write(os.read(self._master, 65536))


class Tcp(_Stream):
    """A TCP server on this host for one client at a time; ``name`` is pyserial's URL.

    ``port`` 0 takes a free one. Raises LoadError if the port is taken. What the board sends
    before the first client comes is kept for it, later bytes without a client are lost.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        try:
            self._server = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise LoadError(f"TCP port {port}: {os.strerror(error.errno or 0)}") from error
        self._client: socket.socket | None = None
        self._served = False
        self.name = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread.start()

    def send(self, byte: int) -> None:
        if self._client is not None or not self._served:
            super().send(byte)

    def close(self) -> None:
        """Close the server and its client."""
        if not self._closing:
            super().close()
            self._gone()
            self._server.close()

    def _waits_for(self) -> tuple[int, int | None]:
        if self._client is None:
            return self._server.fileno(), None
        return self._client.fileno(), self._client.fileno()

    def _readable(self) -> None:
        if self._client is None:
            self._client, _ = self._server.accept()
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client.setblocking(False)
            self._served = True
            return
        try:
            data = self._client.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.write(data)
        else:
            self._gone()

    def _gone(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
            self._to_host.clear()


def open_console(text: str) -> Console:
    """Open ``pty`` or ``socket:PORT``. Raises LoadError for another text."""
    if text == "pty":
        return Pty()
    kind, _, port = text.partition(":")
    if kind == "socket" and port.isdigit() and int(port) < 65536:
        return Tcp(int(port))
    raise LoadError(f"--console is pty or socket:PORT, not {text}")
