"""The UARTs and their line, in guest time."""

import pytest

from hls4ml_soc.hwh import parse
from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.serial_line import SerialLine
from hls4ml_soc.virtual.cpu.uart_lite import UartLite
from hls4ml_soc.virtual.cpu.uart_ps import UartPs

CR, MR, ISR, BAUDGEN, SR, FIFO, BAUDDIV = 0x00, 0x04, 0x14, 0x18, 0x2C, 0x30, 0x34
RX_EMPTY, RX_FULL, TX_EMPTY, TX_FULL, TX_ACTIVE = 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 11


class Bench:
    """A UART on a clock of 1 MHz, which ``pass_time`` moves."""

    def __init__(self, design=None, unlimited=False):
        self.clock = GuestClock(1e6)
        self.console = Console()
        self.line = SerialLine(self.clock, self.console, 16 if design else 64)
        if design:
            module = parse(design.text()).module("uart")
            self.uart = UartLite(module, self.clock, self.line, unlimited=unlimited)
        else:
            self.uart = UartPs(self.clock, self.line, 100e6, unlimited=unlimited)

    def set_up(self):
        """100000 baud, 8N1: a character takes 100 us."""
        for register, value in ((BAUDGEN, 125), (BAUDDIV, 7), (MR, 0x20), (CR, 0x14)):
            self.uart.write(register, value)

    def pass_time(self, microseconds):
        self.clock.waited += microseconds


@pytest.fixture
def ps():
    bench = Bench()
    bench.set_up()
    return bench


def test_after_reset_both_directions_are_off():
    bench = Bench()
    bench.console.write(b"lost")
    bench.pass_time(1_000_000)
    assert bench.uart.read(SR) == RX_EMPTY | TX_EMPTY
    bench.uart.write(FIFO, 0x41)
    assert bench.console.read() == b""
    assert bench.uart.read(SR) & TX_EMPTY == 0
    bench.uart.write(CR, 0x14)
    assert bench.console.read() == b"A"


def test_the_baud_registers_set_the_pace(ps):
    assert ps.uart.baud == 100_000
    assert ps.line.character == 100
    ps.uart.write(MR, 0x21)  # the reference divided by eight
    assert ps.line.character == 800
    ps.uart.write(MR, 0x00)  # with parity
    assert ps.line.character == 110
    ps.uart.write(MR, 0xA0)  # two stop bits
    assert ps.line.character == 110


def test_characters_leave_one_after_another(ps):
    for byte in b"abc":
        ps.uart.write(FIFO, byte)
    assert ps.uart.read(SR) & (TX_EMPTY | TX_ACTIVE) == TX_ACTIVE
    ps.pass_time(200)
    assert ps.uart.read(SR) & (TX_EMPTY | TX_ACTIVE) == TX_EMPTY | TX_ACTIVE
    ps.pass_time(100)
    assert ps.uart.read(SR) & (TX_EMPTY | TX_ACTIVE) == TX_EMPTY
    assert ps.console.read() == b"abc"


def test_the_transmit_fifo_holds_64_bytes_beside_the_shift_register(ps):
    for _ in range(65):
        assert not ps.uart.read(SR) & TX_FULL
        ps.uart.write(FIFO, 0x55)
    assert ps.uart.read(SR) & TX_FULL
    ps.uart.write(FIFO, 0x55)
    assert ps.uart.read(ISR) & 1 << 12
    ps.uart.write(ISR, 1 << 12)
    assert not ps.uart.read(ISR) & 1 << 12
    assert len(ps.console.read()) == 65


def test_characters_arrive_at_the_pace_of_the_line(ps):
    ps.uart.read(SR)
    ps.console.write(b"xy")
    assert ps.uart.read(SR) & RX_EMPTY
    ps.pass_time(100)
    assert not ps.uart.read(SR) & RX_EMPTY
    assert ps.uart.read(FIFO) == ord("x")
    assert ps.uart.read(SR) & RX_EMPTY
    ps.pass_time(100)
    assert ps.uart.read(FIFO) == ord("y")


def test_who_looks_too_late_overruns(ps):
    ps.uart.read(SR)
    ps.console.write(bytes(range(70)))
    ps.pass_time(6400)
    assert ps.uart.read(SR) & RX_FULL
    assert not ps.uart.read(ISR) & 1 << 5
    ps.pass_time(600)
    assert ps.uart.read(ISR) & 1 << 5
    assert [ps.uart.read(FIFO) for _ in range(64)] == list(range(64))
    assert ps.uart.read(SR) & RX_EMPTY
    assert ps.line.lost == 6


