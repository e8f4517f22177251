"""Address map, streams, starts and resets as the netlist has them."""

from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board import BusFault, FabricError

MM2S, S2MM = 0x00, 0x30
CR, IDLE, IOC = 0x00, 0x2, 0x1000
DONE = IDLE | IOC


def samples(board, count, *, length=None):
    """Send samples of four words each, and receive two words for each."""
    board.put(0x1000, list(range(4 * count)))
    board.run()
    board.transfer(S2MM, 0x8000, length or 16 * count)
    board.transfer(MM2S, 0x1000, 32 * count)


def expected(count):
    return [word for n in range(count) for word in (sum(range(4 * n, 4 * n + 4)), n)]


def refused(bench, design, core=None):
    with pytest.raises(FabricError) as refusal:
        bench(design, core)
    return str(refusal.value)


# Addresses


@pytest.mark.parametrize(
    "address, near",
    [
        (0x4000_0000, "dma/S_AXI_LITE 0x40400000..0x4040ffff"),
        (
            0x4041_0000,
            "dma/S_AXI_LITE 0x40400000..0x4040ffff, identity/S_AXI 0x41200000..0x4120ffff",
        ),
        (0x7FFF_FFFC, "identity/S_AXI 0x41200000..0x4120ffff"),
    ],
)
def test_unmapped_address_is_a_bus_fault(bench, designs, address, near):
    board = bench(designs.loopback())
    for access in (lambda: board.fabric.read(address), lambda: board.fabric.write(address, 0)):
        with pytest.raises(BusFault) as fault:
            access()
        assert str(fault.value) == f"no slave answers at {address:#010x} (nearest: {near})"


def test_design_without_slaves(bench, designs):
    design = designs.loopback()
    design.cells["ps"].ranges = []
    with pytest.raises(BusFault) as fault:
        bench(design).fabric.read(0x4040_0000)
    assert str(fault.value) == (
        "no slave answers at 0x40400000 (nearest: the design has no slaves at all)"
    )


def test_slave_moves_with_its_address(bench, designs):
    design = designs.loopback()
    design.cells["ps"].ranges[0] = ("dma", 0x4340_0000, 0x4340_FFFF, "M_AXI_GP0", "S", "REGISTER")
    fabric = bench(design).fabric
    assert fabric.read(0x4340_0004) == 1
    with pytest.raises(BusFault):
        fabric.read(0x4040_0004)


@pytest.mark.parametrize("base", [0x4040_0000, 0x4040_8000, 0x4040_FFFF])
def test_overlapping_ranges_are_refused(bench, designs, base):
    design = designs.loopback()
    high = base + 0xFFFF
    design.cells["ps"].ranges[1] = ("identity", base, high, "M_AXI_GP0", "S_AXI", "REGISTER")
    assert refused(bench, design) == (
        "address ranges overlap: dma/S_AXI_LITE 0x40400000..0x4040ffff, "
        f"identity/S_AXI {base:#010x}..{high:#010x}"
    )


def test_slave_without_a_model(bench, designs):
    design = designs.loopback()
    design.cells["identity"].vlnv = "xilinx.com:ip:axi_timer:2.0"
    fabric = bench(design).fabric
    for access in (lambda: fabric.read(0x4120_0004), lambda: fabric.write(0x4120_0004, 0)):
        with pytest.raises(BusFault) as fault:
            access()
        assert str(fault.value) == (
            "offset 0x4: identity (xilinx.com:ip:axi_timer:2.0) has no model"
        )


@pytest.mark.parametrize(
    "pin, fault",
    [
        ("s_axi_lite_aclk", "has no clock: s_axi_lite_aclk is not connected"),
        ("axi_resetn", "is held in reset: axi_resetn is not connected"),
    ],
)
def test_slave_without_clock_or_reset_never_answers(bench, designs, pin, fault):
    design = designs.loopback()
    design.unplug(f"dma/{pin}")
    with pytest.raises(BusFault) as failure:
        bench(design).fabric.read(0x4040_0004)
    assert str(failure.value) == f"offset 0x4: dma {fault}"


def test_one_processing_system_is_needed(bench, designs):
    design = designs.loopback()
    design.cells["ps2"] = design.cells["ps"]
    assert refused(bench, design) == "design soc has 2 processing systems, not one"


# Streams


