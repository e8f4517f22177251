"""Boards behind an sshd, and bundles for them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.connections.ssh import Ssh
from hls4ml_soc.deploy import deploy
from hls4ml_soc.options import Options

from .bench.board import Z2, ZCU102, BoardFiles, MachineFiles
from .bench.sshd import Sshd


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """A user's home of its own: keys, configuration and known hosts."""
    folder = tmp_path / "user"
    (folder / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@dataclass
class Bench:
    """A board, the server in front of it, and the user's own files."""

    board: BoardFiles
    sshd: Sshd
    home: Path

    def know(self, key: str | None = None) -> None:
        """Put the board's host key, or another, into the user's known hosts."""
        line = f"[127.0.0.1]:{self.sshd.port} {key or self.sshd.public}\n"
        (self.home / ".ssh/known_hosts").write_text(line)

    def connect(self, **options) -> Ssh:
        """A connection with the right key."""
        return Ssh(self.sshd.host, **{"identity": self.sshd.key, **options})


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """One server for all tests: what differs is the board behind it."""
    folder = tmp_path_factory.mktemp("sshd")
    sshd = Sshd(folder / "server", f"{folder}/now")
    yield folder, sshd
    sshd.close()


@pytest.fixture
def bench(servers, tmp_path, home):
    """A Pynq-Z2 whose host key is known."""
    yield from behind(servers, BoardFiles(tmp_path / "board", Z2), home)


def behind(servers, files: MachineFiles, home: Path):
    """Put a machine behind the server, its host key known to the user."""
    folder, sshd = servers
    now = folder / "now"
    now.unlink(missing_ok=True)
    now.symlink_to(files.root / "session")
    made = Bench(files, sshd, home)
    made.know()
    yield made
    sshd.cut()
    files.kill()


@pytest.fixture(scope="session")
def z2() -> Board:
    return Board.load("pynq-z2")


@pytest.fixture(scope="session")
def loopback(tmp_path_factory) -> Bundle:
    """A bundle for a Pynq-Z2, made by the stand-ins: what is sent comes back."""
    out = tmp_path_factory.mktemp("loopback") / "out"
    deploy(None, "pynq-z2", Options(loopback=True, until="bundle", out=out))
    return Bundle.read(out / "bundle")


@pytest.fixture
def inputs(loopback):
    described = json.loads((loopback.folder / "accelerator.json").read_text())
    random = np.random.default_rng(1)
    return {
        tensor["name"]: random.integers(0, 8, (5, *tensor["shape"])).astype(np.float64)
        for tensor in described["inputs"]
    }


@pytest.fixture
def bench_zcu102(servers, tmp_path, home):
    """A ZCU102 with an image that somebody has built."""
    yield from behind(servers, BoardFiles(tmp_path / "board", ZCU102), home)


@pytest.fixture
def zcu102(tmp_path) -> Board:
    """A board file for an image of one's own."""
    standard = Board.load("zcu102")
    text = standard.path.read_text()
    note = "pynq: {note: PYNQ has no official image for it}"
    assert note in text
    path = tmp_path / "zcu102.yaml"
    preset = standard.path.parent / "presets/zcu102.yaml"
    text = text.replace(note, "pynq: {device: ZCU102}").replace("presets/zcu102.yaml", str(preset))
    path.write_text(text)
    return Board.load(str(path))
