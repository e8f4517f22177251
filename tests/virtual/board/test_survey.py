"""What of a design has no model: all of it at once, and only where it matters."""

from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board import BusFault, FabricError

MM2S, S2MM = 0x00, 0x30
CONVERTER = "xilinx.com:ip:axis_dwidth_converter:1.1"
SUBSET = "xilinx.com:ip:axis_subset_converter:1.1"
PLAIN = {
    **{f"{side}_TDATA_NUM_BYTES": 8 for side in "SM"},
    **{"M_HAS_TKEEP": 1, "M_HAS_TLAST": 1},
    **{"TDATA_REMAP": "tdata[63:0]", "TKEEP_REMAP": "tkeep[7:0]", "TLAST_REMAP": "tlast[0]"},
}


def refused(bench, design, *arguments) -> str:
    with pytest.raises(FabricError) as refusal:
        bench(design, *arguments)
    return str(refusal.value)


def loops(board, count: int) -> bool:
    board.put(0, range(count))
    board.run()
    board.transfer(S2MM, 0x8000, 0x4000)
    board.transfer(MM2S, 0, 8 * count)
    return board.words(0x8000, count) == list(range(count)) and bool(board.status(S2MM) & 2)


def test_every_cell_in_the_data_path_is_named_at_once(bench, designs):
    design = designs.accelerator(dma={"c_include_sg": 1})
    design.cells["start"].vlnv = "xilinx.com:ip:axis_broadcaster:1.1"
    design.cells["spare"] = designs.Cell("xilinx.com:ip:v_tc:6.2")
    assert refused(bench, design) == (
        "no model of dma (xilinx.com:ip:axi_dma:7.1): scatter-gather mode is not modelled (set "
        "c_include_sg to 0); start (xilinx.com:ip:axis_broadcaster:1.1): not among AMD's IPs that "
        "are modelled; accelerator (xilinx.com:hls:digits_soc:1.0): no compiled core was given for "
        "it (--cores xilinx.com:hls:digits_soc:1.0=core.so)"
    )


def test_what_feeds_a_dma_from_elsewhere_is_in_its_data_path(bench, designs):
    design = designs.base(dma={"c_include_mm2s": 0})
    camera = designs.Cell("me.org:user:camera:1.0")
    camera.stream("video", True, 64)
    design.cells["camera"] = camera
    design.rewire(("camera/video", "dma/S_AXIS_S2MM"))
    assert refused(bench, design) == (
        "no model of camera (me.org:user:camera:1.0): no compiled core was given for it "
        "(--cores me.org:user:camera:1.0=core.so)"
    )


def test_a_core_that_reaches_memory_by_itself(bench, designs):
    design = designs.accelerator()
    design.cells["accelerator"].interfaces["m_axi_gmem"] = ("MASTER", "aximm")
    assert refused(bench, design, designs.SumCore) == (
        "no model of accelerator (xilinx.com:hls:digits_soc:1.0): it reaches memory by itself "
        "(m_axi_gmem), which only AXI DMA does here"
    )


def test_a_cell_outside_the_data_path_faults_when_it_is_touched(bench, designs):
    design = designs.loopback()
    design.cells["video"] = designs.Cell("xilinx.com:ip:v_tc:6.2")
    design.cells["ps"].ranges.append(
        ("video", 0x43C0_0000, 0x43C0_FFFF, "M_AXI_GP0", "ctrl", "REGISTER")
    )
    board = bench(design)
    assert loops(board, 4)
    with pytest.raises(BusFault) as fault:
        board.fabric.read(0x43C0_0004)
    assert str(fault.value) == "offset 0x4: video (xilinx.com:ip:v_tc:6.2) has no model"


@pytest.mark.parametrize("bits", [8, 32, 128])
def test_there_and_back_through_width_converters(bench, designs, bits):
    design = designs.staged(CONVERTER, 64, bits, {})
    back = designs.Cell(CONVERTER, {}, {"aclk": ("I", 1), "aresetn": ("I", 1)})
    back.stream("S_AXIS", False, bits)
    back.stream("M_AXIS", True, 64)
    design.cells["back"] = back
    design.net("ps/FCLK_CLK0", "back/aclk")
    design.net("reset/peripheral_aresetn", "back/aresetn")
    design.cells["dma"].parameters["c_s_axis_s2mm_tdata_width"] = 64
    design.cells["dma"].stream("S_AXIS_S2MM", False, 64)
    design.rewire(
        ("dma/M_AXIS_MM2S", "stage/S_AXIS"),
        ("stage/M_AXIS", "back/S_AXIS"),
        ("back/M_AXIS", "dma/S_AXIS_S2MM"),
    )
    assert loops(bench(design), 1023)


