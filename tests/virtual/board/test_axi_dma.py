"""AXI DMA, rule by rule (PG021, direct register mode)."""

from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board import FabricError

MM2S, S2MM = 0x00, 0x30
CR, SR, ADDRESS, ADDRESS_MSB, LENGTH = 0x00, 0x04, 0x18, 0x1C, 0x28
HALTED, IDLE, INTERNAL, SLAVE, DECODE = 0x1, 0x2, 0x10, 0x20, 0x40
IOC, ERR = 0x1000, 0x4000
WORDS = list(range(100, 108))


@pytest.fixture
def dma(bench, designs):
    """A DMA that streams to itself, running, with eight words at 0x1000."""
    board = bench(designs.loopback())
    board.put(0x1000, WORDS)
    board.run()
    return board


def test_reset_state(bench, designs):
    board = bench(designs.loopback())
    for channel in (MM2S, S2MM):
        assert board.read(channel, CR) == 0x0001_0002
        assert board.read(channel, SR) == HALTED
        assert board.read(channel, LENGTH) == 0


def test_run_stop_while_idle(dma):
    assert dma.status(MM2S) == 0  # running, and not idle before the first transfer
    dma.write(MM2S, CR, 0)
    assert dma.status(MM2S) == HALTED


def test_transfer_moves_bytes_and_sets_idle_and_ioc(dma):
    dma.transfer(S2MM, 0x2000, 64)
    assert dma.status(S2MM) == 0
    dma.transfer(MM2S, 0x1000, 64)
    assert dma.status(MM2S) == IDLE | IOC
    assert dma.status(S2MM) == IDLE | IOC
    assert dma.words(0x2000, 8) == WORDS
    assert dma.read(S2MM, LENGTH) == 64


def test_transfers_follow_each_other(dma):
    for target, count in ((0x2000, 8), (0x3000, 3), (0x4000, 8)):
        dma.transfer(S2MM, target, 64)
        dma.transfer(MM2S, 0x1000, 8 * count)
        assert dma.status(MM2S) == dma.status(S2MM) == IDLE | IOC
        assert dma.read(S2MM, LENGTH) == 8 * count
        assert dma.words(target, count) == WORDS[:count]
    assert [c.bytes_moved for c in dma.fabric.dmas["dma"].channels] == [152, 152]
    assert [c.transfers for c in dma.fabric.dmas["dma"].channels] == [3, 3]


def test_registers_read_back(dma):
    dma.transfer(S2MM, 0x1234_5678, 64)
    assert (dma.read(S2MM, ADDRESS), dma.read(S2MM, LENGTH)) == (0x1234_5678, 64)
    assert dma.read(MM2S, ADDRESS) == 0


def test_registers_of_descriptors_are_not_there(dma):
    for register in (0x08, 0x0C, 0x10, 0x14, 0x20):
        dma.write(MM2S, register, 64)
        assert dma.read(MM2S, register) == 0
    assert dma.fabric.dmas["dma"].mm2s.transfers == 0


def test_ioc_is_write_one_to_clear(dma):
    dma.transfer(S2MM, 0x2000, 64)
    dma.transfer(MM2S, 0x1000, 64)
    dma.write(MM2S, SR, 0)
    assert dma.status(MM2S) == IDLE | IOC
    dma.write(MM2S, SR, IOC)
    assert dma.status(MM2S) == IDLE
    assert dma.status(S2MM) == IDLE | IOC


def test_read_only_status_bits_cannot_be_written(dma):
    dma.write(MM2S, SR, 0xFFFF_FFFF)
    assert dma.status(MM2S) == 0


def test_back_pressure_until_s2mm_is_armed(dma):
    dma.transfer(MM2S, 0x1000, 64)
    assert dma.status(MM2S) == 0
    assert dma.fabric.standstill() == "dma MM2S has sent 0 of 64 bytes, and nobody takes more"
    dma.transfer(S2MM, 0x2000, 64)
    assert dma.status(MM2S) == IDLE | IOC
    assert dma.words(0x2000, 8) == WORDS


def test_length_is_ignored_while_halted(dma):
    dma.write(MM2S, CR, 0)
    dma.transfer(S2MM, 0x2000, 64)
    dma.transfer(MM2S, 0x1000, 64)
    dma.write(MM2S, CR, 1)
    assert dma.status(MM2S) == 0
    assert dma.status(S2MM) == 0


def test_length_zero_starts_nothing(dma):
    dma.transfer(S2MM, 0x2000, 64)
    dma.transfer(MM2S, 0x1000, 0)
    assert dma.status(MM2S) == 0
    assert dma.fabric.dmas["dma"].mm2s.transfers == 0


