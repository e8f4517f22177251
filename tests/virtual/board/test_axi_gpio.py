from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board import BusFault

GPIO = 0x4120_0000


def test_inputs_read_the_constants_on_their_nets(bench, designs):
    board = bench(designs.loopback())
    assert board.fabric.read(GPIO) == 0x89AB_CDEF
    assert board.fabric.read(GPIO + 8) == 0x0123_4567
    assert board.fabric.read(GPIO + 4) == board.fabric.read(GPIO + 12) == 0xFFFF_FFFF


def test_inputs_cannot_be_written(bench, designs):
    board = bench(designs.loopback())
    for offset in (0, 4):
        board.fabric.write(GPIO + offset, 0)
    assert board.fabric.read(GPIO) == 0x89AB_CDEF


def test_swapped_nets_show(bench, designs):
    design = designs.loopback()
    design.net("id_low/dout", "identity/gpio2_io_i")
    design.net("id_high/dout", "identity/gpio_io_i")
    board = bench(design)
    assert board.fabric.read(GPIO) == 0x0123_4567


@pytest.mark.parametrize("value, width, read", [(19, 32, 19), ("0x1FF", 8, 0xFF), ("0x0", 1, 0)])
def test_constant_has_the_bits_of_its_width(bench, designs, value, width, read):
    design = designs.loopback()
    designs.constant(design, "id_low", value, width)
    assert bench(design).fabric.read(GPIO) == read


def test_open_input_reads_zero(bench, designs):
    design = designs.loopback()
    design.unplug("identity/gpio_io_i")
    assert bench(design).fabric.read(GPIO) == 0


def test_input_from_something_without_a_model(bench, designs):
    design = designs.loopback()
    design.net("ps/FCLK_RESET0_N", "identity/gpio_io_i")
    board = bench(design)
    with pytest.raises(BusFault) as fault:
        board.fabric.read(GPIO)
    assert str(fault.value) == (
        "identity/gpio_io_i is driven by ps/FCLK_RESET0_N, which has no model"
    )


def test_tri_selects_pin_or_register_bit_by_bit(bench, designs):
    design = designs.loopback()
    design.cells["identity"].parameters |= {"C_ALL_INPUTS": 0, "C_DOUT_DEFAULT": "0x5"}
    fabric = bench(design).fabric
    assert fabric.read(GPIO) == 0x89AB_CDEF
    fabric.write(GPIO + 4, 0xFFFF_0000)
    assert fabric.read(GPIO) == 0x89AB_0005
    fabric.write(GPIO, 0x1234_5678)
    assert fabric.read(GPIO) == 0x89AB_5678
    assert fabric.read(GPIO + 4) == 0xFFFF_0000


def test_outputs_read_back(bench, designs):
    design = designs.loopback()
    design.cells["identity"].parameters |= {"C_ALL_INPUTS_2": 0, "C_ALL_OUTPUTS_2": 1}
    del design.cells["identity"].pins["gpio2_io_i"]
    fabric = bench(design).fabric
    fabric.write(GPIO + 12, 0xFFFF_FFFF)
    fabric.write(GPIO + 8, 0x55)
    assert fabric.read(GPIO + 8) == 0x55
    assert fabric.read(GPIO + 12) == 0


def test_absent_second_channel_reads_zero(bench, designs):
    design = designs.loopback()
    design.cells["identity"].parameters["C_IS_DUAL"] = 0
    fabric = bench(design).fabric
    fabric.write(GPIO + 8, 7)
    assert fabric.read(GPIO + 8) == 0
    assert fabric.read(GPIO + 0x11C) == 0


def test_direction_of_an_inputs_channel_is_no_parameter(bench, designs):
    design = designs.loopback()
    design.cells["identity"].parameters["C_TRI_DEFAULT"] = "0x00000000"
    assert bench(design).fabric.read(GPIO + 4) == 0xFFFF_FFFF


def test_widths_of_the_channels(bench, designs):
    design = designs.loopback()
    design.cells["identity"].parameters |= {"C_GPIO_WIDTH": 8, "C_GPIO2_WIDTH": 4}
    fabric = bench(design).fabric
    assert [fabric.read(GPIO + offset) for offset in (0, 4, 8, 12)] == [0xEF, 0xFF, 0x7, 0xF]


def test_nine_address_bits_are_decoded(bench, designs):
    fabric = bench(designs.loopback()).fabric
    assert fabric.read(GPIO + 0x200) == 0x89AB_CDEF
    assert fabric.read(GPIO + 0x10) == fabric.read(GPIO + 0x100) == 0
