"""Logging in: whom we trust, and how we are trusted."""

import os
import re
import signal
import subprocess

import pytest

from hls4ml_soc.connections.ssh import Ssh, client
from hls4ml_soc.errors import LinkError

from .bench.board import PASSWORD
from .bench.password_server import PasswordServer
from .bench.sshd import make_key


def refused(connection: Ssh, board) -> str:
    with pytest.raises(LinkError) as error:
        connection.check(board, "pynq")
    assert error.value.exit_code == 3
    return str(error.value)


def test_an_unknown_host_key_is_refused(bench, z2) -> None:
    known = bench.home / ".ssh/known_hosts"
    known.unlink()
    told = subprocess.run(
        ["ssh-keygen", "-lf", str(bench.sshd.folder / "host_key.pub")],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    seen = told.stdout.split()[1]
    user, port = bench.sshd.user, bench.sshd.port
    assert refused(bench.connect(), z2) == (
        f"{bench.sshd.host}: unknown host key ssh-ed25519 {seen}. Log in once with "
        f"`ssh -p {port} {user}@127.0.0.1` and compare it with what "
        "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` shows on the board's console; or trust "
        f"the network: `ssh-keyscan -p {port} 127.0.0.1 >> {known}`, or --accept-new-host-key"
    )
    assert not known.exists()
    bench.connect(accept_new_host_key=True).check(z2, "pynq")
    assert known.read_text() == f"[127.0.0.1]:{port} {bench.sshd.public}\n"
    bench.connect().check(z2, "pynq")


def test_a_changed_host_key_is_refused(bench, z2, tmp_path) -> None:
    other = make_key(tmp_path / "other").with_suffix(".pub").read_text()
    bench.know(" ".join(other.split()[:2]))
    message = refused(bench.connect(accept_new_host_key=True), z2)
    known = f"[127.0.0.1]:{bench.sshd.port}"
    assert re.sub(r"SHA256:\S+?(?=\. )", "SHA256:...", message) == (
        f"{bench.sshd.host}: the host key has changed, it is now ssh-ed25519 SHA256:.... Either "
        "the SD card was written anew, or something else answers at this address. If you know it "
        f"is the former: ssh-keygen -R '{known}' -f {bench.home}/.ssh/known_hosts, then log in "
        "with ssh"
    )


def test_no_key_and_nobody_to_ask(bench, z2) -> None:
    assert refused(bench.connect(identity=None), z2) == (
        f"{bench.sshd.host} takes none of your keys, and there is nobody to ask for a password: "
        f"ssh-copy-id -p {bench.sshd.port} {bench.sshd.user}@127.0.0.1, or name a key with "
        "--identity"
    )


def test_the_configuration_names_the_board(bench, z2) -> None:
    (bench.home / ".ssh/config").write_text(
        f"Host board\n HostName 127.0.0.1\n Port {bench.sshd.port}\n User {bench.sshd.user}\n"
        f" IdentityFile {bench.sshd.key}\n"
    )
    connection = Ssh("board")
    connection.check(z2, "pynq")
    assert connection.virtual


def test_through_a_jump_host(bench, z2, monkeypatch) -> None:
    dialled = []
    real = client.socket.create_connection
    monkeypatch.setattr(
        client.socket, "create_connection", lambda *where: dialled.append(where) or real(*where)
    )
    (bench.home / ".ssh/id_ed25519").write_bytes(bench.sshd.key.read_bytes())
    before = bench.sshd.log.count("Accepted publickey")
    bench.connect(jump=bench.sshd.host).check(z2, "pynq")
    assert bench.sshd.log.count("Accepted publickey") == before + 2
    assert len(dialled) == 1  # the board is reached from there


def test_a_jump_host_must_be_known_too(bench, z2) -> None:
    message = refused(bench.connect(jump=f"guest@localhost:{bench.sshd.port}"), z2)
    assert message.startswith(f"guest@localhost:{bench.sshd.port}: unknown host key ssh-ed25519")


def test_a_key_of_the_agent(bench, z2, tmp_path, monkeypatch) -> None:
    socket = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
        for _ in range(200):
            added = subprocess.run(
                ["ssh-add", "-q", str(bench.sshd.key)], env=environment, timeout=20
            )
            if added.returncode == 0:
                break
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        bench.connect(identity=None).check(z2, "pynq")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_a_key_with_a_passphrase(bench, z2, tmp_path) -> None:
    key = make_key(tmp_path / "secret_key", "open sesame")
    with open(bench.sshd.folder / "authorized_keys", "a") as file:
        file.write((tmp_path / "secret_key.pub").read_text())
    asked = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "open sesame" if len(asked) > 1 else "wrong"

    connection = bench.connect(identity=key, password=ask)
    assert refused(connection, z2) == (
        f"{bench.sshd.host} cannot be logged in to with {key}: wrong passphrase, or the board does "
        "not know this key"
    )
    connection.check(z2, "pynq")
    assert asked == [f"passphrase of {key}: "] * 2
    assert refused(bench.connect(identity=key), z2) == (
        f"{key} has a passphrase, and there is nobody to ask for it: add the key to your agent "
        "with ssh-add"
    )


@pytest.fixture
def password_server(bench):
    server = PasswordServer(bench.sshd.folder / "host_key", bench.board.root / "session", PASSWORD)
    known = bench.home / ".ssh/known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {bench.sshd.public}\n")
    yield server
    server.close()


def test_a_password_is_asked_for_once(bench, z2, password_server) -> None:
    bench.board.write("etc/sudo_mode", "password")
    asked = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return PASSWORD

    connection = Ssh(f"xilinx@127.0.0.1:{password_server.port}", password=ask)
    connection.check(z2, "pynq")
    connection.check(z2, "pynq")
    assert asked == [f"password of xilinx@127.0.0.1:{password_server.port}: "]
    assert password_server.tried == ["xilinx", "xilinx"]


def test_a_wrong_password_is_asked_for_again_the_next_time(z2, password_server) -> None:
    given = iter(["wrong", PASSWORD])
    where = f"xilinx@127.0.0.1:{password_server.port}"
    connection = Ssh(where, password=lambda prompt: next(given))
    assert refused(connection, z2) == (
        f"{where}: the board refuses this password for 'xilinx' (PYNQ images come with user "
        "xilinx, password xilinx)"
    )
    connection.check(z2, "pynq")


def test_nobody_there(bench, z2, monkeypatch) -> None:
    assert refused(Ssh("xilinx@no-such-board.invalid"), z2) == (
        "no-such-board.invalid: no machine of this name. Is the board up and on this network? A "
        "PYNQ image also answers at 192.168.2.99, where no router gives it an address"
    )
    assert refused(Ssh("xilinx@127.0.0.1:1"), z2) == (
        "127.0.0.1 refuses a connection to port 1: it is up, but no SSH server listens there; a "
        "board needs a minute after it is switched on"
    )

    def unreachable(*_):
        raise TimeoutError("timed out")

    monkeypatch.setattr(client.socket, "create_connection", unreachable)
    assert refused(Ssh("xilinx@10.255.255.1"), z2) == (
        "10.255.255.1, port 22, cannot be reached (timed out): check cable, power and address"
    )


def test_a_machine_that_runs_nothing(bench, z2) -> None:
    bench.board.write("session", "#!/bin/sh\necho This account is closed. >&2\nexit 1\n")
    assert refused(bench.connect(), z2) == (
        f"{bench.sshd.host} does not run python3 (This account is closed.): is it the machine "
        "that you mean, and may this user log in?"
    )
