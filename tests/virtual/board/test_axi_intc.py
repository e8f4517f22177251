"""The AXI interrupt controller (PG099), and the nets to it."""

from __future__ import annotations

import pytest

from hls4ml_soc.hwh import parse
from hls4ml_soc.virtual.board import BusFault
from hls4ml_soc.virtual.board.axi_intc import AxiIntc

STATUS, PENDING, ENABLE, ACKNOWLEDGE, SET, CLEAR, VECTOR, MASTER = range(0, 0x20, 4)
INTC, DMA = 0x4180_0000, 0x4040_0000


@pytest.fixture
def intc(designs):
    """A controller of three inputs; ``levels`` are what they have."""

    def make(kind: str = "0x0") -> tuple[AxiIntc, list[int]]:
        design = designs.interrupting()
        design.cells["intc"].parameters["C_KIND_OF_INTR"] = kind
        levels = [0]
        return AxiIntc(parse(design.text()).module("intc"), lambda: levels[0]), levels

    return make


def test_a_level_is_pending_until_it_is_gone_and_acknowledged(intc):
    made, levels = intc()
    made.write(MASTER, 3)
    made.write(SET, 0b110)
    levels[0] = 0b011
    assert (made.read(STATUS), made.read(PENDING), made.read(VECTOR)) == (0b011, 0b010, 1)
    assert made.interrupt
    made.write(ACKNOWLEDGE, 0b010)
    assert made.interrupt  # the level is still there
    levels[0] = 0
    assert made.interrupt
    made.write(ACKNOWLEDGE, 0b111)
    assert (made.interrupt, made.read(STATUS), made.read(VECTOR)) == (False, 0, 0xFFFF_FFFF)


def test_an_edge_counts_once(intc):
    made, levels = intc("0xFFFFFFFF")
    made.write(MASTER, 3)
    made.write(ENABLE, 0b100)
    levels[0] = 0b100
    assert made.interrupt
    made.write(ACKNOWLEDGE, 0b100)
    assert not made.interrupt
    levels[0] = 0
    assert not made.interrupt
    levels[0] = 0b100
    assert made.interrupt


def test_enables(intc):
    made, levels = intc()
    levels[0] = 0b111
    made.write(ENABLE, 0xFF)
    assert (made.read(ENABLE), made.read(STATUS)) == (0b111, 0)  # no hardware interrupts yet
    made.write(MASTER, 2)
    assert (made.read(STATUS), made.interrupt) == (0b111, False)
    made.write(MASTER, 1)
    assert (made.read(MASTER), made.interrupt) == (3, True)  # HIE stays
    made.write(CLEAR, 0b111)
    assert (made.read(ENABLE), made.interrupt) == (0, False)


def test_software_makes_interrupts_until_the_hardware_does(intc):
    made, _ = intc()
    made.write(STATUS, 0b010)
    made.write(ENABLE, 0b010)
    made.write(MASTER, 1)
    assert made.interrupt
    made.write(ACKNOWLEDGE, 0b010)
    made.write(MASTER, 3)
    made.write(STATUS, 0b010)
    assert not made.interrupt


def test_the_interrupts_of_a_dma_and_a_core(bench, designs):
    board = bench(designs.interrupting("registered"), designs.SumCore, interrupts=True)
    read, write = board.fabric.read, board.fabric.write
    write(INTC + MASTER, 3)
    write(INTC + ENABLE, 0b111)
    write(designs.CORE_BASE + 4, 1)
    write(designs.CORE_BASE + 8, 1)
    for channel, control in ((0x00, 0x1001), (0x30, 1)):  # only MM2S is to interrupt
        write(DMA + channel, control)
        write(DMA + channel + 0x18, 0x800)
        write(DMA + channel + 0x28, 32)
    assert read(INTC + STATUS) == 0
    write(designs.CORE_BASE, 1)
    assert read(INTC + STATUS) == 0b101
    assert board.fabric.controllers["intc"].interrupt


def test_a_controller_that_nobody_listens_to_has_no_model(bench, designs):
    board = bench(designs.interrupting())
    with pytest.raises(BusFault) as fault:
        board.fabric.write(INTC + MASTER, 3)
    assert str(fault.value) == "offset 0x1c: intc (xilinx.com:ip:axi_intc:4.1) has no model"
