"""Frames: the host's and the board's halves against each other and against docs/protocol.md."""

import ctypes
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc.serial_protocol import frames
from hls4ml_soc.serial_protocol.frames import PAYLOAD, Decoder, Frame, FrameError, stuff, unstuff
from tests.baremetal import toy

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent.parent / "docs" / "protocol.md"

#: Where stuffing has its corners: runs of 253 to 255 bytes, and zeros around them.
RUNS = st.lists(
    st.sampled_from([b"\0", b"\x01", b"\xff", b"x" * 253, b"y" * 254, b"z" * 255, b"\0\0"]),
    max_size=12,
).map(b"".join)
PAYLOADS = st.one_of(st.binary(max_size=600), RUNS.filter(lambda data: len(data) <= PAYLOAD))
FRAMES = st.builds(Frame, st.integers(0, 255), st.integers(0, 2**32 - 1), PAYLOADS)


#: The machine may be busy.
unhurried = settings(deadline=None)


class Board:
    """The board's half, as Python functions."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))

    def encode(self, frame: Frame) -> bytes:
        out = ctypes.create_string_buffer(PAYLOAD + 64)
        size = self._library.encode(
            frame.kind, frame.sequence, frame.payload, len(frame.payload), out
        )
        return out.raw[:size]

    def decode(self, data: bytes) -> tuple[list[Frame], int]:
        out, damaged = ctypes.create_string_buffer(len(data) * 2 + 64), ctypes.c_uint32()
        size = self._library.decode(data, len(data), out, ctypes.byref(damaged))
        found, at = [], 0
        while at < size:
            kind, sequence, length = struct.unpack_from("<BII", out.raw, at)
            found.append(Frame(kind, sequence, out.raw[at + 9 : at + 9 + length]))
            at += 9 + length
        return found, damaged.value


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Board:
    folder, source = tmp_path_factory.mktemp("frames"), toy.SOURCES / "src"
    sources = HERE / "frames.c", source / "frame.c", source / "crc32.c"
    options = ("-shared", "-fPIC")
    return Board(toy.compile_c(folder / "frames.so", (source,), *sources, options=options))


@unhurried
@given(frame=FRAMES)
def test_both_halves_write_the_same_bytes(board: Board, frame: Frame) -> None:
    assert board.encode(frame) == frame.encode()


@unhurried
@given(sent=st.lists(FRAMES, max_size=4))
def test_both_halves_read_what_was_written(board: Board, sent: list[Frame]) -> None:
    line = b"".join(frame.encode() for frame in sent)
    assert board.decode(line) == (sent, 0)
    assert list(Decoder().feed(line)) == sent


@unhurried
@given(line=st.binary(max_size=400), frame=FRAMES)
def test_a_frame_after_noise_is_found(board: Board, line: bytes, frame: Frame) -> None:
    assert board.decode(line + frame.encode())[0][-1:] == [frame]
    assert list(Decoder().feed(line + frame.encode()))[-1:] == [frame]


@unhurried
@given(frame=FRAMES, place=st.integers(0), flip=st.integers(1, 255))
def test_a_changed_byte_is_never_accepted(board, frame: Frame, place: int, flip: int) -> None:
    line = bytearray(frame.encode())
    line[place % len(line)] ^= flip
    if line[0] and line[1:] == frame.encode()[1:]:
        return  # the leading zero is not part of the frame: the end of something else serves
    for found in (board.decode(bytes(line))[0], list(Decoder().feed(bytes(line)))):
        assert found in ([], [frame])
        assert found == [] or place % len(line) in (0, len(line) - 1)


@unhurried
@given(data=PAYLOADS)
def test_stuffing_leaves_no_zero_and_little_overhead(data: bytes) -> None:
    stuffed = stuff(data)
    assert unstuff(stuffed) == data
    assert 0 not in stuffed
    assert len(stuffed) <= len(data) + 1 + len(data) // 254


def test_a_frame_of_4096_bytes_of_samples_is_98_percent_payload() -> None:
    for payload in (bytes(4096), b"\xff" * 4096, bytes(range(256)) * 16):
        line = len(Frame(3, 0, bytes(8) + payload).encode())
        assert 4096 / line > 0.99


@pytest.mark.parametrize(
    ("stuffed", "message"),
    [
        (b"\x03\x01\x00", "this is not byte-stuffed"),
        (b"\x05\x01\x02", "this is not byte-stuffed"),
        (stuff(b"12345678"), "8 bytes are no frame"),
        (stuff(bytes(PAYLOAD + 10)), "4138 bytes are no frame"),
        (Frame(1, 2).encode()[1:-2] + b"\x07", "the CRC is wrong"),
    ],
)
def test_what_is_no_frame_is_refused(stuffed: bytes, message: str) -> None:
    with pytest.raises(FrameError, match=f"^{message}$"):
        Frame.decode(stuffed)


def test_a_payload_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a payload of 4129 bytes; a frame takes 4128$"):
        Frame(1, 2, bytes(PAYLOAD + 1)).encode()


def test_a_frame_too_long_for_the_board_is_refused_and_the_next_one_taken(board: Board) -> None:
    body = struct.pack("<BI", 2, 3) + bytes(9000)
    long = b"\0" + stuff(body + struct.pack("<I", frames.zlib.crc32(body))) + b"\0"
    assert board.decode(long + Frame(2, 4).encode()) == ([Frame(2, 4)], 1)


def test_text_between_frames_is_heard() -> None:
    decoder = Decoder()
    line = b"hello\r\n" + Frame(1, 2).encode() + b"error: x\r\n\0\xfe\xff\0wor"
    assert list(decoder.feed(line)) == [Frame(1, 2)]
    assert (decoder.text, decoder.damaged) == ("hello\r\nerror: x\r\n", 1)
    assert list(decoder.feed(b"ld")) == []
    assert decoder.heard() == "hello\r\nerror: x\r\nworld"


def test_a_line_without_an_end_is_not_kept_for_ever() -> None:
    decoder = Decoder()
    for _ in range(100):
        assert list(decoder.feed(b"\xee" * 1000)) == []
    assert len(decoder._held) < 5000
    assert decoder.damaged == 20


def test_the_documentation_has_the_right_bytes(board: Board) -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `(\w+)` \| `([\w ]*)` \| `([\w ]+)` \|$", DOCS.read_text(), re.M
    )
    assert len(rows) >= 5
    for kind, sequence, payload, line in rows:
        frame = Frame(int(kind, 16), int(sequence, 16), bytes.fromhex(payload))
        assert frame.encode() == board.encode(frame) == bytes.fromhex(line)
