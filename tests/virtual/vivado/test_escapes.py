"""Faults that a design builds with unless somebody looks: each with the one error that names it."""

from __future__ import annotations

import json
from typing import Any

import pytest

CONSTANT = (
    "create_bd_cell -type ip -vlnv xilinx.com:ip:xlconstant tied\n"
    "set_property CONFIG.CONST_VAL 0 [get_bd_cells tied]\n"
)


def own(result: Any) -> list[str]:
    """Return the errors that are not echoes."""
    return [
        line.replace(str(result.folder), "@")
        for line in result.severe()
        if "[Common 17-39]" not in line
    ]


# --- resets


@pytest.mark.parametrize(
    ("pin", "polarity"),
    [
        ("control/aresetn", "ACTIVE_LOW"),
        ("dma/axi_resetn", "ACTIVE_LOW"),
        ("reset/ext_reset_in", "ACTIVE_LOW"),
        ("reset/aux_reset_in", "ACTIVE_LOW"),
    ],
)
def test_reset_held_for_ever(bench: Any, pin: str, polarity: str) -> None:
    result = bench.design(
        f"set net [get_bd_nets -quiet -of_objects [get_bd_pins {pin}]]\n"
        f"if {{$net ne {{}}}} {{ disconnect_bd_net $net [get_bd_pins {pin}] }}\n{CONSTANT}"
        f"connect_bd_net [get_bd_pins tied/dout] [get_bd_pins {pin}]\nvalidate_bd_design\n"
    )
    cell = pin.partition("/")[0]
    assert own(result) == [
        f"ERROR: [Standin 1] reset /{pin} is {polarity} and /tied/dout holds it active: /{cell} is "
        "in reset for ever"
    ]


def test_reset_at_its_inactive_level_passes(bench: Any) -> None:
    result = bench.design(
        f"{CONSTANT}set_property CONFIG.CONST_VAL 1 [get_bd_cells tied]\n"
        "connect_bd_net [get_bd_pins tied/dout] [get_bd_pins reset/aux_reset_in]\n"
        "validate_bd_design\n"
    )
    assert own(result) == []


def test_smartconnect_on_an_asynchronous_reset(bench: Any) -> None:
    result = bench.mutant("reset/interconnect_aresetn]", "ps/FCLK_RESET0_N]")
    assert own(result) == [
        f"ERROR: [BD 41-1348] Reset pin /{cell}/aresetn (associated clock /{cell}/aclk) is "
        "connected to asynchronous reset source /ps/FCLK_RESET0_N.\n"
        "This may prevent design from meeting timing. Please add Processor System Reset module to "
        "create a reset that is synchronous to the associated clock source /ps/FCLK_CLK0."
        for cell in ("control", "memory")
    ]


# --- dedicated pins


DDR = "make_bd_intf_pins_external -name DDR [get_bd_intf_pins ps/DDR]"
PORT = (
    "connect_bd_intf_net [get_bd_intf_pins ps/DDR] [create_bd_intf_port -mode {} "
    "-vlnv xilinx.com:interface:ddrx_rtl:1.0 DDR]"
)


@pytest.mark.parametrize("new", ["", PORT.format("Monitor")], ids=["left", "monitor"])
def test_memory_that_is_not_brought_out(bench: Any, new: str) -> None:
    assert own(bench.mutant(DDR, new)) == [
        "ERROR: [Standin 1] interface /ps/DDR is not brought out: connect it to an interface port "
        "of the design of mode Master"
    ]


@pytest.mark.parametrize("mode", ["MirroredMaster", "Slave"])
def test_port_of_another_mode(bench: Any, mode: str) -> None:
    assert own(bench.mutant(DDR, PORT.format(mode))) == [
        f"ERROR: [BD 41-171] The modes of the interface pins 'DDR'(Master) and 'DDR'({mode}) are "
        "incompatible. They cannot be connected.",
        "ERROR: [BD 5-3] Error: running connect_bd_intf_net.",
    ]


def test_port_of_the_right_mode(bench: Any) -> None:
    assert own(bench.mutant(DDR, PORT.format("Master"))) == []


