"""Scripts of other people: what write_bd_tcl writes, IPs without a catalogue entry, automation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc.virtual.vivado import tables
from hls4ml_soc.virtual.vivado.messages import SEVERITY

GENERATED = (Path(__file__).parent / "generated.tcl").read_text()
ZYNQ = """create_project p p -part xc7z020clg400-1
create_bd_design d
create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7:5.5 processing_system7_0
"""
AXI4 = "apply_bd_automation -rule xilinx.com:bd_rule:axi4 -config"
AUTOMATED = """set_property CONFIG.PCW_USE_S_AXI_HP0 1 [get_bd_cells processing_system7_0]
apply_bd_automation -rule xilinx.com:bd_rule:processing_system7 -config \
{make_external "FIXED_IO, DDR" Master "Disable" Slave "Disable"} [get_bd_cells processing_system7_0]
create_bd_cell -type ip -vlnv xilinx.com:ip:axi_dma:7.1 dma
set_property -dict {CONFIG.c_include_sg 0 CONFIG.c_sg_include_stscntrl_strm 0} [get_bd_cells dma]
create_bd_cell -type ip -vlnv xilinx.com:ip:axis_data_fifo f
connect_bd_intf_net [get_bd_intf_pins dma/M_AXIS_MM2S] [get_bd_intf_pins f/S_AXIS]
connect_bd_intf_net [get_bd_intf_pins f/M_AXIS] [get_bd_intf_pins dma/S_AXIS_S2MM]
@ {Master {/processing_system7_0/M_AXI_GP0} Slave {/dma/S_AXI_LITE} intc_ip {New AXI Interconnect}\
 Clk_master {Auto} Clk_slave {Auto} Clk_xbar {Auto}} [get_bd_intf_pins dma/S_AXI_LITE]
@ {Master {/dma/M_AXI_MM2S} Slave {/processing_system7_0/S_AXI_HP0} intc_ip {New AXI SmartConnect}}\
 [get_bd_intf_pins processing_system7_0/S_AXI_HP0]
@ {Master {/dma/M_AXI_S2MM} Slave {/processing_system7_0/S_AXI_HP0} intc_ip {/axi_smc}}\
 [get_bd_intf_pins dma/M_AXI_S2MM]
apply_bd_automation -rule xilinx.com:bd_rule:clkrst -config \
{Clk "/processing_system7_0/FCLK_CLK0 (50 MHz)"} [get_bd_pins f/s_axis_aclk]
puts [lsort [get_bd_cells]]
puts [lsort [get_bd_intf_nets -of_objects [get_bd_cells axi_smc]]]
validate_bd_design
""".replace("@", AXI4)


def test_a_generated_script_runs_lenient(bench: Any) -> None:
    result = bench.run(GENERATED, strict=False)
    assert result.severe() == []
    assert result.text.endswith("end: 7 cells\n")
    named = [t for t in result.text.splitlines() if "[Standin 1-5]" in t]
    assert named == [
        "WARNING: [Standin 1-5] hls4ml_soc's stand-in does not model someone.org:user:pump:1.0: "
        "its cells have every pin, interface and parameter that the script names; nothing about "
        "them is checked"
    ]


def test_a_generated_script_stops_strict_at_the_board(bench: Any) -> None:
    result = bench.run(GENERATED)
    assert result.severe()[0].startswith("ERROR: [Board 49-71] The board_part definition was not")


def test_strict_takes_no_unknown_ip(bench: Any) -> None:
    result = bench.run(GENERATED.replace("   set_property BOARD_PART", "#"))
    assert result.severe() == ["ERROR: [BD::TCL 2012] missing someone.org:user:pump:1.0"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "[get_bd_pins memory/M00_ACLK]",
            "",
            "ERROR: [BD 41-758] The following clock pins are not connected to a valid clock "
            "source: \n/memory/M00_ACLK",
        ),
        (
            "axi_interconnect:2.1 link",
            "axi_interconnect:2.2 link",
            "ERROR: [BD 5-390] IP definition not found for VLNV: "
            "xilinx.com:ip:axi_interconnect:2.2",
        ),
        (
            "link/S00_AXI",
            "link/S09_AXI",
            "ERROR: [BD 5-106] Arguments to the connect_bd_intf_net command cannot be empty.",
        ),
        (
            "CONFIG.PCW_USE_S_AXI_HP0 {1}",
            "CONFIG.PCW_USE_S_AXI_HP00 {1}",
            "CRITICAL WARNING: [BD 41-1276] Cannot set the parameter PCW_USE_S_AXI_HP00 on /ps. "
            "Parameter does not exist",
        ),
    ],
)
def test_leniency_does_not_hide_mistakes_around(
    bench: Any, old: str, new: str, message: str
) -> None:
    assert old in GENERATED
    assert bench.run(GENERATED.replace(old, new), strict=False).severe()[0] == message


def test_nets_of_two_hierarchies_may_have_one_name(bench: Any) -> None:
    tail = "puts [get_bd_intf_pins -of_objects [get_bd_intf_nets link_M00_AXI1]]"
    text = bench.run(GENERATED + tail, strict=False).text
    assert text.endswith("/side/M_AXI /memory/S00_AXI\n") or text.endswith(
        "/memory/S00_AXI /side/M_AXI\n"
    )


def test_automation_of_a_processing_system(bench: Any) -> None:
    result = bench.run(ZYNQ + AUTOMATED)
    assert result.severe() == []
    assert (
        "/axi_smc /dma /f /processing_system7_0 /ps7_0_axi_periph /rst_ps7_0_50M\n" in result.text
    )
    assert "/axi_smc_M00_AXI /dma_M_AXI_MM2S /dma_M_AXI_S2MM\n" in result.text
    for place in (
        "'/dma/S_AXI_LITE/Reg' is being assigned into address space '/processing_system7_0/Data' "
        "at <0x4040_0000 [ 64K ]>",
        "'/processing_system7_0/S_AXI_HP0/HP0_DDR_LOWOCM' is being assigned into address space "
        "'/dma/Data_S2MM' at <0x0000_0000 [ 1G ]>",
    ):
        assert f"Slave segment {place}" in result.text


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("Slave {/dma/S_AXI_LITE}", "Slave {/dma/S_AXI_LIT}", "there is no slave interface"),
        ("FCLK_CLK0 (50 MHz)", "FCLK_CLK7 (50 MHz)", "there is no clock '/processing_system7_0/"),
        ("intc_ip {/axi_smc}", "intc_ip {/axi_smcs}", "there is no switch '/axi_smcs'"),
        ("FIXED_IO, DDR", "FIXED_IO, DDRR", "/processing_system7_0 has no interface 'DDRR'"),
    ],
)
def test_automation_names_what_is_wrong(bench: Any, old: str, new: str, text: str) -> None:
    assert old in AUTOMATED
    (first, *_) = bench.run(ZYNQ + AUTOMATED.replace(old, new)).severe()
    assert first.startswith("ERROR: [Standin 1] apply_bd_automation: ") and text in first


def test_automation_of_a_soft_processor(bench: Any) -> None:
    script = """create_project p p -part xc7a100tcsg324-1
