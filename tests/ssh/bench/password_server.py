"""An SSH server that takes a password: sshd does so for accounts of the machine only. What runs
behind it is the same."""

import os
import socket
import subprocess
import threading
from pathlib import Path

import paramiko


class _Door(paramiko.ServerInterface):
    def __init__(self, server: "PasswordServer") -> None:
        self.server = server
        self.command = b""
        self.asked = threading.Event()

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password"

    def check_auth_publickey(self, username, key) -> int:
        return paramiko.AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self.server.tried.append(username)
        right = password == self.server.password
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, number: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command: bytes) -> bool:
        self.command = command
        self.asked.set()
        return True


class PasswordServer:
    """Listens on the loopback interface until it is closed."""

    def __init__(self, host_key: Path, session: Path, password: str) -> None:
        self.password, self.tried = password, []
        self._key = paramiko.Ed25519Key.from_private_key_file(str(host_key))
        self._session = session
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(20)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        door = _Door(self)
        transport = paramiko.Transport(connection)
        transport.add_server_key(self._key)
        try:
            transport.start_server(server=door)
            channel = transport.accept(20)
            if channel is not None and door.asked.wait(20):
                self._run(channel, door.command)
        except (paramiko.SSHException, EOFError, OSError):
            pass  # who came has left
        transport.close()

    def _run(self, channel: paramiko.Channel, command: bytes) -> None:
        process = subprocess.Popen(
            [str(self._session)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "SSH_ORIGINAL_COMMAND": command.decode()},
        )
        feeder = threading.Thread(target=_feed, args=(channel, process.stdin), daemon=True)
        feeder.start()
        while data := process.stdout.read1(1 << 15):
            channel.sendall(data)
        process.stdout.close()
        channel.send_exit_status(process.wait())
        channel.close()
        feeder.join(20)


def _feed(channel: paramiko.Channel, stdin) -> None:
    try:
        while data := channel.recv(1 << 15):
            stdin.write(data)
            stdin.flush()
    except OSError:
        pass
    try:
        stdin.close()
    except OSError:
        pass