def test_fifo_takes_its_depth_and_no_more(bench, designs):
    board = bench(designs.fifo(16))
    board.put(0x1000, list(range(20)))
    board.run()
    board.transfer(MM2S, 0x1000, 160)
    assert board.status(MM2S) == 0
    assert board.fabric.standstill().splitlines() == [
        "dma MM2S has sent 128 of 160 bytes, and nobody takes more",
        "fifo holds 16 of 16 beats",
    ]
    board.transfer(S2MM, 0x8000, 160)
    assert board.status(MM2S) == board.status(S2MM) == DONE
    assert board.words(0x8000, 20) == list(range(20))


def test_register_slice_is_transparent(bench, designs):
    design = designs.fifo(1)
    design.cells["fifo"].vlnv = "xilinx.com:ip:axis_register_slice:1.1"
    design.cells["fifo"].pins |= {"aclk": ("I", 1), "aresetn": ("I", 1)}
    design.net("ps/FCLK_CLK0", "fifo/aclk")
    design.net("reset/peripheral_aresetn", "fifo/aresetn")
    board = bench(design)
    board.put(0x1000, list(range(20)))
    board.run()
    board.transfer(MM2S, 0x1000, 160)
    assert board.fabric.standstill().splitlines()[1] == "fifo holds 2 of 2 beats"
    board.transfer(S2MM, 0x8000, 160)
    assert board.words(0x8000, 20) == list(range(20))


def test_fifo_reset_by_the_dma_or_not_at_all(bench, designs):
    for driver, left in (("reset/peripheral_aresetn", 16), ("dma/mm2s_prmry_reset_out_n", 0)):
        design = designs.fifo(16)
        design.net(driver, "fifo/s_axis_aresetn")
        board = bench(design)
        board.run()
        board.transfer(MM2S, 0x1000, 160)
        board.write(MM2S, CR, 4)
        assert board.fabric.standstill() == (f"fifo holds {left} of 16 beats" if left else "")


def test_fifo_in_reset_for_ever(bench, designs):
    design = designs.fifo(16)
    design.unplug("fifo/s_axis_aresetn")
    board = bench(design)
    board.run()
    board.transfer(MM2S, 0x1000, 160)
    assert board.fabric.standstill().splitlines() == [
        "dma MM2S has sent 0 of 160 bytes, and nobody takes more",
        "fifo is held in reset: s_axis_aresetn is not connected",
    ]


def test_unknown_ip_in_the_stream_is_refused_by_name(bench, designs):
    design = designs.fifo(16)
    design.cells["fifo"].vlnv = "xilinx.com:ip:axis_broadcaster:1.1"
    assert refused(bench, design) == (
        "no model of fifo (xilinx.com:ip:axis_broadcaster:1.1): not among AMD's IPs that are "
        "modelled"
    )


def test_core_that_was_not_given_is_refused_by_name(bench, designs):
    assert refused(bench, designs.accelerator()) == (
        "no model of accelerator (xilinx.com:hls:digits_soc:1.0): no compiled core was given for "
        "it (--cores xilinx.com:hls:digits_soc:1.0=core.so)"
    )


def test_open_stream_is_refused(bench, designs):
    design = designs.loopback()
    design.rewire()
    assert refused(bench, design) == (
        "the stream from dma/M_AXIS_MM2S ends at dma/M_AXIS_MM2S, which is not connected"
    )


def test_stream_into_nowhere_is_refused(bench, designs):
    design = designs.accelerator()
    design.rewire(*design.wires[:2])
    assert refused(bench, design, designs.SumCore) == (
        "the stream from dma/M_AXIS_MM2S ends at accelerator/m_axis, which is not connected"
    )


def test_two_cores_in_one_stream_are_refused(bench, designs):
    design = designs.accelerator()
    second = designs.accelerator().cells["accelerator"]
    del second.pins["ap_start"]
    design.cells["second"] = second
    design.net("dma/mm2s_prmry_reset_out_n", "second/ap_rst_n")
    design.rewire(
        *design.wires[:2],
        ("accelerator/m_axis", "second/s_axis"),
        ("second/m_axis", "dma/S_AXIS_S2MM"),
    )
    assert refused(bench, design, designs.SumCore) == (
        "accelerator/m_axis and second/s_axis: two cores one after the other have no model"
    )


def test_core_with_two_outputs_is_refused(bench, designs):
    design = designs.accelerator()
    design.cells["accelerator"].stream("m_axis_2", True, 64)
    assert refused(bench, design, designs.SumCore) == (
        "no model of accelerator (xilinx.com:hls:digits_soc:1.0): 1 stream inputs and 2 outputs, "
        "not one of each"
    )


def test_interface_without_data_is_refused(bench, designs):
    design = designs.loopback()
    del design.cells["dma"].portmaps["M_AXIS_MM2S"]["TDATA"]
    assert refused(bench, design) == "dma/M_AXIS_MM2S has no TDATA"


