"""When a program counts as waiting."""

from types import SimpleNamespace

import pytest

from hls4ml_soc.virtual.board.address_map import RegisterFile
from hls4ml_soc.virtual.cpu.bus import Bus
from hls4ml_soc.virtual.cpu.clock import GuestClock
from hls4ml_soc.virtual.cpu.console import Console
from hls4ml_soc.virtual.cpu.serial_line import SerialLine

ACCESS = 100  # cycles at 1 GHz


class Napping(Console):
    """A host that never writes, and takes no time of ours."""

    def nap(self, seconds: float) -> float:
        return seconds


@pytest.fixture
def poll():
    """Read a register that never changes, with so many instructions before each read; return the
    guest time of it in cycles, beside the instructions."""

    def run(reads: int, instructions: int) -> int:
        clock, console = GuestClock(1e9), Napping()
        line = SerialLine(clock, console, 16)
        bus = Bus(SimpleNamespace(clock=clock, stop=lambda: None), console, line)
        for _ in range(reads):
            clock._code_bytes.value += 4 * instructions
            line.asked = True
            bus.read(RegisterFile(), 4, 4, 0x4000_0004)
        return clock.waited

    return run


def test_a_program_that_only_polls_is_waiting(poll):
    assert poll(4, 20) == 4 * ACCESS
    assert poll(14, 20) == 14 * ACCESS + 10 * 10_000  # 10 us for each read from the fifth on
    assert poll(400, 20) > 100 * 1_000_000  # asleep for a millisecond each


def test_a_program_that_works_between_its_looks_is_not(poll):
    assert poll(400, 400) == 400 * ACCESS