def test_length_loses_the_bits_its_register_has_not(bench, designs):
    board = bench(designs.loopback(dma={"c_sg_length_width": 8}))
    board.put(0x1000, WORDS)
    board.run()
    board.transfer(S2MM, 0x2000, 0x1FF)
    board.transfer(MM2S, 0x1000, 0x110)
    assert board.read(MM2S, LENGTH) == 0x10
    assert board.read(S2MM, LENGTH) == 0x10
    assert board.words(0x2000, 3) == [*WORDS[:2], 0]


def test_length_during_a_transfer_starts_no_second_one(dma):
    dma.transfer(MM2S, 0x1000, 64)
    dma.transfer(MM2S, 0x1000, 8)
    dma.transfer(S2MM, 0x2000, 64)
    assert dma.read(S2MM, LENGTH) == 64
    assert dma.fabric.dmas["dma"].mm2s.transfers == 1


def test_stop_lets_the_transfer_in_flight_end_first(dma):
    dma.transfer(S2MM, 0x2000, 64)
    dma.write(S2MM, CR, 0)
    assert dma.status(S2MM) == 0
    dma.transfer(MM2S, 0x1000, 64)
    assert dma.status(S2MM) == HALTED | IOC


def test_partial_last_beat_carries_tkeep(dma):
    dma.put(0x2000, [0xAAAA_AAAA_AAAA_AAAA] * 2)
    dma.transfer(S2MM, 0x2000, 64)
    dma.transfer(MM2S, 0x1000, 11)
    assert dma.read(S2MM, LENGTH) == 11
    assert dma.words(0x2000, 2) == [100, 0xAAAA_AAAA_AA00_0065]


def test_packet_shorter_than_length_ends_with_its_bytes(dma):
    dma.transfer(S2MM, 0x2000, 4096)
    dma.transfer(MM2S, 0x1000, 16)
    assert dma.status(S2MM) == IDLE | IOC
    assert dma.read(S2MM, LENGTH) == 16


def test_packet_longer_than_length_is_an_internal_error(dma):
    dma.put(0x2000, [0] * 8)
    dma.transfer(S2MM, 0x2000, 24)
    dma.transfer(MM2S, 0x1000, 64)
    assert dma.read(MM2S, CR) & 1 == 0
    assert dma.status(S2MM) == HALTED | INTERNAL | ERR
    assert dma.read(S2MM, CR) & 1 == dma.read(MM2S, CR) & 1 == 0
    assert dma.words(0x2000, 4) == [*WORDS[:3], 0]
    assert dma.fabric.standstill() == (
        "dma S2MM halted with DMAIntErr: the packet is longer than LENGTH (24 bytes)"
    )


@pytest.mark.parametrize(
    "address, error", [(0x1001, INTERNAL), (1 << 20, SLAVE), (0x8000_0000, DECODE)]
)
def test_an_error_halts_the_other_channel_too_until_reset(dma, address, error):
    dma.transfer(MM2S, 0x1000, 64)
    dma.transfer(S2MM, address, 64)
    assert dma.status(S2MM) == HALTED | error | ERR
    assert dma.status(MM2S) & HALTED
    dma.write(S2MM, CR, 1)
    assert dma.status(S2MM) & HALTED
    dma.write(S2MM, SR, ERR)
    assert dma.status(S2MM) == HALTED | error
    assert dma.status(MM2S) & HALTED
    dma.write(MM2S, CR, 4)
    dma.run()
    dma.transfer(S2MM, 0x2000, 64)
    dma.transfer(MM2S, 0x1000, 64)
    assert dma.status(S2MM) == IDLE | IOC


def test_exact_bytes_without_tlast_never_end(bench, designs):
    design = designs.loopback()
    del design.cells["dma"].portmaps["M_AXIS_MM2S"]["TLAST"]
    board = bench(design)
    board.put(0x1000, WORDS)
    board.run()
    board.transfer(S2MM, 0x2000, 64)
    board.transfer(MM2S, 0x1000, 64)
    assert board.status(MM2S) == IDLE | IOC
    assert board.status(S2MM) == 0
    assert board.words(0x2000, 8) == WORDS
    assert board.fabric.standstill() == ("dma S2MM has received 64 of 64 bytes and waits for TLAST")


