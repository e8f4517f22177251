"""A real sshd on the loopback interface, on a port of its own, with keys that are thrown away."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
ForceCommand {command}
LogLevel VERBOSE
"""


def make_key(path: Path, passphrase: str = "") -> Path:
    """Make a key pair."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-f", str(path)],
        check=True, timeout=20, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return path


def program() -> str:
    """The sshd of this machine, by its full path: it starts itself anew for each connection."""
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, "these tests need an SSH server: sudo apt-get install openssh-server"
    return found


class Sshd:
    """The server. ``user`` logs in with the key ``key``."""

    def __init__(self, folder: Path, command: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.user = getpass.getuser()
        self.key = make_key(folder / "user_key")
        shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
        make_key(folder / "host_key")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd will not start without
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = folder / "sshd_config"
        config.write_text(_CONFIG.format(port=self.port, folder=folder, command=command))
        self._process = subprocess.Popen(
            # It ends with the tests, also where those are killed.
            ["setpriv", "--pdeathsig", "TERM", program(), "-D", "-f", str(config),
             "-E", str(folder / "log")],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._wait()

    @property
    def host(self) -> str:
        """As ``--host`` takes it."""
        return f"{self.user}@127.0.0.1:{self.port}"

    @property
    def public(self) -> str:
        """The host key, as in known_hosts."""
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    @property
    def log(self) -> str:
        """What the server has noted."""
        return (self.folder / "log").read_text()

    def connections(self) -> list[int]:
        """The server's processes for connections."""
        return [process for process in _children(self._process.pid)]

    def cut(self) -> None:
        """Drop all connections, as a board does that loses its power."""
        for process in self.connections():
            for each in (*_children(process), process):
                try:
                    if "sshd" in (Path("/proc") / str(each) / "comm").read_text():
                        os.kill(each, signal.SIGKILL)
                except OSError:
                    continue

    def close(self) -> None:
        """Stop the server and its connections."""
        self.cut()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"sshd does not start: {self.log}")


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(folder.name))
    return found
