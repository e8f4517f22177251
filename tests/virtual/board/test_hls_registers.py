"""Cores with AXI4-Lite registers (UG1399, S_AXILITE control register map)."""

from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board import BusFault

CONTROL, GLOBAL, ENABLE, STATUS, SCALE, TOTAL = (0x43C0_0000 + n for n in (0, 4, 8, 12, 16, 24))
START, DONE, IDLE, READY, CONTINUE, RESTART, INTERRUPT = (1 << n for n in (0, 1, 2, 3, 4, 7, 9))
MM2S, S2MM = 0x00, 0x30
BEATS = 4  # of a sample


@pytest.fixture
def make(bench, designs):
    def make_(core=designs.SumCore, **options):
        board = bench(designs.registered(**options), core)
        board.put(0, range(100))
        board.run()
        return board

    return make_


def arm(board, samples=1):
    board.transfer(S2MM, 0x1000, 0x1000)
    board.transfer(MM2S, 0, 8 * BEATS * samples)


def test_a_run_from_start_to_done(make):
    board = make()
    arm(board)
    read, write = board.fabric.read, board.fabric.write
    assert read(CONTROL) == IDLE
    assert board.fabric.standstill().splitlines()[-1] == (
        "accelerator has not been started: nobody wrote ap_start to its registers"
    )
    write(CONTROL, START)
    assert board.words(0x1000, 2) == [0 + 1 + 2 + 3, 0]
    assert read(CONTROL) == DONE | IDLE | READY
    assert read(CONTROL) == IDLE  # both are cleared on read
    assert board.status(S2MM) & 2


def test_cores_up_to_2020_show_no_ready(make):
    board = make(vivado="2019.2")
    arm(board)
    board.fabric.write(CONTROL, START)
    assert board.fabric.read(CONTROL) == DONE | IDLE


def test_start_stays_until_the_input_is_taken(make):
    board = make()
    board.fabric.write(CONTROL, START)
    board.fabric.write(CONTROL, START)  # no second run
    board.fabric.write(CONTROL, 0)  # nor does a zero take it back
    assert board.fabric.read(CONTROL) == START
    arm(board, samples=2)
    assert board.fabric.read(CONTROL) == DONE | IDLE | READY
    assert board.made[0].runs_done == 1


def test_not_done_before_the_output_is_gone(make):
    board = make()
    board.transfer(MM2S, 0, 8 * BEATS)
    board.fabric.write(CONTROL, START)
    assert board.fabric.read(CONTROL) == READY
    board.transfer(S2MM, 0x1000, 0x1000)
    assert board.fabric.read(CONTROL) == DONE | IDLE


def test_one_start_is_one_sample(make):
    board = make()
    arm(board, samples=3)
    for run in (1, 2, 3):
        board.fabric.write(CONTROL, START)
        assert board.made[0].runs_done == run
    assert board.status(S2MM) & 2
    assert board.words(0x1000, 6) == [6, 0, 22, 1, 38, 2]


@pytest.mark.parametrize("vivado, done", [("2019.2", DONE), ("2023.2", 0)])
def test_auto_restart(make, vivado, done):
    board = make(vivado=vivado)
    arm(board, samples=5)
    board.fabric.write(CONTROL, START | RESTART)
    assert board.words(0x1000, 10)[-2:] == [16 + 17 + 18 + 19, 4]
    assert board.fabric.read(CONTROL) == START | RESTART | done
    board.fabric.write(CONTROL, 0)
    assert board.fabric.read(CONTROL) == IDLE


def test_chained_cores_hold_done_until_told_to_continue(make):
    board = make(chain=True)
    arm(board)
    board.fabric.write(CONTROL, START)
    assert board.fabric.read(CONTROL) == DONE | IDLE | READY
    assert board.fabric.read(CONTROL) == DONE | IDLE
    board.fabric.write(CONTROL, CONTINUE)
    assert board.fabric.read(CONTROL) == IDLE


def test_interrupt_registers(make):
    board = make()
    read, write = board.fabric.read, board.fabric.write
    write(GLOBAL, 0xFF)
    write(ENABLE, 0xFF)
    assert (read(GLOBAL), read(ENABLE), read(STATUS)) == (1, 3, 0)
    arm(board)
    write(CONTROL, START)
    assert read(STATUS) == 3
    assert read(CONTROL) & INTERRUPT
    write(STATUS, 1)  # toggles
    assert read(STATUS) == 2
    write(STATUS, 3)
    assert (read(STATUS), read(CONTROL) & INTERRUPT) == (1, INTERRUPT)


def test_a_reset_of_the_core_resets_its_registers(make):
    board = make()
    arm(board)
    board.fabric.write(ENABLE, 1)
    board.fabric.write(CONTROL, START)
    board.write(MM2S, 0, 4)  # DMACR.Reset: this design's core is reset with the DMA
    assert (board.fabric.read(CONTROL), board.fabric.read(ENABLE)) == (IDLE, 0)
    board.run()
    arm(board)
    board.fabric.write(CONTROL, START)
    assert board.fabric.read(CONTROL) == DONE | IDLE | READY


def test_arguments_reach_a_core_that_takes_them(make, designs):
    class Scaled(designs.SumCore):
        takes_arguments = True
        arguments: dict[int, int] = {}

        def write_argument(self, offset, value):
            self.arguments[offset] = value

        def read_argument(self, offset):
            return 7 * self.arguments[0x10] + offset

    board = make(Scaled)
    board.fabric.write(SCALE, 5)
    assert (board.fabric.read(SCALE), board.fabric.read(TOTAL)) == (5, 35 + 0x18)
    board.fabric.write(0x43C0_0040, 5)  # none
    assert board.fabric.read(0x43C0_0040) == 0
    assert Scaled.arguments == {0x10: 5}


@pytest.mark.parametrize("access", ["write", "read"])
def test_arguments_of_a_core_that_takes_none(make, access):
    board = make()
    with pytest.raises(BusFault) as fault:
        board.fabric.write(SCALE, 1) if access == "write" else board.fabric.read(TOTAL)
    named = "scale (0x10)" if access == "write" else "total (0x18)"
    assert str(fault.value) == (
        f"accelerator (xilinx.com:hls:digits_soc:1.0): register {named} is an argument that its "
        "compiled core does not take"
    )


def test_a_core_with_arguments_alone_runs_freely(make):
    board = make(start=False)
    assert board.made[0].free_running
    arm(board, samples=2)
    assert board.words(0x1000, 4) == [6, 0, 22, 1]
    assert board.fabric.read(CONTROL) == 0  # there is no such register


def test_registers_of_a_core_without_a_clock(bench, designs):
    design = designs.registered()
    design.unplug("accelerator/ap_clk")
    board = bench(design, designs.SumCore)
    with pytest.raises(BusFault, match="accelerator has no clock: ap_clk is not connected$"):
        board.fabric.read(CONTROL)