@pytest.mark.parametrize("channel, name", [(MM2S, "MM2S"), (S2MM, "S2MM")])
def test_unaligned_address_without_realignment(dma, channel, name):
    dma.transfer(channel, 0x1004, 64)
    assert dma.status(channel) == HALTED | INTERNAL | ERR
    assert dma.fabric.standstill() == (
        f"dma {name} halted with DMAIntErr: address 0x1004 is not a multiple of 8 bytes"
    )


def test_any_address_with_realignment(bench, designs):
    board = bench(designs.loopback(dma={"c_include_mm2s_dre": 1, "c_include_s2mm_dre": 1}))
    board.put(0x1000, WORDS)
    board.run()
    board.transfer(S2MM, 0x2003, 64)
    board.transfer(MM2S, 0x1001, 8)
    assert board.status(S2MM) == IDLE | IOC
    assert bytes(board.dram.view(0x2003, 8)) == bytes(board.dram.view(0x1001, 8))


def test_read_outside_the_address_map_is_a_decode_error(dma):
    dma.transfer(MM2S, 0x2000_0000, 64)
    assert dma.status(MM2S) == HALTED | DECODE | ERR
    assert dma.fabric.standstill() == (
        "dma MM2S halted with DMADecErr: address 0x20000000 is outside its address map "
        "(0x0..0x1fffffff)"
    )


def test_transfer_that_leaves_the_address_map_on_the_way(dma):
    dma.transfer(MM2S, 0x1FFF_FFF8, 16)
    assert dma.status(MM2S) == HALTED | DECODE | ERR


def test_address_that_is_mapped_but_has_no_memory(dma):
    dma.transfer(MM2S, 1 << 20, 64)
    assert dma.status(MM2S) == HALTED | SLAVE | ERR
    assert dma.fabric.standstill() == (
        "dma MM2S halted with DMASlvErr: 64 bytes at 0x100000: the board's memory ends at 0xfffff"
    )


def test_memory_of_another_cell_has_no_model(bench, designs):
    design = designs.loopback()
    design.cells["dma"].ranges = [("bram", 0, 0xFFFF, "M_AXI_MM2S", "S_AXI", "MEMORY")]
    board = bench(design)
    board.run()
    board.transfer(MM2S, 0x1000, 64)
    assert board.fabric.standstill() == (
        "dma MM2S halted with DMASlvErr: the memory behind bram/S_AXI 0x00000000..0x0000ffff "
        "has no model"
    )


@pytest.mark.parametrize("channel", [MM2S, S2MM])
def test_soft_reset_of_either_channel_resets_the_engine(dma, channel):
    dma.transfer(MM2S, 0x1000, 64)
    dma.write(channel, CR, 4)
    for each in (MM2S, S2MM):
        assert dma.read(each, CR) == 0x0001_0002
        assert dma.status(each) == HALTED
    assert dma.read(MM2S, LENGTH) == dma.read(MM2S, ADDRESS) == 0
    assert dma.fabric.standstill() == ""


def test_address_msb_exists_only_with_more_than_32_address_bits(bench, designs):
    board = bench(designs.loopback())
    board.write(MM2S, ADDRESS_MSB, 5)
    assert board.read(MM2S, ADDRESS_MSB) == 0
    board = bench(designs.loopback(dma={"c_addr_width": 34}))
    board.run()
    board.write(MM2S, ADDRESS, 0x1000)
    board.write(MM2S, ADDRESS_MSB, 7)
    assert (board.read(MM2S, ADDRESS), board.read(MM2S, ADDRESS_MSB)) == (0x1000, 3)
    board.write(MM2S, LENGTH, 64)
    assert board.fabric.standstill() == (
        "dma MM2S halted with DMADecErr: address 0x300001000 is outside its address map "
        "(0x0..0x1fffffff)"
    )


def test_control_keeps_its_writable_bits(dma):
    dma.write(MM2S, CR, 0x1203_7001)
    assert dma.read(MM2S, CR) == 0x1203_7003
    dma.write(MM2S, CR, 0x0000_0001)  # a threshold of 0 has no effect
    assert dma.read(MM2S, CR) == 0x0003_0003


def test_interrupt_needs_its_enable(dma):
    mm2s = dma.fabric.dmas["dma"].mm2s
    dma.transfer(S2MM, 0x2000, 64)
    dma.transfer(MM2S, 0x1000, 64)
    assert not mm2s.interrupt
    dma.write(MM2S, CR, 0x1001)
    assert mm2s.interrupt
    dma.write(MM2S, SR, IOC)
    assert not mm2s.interrupt


def test_registers_repeat_beyond_ten_address_bits(dma):
    assert dma.read(MM2S, SR + 0x400) == dma.status(MM2S) == 0
    assert dma.read(MM2S, 0x2C) == 0


