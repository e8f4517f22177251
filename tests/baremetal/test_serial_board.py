"""What a program on the host does with a board on a serial line."""

import os
import re
import select
import socket
import struct
import subprocess
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from serial import rfc2217

from hls4ml_soc.connections import serial as connection
from hls4ml_soc.connections.serial import SerialPort
from hls4ml_soc.errors import LinkError, ModelError
from hls4ml_soc.serial_protocol.board import FETCH, LOAD, RUN, SerialBoard
from hls4ml_soc.serial_protocol.exchange import BoardFailure, LineLost
from hls4ml_soc.serial_protocol.frames import Decoder, Frame
from tests.baremetal import toy
from tests.baremetal.toy import SMALL, Board

#: A sample of 12 kB, and a result of 5 kB: more than a frame each.
LARGE = toy.Toy(toy.stream(x=("ap_fixed<16,6>", 6000)), toy.stream(y=("ap_fixed<16,6>", 2500)), 2)
#: Two inputs and two outputs, all of other formats.
MIXED = toy.Toy(
    toy.stream(a=("ap_fixed<16,6>", 2, 3), b=("ap_ufixed<8,0>", 5)),
    toy.stream(c=("ap_int<8>", 4), d=("ap_fixed<32,8>", 2, 2)),
)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy.application(tmp_path_factory.mktemp("large"), LARGE)


def test_batches_of_any_size_come_back_in_order(small: Path) -> None:
    with Board.on(small) as line:
        board = SerialBoard(line, SMALL.described)
        for count in (1, 64, 65, 1000):
            raw = SMALL.raw(count, seed=count)
            assert (board.compute(raw) == SMALL.compute(raw)).all()
        assert board.compute(SMALL.raw(0)).shape == (0, 16)
        assert board.exchange.resent == 0


def test_numbers_go_through_the_formats_of_the_network(small: Path) -> None:
    x = np.random.default_rng(0).uniform(-2, 2, (10, 12))
    with Board.on(small) as line:
        board = SerialBoard(line, SMALL.described)
        y = board.predict(x)
        (form,) = [port.tensor.precision for port in SMALL.inputs.ports]
        raw = SMALL.compute(form.encode(x).view(np.uint8))
        assert y.dtype == np.float32
        assert (y == raw[:, :10].copy().view("<i2") / 1024).all()


def test_several_tensors_of_several_formats(tmp_path: Path) -> None:
    a, b = np.arange(12).reshape(2, 2, 3) / 4, np.arange(10).reshape(2, 5) / 16
    program = toy.application(tmp_path, MIXED)
    with Board.on(program) as line:
        board = SerialBoard(line, MIXED.described)
        c, d = board.predict(a, b)
        assert (c.shape, d.shape, c.dtype, d.dtype) == ((2, 4), (2, 2, 2), np.float32, np.float64)
        # Bytes 0 to 3 of the result: 3 * (a as int16 / 1024)'s bytes + j.
        low = (3 * (np.array([0, 0, 0, 1]) + 0) + np.arange(4)).astype(np.int8)
        assert c[0].tolist() == low.tolist()
        assert board.info().inputs == (
            ("a", "2x3", "ap_fixed<16,6,AP_TRN,AP_WRAP,0>"),
            ("b", "5", "ap_ufixed<8,0,AP_TRN,AP_WRAP,0>"),
        )
        assert [name for name, _, _ in board.info().outputs] == ["c", "d"]


def test_samples_larger_than_a_frame_go_in_pieces(large: Path) -> None:
    raw = LARGE.raw(3)
    with Board.on(large) as line:
        board = SerialBoard(line, LARGE.described)
        assert (board.compute(raw) == LARGE.compute(raw)).all()


