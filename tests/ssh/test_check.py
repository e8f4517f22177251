"""What a connection finds out before anything is built, from the board itself."""

from dataclasses import replace

import pytest

from hls4ml_soc.errors import BoardError, LinkError

from .bench.board import PASSWORD, Z2, BoardFiles


def unfit(connection, board, target: str = "pynq") -> str:
    with pytest.raises(BoardError) as error:
        connection.check(board, target)
    assert error.value.exit_code == 2
    return str(error.value)


def test_a_board_is_found_fit(bench, z2) -> None:
    connection = bench.connect()
    with pytest.raises(LinkError, match="has not been asked yet"):
        connection.virtual  # noqa: B018
    connection.check(z2, "pynq")
    assert connection.virtual
    seen = connection._machine
    assert (seen.machine, seen.name, seen.pynq, seen.sudo) == ("armv7l", "Pynq-Z2", "3.1.2", True)
    assert (seen.memory_free, seen.cma_free) == (301116 << 10, 118272 << 10)
    assert bench.board.settled() and bench.board.left == []


def test_an_image_of_ones_own_for_a_zcu102(bench_zcu102, zcu102, z2) -> None:
    connection = bench_zcu102.connect()
    connection.check(zcu102, "pynq")
    assert connection.virtual
    assert unfit(connection, z2) == (
        f"{connection.where}: this machine is aarch64 (ZynqMP ZCU102 Rev1.0), pynq-z2 is armv7l: "
        "check --host and --board"
    )


def test_all_that_is_wrong_comes_from_the_board(bench, z2) -> None:
    connection, board = bench.connect(), bench.board
    where = connection.where
    assert unfit(connection, z2, "baremetal") == (
        "--host is for the targets pynq and vitis, not baremetal"
    )
    board.pose_as_pynq("4.0.0")
    board.write("proc/meminfo", "MemAvailable: 1024 kB\nCmaFree: 2048 kB\n")
    message = unfit(connection, z2)
    assert message.count(f"{where}: ") == 3
    assert "PYNQ 4.0.0 (Python 3." in message and "4.0 dropped Zynq-7000" in message
    assert "only 1 MB of memory are free" in message and "only 2 MB of memory for DMA" in message
    (board.root / "etc/profile.d/xrt_setup.sh").unlink()
    assert "PYNQ does not set XILINX_XRT" in unfit(connection, z2)
    with open(board.root / "etc/profile.d/pynq_venv.sh", "a") as file:
        file.write("export XILINX_XRT=/usr\n")  # as Kria-PYNQ does
    assert "XILINX_XRT" not in unfit(connection, z2)
    (board.root / "etc/profile.d/pynq_venv.sh").unlink()
    assert "no PYNQ here (/etc/profile.d/pynq_venv.sh is missing)" in unfit(connection, z2)
    (board.root / "proc/device-tree/chosen/pynq_board").write_text("Pynq-Z1")
    assert "this board calls itself 'Pynq-Z1'" in unfit(connection, z2)


def test_the_boards_name_from_other_images(bench, z2) -> None:
    (bench.board.root / "proc/device-tree/chosen/pynq_board").unlink()
    connection = bench.connect()
    connection.check(z2, "pynq")
    assert connection._machine.name == "Pynq-Z2"  # BOARD, of the environment
    bench.board.write("etc/xocl.txt", "Pynq-Z1")
    connection = bench.connect()
    assert "this board calls itself 'Pynq-Z1'" in unfit(connection, z2)


def test_root_by_a_password(bench, z2) -> None:
    bench.board.write("etc/sudo_mode", "password")
    assert unfit(bench.connect(), z2) == (
        f"{bench.sshd.host}: PYNQ needs root, and sudo asks for a password that nobody is here to "
        'give: allow it without (`echo "$USER ALL=(ALL) NOPASSWD: ALL" | sudo tee '
        "/etc/sudoers.d/hls4ml_soc`), or log in as root"
    )
    given, asked = iter(["wrong", PASSWORD]), []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(given)

    connection = bench.connect(password=ask)
    assert unfit(connection, z2) == (
        f"{bench.sshd.host}: sudo does not take this password of 'xilinx', or the user is not in "
        "group sudo: PYNQ needs root"
    )
    connection.check(z2, "pynq")
    connection.check(z2, "pynq")
    assert asked == [f"password of {bench.sshd.host}, for sudo: "] * 2
    bench.board.write("etc/sudo_mode", "none")
    assert "the user is not in group sudo" in unfit(connection, z2)


def test_shells_may_talk_at_login(bench, z2) -> None:
    bench.board.write("etc/login.sh", "echo 'Welcome to PYNQ Linux'; echo careful >&2\n")
    bench.connect().check(z2, "pynq")


def test_strange_paths_on_the_board_reach_no_shell(servers, tmp_path, z2, home) -> None:
    board = BoardFiles(tmp_path / "a b $(touch pwned) 'q' \"r\"", replace(Z2, model="$(touch x)"))
    now = servers[0] / "now"
    now.unlink(missing_ok=True)
    now.symlink_to(board.root / "session")
    from .conftest import Bench

    made = Bench(board, servers[1], home)
    made.know()
    made.connect().check(z2, "pynq")
    assert not list(tmp_path.rglob("pwned"))