def test_core_whose_output_has_no_tkeep(bench, designs):
    class Sparse(designs.SumCore):
        def pull(self, limit):
            data, keep, last = super().pull(limit)
            return data, keep * 0, last

    design = designs.accelerator()
    del design.cells["accelerator"].portmaps["m_axis"]["TKEEP"]
    board = bench(design, Sparse)
    samples(board, 3)
    assert board.words(0x8000, 6) == expected(3)


@pytest.mark.parametrize("interface", ["s_axis", "m_axis"])
def test_tlast_that_the_starter_does_not_pass(bench, designs, interface):
    design = designs.accelerator()
    del design.cells["start"].portmaps[interface]["TLAST"]
    board = bench(design, designs.SumCore)
    samples(board, 3)
    assert board.words(0x8000, 6) == expected(3)
    assert board.fabric.standstill() == ("dma S2MM has received 48 of 48 bytes and waits for TLAST")


def test_s2mm_that_nothing_feeds_is_refused(bench, designs):
    design = designs.loopback(dma={"c_include_mm2s": 0})
    assert refused(bench, design) == (
        "dma/S_AXIS_S2MM is not fed by any DMA: its stream has no model"
    )


def test_widths_must_agree(bench, designs):
    design = designs.fifo(16)
    design.cells["fifo"].pins["s_axis_tdata"] = ("I", 32)
    assert refused(bench, design) == "dma/M_AXIS_MM2S is 64 bits wide, fifo/S_AXIS is 32"


def test_width_must_agree_with_that_of_the_starter(bench, designs):
    design = designs.accelerator()
    design.cells["start"].pins["s_axis_tdata"] = ("I", 32)
    assert refused(bench, design, designs.SumCore) == (
        "dma/M_AXIS_MM2S is 64 bits wide, start/s_axis is 32"
    )


def test_widest_beats(bench, designs):
    board = bench(designs.loopback(512))
    board.put(0x1000, list(range(16)))
    board.run()
    board.transfer(S2MM, 0x8000, 128)
    board.transfer(MM2S, 0x1000, 127)
    assert board.read(S2MM, 0x28) == 127
    assert board.words(0x8000, 15) == list(range(15))


def test_width_of_the_compiled_core_must_agree(bench, designs):
    class Narrow(designs.SumCore):
        in_bytes = 4

    assert refused(bench, designs.accelerator(), Narrow) == (
        "accelerator/s_axis is 64 bits wide, the compiled core 32"
    )


def test_beats_wider_than_tkeep_masks_are_refused(bench, designs):
    assert refused(bench, designs.loopback(1024)) == (
        "dma/M_AXIS_MM2S is 1024 bits wide: more than 512 have no model"
    )


def test_without_a_transfer_nothing_runs(bench, designs):
    class Watched(designs.SumCore):
        asked = 0

        def pull(self, limit):
            self.asked += 1
            return super().pull(limit)

    board = bench(designs.accelerator(), Watched)
    board.run()
    assert board.status(MM2S) == board.status(S2MM) == 0
    assert board.made[0].asked == 0


def test_polling_lets_slow_cores_go_on(bench, designs):
    class Slow(designs.SumCore):
        asked = 0

        def pull(self, limit):
            self.asked += 1
            return super().pull(limit if self.asked % 3 == 0 else 0)

    board = bench(designs.accelerator(), Slow)
    samples(board, 1, length=8)
    assert board.status(S2MM) == 0
    assert board.status(S2MM) == 0x4011  # too long a packet, found while polling
    assert board.read(MM2S, CR) & 1 == 0


# Starts


@pytest.mark.parametrize("stalling", [False, True])
def test_one_start_per_sample_brings_every_sample_through(bench, designs, stalling):
    board = bench(designs.accelerator(), designs.SumCore, stalling=stalling)
    samples(board, 10)
    assert board.status(MM2S) == board.status(S2MM) == DONE
    assert board.words(0x8000, 20) == expected(10)
    assert board.read(S2MM, 0x28) == 160
    assert board.made[0].starts == 10


def test_starts_are_counted_on_from_transfer_to_transfer(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore, stalling=True)
    for count, starts in ((10, 10), (5, 15), (1, 16)):
        samples(board, count)
        assert board.status(S2MM) == DONE
        assert board.made[0].starts == starts


