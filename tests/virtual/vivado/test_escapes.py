"""Faults that a design builds with unless somebody looks: each with the one error that names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from hls4ml_soc.virtual.vivado import ps_values, verilog_names
from hls4ml_soc.virtual.vivado.ip import Ip
from hls4ml_soc.virtual.vivado.ip_catalogue import Catalogue

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "vivado_tcl/rtl/sample_start.v").read_text()
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


# --- values of processing systems


def processing_system(name: str, release: str = "2023.2") -> Ip:
    ip = Catalogue(release).find(f"xilinx.com:ip:{name}")
    assert ip is not None
    return ip


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PCW_MIO_16_PULLUP", "banana", "<Select>, disabled, enabled"),
        ("PCW_MIO_51_SLEW", "banana", "<Select>, fast, slow"),
        ("PCW_MIO_6_DIRECTION", "sideways", "<Select>, in, inout, out"),
        ("PCW_MIO_1_IOTYPE", "LVDS", "<Select>, HSTL 1.8V, LVCMOS 1.8V, LVCMOS 3.3V"),
        ("PCW_ENET1_PERIPHERAL_ENABLE", "2", "0, 1"),
        ("PCW_UIPARAM_DDR_ECC", "banana", "Disabled, Enabled"),
        ("PCW_ENET0_ENET0_IO", "GPIO", "<Select>, EMIO, MIO 16 .. 27, MIO 28 .. 39"),
        ("PCW_CAN_PERIPHERAL_CLKSRC", "banana", "ARM PLL, DDR PLL, IO PLL"),
        ("PCW_UART0_BASEADDR", "banana", "numbers"),
    ],
)
def test_value_of_a_preset_is_refused(bench: Any, name: str, value: str, allowed: str) -> None:
    result = bench.mutant("CONFIG.PCW_USE_M_AXI_GP0 1", f"CONFIG.{name} {value}")
    assert own(result)[0] == (
        f"ERROR: [IP_Flow 19-3461] Value '{value}' is out of the range for parameter "
        f"'{name}({name})' for BD Cell 'ps' . Valid values are - {allowed}"
    )
    assert result.code == 1


@pytest.mark.parametrize(
    ("ip", "name", "value"),
    [
        ("processing_system7", "PCW_ENET0_ENET0_IO", "MIO 28 .. 39"),
        ("processing_system7", "PCW_MIO_1_IOTYPE", "LVCMOS 2.5V"),
        ("processing_system7", "PCW_MIO_9_PULLUP", "Enabled"),
        ("processing_system7", "PCW_FCLK0_PERIPHERAL_DIVISOR0", "63"),
        ("processing_system7", "PCW_DDR_RAM_HIGHADDR", "0x3FFFFFFF"),
        ("processing_system7", "PCW_UIPARAM_DDR_SPEED_BIN", "LPDDR2_1066"),
        ("zynq_ultra_ps_e", "PSU__SD0__PERIPHERAL__IO", "MIO 13 .. 16 21 22"),
        ("zynq_ultra_ps_e", "PSU__DDRC__CWL", "14"),
        ("zynq_ultra_ps_e", "PSU__PCIE__DEVICE_ID", "0xD021"),
        ("zynq_ultra_ps_e", "PSU__GPIO_EMIO_WIDTH", "95"),
        ("zynq_ultra_ps_e", "PSU__DDR_QOS_HP0_RDQOS", ""),
    ],
)
def test_value_within_its_format_passes(ip: str, name: str, value: str) -> None:
    found = processing_system(ip)
    assert ps_values.allowed(found, found.parameters[name], value) == ""


@pytest.mark.parametrize("path", sorted((ROOT / "boards/presets").glob("*.yaml")), ids=str)
@pytest.mark.parametrize("release", ["2019.2", "2022.2", "2025.1"])
def test_presets_pass(path: Path, release: str) -> None:
    preset = yaml.safe_load(path.read_text())
    kind = "processing_system7" if any(n.startswith("PCW_") for n in preset) else "zynq_ultra_ps_e"
    ip = processing_system(kind, release)
    known = {n: str(v) for n, v in preset.items() if n in ip.parameters}
    assert len(known) > 100
    refused = {n: v for n, v in known.items() if ps_values.allowed(ip, ip.parameters[n], v)}
    assert refused == {}


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
    ],
    ids=["tdata", "tready", "ahead", "back", "bytes", "keep"],
)
def test_stream_of_a_module(bench: Any, benches: Any, old: str, new: str, error: str) -> None:
    path = bench.folder / "start.v"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    result = bench.run(benches.GOOD)
    assert error in own(result)
    assert result.code == 1


def test_missing_port_is_an_undeclared_name(bench: Any) -> None:
    port = "    input  wire [BITS-1:0]   s_axis_tdata,\n"
    assert SHIPPED.count(port) == 1
    (bench.folder / "start.v").write_text(SHIPPED.replace(port, "", 1))
    source = str(bench.folder / "start.v")
    line = next(
        n for n, t in enumerate(SHIPPED.replace(port, "").split("\n"), 1) if "= s_axis_tdata" in t
    )
    assert verilog_names.undeclared(source, "sample_start") == [
        ("Synth 8-36", f"'s_axis_tdata' is not declared [{source}:{line}]")
    ]


def test_shipped_module_declares_all(tmp_path: Path) -> None:
    (tmp_path / "start.v").write_text(SHIPPED)
    assert verilog_names.undeclared(str(tmp_path / "start.v"), "sample_start") == []


def test_undeclared_name_in_a_run(bench: Any, benches: Any) -> None:
    path = bench.folder / "start.v"
    body = "assign ap_start = go;\nendmodule"
    text = path.read_text().replace("endmodule", body)
    path.write_text(f"`default_nettype none\n{text}")
    result = bench.run(benches.GOOD)
    line = path.read_text().split("\n").index("assign ap_start = go;") + 1
    assert own(result)[0] == f"ERROR: [Synth 8-36] 'go' is not declared [@/start.v:{line}]"
    log = (bench.folder / "project/soc.runs/synth_1/runme.log").read_text()
    assert log.endswith("ERROR: [Common 17-39] 'synth_design' failed due to earlier errors.\n")
    assert result.code == 1


KNOWN = """
`default_nettype none
(* keep = "true" *) module m #(parameter W = 8, parameter [3:0] K = 4'd3) (
    input wire clk, input wire [W-1:0] a, b, output reg [W-1:0] q, inout wire [1:0] pad
); // unknown
    localparam N = $clog2(W), L = 2;
    wire [W-1:0] sum = a + b, both; reg [7:0] memory [0:N-1]; integer i; genvar g;
    function [7:0] twice; input [7:0] x; twice = x << 1; endfunction
    other #(.DEPTH(N)) u0 (.clk(clk), .d(sum), .q());
    other u1 [1:0] (.clk (clk), .d (twice(a)));
    and g0 (both[0], a[0], b[0]);
    generate for (g = 0; g < W; g = g + 1) begin : bits
        wire local_net = a[g] ^ K[0];
    end endgenerate
    always @(posedge clk) begin : work
        reg [3:0] n;
        for (i = 0; i < N; i = i + 1) memory[i] <= 8'hx0 + `SOME * 1.5e3;
        n = u0.count; q <= {W{1'b1}} & bits[0].local_net; $display("%d unknown", L, n);
    end
endmodule
"""


def test_names_of_all_kinds_are_known(tmp_path: Path) -> None:
    path = tmp_path / "m.v"
    path.write_text(KNOWN)
    assert verilog_names.undeclared(str(path), "m") == []


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("localparam N = $clog2(W), L = 2;", "N"),
        ("reg [7:0] memory [0:N-1];", "memory"),
        ("reg [3:0] n;", "n"),
        (", b, output", "b"),
        ("integer i;", "i"),
        ("genvar g;", "g"),
        (", both;", "both"),
    ],
)
def test_each_missing_name_is_found(tmp_path: Path, old: str, name: str) -> None:
    path = tmp_path / "m.v"
    new = {", b, output": ", output", ", both;": ";"}.get(old, "")
    path.write_text(KNOWN.replace(old, new, 1))
    found = [text.split("'")[1] for _, text in verilog_names.undeclared(str(path), "m")]
    assert name in found


def test_implicit_nets_are_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "m.v"
    path.write_text("module m (input a, output b);\nassign c = a;\nassign b = c;\nendmodule\n")
    assert verilog_names.undeclared(str(path), "m") == []


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


# --- runs


def _state(name: str) -> str:
    return (
        f'puts "{name}: [get_property STATUS [get_runs {name}]] '
        f'[get_property PROGRESS [get_runs {name}]]"\n'
    )


def _launched(benches: Any, rest: str) -> str:
    good: str = benches.GOOD
    return good[: good.index("launch_runs synth_1")] + rest


def test_run_that_nobody_waits_for_is_running(bench: Any, benches: Any) -> None:
    script = _launched(
        benches,
        f"launch_runs synth_1\n{_state('synth_1')}launch_runs impl_1 -to_step write_bitstream\n"
        f"{_state('impl_1')}wait_on_run synth_1\n{_state('synth_1')}{_state('impl_1')}",
    )
    result = bench.run(script)
    lines = [t for t in result.text.splitlines() if t.startswith(("synth_1: ", "impl_1: "))]
    assert lines == [
        "synth_1: Running synth_design... 0%",
        "impl_1: Queued... 0%",
        "synth_1: synth_design Complete! 100%",
        "impl_1: Queued... 0%",
    ]
    assert not (bench.folder / "project/soc.runs/impl_1/soc_wrapper.bit").exists()


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (
            "open_run impl_1",
            "ERROR: [Vivado 12-1024] Run 'impl_1' has not completed; its status is 'Queued...'.",
        ),
        (
            "launch_runs impl_1",
            "ERROR: [Vivado 12-1017] Problems encountered:\n"
            "1. Run 'impl_1' is running; wait_on_run first.",
        ),
        (
            "write_hw_platform -fixed -include_bit -force -file soc.xsa",
            "ERROR: [Project 1-1042] -include_bit needs the bitstream "
            "@/project/soc.runs/impl_1/soc_wrapper.bit, which does not exist.",
        ),
    ],
)
def test_running_run_gives_nothing(bench: Any, benches: Any, command: str, error: str) -> None:
    result = bench.run(_launched(benches, f"launch_runs impl_1 -to_step write_bitstream\n{command}\n"))
    assert own(result)[0] == error


def test_reset_run_ends_it(bench: Any, benches: Any) -> None:
    script = f"launch_runs impl_1\nreset_run impl_1\n{_state('impl_1')}wait_on_run impl_1\n"
    result = bench.run(_launched(benches, script))
    assert "impl_1: Not started 0%\n" in result.text
    assert own(result) == ["ERROR: [Vivado 12-1027] Run 'impl_1' has not been launched."]


@pytest.mark.parametrize("version", ["2021.2", "2022.2"])
def test_wait_on_a_failed_run_returns(bench: Any, benches: Any, version: str) -> None:
    script = _launched(benches, f"launch_runs synth_1\nwait_on_run synth_1\n{_state('synth_1')}")
    result = bench.run(script, version=version, fault="synth")
    assert "WARNING: [Vivado 12-8222] Failed run(s) : 'synth_1'\n" in result.text
    assert result.text.endswith("synth_1: synth_design ERROR 0%\n")
    assert result.code == 0


@pytest.mark.parametrize("version", ["2024.1", "2025.1"])
def test_wait_on_a_failed_run_fails(bench: Any, benches: Any, version: str) -> None:
    script = _launched(
        benches,
        "launch_runs synth_1\nputs [catch { wait_on_run synth_1 } message]\nputs $message\n"
        f"{_state('synth_1')}",
    )
    result = bench.run(script, version=version, fault="synth")
    assert result.text.splitlines()[-4:] == [
        "ERROR: [Vivado 12-13638] Failed runs(s) : 'synth_1'",
        "1",
        "ERROR: [Common 17-39] 'wait_on_runs' failed due to earlier errors.",
        "synth_1: synth_design ERROR 0%",
    ]


def test_implementation_needs_synthesis(bench: Any, benches: Any) -> None:
    script = _launched(benches, "launch_runs synth_1\nwait_on_run synth_1\nlaunch_runs impl_1\n")
    result = bench.run(script, fault="synth")
    assert result.severe()[-1].startswith(
        "ERROR: [Common 17-70] Application Exception: Failed to launch run 'impl_1' due to "
        "failures in the following run(s):"
    )
    assert "\nThese failed run(s) need to be reset prior to launching 'impl_1' again\n" in (
        result.text
    )


def test_implementation_never_begins_after_a_failed_synthesis(bench: Any, benches: Any) -> None:
    script = _launched(benches, f"launch_runs impl_1\nwait_on_run impl_1\n{_state('impl_1')}")
    result = bench.run(script, fault="synth")
    assert "WARNING: [Vivado 12-8222] Failed run(s) : 'impl_1'\n" in result.text
    assert result.text.endswith("impl_1: Not started 0%\n")


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
