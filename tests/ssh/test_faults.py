"""Deployments that go wrong: each has its sentence, and leaves the board as it was."""

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest

from hls4ml_soc.bundle import Bundle
from hls4ml_soc.connections.ssh import session
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import BoardError, LinkError
from hls4ml_soc.options import Options

from .bench.board import FAKE, HOLD
from .test_run import changed

LOST = (
    "the connection was lost; the board ends the program and removes what is not complete by "
    "itself. Was it switched off, or restarted?"
)


def run(connection, bundle: Bundle, board, inputs, folder: Path):
    return connection.run(bundle, board, inputs, folder / "scratch", lambda text: None)


def fails(connection, bundle, board, inputs, folder, kind=LinkError, code: int = 3) -> str:
    with pytest.raises(kind) as error:
        run(connection, bundle, board, inputs, folder)
    assert error.value.exit_code == code
    return str(error.value)


def when(wanted: str, do):
    """Do something the first time that a connection is at a certain point."""
    left = [do]

    def now(text: str) -> None:
        if text.startswith(wanted) and left:
            left.pop()()

    return now


def deploys_again(bench, z2, loopback, inputs, tmp_path) -> bool:
    """Deploy, and tell whether the program came to run."""
    bench.board.write("etc/program.sh", FAKE)
    said = []
    bench.connect().run(loopback, z2, inputs, tmp_path / "scratch", said.append)
    (bench.board.root / "etc/program.sh").unlink()
    return said[-1] == "came to run"


@pytest.fixture
def good(bench, z2, loopback, inputs, tmp_path):
    """A board with a good bundle on it; the check that it is still there, alone and idle."""
    assert deploys_again(bench, z2, loopback, inputs, tmp_path)
    link = os.readlink(bench.board.bundles[0])

    def unchanged() -> bool:
        assert bench.board.settled()
        assert bench.board.left == ["home/xilinx/hls4ml_soc"]
        assert os.readlink(bench.board.bundles[0]) == link
        assert Bundle.read(bench.board.bundles[0].resolve()).manifest == loopback.manifest
        return True

    return unchanged


@pytest.fixture
def larger(loopback, tmp_path) -> Bundle:
    """A bundle with something more to upload."""
    return changed(loopback, tmp_path / "larger", **{"more": os.urandom(3 << 20)})


def test_connection_lost_in_mid_upload(bench, z2, larger, inputs, tmp_path, good) -> None:
    connection = bench.connect(now=when("uploading 1.", bench.sshd.cut))
    assert fails(connection, larger, z2, inputs, tmp_path) == f"{bench.sshd.host}: {LOST}"
    assert good()


def test_connection_lost_in_mid_run(bench, z2, larger, inputs, tmp_path, good) -> None:
    bench.board.write("etc/program.sh", HOLD)
    connection = bench.connect(now=when("holding", bench.sshd.cut))
    assert fails(connection, larger, z2, inputs, tmp_path) == f"{bench.sshd.host}: {LOST}"
    assert good()


def test_interrupted_in_mid_run(bench, z2, larger, inputs, tmp_path, good) -> None:
    """Ctrl-C ends what runs on the board before it ends here."""
    bench.board.write("etc/program.sh", HOLD)
    interrupted_in_mid_run(bench, z2, larger, inputs, tmp_path)
    assert good()


@pytest.mark.deep
def test_interrupted_against_its_will(bench, z2, larger, inputs, tmp_path, good) -> None:
    bench.board.write("etc/program.sh", "trap '' INT TERM\necho holding; sleep 300; sleep 300\n")
    interrupted_in_mid_run(bench, z2, larger, inputs, tmp_path)
    assert good()


