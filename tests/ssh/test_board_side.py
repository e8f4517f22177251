"""The programs that a board gets: their language, files and lock, and when they give up."""

import ast
import hashlib
import importlib
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hls4ml_soc.connections.ssh import session
from hls4ml_soc.connections.ssh.data import lock, store
from hls4ml_soc.connections.ssh.data.wire import Refused

DATA = Path(session.__file__).parent / "data"
SOURCES = sorted(DATA.glob("*.py"))
STANDARD = {
    "__future__", "errno", "fcntl", "hashlib", "json", "os", "pwd", "select", "shutil", "signal",
    "struct", "subprocess", "sys", "tempfile", "threading", "time", "typing",
}  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_language_is_python_3_8(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom) and not node.level and node.module
            else []
        )
    }
    assert imported <= STANDARD


def test_every_module_goes_to_the_board() -> None:
    own = {path.stem for path in SOURCES} - {"__init__", "supervise"}
    assert set(session._MODULES) == own
    assert session._MODULES[-1] == "agent"


@pytest.fixture
def shelf(home):
    def opened(**files: bytes) -> store.Store:
        made = store.Store("digits", {n: hashlib.sha256(c).hexdigest() for n, c in files.items()})
        made.open()
        return made

    return opened


def test_only_what_has_changed_is_missing(shelf, home) -> None:
    for content, missing in ((b"1", ["a", "b"]), (b"1", []), (b"2", ["b"])):
        files = {"a": b"same", "b": content}
        shelved = shelf(**files)
        assert shelved.missing == missing
        shelved.stage()
        for path in missing:
            shelved.put("bundle", path, files[path], hashlib.sha256(files[path]).hexdigest())
        shelved.complete()
        shelved.commit()
        shelved.close()
        link = home / "hls4ml_soc/digits"
        assert {p.name: p.read_bytes() for p in link.iterdir()} == files
        assert len(list((home / "hls4ml_soc").iterdir())) == 2  # the link and what it leads to


def test_what_reads_back_otherwise_is_refused(shelf, home) -> None:
    shelved = shelf(a=b"1")
    shelved.stage()
    with pytest.raises(Refused) as error:
        shelved.put("bundle", "a", b"2", hashlib.sha256(b"1").hexdigest())
    assert (error.value.kind, str(error.value)) == ("digest", "a")
    shelved.close()
    assert not (home / "hls4ml_soc").exists()


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a//b", "a/./b", "", "a\0b"])
def test_no_path_leads_out_of_a_folder(tmp_path, path: str) -> None:
    with pytest.raises(Refused) as error:
        store.below(str(tmp_path), path)
    assert str(error.value) == f"{path!r} is no path below a folder"


def test_a_lock_is_for_one_and_ends_with_its_holder(tmp_path, monkeypatch) -> None:
    (tmp_path / "run/lock").mkdir(parents=True)
    (tmp_path / "run/lock").chmod(0o1777)
    monkeypatch.setattr(importlib.import_module(lock.at_root.__module__), "ROOT", str(tmp_path))
    held = lock.Lock("ann@desk, since 12:00")
    with pytest.raises(Refused) as error:
        lock.Lock("bob")
    assert (error.value.kind, str(error.value)) == ("busy", "ann@desk, since 12:00")
    held.release()
    assert list((tmp_path / "run/lock").iterdir()) == []
    (tmp_path / "run/lock/hls4ml_soc.lock").write_text("left by a board that lost its power")
    lock.Lock("bob").release()


def test_a_lock_lies_where_everybody_may_write(tmp_path, monkeypatch) -> None:
    for name in ("run/lock", "tmp"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "run/lock").chmod(0o755)
    (tmp_path / "tmp").chmod(0o1777)
    monkeypatch.setattr(importlib.import_module(lock.at_root.__module__), "ROOT", str(tmp_path))
    held = lock.Lock("ann@desk")
    assert (tmp_path / "tmp/hls4ml_soc.lock").read_text() == "ann@desk"
    held.release()


def test_the_agent_leaves_when_nobody_speaks_to_it(tmp_path) -> None:
    program = session._agent().replace(b"SILENCE, BEAT = 30.0", b"SILENCE, BEAT = 0.5")
    with subprocess.Popen(
        [sys.executable, "-I", "-c", program.decode()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.wait(20) == 0
        assert process.stdout.read() == struct.pack(">I", 24) + b'{"hello": 1, "bytes": 0}'


def test_a_sign_of_life_gets_no_answer() -> None:
    def frame(text: bytes) -> bytes:
        return struct.pack(">I", len(text)) + text

    with subprocess.Popen(
        [sys.executable, "-I", "-c", session._agent().decode()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        asked = frame(b'{"do": "ping"}') + frame(b'{"do": "commit"}')
        told, _ = process.communicate(asked, timeout=60)
    assert told == frame(b'{"hello": 1, "bytes": 0}') + frame(
        b'{"refused": "order", "text": "no bundle is open", "bytes": 0}'
    )