# --- modules


STREAM = "ERROR: [Standin 1] stream /start/"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (
            "    input wire [BITS-1:0] s_axis_tdata,\n",
            "",
            f"{STREAM}s_axis of module sample_start has no TDATA: it carries nothing",
        ),
        (
            "    input wire m_axis_tready,\n",
            "",
            f"{STREAM}m_axis of module sample_start has no TREADY: what is not taken at once is "
            "lost",
        ),
        (
            "output wire m_axis_tlast",
            "input wire m_axis_tlast",
            f"{STREAM}m_axis is a master, and its TLAST (/start/m_axis_tlast) is no output",
        ),
        (
            "output wire s_axis_tready",
            "input wire s_axis_tready",
            f"{STREAM}s_axis is a slave, and its TREADY (/start/s_axis_tready) is no output",
        ),
        (
            "[BITS-1:0] m_axis_tdata",
            "[BITS-2:0] m_axis_tdata",
            "ERROR: [Standin 1] TDATA of stream /start/m_axis has 63 bits; it has to be whole "
            "bytes",
        ),
        (
            "[BITS/8-1:0] m_axis_tkeep",
            "[3:0] m_axis_tkeep",
            "ERROR: [Standin 1] TKEEP of stream /start/m_axis has 4 bits; it has to have one per "
            "byte of TDATA, 8",
        ),
        (
            "[BITS-1:0] m_axis_tdata",
            "[$clog2(BITS)-1:0] m_axis_tdata",
            "ERROR: [Standin 1] hls4ml_soc's stand-in cannot tell the width of TDATA of "
            "/start/m_axis",
        ),
    ],
    ids=["tdata", "tready", "ahead", "back", "bytes", "keep", "unknown"],
)
def test_stream_of_a_module(bench: Any, benches: Any, old: str, new: str, error: str) -> None:
    path = bench.folder / "start.v"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    result = bench.run(benches.GOOD)
    assert error in own(result)
    assert result.code == 1


# --- addresses


def _again(offset: str, size: str) -> str:
    return (
        f"assign_bd_address -offset {offset} -range {size} -target_address_space "
        "[get_bd_addr_spaces dma/Data_S2MM] [get_bd_addr_segs ps/S_AXI_HP0/HP0_DDR_LOWOCM]\n"
    )


@pytest.mark.parametrize(
    ("offset", "size", "where"),
    [
        ("0x10000000", "256M", "0x1000_0000 [ 256M ]"),
        ("0x0", "256M", "0x0000_0000 [ 256M ]"),
    ],
)
def test_segment_mapped_twice(bench: Any, offset: str, size: str, where: str) -> None:
    result = bench.design(_again(offset, size))
    assert own(result) == [
        "ERROR: [Standin 1-9] /ps/S_AXI_HP0/HP0_DDR_LOWOCM is mapped into /dma/Data_S2MM already, "
        f"at '0x0000_0000 [ 512M ]'; a second mapping, at '{where}', is not possible"
    ]
    assert result.code == 1


def test_the_same_mapping_said_twice_passes(bench: Any) -> None:
    result = bench.design(_again("0x0", "512M") + "assign_bd_address\nvalidate_bd_design\n")
    assert (own(result), result.code) == ([], 0)


# --- cores


@pytest.mark.parametrize(
    ("period", "fits"), [(10.0, True), (12.5, False), (10.005, True), (10.02, False), (None, True)]
)
def test_core_on_a_faster_clock(bench: Any, benches: Any, period: float | None, fits: bool) -> None:
    facts = {} if period is None else {"clock_period_ns": period}
    (bench.folder / "iprepo/standin/standin.json").write_text(json.dumps(facts))
    result = bench.run(benches.GOOD)
    assert own(result) == (
        []
        if fits or period is None
        else [
            "ERROR: [Standin 1] clock /accelerator/ap_clk runs at 100 MHz, and HLS made "
            f"/accelerator for {1000 / period:.6g} MHz (a period of {period:g} ns)"
        ]
    )
    assert result.code == (0 if fits else 1)