def test_who_polls_through_a_pause_does_not_overrun_by_it(ps):
    ps.uart.read(SR)
    ps.pass_time(100_000)
    ps.line.was_watched()
    ps.console.write(bytes(100))
    assert ps.uart.read(SR) & RX_EMPTY
    ps.pass_time(100)
    assert ps.uart.read(FIFO) == 0
    assert ps.uart.read(SR) & RX_EMPTY


def test_an_answer_is_not_early(ps):
    ps.uart.read(SR)
    ps.pass_time(1000)
    ps.uart.write(FIFO, 0x3F)  # out at 1100
    ps.console.write(b"!")  # the answer to it
    ps.pass_time(150)
    assert ps.uart.read(SR) & RX_EMPTY
    ps.pass_time(50)
    assert not ps.uart.read(SR) & RX_EMPTY


def test_an_unlimited_line_waits_for_room():
    bench = Bench(unlimited=True)
    bench.set_up()
    bench.console.write(bytes(range(100)))
    assert [bench.uart.read(FIFO) for _ in range(100)] == list(range(100))
    assert not bench.uart.read(ISR) & 1 << 5
    for _ in range(200):
        bench.uart.write(FIFO, 1)
    assert len(bench.console.read()) == 200


def test_reset_bits_empty_the_fifos_and_clear_themselves(ps):
    ps.uart.read(SR)
    ps.console.write(b"abc")
    ps.pass_time(300)
    for _ in range(10):
        ps.uart.write(FIFO, 0x2A)
    assert not ps.uart.read(SR) & (RX_EMPTY | TX_EMPTY)
    ps.uart.write(CR, 0x17)
    assert ps.uart.read(CR) == 0x14
    assert ps.uart.read(SR) & (RX_EMPTY | TX_EMPTY) == RX_EMPTY | TX_EMPTY


@pytest.fixture
def lite(factory, designs):
    return Bench(designs.microblaze(factory))


def test_the_lite_uart_has_the_rate_of_synthesis(lite):
    assert lite.uart.baud == 230400
    assert lite.line.character == round(1e6 * 10 / 230400)


def test_the_lite_uart_tells_its_fifos(lite):
    assert lite.uart.read(8) == 0x04
    lite.console.write(b"ab")
    lite.pass_time(100)
    assert lite.uart.read(8) == 0x05
    assert [lite.uart.read(0), lite.uart.read(0)] == [0x61, 0x62]
    for byte in range(17):
        assert not lite.uart.read(8) & 8
        lite.uart.write(4, byte)
    assert lite.uart.read(8) == 0x08
    lite.uart.write(0xC, 1)
    assert lite.uart.read(8) == 0x04


def test_the_lite_uart_overruns_after_16_bytes_and_says_so_once(lite):
    lite.uart.read(8)
    lite.console.write(bytes(20))
    lite.pass_time(2000)
    assert lite.uart.read(8) == 0x27
    assert lite.uart.read(8) == 0x07
    assert lite.line.lost == 4
    lite.uart.write(0xC, 2)
    assert lite.uart.read(8) == 0x04


def test_the_lite_uart_answers_with_an_error_beyond_its_fifos(lite):
    with pytest.raises(BusFault, match="^uart: the receive FIFO was read while empty"):
        lite.uart.read(0)
    for _ in range(17):
        lite.uart.write(4, 0)
    with pytest.raises(BusFault, match="^uart: the transmit FIFO was written while full"):
        lite.uart.write(4, 0)


@pytest.mark.parametrize(("kind", "fifo"), [("a9", 64), ("rv32", 16)])
def test_a_program_receives_at_the_speed_of_the_line(boot, kind, fifo):
    monitor = boot(kind, unlimited=False)
    before = monitor.board.figures()
    payload = bytes(range(256)) * 2
    monitor.tell("e", len(payload))
    monitor.console.write(payload)
    assert monitor.console.expect(len(payload) + 4)[: len(payload)] == payload
    monitor.board.stop()
    figures = monitor.board.figures()
    rate = {"a9": 115207, "rv32": 230400}[kind]
    shortest = (len(payload) + 13) * 10 / rate
    assert shortest < figures.seconds - before.seconds
    assert figures.bytes_lost == 0
    assert monitor.board.platform.line.depth == fifo


def test_a_program_that_computes_while_bytes_arrive_loses_them(boot):
    monitor = boot("a9", unlimited=False)
    monitor.tell("l", 30_000_000)
    monitor.console.write(b"?" * 300)
    monitor.console.expect(4)
    assert monitor.console.expect(4 * 4) == bytes.fromhex("d0bad0ba") * 4  # 64 bytes: 4 commands
    assert monitor.board.figures().bytes_lost == 300 - 64
