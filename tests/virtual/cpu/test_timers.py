"""Timers count guest time."""

import pytest

from hls4ml_soc.virtual.board.errors import BusFault
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.timers import AxiTimer, GlobalTimer, SystemCounter


@pytest.fixture
def clock():
    return GuestClock(1000.0)


def test_the_global_timer_counts_every_other_cycle_once_it_is_enabled(clock):
    timer = GlobalTimer(clock)
    clock.waited = 100
    assert timer.read(0) == 0
    timer.write(8, 1)
    clock.waited = 300
    assert timer.read(0) == 100
    timer.write(8, 1 | 3 << 8)  # prescaler: every eighth cycle
    clock.waited = 380
    assert timer.read(0) == 110
    timer.write(8, 0)
    timer.write(4, 5)
    clock.waited = 1000
    assert (timer.read(0), timer.read(4)) == (110, 5)


def test_the_system_counter_has_its_own_frequency(clock):
    counter = SystemCounter(clock, 100.0)
    counter.write(0, 1)
    counter.write(0x20, 100)
    clock.waited = 500
    assert (counter.read(8), counter.read(0xC), counter.read(0x20)) == (50, 0, 100)
    counter.write(0, 0)
    clock.waited = 600
    assert counter.read(8) == 50


def _loaded(clock, control, load):
    timer = AxiTimer(clock, 1000.0)
    timer.write(4, load)
    timer.write(0, 0x20)
    timer.write(0, control | 0x80)
    return timer


def test_the_axi_timer_counts_up_and_wraps(clock):
    timer = _loaded(clock, 0x10, 0)
    clock.waited = 42
    assert timer.read(8) == 42
    clock.waited = (1 << 32) + 5
    assert timer.read(8) == 5
    assert timer.read(0) & 0x100
    timer.write(0, 0x190)
    assert not timer.read(0) & 0x100 or timer.read(8) == 5


def test_the_axi_timer_counts_down_and_stops(clock):
    timer = _loaded(clock, 0x02, 100)
    clock.waited = 30
    assert timer.read(8) == 70
    clock.waited = 500
    assert timer.read(8) == 0xFFFF_FFFF
    assert timer.read(0) & 0x100


def test_the_axi_timer_reloads(clock):
    timer = _loaded(clock, 0x12, 99)
    clock.waited = 130
    assert timer.read(8) == 69


def test_two_axi_timers_in_cascade_are_one_of_64_bits(clock):
    timer = AxiTimer(clock, 1000.0)
    timer.write(0, 0x800 | 0x20)
    timer.write(0, 0x800 | 0x80)
    clock.waited = (7 << 32) + 9
    assert (timer.read(8), timer.read(0x18)) == (9, 7)


def test_other_modes_of_the_axi_timer_are_refused(clock):
    with pytest.raises(BusFault, match="^AXI Timer: capture and PWM modes have no model$"):
        AxiTimer(clock, 1000.0).write(0, 1)


@pytest.mark.parametrize(("kind", "hertz"), [("a9", 325e6), ("a53", 100e6), ("rv32", 100e6)])
def test_a_program_sees_its_instructions_pass(boot, kind, hertz):
    monitor = boot(kind)
    if kind == "a9":
        monitor.ask("w", 0xF8F0_0208, 1)
    board = monitor.board
    start, ticks = board.clock.seconds, monitor.ask("t")
    after = monitor.ask("l", 5_000_000)
    seconds = board.clock.seconds - start
    passed = (after - ticks & 0xFFFF_FFFF) / hertz
    assert 5_000_000 / board.clock.frequency < passed < 1.1 * seconds + 1e-3