def test_a_converter_between_widths_of_one_dma(bench, designs):
    assert loops(bench(designs.staged(CONVERTER, 64, 32, {})), 99)


def test_a_transfer_waits_before_the_converter_for_its_receiver(bench, designs):
    board = bench(designs.staged(CONVERTER, 64, 32, {}))
    board.run()
    board.transfer(MM2S, 0, 800)
    assert not board.status(MM2S) & 2
    assert board.fabric.standstill().splitlines() == [
        "dma MM2S has sent 8 of 800 bytes, and nobody takes more",
        "stage holds 2 beats that nobody takes",
    ]


def test_a_plain_subset_converter(bench, designs):
    assert loops(bench(designs.staged(SUBSET, 64, 64, PLAIN)), 9)


@pytest.mark.parametrize(
    "parameters, reason",
    [
        ({"M_TDATA_NUM_BYTES": 4}, "inputs and outputs of different widths are not modelled"),
        ({"TDATA_REMAP": "tdata[31:0],tdata[63:32]"}, "TDATA_REMAP tdata[31:0],tdata[63:32]"),
        ({"TLAST_REMAP": "1'b1"}, "TLAST_REMAP 1'b1"),
        ({"TKEEP_REMAP": ""}, "TKEEP_REMAP (none)"),
    ],
)
def test_a_subset_converter_that_changes_something(bench, designs, parameters, reason):
    design = designs.staged(SUBSET, 64, 64, {**PLAIN, **parameters})
    assert refused(bench, design).startswith(f"no model of stage ({SUBSET}): {reason}")


def test_a_fifo_in_packet_mode(bench, designs):
    design = designs.fifo(16)
    design.cells["fifo"].parameters["FIFO_MODE"] = 2
    assert refused(bench, design) == (
        "no model of fifo (xilinx.com:ip:axis_data_fifo:2.0): packet mode (FIFO_MODE 2) is not "
        "modelled"
    )


def add_ram(design, designs, name: str, base: int) -> None:
    """Add a block RAM of 8 KiB that processor and DMA reach."""
    ram = designs.Cell("xilinx.com:ip:axi_bram_ctrl:4.1")
    ram.pins = {"s_axi_aclk": ("I", 1), "s_axi_aresetn": ("I", 1)}
    design.cells[name] = ram
    design.net("ps/FCLK_CLK0", f"{name}/s_axi_aclk")
    design.net("reset/peripheral_aresetn", f"{name}/s_axi_aresetn")
    for cell, masters in (("ps", ["M_AXI_GP0"]), ("dma", ["M_AXI_MM2S", "M_AXI_S2MM"])):
        design.cells[cell].ranges += [
            (name, base, base + 0x1FFF, master, "S_AXI", "MEMORY") for master in masters
        ]


def test_a_transfer_in_two_memories(bench, designs):
    design = designs.loopback()
    add_ram(design, designs, "low", 0x4200_0000)
    add_ram(design, designs, "high", 0x4200_2000)
    board = bench(design)
    board.run()
    board.transfer(MM2S, 0x4200_1FF8, 16)
    assert board.fabric.standstill() == (
        "dma MM2S halted with DMASlvErr: 16 bytes at 0x42001ff8 reach from low/S_AXI "
        "0x42000000..0x42001fff into high/S_AXI 0x42002000..0x42003fff: one transfer in two "
        "memories has no model"
    )


def test_a_dma_reaches_block_ram_and_so_does_the_processor(bench, designs):
    design = designs.loopback()
    add_ram(design, designs, "ram", 0x4200_0000)
    board = bench(design)
    board.fabric.write(0x4200_0008, 0xAB)
    board.run()
    board.transfer(S2MM, 0x4200_1000, 16)
    board.transfer(MM2S, 0x4200_0000, 16)
    assert board.fabric.read(0x4200_1008) == 0xAB
    board.transfer(S2MM, 0x4200_1FF8, 16)
    board.transfer(MM2S, 0x4200_0000, 16)
    assert board.fabric.standstill().splitlines()[0].startswith("dma S2MM halted with DMADecErr")
    with pytest.raises(BusFault, match="no slave answers at 0x42002000"):
        board.fabric.read(0x4200_2000)