create_bd_design d
create_bd_port -dir I -type rst resetn
set_property CONFIG.POLARITY ACTIVE_LOW [get_bd_ports resetn]
create_bd_cell -type ip -vlnv xilinx.com:ip:clk_wiz clk_wiz_0
set_property CONFIG.USE_RESET false [get_bd_cells clk_wiz_0]
apply_board_connection -board_interface sys_clock -ip_intf clk_wiz_0/clock_CLK_IN1 -diagram d
create_bd_cell -type ip -vlnv xilinx.com:ip:microblaze cpu
apply_bd_automation -rule xilinx.com:bd_rule:microblaze -config {axi_intc {1} axi_periph {Enabled}\
 cache {None} clk {/clk_wiz_0/clk_out1 (100 MHz)} debug_module {Debug Only} local_mem {32KB}\
 preset {None}} [get_bd_cells cpu]
connect_bd_net [get_bd_ports resetn] [get_bd_pins rst_clk_wiz_0_100M/ext_reset_in]
puts [lsort [get_bd_cells -hierarchical]]
puts [get_property RANGE [get_bd_addr_segs cpu/Data/SEG_dlmb_bram_if_cntlr_Mem]]
set_property name processor [get_bd_cells cpu]
puts [get_bd_intf_pins -of_objects [get_bd_cells processor] -filter {MODE == Master && NAME =~ M_*}]
"""
    text = bench.run(script).text
    assert "ERROR" not in text
    for name in ("dlmb_v10", "ilmb_bram_if_cntlr", "lmb_bram"):
        assert f"/cpu_local_memory/{name} " in text
    for name in ("/mdm_1 ", "/cpu_axi_intc ", "/cpu_axi_periph ", "/rst_clk_wiz_0_100M\n"):
        assert name in text
    assert text.endswith("0x00008000\n/processor/M_AXI_DP\n")


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        ("", "PSU__CRL_APB__PL0_REF_CTRL__ACT_FREQMHZ", "96.968727"),
        (
            "CONFIG.PSU__CRL_APB__PL0_REF_CTRL__SRCSEL IOPLL "
            "CONFIG.PSU__PSS_REF_CLK__FREQMHZ 33.33",
            "PSU__CRL_APB__PL0_REF_CTRL__ACT_FREQMHZ",
            "99.990000",
        ),
        (
            "CONFIG.PSU__DDRC__DEVICE_CAPACITY {4096 MBits} CONFIG.PSU__DDRC__DRAM_WIDTH {8 Bits}",
            "PSU_DDR_RAM_HIGHADDR",
            "0xFFFFFFFF",
        ),
        (
            "CONFIG.PSU__DDRC__DEVICE_CAPACITY {4096 MBits} CONFIG.PSU__DDRC__DRAM_WIDTH {16 Bits}",
            "PSU__HIGH_ADDRESS__ENABLE",
            "0",
        ),
    ],
)
def test_what_zynqmp_computes(bench: Any, settings: str, name: str, value: str) -> None:
    """The first value is that of a public hand-off file, the second that of zcu102's preset."""
    script = (
        "create_project p p -part xczu9eg-ffvb1156-2-e\ncreate_bd_design d\n"
        "set c [create_bd_cell -type ip -vlnv xilinx.com:ip:zynq_ultra_ps_e ps]\n"
        f"set_property -dict {{CONFIG.PSU__FPGA_PL0_ENABLE 1 {settings}}} $c\n"
        f"puts [get_property CONFIG.{name} $c]\nputs [get_property VLNV $c]\n"
    )
    text = bench.run(script, version="2022.2").text
    assert text.endswith(f"\n{value}\nxilinx.com:ip:zynq_ultra_ps_e:3.4\n")