def test_a_reset_in_the_middle_of_a_sample_is_noticed_and_repaired(large: Path) -> None:
    raw = LARGE.raw(1)

    class Resetting:
        """Takes the board's power away once, after a piece has gone there."""

        def __init__(self, line: Board) -> None:
            self.line, self.pieces = line, 0
            self.read, self.reopen = line.read, line.reopen

        def write(self, data: bytes) -> None:
            for frame in Decoder().feed(data):
                self.pieces += frame.kind in (LOAD, RUN, FETCH)
                if self.pieces in (2, 8):
                    self.pieces += 1
                    self.line.stop()
                    self.line.start()
                    self.line.until("ready\r\n")
            self.line.write(data)

    with Board.on(large) as line:
        board = SerialBoard(Resetting(line), LARGE.described, 10**7, patience=0.3)
        assert (board.compute(raw) == LARGE.compute(raw)).all()


@pytest.mark.parametrize("lost", [(1,), (0, 2), (1, 4, 5)])
def test_pieces_lost_on_the_way_are_sent_again(large: Path, lost: tuple[int, ...]) -> None:
    class Lossy:
        """Drops some of the pieces of a sample."""

        def __init__(self, line: Board) -> None:
            self.line, self.pieces = line, 0
            self.read, self.reopen = line.read, line.reopen

        def write(self, data: bytes) -> None:
            for frame in Decoder().feed(data):
                self.pieces += frame.kind == LOAD
                if frame.kind != LOAD or self.pieces - 1 not in lost:
                    self.line.write(data)

    raw = LARGE.raw(2)
    with Board.on(large) as line:
        lossy = Lossy(line)
        board = SerialBoard(lossy, LARGE.described, 10**7, patience=0.3)
        assert (board.compute(raw) == LARGE.compute(raw)).all()
        assert lossy.pieces > 6


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((), "0 arrays were given; the network takes x"),
        ((np.zeros((2, 11)),), "x: an array of shape (2, 11) was given; (samples, 12) is needed"),
        ((np.full((1, 12), np.nan),), "x: nan at index [0, 0] has no word in ap_fixed<16,6,"),
        ((np.array([["a"]]),), "x: <U1 is no array of real numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(small: Path, arrays: tuple, message: str) -> None:
    with Board.on(small) as line:
        board = SerialBoard(line, SMALL.described)
        with pytest.raises(ModelError, match=f"^{re.escape(message)}"):
            board.predict(*arrays)


def test_a_board_with_another_program_is_refused(small: Path) -> None:
    message = (
        "the board's program is of design 0x0123456789abcdef (toy), this bundle of "
        "0x00000000000000aa: load the board from this bundle"
    )
    with Board.on(small) as line:
        described = {**SMALL.described, "design_id": "0xAA"}
        with pytest.raises(LinkError, match=f"^{re.escape(message)}$"):
            SerialBoard(line, described)


def test_the_board_itself_refuses_samples_of_another_design(small: Path) -> None:
    message = (
        "the samples are for another design than this program's: use the bundle that the board "
        "was loaded from"
    )
    with Board.on(small) as line:
        board = SerialBoard(line, SMALL.described)
        board._design = 7
        with pytest.raises(LinkError, match=f"^{message}$"):
            board.compute(SMALL.raw(1))


@pytest.mark.parametrize(
    ("kind", "payload", "message"),
    [
        (0x30, b"", "no such request"),
        (3, b"1234567", "the request is too short"),
        (3, bytes.fromhex("efcdab8967452301") + bytes(25), "not a whole number of samples, or to"),
        (3, bytes.fromhex("efcdab8967452301"), "not a whole number of samples, or too many"),
        (4, bytes.fromhex("efcdab8967452301") + bytes(8), "more samples than the buffer holds"),
        (5, bytes(8), "these samples are not here: send them again"),
        (6, bytes(12), "these samples are not here: send them again"),
        (7, bytes(8), "a benchmark takes 1 to 10000 runs"),
    ],
)
def test_requests_that_make_no_sense_are_refused(small, kind, payload, message: str) -> None:
    with Board.on(small) as line:
        board = SerialBoard(line, SMALL.described)
        with pytest.raises(LinkError, match=f"^{message}"):
            board.exchange.call(kind, payload)


def test_more_results_than_a_frame_holds_are_refused(tmp_path: Path) -> None:
    wide = toy.Toy(toy.stream(x=("ap_int<8>", 4)), toy.stream(y=("ap_int<8>", 512)))
    raw = wide.raw(9)
    with Board.on(toy.application(tmp_path, wide)) as line:
        board = SerialBoard(line, wide.described)
        assert (board.compute(raw) == wide.compute(raw)).all()
        head = bytes.fromhex("efcdab8967452301")
        assert len(board.exchange.call(3, head + raw[:8].tobytes())) == 4096
        with pytest.raises(LinkError, match="^not a whole number of samples, or too many$"):
            board.exchange.call(3, head + raw.tobytes())


def test_an_upload_is_computed_and_fetched_only_as_it_is(large: Path) -> None:
    data, head = LARGE.raw(1)[0].tobytes(), bytes.fromhex("efcdab8967452301")
    with Board.on(large) as line:
        ask = SerialBoard(line, LARGE.described).exchange.call

        def load(upload: int, at: int, size: int = 4000) -> int:
            payload = head + struct.pack("<II", upload, at) + data[at : at + size]
            return struct.unpack("<I", ask(LOAD, payload))[0]

        def refused(kind: int, *numbers: int) -> str:
            with pytest.raises(BoardFailure) as error:
                ask(kind, struct.pack(f"<{len(numbers)}I", *numbers))
            return f"{error.value.code} {error.value}"

        assert [load(5, 0), load(5, 8000), load(5, 4000), load(5, 4000)] == [4000, 4000, 8000, 8000]
        assert load(6, 4000) == 0  # of another upload
        assert refused(RUN, 5, 12000) == "4 the samples have not come completely"
        assert refused(FETCH, 5, 0, 10) == "4 the samples have not been computed yet"
        assert load(5, 8000) == 12000
        for _ in range(2):  # asking twice does no harm
            assert ask(RUN, struct.pack("<II", 5, 12000)) == struct.pack("<I", 5000)
        result = LARGE.compute(LARGE.raw(1))[0].tobytes()
        assert ask(FETCH, struct.pack("<III", 5, 4990, 10)) == result[-10:]
        for beyond in ((4990, 11), (5001, 0), (0, 4097), (4, 2**32 - 1)):
            assert refused(FETCH, 5, *beyond) == "1 more than there is, or than a frame holds"
        assert refused(FETCH, 6, 0, 10) == "4 these samples are not here: send them again"
        assert load(7, 0, 10) == 10
        assert refused(FETCH, 5, 0, 10) == "4 these samples are not here: send them again"


def test_no_answer_is_said_with_what_was_heard() -> None:
    class Deaf:
        """Says something, and never answers."""

        said = b"U-Boot 2023.1\r\nZynq> "

        def read(self, seconds: float) -> bytes:
            said, self.said = self.said, b""
            return said

        def write(self, data: bytes) -> None:
            pass

        def reopen(self) -> None:
            raise AssertionError

    message = (
        "no answer, though asked 3 times; the last text from the board: 'U-Boot 2023.1\\r\\nZynq>'"
    )
    with pytest.raises(LinkError, match=f"^{re.escape(message)}$"):
        SerialBoard(Deaf(), SMALL.described, baud=10**9, patience=0.01, attempts=3)
    message = (
        "no answer, though asked 3 times; nothing came at all: is the board on, its program "
        "loaded, and is this its port?"
    )
    silent = Deaf()
    silent.said = b""
    with pytest.raises(LinkError, match=f"^{re.escape(message)}$"):
        SerialBoard(silent, SMALL.described, baud=10**9, patience=0.01, attempts=3)
    silent.said = b"\0\x80\x9e\0\x81\0"
    with pytest.raises(LinkError, match="2 damaged frames came: is 1000000000 baud what the bo"):
        SerialBoard(silent, SMALL.described, baud=10**9, patience=0.01, attempts=3)


def test_answers_to_others_do_not_count(small: Path) -> None:
    class Interrupted:
        """Puts answers in the way that nobody has asked for."""

        def __init__(self, line: Board) -> None:
            self.line, self.write, self.reopen = line, line.write, line.reopen
            self.between = False

        def read(self, seconds: float) -> bytes:
            data = self.line.read(seconds)
            wrong = Frame(0x83, 12345, bytes(16)).encode() + Frame(0xFF, 1, b"\x03no").encode()
            data, self.between = (wrong if self.between else b"") + data, data[-1:] == b"\0"
            return data

    raw = SMALL.raw(200)
    with Board.on(small) as line:
        board = SerialBoard(Interrupted(line), SMALL.described)
        assert (board.compute(raw) == SMALL.compute(raw)).all()
        assert board.exchange.stale > 0


def test_a_virtual_board_measures_nothing(tmp_path: Path) -> None:
    program = toy.application(tmp_path, toy.Toy(SMALL.inputs, SMALL.outputs, measurable=False))
    with Board.on(program) as line:
        board = SerialBoard(line, SMALL.described)
        message = "^not measured: this is a virtual board, whose time means nothing$"
        with pytest.raises(LinkError, match=message):
            board.bench()


def test_a_benchmark_gives_times_and_cycles(small: Path) -> None:
    with Board.on(small) as line:
        bench = SerialBoard(line, SMALL.described).bench(50, samples=2)
        assert (bench.runs, bench.samples) == (50, 2)
        assert 0 < bench.least_us <= bench.mean_us <= bench.most_us
        assert bench.mean_cycles == pytest.approx(bench.mean_us * 100)  # at 100 MHz


def test_a_socket_serves_as_a_port(small: Path) -> None:
    raw = SMALL.raw(300)
    listening = subprocess.Popen([small, "listen"], stdout=subprocess.PIPE, text=True)
    try:
        url = f"socket://127.0.0.1:{listening.stdout.readline().strip()}"
        for _ in range(2):  # the second one after the first has gone
            port = SerialPort(url)
            board = SerialBoard(port, SMALL.described)
            assert (board.compute(raw) == SMALL.compute(raw)).all()
            port.close()
    finally:
        listening.kill()
        listening.communicate(timeout=10)


@contextmanager
def pumped(line: Board, take: Callable[[], bytes], give: Callable[[bytes], object]) -> Iterator:
    """Carry bytes between a board and something else."""
    running = True

    def there() -> None:
        while running:
            line.write(take())

    def back() -> None:
        while running:
            give(line.read(0.02))

    threads = [threading.Thread(target=each) for each in (there, back)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        running = False
        for thread in threads:
            thread.join(timeout=10)


def readable(fd: int, size: int = 4096) -> bytes:
    """Return what has come, b"" after a moment."""
    return os.read(fd, size) if select.select([fd], [], [], 0.02)[0] else b""


def test_a_terminal_device_serves_as_a_port(small: Path) -> None:
    raw = SMALL.raw(300)
    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        with Board.on(small) as line:
            with pumped(line, lambda: readable(master), lambda data: os.write(master, data)):
                port = SerialPort(os.ttyname(slave), 230400)
                board = SerialBoard(port, SMALL.described)
                assert (board.compute(raw) == SMALL.compute(raw)).all()
                with pytest.raises(LinkError, match="cannot be opened: .*exclusively lock"):
                    SerialPort(os.ttyname(slave))
                port.close()
    finally:
        os.close(master)
        os.close(slave)


class Modem:
    """A serial port as a server of RFC 2217 drives it."""

    baudrate, bytesize, parity, stopbits = 115200, 8, "N", 1
    dtr = rts = cts = dsr = ri = cd = break_condition = xonxoff = rtscts = False

    def reset_input_buffer(self) -> None:
        pass

    reset_output_buffer = reset_input_buffer


class Sender:
    """The connection as pyserial's server writes to it."""

    def __init__(self, connection: socket.socket) -> None:
        self.write = connection.sendall


@pytest.mark.filterwarnings("ignore:set(Daemon|Name)")  # in pyserial 3.5
def test_a_port_on_another_machine_serves_by_rfc2217(small: Path) -> None:
    raw = SMALL.raw(300)
    with socket.create_server(("127.0.0.1", 0)) as server, Board.on(small) as line:
        opened: list[SerialPort] = []
        url = f"rfc2217://127.0.0.1:{server.getsockname()[1]}"
        opening = threading.Thread(target=lambda: opened.append(SerialPort(url)))
        opening.start()
        client, _ = server.accept()
        manager = rfc2217.PortManager(Modem(), Sender(client))

        def take() -> bytes:
            return b"".join(manager.filter(readable(client.fileno())))

        def give(data: bytes) -> None:
            client.sendall(b"".join(manager.escape(data)))

        with client, pumped(line, take, give):
            opening.join(timeout=20)
            board = SerialBoard(opened[0], SMALL.described)
            assert (board.compute(raw) == SMALL.compute(raw)).all()
            opened[0].close()


def test_a_port_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match=f"^{tmp_path}/ttyUSB9 cannot be opened: "):
        SerialPort(f"{tmp_path}/ttyUSB9")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"socket://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(LinkError, match=f"^{url} cannot be opened: "):
            SerialPort(url)


class Listed:
    """A port as pyserial lists it."""

    def __init__(self, device: str, vid: int, pid: int, number: str) -> None:
        self.device, self.vid, self.pid, self.serial_number = device, vid, pid, number

    def __lt__(self, other: "Listed") -> bool:
        return self.device < other.device


def test_ports_are_found_by_their_usb_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [
        Listed("/dev/ttyUSB3", 0x0403, 0x6010, "A1"),
        Listed("/dev/ttyUSB2", 0x0403, 0x6010, "A1"),
        Listed("/dev/ttyACM0", 0x2341, 0x0043, "B2"),
    ]
    monkeypatch.setattr(connection.list_ports, "comports", lambda: there)
    assert connection.find("usb:0403:6010") == "/dev/ttyUSB3"
    assert [port.device for port in connection.ports()] == ["/dev/ttyUSB2", "/dev/ttyUSB3"]
    for where, message in {
        "usb:dead:beef": "no USB device dead:beef with a serial port is there",
        "usb:x": "usb:x: write usb:VID:PID, such as usb:0403:6010",
    }.items():
        with pytest.raises(LinkError, match=f"^{message}$"):
            connection.find(where)
    there.append(Listed("/dev/ttyUSB4", 0x0403, 0x6010, "C3"))
    message = (
        "several devices 0403:6010 are there: add the serial number (A1, C3), as in "
        "usb:0403:6010:A1"
    )
    with pytest.raises(LinkError, match=f"^{re.escape(message)}$"):
        connection.find("usb:0403:6010")
    assert connection.find("usb:0403:6010:C3") == "/dev/ttyUSB4"


def test_a_cable_pulled_and_put_back_costs_no_result(small: Path) -> None:
    class Loose:
        """Loses the port once, with what was under way."""

        def __init__(self, line: Board) -> None:
            self.line, self.reads, self.opened, self.write = line, 0, 0, line.write

        def read(self, seconds: float) -> bytes:
            self.reads += 1
            data = self.line.read(seconds)
            if self.reads == 5:
                raise LineLost("gone")
            return data

        def reopen(self) -> None:
            self.opened += 1

    raw = SMALL.raw(2000)
    with Board.on(small) as line:
        loose = Loose(line)
        board = SerialBoard(loose, SMALL.described, patience=0.5)
        assert (board.compute(raw) == SMALL.compute(raw)).all()
        assert loose.opened == 1