def test_polling_a_blocked_stream_gives_no_more_starts(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore)
    board.run()
    board.transfer(MM2S, 0x1000, 32 * 10)
    for _ in range(3):
        assert board.status(MM2S) == 0
    assert len(board.made[0].out) == 8
    assert board.made[0].starts == 10


def test_free_running_core_with_stalling_pipelines_keeps_the_last_sample(bench, designs):
    design = designs.accelerator()
    designs.constant(design, "one", 1, 1)
    design.net("one/dout", "accelerator/ap_start")
    board = bench(design, designs.SumCore, stalling=True)
    samples(board, 10)
    assert board.made[0].free_running
    assert board.status(MM2S) == DONE
    assert board.status(S2MM) == 0
    assert board.fabric.standstill().splitlines() == [
        "dma S2MM has received 144 of 160 bytes and waits for data",
        "accelerator: pack waits for m_axis (2 beats ready)",
    ]


def test_free_running_core_without_the_fault(bench, designs):
    design = designs.accelerator()
    designs.constant(design, "one", 1, 1)
    design.net("one/dout", "accelerator/ap_start")
    board = bench(design, designs.SumCore)
    samples(board, 10)
    assert board.words(0x8000, 20) == expected(10)


def test_core_without_ap_start_runs_freely(bench, designs):
    design = designs.accelerator()
    del design.cells["accelerator"].pins["ap_start"]
    board = bench(design, designs.SumCore)
    assert board.made[0].free_running


@pytest.mark.parametrize("how", ["low", "open"])
def test_core_that_is_never_started(bench, designs, how):
    design = designs.accelerator()
    if how == "low":
        designs.constant(design, "zero", 0, 1)
        design.net("zero/dout", "accelerator/ap_start")
    else:
        design.unplug("accelerator/ap_start")
    board = bench(design, designs.SumCore)
    samples(board, 1)
    assert not board.made[0].free_running
    assert board.status(MM2S) == 0
    assert board.fabric.standstill().splitlines()[-1] == (
        "accelerator never starts: ap_start is low"
    )


def test_start_that_is_not_answered_stays_high(bench, designs):
    design = designs.accelerator()
    design.unplug("start/ap_ready")
    board = bench(design, designs.SumCore, stalling=True)
    samples(board, 10)
    assert board.made[0].free_running
    assert board.status(S2MM) == 0


def test_start_by_something_else_is_refused(bench, designs):
    design = designs.accelerator()
    design.net("ps/FCLK_RESET0_N", "accelerator/ap_start")
    assert refused(bench, design, designs.SumCore) == (
        "accelerator/ap_start is driven by ps/FCLK_RESET0_N, which has no model"
    )


def test_starter_must_see_the_input_of_its_core(bench, designs):
    design = designs.accelerator()
    design.rewire(
        ("dma/M_AXIS_MM2S", "accelerator/s_axis"), ("accelerator/m_axis", "dma/S_AXIS_S2MM")
    )
    assert refused(bench, design, designs.SumCore) == (
        "accelerator is started by start, which its input does not pass"
    )


@pytest.mark.parametrize("beats, starts", [(8, 5), (2, 20)])
def test_wrong_number_of_beats_gives_the_wrong_number_of_starts(bench, designs, beats, starts):
    board = bench(designs.accelerator(beats=beats), designs.SumCore, stalling=True, depth=64)
    samples(board, 10)
    assert board.made[0].starts == starts
    assert board.status(S2MM) == 0


# Resets


def test_dma_reset_empties_core_and_starter(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore)
    board.run()
    board.put(0x1000, [7, 7])
    board.transfer(MM2S, 0x1000, 16)
    assert board.made[0].sample == [7, 7]
    board.write(S2MM, CR, 4)
    assert board.made[0].sample == []
    samples(board, 3)
    assert board.words(0x8000, 6) == expected(3)


def test_starter_counts_anew_after_a_reset(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore)
    for _ in range(2):
        board.run()
        board.transfer(MM2S, 0x1000, 16)
        assert board.made[0].starts == 1
        board.write(MM2S, CR, 4)


def test_beats_behind_the_packet_go_with_a_dma_reset(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore)
    board.run()
    for _ in range(2):
        board.transfer(MM2S, 0x1000, 32)
    board.transfer(S2MM, 0x8000, 16)
    assert board.status(S2MM) == DONE
    board.write(MM2S, CR, 4)
    samples(board, 2)
    assert board.words(0x8000, 4) == expected(2)


def test_core_without_a_starter_is_reset_as_well(bench, designs):
    design = designs.accelerator()
    del design.cells["accelerator"].pins["ap_start"]
    board = bench(design, designs.SumCore)
    board.run()
    board.transfer(MM2S, 0x1000, 16)
    board.write(MM2S, CR, 4)
    assert board.made[0].sample == []