def test_a_memory_is_as_large_as_its_range(bench: Any) -> None:
    script = ZYNQ.replace("processing_system7_0", "ps") + (
        "apply_bd_automation -rule xilinx.com:bd_rule:processing_system7 -config {make_external "
        '"FIXED_IO, DDR"} [get_bd_cells ps]\n'
        "create_bd_cell -type ip -vlnv xilinx.com:ip:axi_bram_ctrl b\n"
        "set_property -dict {CONFIG.DATA_WIDTH 64 CONFIG.SINGLE_PORT_BRAM 1} [get_bd_cells b]\n"
        "create_bd_cell -type ip -vlnv xilinx.com:ip:blk_mem_gen m\n"
        "connect_bd_intf_net [get_bd_intf_pins b/BRAM_PORTA] [get_bd_intf_pins m/BRAM_PORTA]\n"
        f"{AXI4} {{Master /ps/M_AXI_GP0 Slave /b/S_AXI}} [get_bd_intf_pins b/S_AXI]\n"
        "set_property RANGE 128K [get_bd_addr_segs ps/Data/SEG_b_Mem0]\nvalidate_bd_design\n"
        "puts [get_bd_intf_pins -quiet b/BRAM_PORTB]<\n"
        "puts [get_property CONFIG.MEM_DEPTH [get_bd_cells b]]\n"
        "foreach p {Write_Width_A Write_Depth_A} {puts [get_property CONFIG.$p [get_bd_cells m]]}\n"
        "puts [get_property CONFIG.DATA_WIDTH [get_bd_intf_pins ps_axi_periph/M00_AXI]]\n"
    )
    assert bench.run(script).text.endswith("\n<\n16384\n64\n16384\n64\n")


def test_the_documentation_has_the_tables_of_the_code() -> None:
    text = (Path(__file__).parents[3] / "docs" / "stand-in.md").read_text()
    assert tables.document() in text
    missing = [i for i, _ in SEVERITY.items() if f"| {i} |  |" in tables.severities()]
    assert missing == ["IP_Flow 19-4830"]


def test_projects_of_the_same_run_open_again(bench: Any) -> None:
    text = bench.run(
        ZYNQ + "close_project\nopen_project p/p.xpr\nopen_bd_design [get_files d.bd]\n"
        "puts [get_bd_cells]\ncatch { open_project p/p.xpr } message\nclose_project\n"
        "catch { open_project q.xpr } message\n"
    ).text
    assert "\n/processing_system7_0\n" in text
    assert "ERROR: [Common 17-53] User Exception: Project p is already open.\n" in text
    assert text.endswith("ERROR: [Common 17-55] 'q.xpr' file or directory does not exist.\n")


def test_projects_of_an_earlier_run_open_with_their_designs(bench: Any) -> None:
    assert bench.run(GENERATED + "\nsave_bd_design\n", strict=False).code == 0
    later = bench.run(
        "open_project myproj/project_1.xpr\nopen_bd_design [get_files sketch.bd]\n"
        "validate_bd_design\nputs [lsort [get_bd_cells -hierarchical]]\n"
        "puts [get_property BOARD_PART [current_project]]\n",
        strict=False,
    )
    assert later.severe() == []
    *_, cells, board = later.text.splitlines()
    assert "/side/pump" in cells and len(cells.split()) == 7
    assert board == "tul.com.tw:pynq-z2:part0:1.0"


def test_a_project_that_vivado_wrote_is_named(bench: Any) -> None:
    (bench.folder / "real.xpr").write_text('<?xml version="1.0"?>\n<Project Version="7"/>\n')
    assert bench.run("open_project real.xpr\n").severe()[0] == (
        "ERROR: [Standin 1] hls4ml_soc's stand-in does not model `open_project of real.xpr, "
        "which Vivado wrote`"
    )