def interrupted_in_mid_run(bench, z2, loopback, inputs, tmp_path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(bench.connect(now=when("holding", interrupt)), loopback, z2, inputs, tmp_path)
    assert bench.board.processes() == []


def test_restart_in_mid_run(bench, z2, loopback, larger, inputs, tmp_path, good) -> None:
    bench.board.write("etc/program.sh", HOLD)

    def restart() -> None:
        bench.board.kill()  # all at once, so that nothing can tidy up
        bench.sshd.cut()
        for path in (bench.board.root / "run/lock").iterdir():
            path.unlink()  # in memory, on a board

    connection = bench.connect(now=when("holding", restart))
    assert fails(connection, larger, z2, inputs, tmp_path) == f"{bench.sshd.host}: {LOST}"
    assert any(".run-" in name for name in bench.board.left)
    assert deploys_again(bench, z2, loopback, inputs, tmp_path)
    assert good()


@pytest.mark.deep
def test_the_board_hangs(bench, z2, larger, inputs, tmp_path, good, monkeypatch) -> None:
    monkeypatch.setattr(session, "SILENCE", 1.0)
    bench.board.write("etc/program.sh", HOLD)
    stopped = []

    def hang() -> None:
        stopped.extend(bench.board.processes())
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        threading.Timer(2.5, wake).start()

    def wake() -> None:
        for process in stopped:
            os.kill(process, signal.SIGCONT)

    connection = bench.connect(now=when("holding", hang))
    assert fails(connection, larger, z2, inputs, tmp_path) == (
        f"{bench.sshd.host} has not answered for 1 s: the network, or the board hangs, as when the "
        "processor reads an address in the fabric that nothing answers; if ssh does not answer "
        "either, switch it off and on"
    )
    assert good()


@pytest.mark.deep
def test_a_program_that_says_nothing(bench, z2, larger, inputs, tmp_path, good) -> None:
    bench.board.write("etc/program.sh", HOLD)
    connection = bench.connect(patience=0.5)
    assert fails(connection, larger, z2, inputs, tmp_path) == (
        f"{bench.sshd.host}: the program has said nothing for 0.5 s and was ended"
    )
    assert good()


def test_two_at_once(bench, z2, loopback, larger, inputs, tmp_path, good) -> None:
    bench.board.write("etc/program.sh", HOLD)
    second = []

    def another() -> None:
        second.append(fails(bench.connect(), loopback, z2, inputs, tmp_path))
        bench.sshd.cut()

    first = bench.connect(now=when("holding", another))
    fails(first, larger, z2, inputs, tmp_path)
    assert second[0].startswith(f"{bench.sshd.host} is in use by another deployment (")
    assert second[0].endswith(
        "): wait for it to end; a broken one gives the board back within a minute"
    )
    assert good()
    assert deploys_again(bench, z2, loopback, inputs, tmp_path)


def test_disk_full_in_mid_upload(bench, z2, larger, inputs, tmp_path, good) -> None:
    shutil.copy(Path(__file__).parent / "bench/full_disk.py", bench.board.root / "etc/fault.py")
    message = fails(bench.connect(), larger, z2, inputs, tmp_path)
    assert message == (
        f"{bench.sshd.host}: the disk of the board is full ([Errno 28] No space left on device); "
        "nothing was changed there. Remove files, and old bundles in ~/hls4ml_soc"
    )
    assert good()


@pytest.mark.deep
def test_disk_too_small_before_the_upload(bench, z2, larger, inputs, tmp_path, monkeypatch) -> None:
    fault = "import os, sys\nreal = os.statvfs\nclass Disk:\n f_bavail, f_frsize = 17, 4 << 20\n"
    bench.board.write("etc/fault.py", fault + "os.statvfs = lambda path: Disk\nexec(sys.argv[1])\n")
    given = {"sent": next(iter(inputs.values())).repeat(60_000, axis=0)}
    message = fails(bench.connect(), larger, z2, given, tmp_path)
    assert " bytes are wanted); nothing was changed there." in message
    assert bench.board.settled() and bench.board.left == []


def test_a_home_that_cannot_be_written(bench, z2, loopback, inputs, tmp_path) -> None:
    connection = bench.connect()
    connection.check(z2, "pynq")
    bench.board.home.chmod(0o555)
    if os.geteuid() == 0:  # who may write everywhere, if not told otherwise
        bench.board.write("etc/login.sh", "PREFIX='setpriv --bounding-set=-dac_override'\n")
    try:
        message = fails(connection, loopback, z2, inputs, tmp_path)
        assert message == (
            f"{bench.sshd.host}: [Errno 13] Permission denied: '{bench.board.store}'. If the SD "
            "card is mounted read-only, as after an error, restart the board; nothing was changed "
            "there"
        )
        with pytest.raises(BoardError, match="cannot be written by '.*': is the SD card mounted"):
            connection.check(z2, "pynq")
    finally:
        bench.board.home.chmod(0o755)
    assert bench.board.settled() and bench.board.left == []


def test_another_design_is_loaded_meanwhile(bench, z2, loopback, inputs, tmp_path, good) -> None:
    options = Options(loopback=True, until="bundle", out=tmp_path / "foreign")
    deploy(None, "pynq-z1", options)
    foreign = Bundle.read(tmp_path / "foreign/bundle")
    bench.board.write(
        "etc/program.sh",
        f"export FOREIGN='{foreign.folder}/loopback.bit' PYTHONPATH='{Path(__file__).parent}/bench'"
        "\nMODULE=foreign\n",
    )
    message = fails(bench.connect(), loopback, z2, inputs, tmp_path)
    ids = [bundle.manifest["design_id"] for bundle in (foreign, loopback)]
    assert message.startswith(f"pynq-z2 at {bench.sshd.host}: ")
    assert ids[0] in message and ids[1] in message and ids[0] != ids[1]
    assert good()


@pytest.mark.deep
def test_another_part_than_the_boards(bench, z2, loopback, inputs, tmp_path, good) -> None:
    device = bench.board.root / "venv/bin/python3"
    device.write_text(device.read_text().replace("xc7z020clg400-1", "xc7z010clg400-1"))
    message = fails(bench.connect(), loopback, z2, inputs, tmp_path)
    assert "bitstream is for 7z020clg400, this board has xc7z010clg400-1" in message
    assert good()


@pytest.mark.deep
def test_sudo_changes_its_mind(bench, z2, loopback, inputs, tmp_path) -> None:
    connection = bench.connect()
    connection.check(z2, "pynq")
    bench.board.write("etc/sudo_mode", "none")
    log = tmp_path / "scratch/run.log"
    assert fails(connection, loopback, z2, inputs, tmp_path) == (
        f"{bench.sshd.host}: sudo does not let run.py start: sudo: xilinx is not in the sudoers "
        f"file.\n  log: {log}"
    )