def test_beats_waiting_at_the_output_go_with_a_dma_reset(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore)
    samples(board, 2, length=8)  # the packet is longer: the DMA halts with a beat in its hands
    board.write(MM2S, CR, 4)
    samples(board, 2)
    assert board.words(0x8000, 4) == expected(2)


def test_system_reset_leaves_the_core_as_it_was(bench, designs):
    design = designs.accelerator()
    design.net("reset/peripheral_aresetn", "accelerator/ap_rst_n", "start/aresetn")
    board = bench(design, designs.SumCore)
    board.run()
    board.put(0x1000, [7, 7])
    board.transfer(MM2S, 0x1000, 16)
    board.write(MM2S, CR, 4)
    assert board.made[0].sample == [7, 7]
    samples(board, 3)
    assert board.words(0x8000, 2) == [7 + 7 + 0 + 1, 0]


def test_reset_from_a_pin_of_the_board(bench, designs):
    design = designs.accelerator()
    design.ports["resetn"] = "I"
    design.net("External_Ports/resetn", "accelerator/ap_rst_n", "start/aresetn")
    board = bench(design, designs.SumCore)
    samples(board, 3)
    assert board.words(0x8000, 6) == expected(3)


@pytest.mark.parametrize(
    "driver, reason",
    [
        ("", "is held in reset: ap_rst_n is not connected"),
        (
            "reset/peripheral_reset",
            "is held in reset: ap_rst_n is active low, reset/peripheral_reset active high",
        ),
        ("zero/dout", "is held in reset: ap_rst_n is tied low"),
    ],
)
def test_core_in_reset_for_ever(bench, designs, driver, reason):
    design = designs.accelerator()
    designs.constant(design, "zero", 0, 1)
    for pin in ("accelerator/ap_rst_n", "start/aresetn"):
        design.unplug(pin)
        if driver:
            design.net(driver, pin)
    board = bench(design, designs.SumCore)
    samples(board, 1)
    assert board.status(MM2S) == 0
    assert board.fabric.standstill().splitlines()[-1] == f"accelerator {reason}"


def test_core_without_clock(bench, designs):
    design = designs.accelerator()
    design.unplug("accelerator/ap_clk")
    board = bench(design, designs.SumCore)
    samples(board, 1)
    assert board.fabric.standstill().splitlines()[-1] == (
        "accelerator has no clock: ap_clk is not connected"
    )


def test_core_with_a_constant_clock(bench, designs):
    design = designs.accelerator()
    designs.constant(design, "zero", 0, 1)
    design.net("zero/dout", "accelerator/ap_clk")
    board = bench(design, designs.SumCore)
    assert board.fabric.standstill() == ("accelerator has no clock: ap_clk is tied to a constant")


def test_other_pins_of_the_dma_are_no_resets(bench, designs):
    design = designs.accelerator()
    design.cells["dma"].pins["mm2s_introut"] = ("O", 1)
    design.net("dma/mm2s_introut", "accelerator/ap_rst_n")
    assert refused(bench, design, designs.SumCore) == (
        "accelerator/ap_rst_n is driven by dma/mm2s_introut (axi_dma), which is no reset known here"
    )


def test_starter_in_reset_holds_the_core(bench, designs):
    design = designs.accelerator()
    designs.constant(design, "zero", 0, 1)
    design.net("reset/peripheral_aresetn", "accelerator/ap_rst_n")
    design.net("zero/dout", "start/aresetn")
    board = bench(design, designs.SumCore)
    samples(board, 1)
    assert board.fabric.standstill().splitlines()[-1] == (
        "accelerator is held in reset: aresetn is tied low"
    )


def test_reset_by_something_else_is_refused(bench, designs):
    design = designs.accelerator()
    design.net("start/ap_start", "accelerator/ap_rst_n")
    assert refused(bench, design, designs.SumCore) == (
        "accelerator/ap_rst_n is driven by start/ap_start (sample_start), which is no reset "
        "known here"
    )


def test_core_and_starter_must_be_reset_together(bench, designs):
    design = designs.accelerator()
    design.net("reset/peripheral_aresetn", "accelerator/ap_rst_n")
    assert refused(bench, design, designs.SumCore) == (
        "accelerator and start have different resets: they would lose count"
    )


def test_close_releases_the_cores(bench, designs):
    board = bench(designs.accelerator(), designs.SumCore)
    board.fabric.close()
    assert board.made[0].closed
