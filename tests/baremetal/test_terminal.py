"""What a person reads at power-up and after keys, on the HAL of registers and on that of the
vendor's drivers."""

from pathlib import Path

import pytest

from hls4ml_soc.serial_protocol.frames import Decoder, Frame
from tests.baremetal import toy
from tests.baremetal.toy import SMALL, Board

WELCOME = """
hls4ml_soc test: network toy on host
design 0x0123456789abcdef
input  x [12] ap_fixed<16,6,AP_TRN,AP_WRAP,0>, 24 bytes a sample
output y [5] ap_fixed<16,6,AP_TRN,AP_WRAP,0>, 16 bytes a sample
self-test
  expected -8.0927 -10.3271 -13.7509 -6.2265 17.9443
  got      -8.0927 -10.3271 -13.7509 -6.2265 17.9443
  PASS
  expected 29.6933 -31.4375 -28.9951 -19.2548 -0.7900
  got      29.6933 -31.4375 -28.9951 -19.2548 -0.7900
  PASS
self-test: PASS, 2 of 2 samples as expected
time per inference: not measured, this is a virtual board
keys: i information, s self-test, b benchmark, e errors, r reset, h help
ready
""".replace("\n", "\r\n")


@pytest.mark.parametrize("kind", ["registers", "classic", "sdt"])
def test_at_power_up_it_says_who_it_is_and_tests_itself(kind: str, tmp_path: Path) -> None:
    virtual = toy.Toy(SMALL.inputs, SMALL.outputs, measurable=False)
    if kind == "registers":
        program = toy.application(tmp_path, virtual)
    else:
        options = ("-DSDT",) if kind == "sdt" else ()
        program = toy.vendor_application(tmp_path, virtual, *options)
    with Board.on(program) as board:
        assert board.until("ready\r\n") == WELCOME


@pytest.mark.parametrize("kind", ["classic", "sdt"])
@pytest.mark.parametrize("console", ["console_ps.c", "console_lite.c"])
def test_the_consoles_of_the_vendor_compile_in_both_flows(kind, console, tmp_path: Path) -> None:
    SMALL.write(tmp_path)
    vendor = toy.SOURCES / "hal_xilinx"
    include = (tmp_path, toy.SOURCES / "src", vendor, toy.BSP, toy.BSP / kind)
    options = ("-c", "-DSDT") if kind == "sdt" else ("-c",)
    toy.compile_c(tmp_path / "console.o", include, vendor / console, options=options)
    assert (tmp_path / "console.o").read_bytes().startswith(b"\x7fELF")


def pressed(board: Board, key: bytes, end: str) -> str:
    board.write(key)
    return board.until(end)


def answers(board: Board) -> list[Frame]:
    """Return the frames that come first, none if nothing comes."""
    decoder, frames = Decoder(), list[Frame]()
    while not frames and (data := board.read(5.0)):
        frames += decoder.feed(data)
    return frames


def test_keys_give_a_menu(small: Path) -> None:
    keys = "keys: i information, s self-test, b benchmark, e errors, r reset, h help\r\n"
    with Board.on(small) as board:
        board.until("ready\r\n")
        assert pressed(board, b"h", "help\r\n") == keys
        assert pressed(board, b"?", "help\r\n") == keys
        assert "self-test: PASS, 2 of 2 samples" in pressed(board, b"s", "expected\r\n")
        assert " us, transfers included\r\n" in pressed(board, b"b", "included\r\n")
        assert pressed(board, b"r", "\n") == "reset\r\n"
        said = pressed(board, b"e", "none\r\n")
        assert said == ("damaged frames 0, receiver overruns 0, failures 0\r\nlast error: none\r\n")
        assert "design 0x0123456789abcdef" in pressed(board, b"i", "16 bytes a sample\r\n")


def test_a_key_is_a_byte_that_stays_alone(small: Path) -> None:
    with Board.on(small) as board:
        board.until("ready\r\n")
        board.write(b"\x1b[A")  # an arrow
        assert board.read(0.5) == b""
        board.write(b"\0s")  # what is left of a frame
        assert board.read(0.5) == b""
        assert pressed(board, b"r", "\n") == "reset\r\n"


def test_a_frame_between_keys_is_answered(small: Path) -> None:
    with Board.on(small) as board:
        board.until("ready\r\n")
        assert pressed(board, b"r", "\n") == "reset\r\n"
        board.write(Frame(2, 77, b"there").encode())
        assert answers(board) == [Frame(0x82, 77, b"there")]
        assert pressed(board, b"r", "\n") == "reset\r\n"


def test_a_damaged_frame_is_answered_as_such(small: Path) -> None:
    with Board.on(small) as board:
        board.until("ready\r\n")
        for count in (1, 2):
            board.write(Frame(2, 77, b"there").encode().replace(b"ther", b"them"))
            assert answers(board) == [Frame(0xFE, 0, bytes([count, 0, 0, 0, 0, 0, 0, 0]))]