def test_absent_channel_reads_zero(bench, designs):
    design = designs.loopback(dma={"c_include_mm2s": 0, "c_include_s2mm": 0})
    board = bench(design)
    board.run()
    assert board.read(MM2S, CR) == board.read(S2MM, CR) == 0


@pytest.mark.parametrize(
    "parameter, mode",
    [
        ("c_include_sg", "scatter-gather mode"),
        ("c_micro_dma", "micro mode"),
        ("c_enable_multi_channel", "multichannel mode"),
    ],
)
def test_other_modes_are_refused(bench, designs, parameter, mode):
    with pytest.raises(FabricError) as refusal:
        bench(designs.loopback(dma={parameter: 1}))
    assert str(refusal.value) == (
        f"no model of dma (xilinx.com:ip:axi_dma:7.1): {mode} is not modelled "
        f"(set {parameter} to 0)"
    )


def test_missing_parameter_is_refused(bench, designs):
    design = designs.loopback()
    del design.cells["dma"].parameters["c_sg_length_width"]
    with pytest.raises(FabricError) as refusal:
        bench(design)
    assert str(refusal.value) == (
        "dma (xilinx.com:ip:axi_dma:7.1) has no parameter c_sg_length_width"
    )


def test_transfer_up_to_the_end_and_across_two_ranges(bench, designs):
    design = designs.loopback()
    design.cells["dma"].ranges = [
        ("ps", low, high, f"M_AXI_{channel}", "S_AXI_HP0", "MEMORY")
        for channel in ("MM2S", "S2MM")
        for low, high in ((0x0, 0xFFF), (0x1000, 0x1FFF))
    ]
    board = bench(design)
    board.put(0xFF8, [1, 2])
    board.run()
    board.transfer(S2MM, 0x1FF0, 16)
    board.transfer(MM2S, 0xFF8, 16)
    assert board.status(S2MM) == IDLE | IOC
    assert board.words(0x1FF0, 2) == [1, 2]


def test_different_widths_of_the_two_streams(bench, designs):
    class Half(designs.SumCore):
        out_bytes = 4

        def pull(self, limit):
            data, keep, last = super().pull(limit)
            return data[::2], keep & 0xF, last

    design = designs.accelerator(dma={"c_s_axis_s2mm_tdata_width": 32})
    for pins in (design.cells["accelerator"].pins, design.cells["dma"].pins):
        pins |= {n: ("O", 32) for n in ("m_axis_tdata", "s_axis_s2mm_tdata") if n in pins}
    board = bench(design, Half)
    board.run()
    board.transfer(S2MM, 0x2000, 64)
    board.transfer(MM2S, 0x1000, 64)
    assert board.status(S2MM) == IDLE | IOC
    assert board.read(S2MM, LENGTH) == 16


def test_partial_beat_at_the_end_of_many(bench, designs):
    board = bench(designs.loopback(), dram=1 << 21)
    board.put(0, list(range(5000)))
    board.run()
    board.transfer(S2MM, 0x10_0000, 50_000)
    board.transfer(MM2S, 0, 39_997)
    assert board.status(MM2S) == IDLE | IOC
    assert board.read(S2MM, LENGTH) == 39_997
    assert board.words(0x10_0000, 4999) == list(range(4999))


@pytest.mark.parametrize("length, error", [(80_000, DECODE), (40_000, INTERNAL)])
def test_packet_that_leaves_the_address_map_or_length_on_the_way(bench, designs, length, error):
    design = designs.loopback()
    design.cells["dma"].ranges = [
        ("ps", 0, 0x1F_FFFF, "M_AXI_MM2S", "S_AXI_HP0", "MEMORY"),
        ("ps", 0x10_0000, 0x10_FFFF, "M_AXI_S2MM", "S_AXI_HP0", "MEMORY"),
    ]
    board = bench(design, dram=1 << 21)
    board.run()
    board.transfer(S2MM, 0x10_0000, length)
    board.transfer(MM2S, 0, 70_000)
    assert board.status(S2MM) == HALTED | error | ERR


def test_many_beats_in_one_transfer(bench, designs):
    board = bench(designs.loopback(), dram=1 << 21)
    board.put(0, list(range(100_000)))
    board.run()
    board.transfer(S2MM, 0x10_0000, 800_000)
    board.transfer(MM2S, 0, 800_000)
    assert board.status(S2MM) == IDLE | IOC
    assert board.words(0x10_0000, 100_000) == list(range(100_000))
