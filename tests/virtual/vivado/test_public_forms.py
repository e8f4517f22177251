"""Forms that public scripts rely on, one small script each; and what stays refused beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ZYNQ = "create_project p p -part xc7z020clg400-1 -force\ncreate_bd_design d\n"
MPSOC = "create_project p p -part xczu7ev-ffvc1156-2-e -force\ncreate_bd_design d\n"
ARTIX = "create_project p p -part xc7a100tcsg324-1 -force\ncreate_bd_design d\n"
PS7 = "set ps [create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7:5.5 ps]\n"
RULE = "apply_bd_automation -rule xilinx.com:bd_rule"


def _ip(name: str, cell: str, *settings: str) -> str:
    text = f"create_bd_cell -type ip -vlnv xilinx.com:ip:{name} {cell}\n"
    for setting in settings:
        text += f"set_property CONFIG.{setting} [get_bd_cells {cell}]\n"
    return text


@pytest.mark.parametrize(
    ("script", "end"),
    [
        # Pins: ports are found, too; an index needs no braces.
        ("create_bd_port -dir I x\nputs [get_property CLASS [get_bd_pins x]]", "bd_port"),
        ("puts a[0]", "a[0]"),
        # Filters.
        (
            _ip("axi_gpio", "g") + 'puts [filter [get_bd_pins g/*] -regexp {TYPE =~ "(clk|rst)"}]',
            "/g/s_axi_aclk /g/s_axi_aresetn",
        ),
        (
            _ip("axi_gpio", "g") + 'puts [get_bd_cells -filter {VLNV =~ *gpio* && BAD == ""}]',
            "/g",
        ),
        ('puts [get_ipdefs -all -filter {VLNV =~ *:xlconcat:* && UPGRADE_VERSIONS == ""}]', None),
        # Relations.
        (
            _ip("xlconstant", "c")
            + _ip("xlslice", "s", "DIN_WIDTH 1")
            + "connect_bd_net [get_bd_pins c/dout] [get_bd_pins s/Din]\n"
            "puts [find_bd_objs -relation connected_to [get_bd_pins c/dout]]",
            "/s/Din",
        ),
        # Addresses.
        (
            PS7
            + _ip("axi_gpio", "g")
            + f"{RULE}:axi4 -config {{Master /ps/M_AXI_GP0}} [get_bd_intf_pins g/S_AXI]\n"
            "puts [get_property RANGE [get_bd_addr_segs g/S_AXI/Reg]]\n"
            "puts [get_property OFFSET [get_bd_addr_segs ps/Data/SEG_g_Reg]]",
            "0x41200000",
        ),
        # What the customization computes, and what write_bd_tcl writes.
        (
            PS7 + "set_property -dict {CONFIG.PCW_GPIO_EMIO_GPIO_ENABLE 1 "
            "CONFIG.PCW_GPIO_EMIO_GPIO_IO 9} $ps\nputs [get_property LEFT [get_bd_pins ps/GPIO_O]]",
            "8",
        ),
        (
            PS7 + "set_property -dict {CONFIG.PCW_SPI0_PERIPHERAL_ENABLE 1 "
            "CONFIG.PCW_SPI0_SPI0_IO EMIO} $ps\nputs [get_bd_intf_pins ps/SPI_0]",
            "/ps/SPI_0",
        ),
        (PS7 + "set_property CONFIG.preset {ZedBoard*} $ps\nputs ok", "ok"),
        # IPs outside of a design.
        (
            "create_ip -name clk_wiz -vendor xilinx.com -library ip -module_name mmcm\n"
            "set_property CONFIG.CLK_OUT1_PORT fast [get_ips mmcm]\n"
            "generate_target all [get_files mmcm.xci]\n"
            "puts [get_property CONFIG.CLK_OUT1_PORT [get_ips mmcm]]",
            "fast",
        ),
        # What write_project_tcl writes.
        (
            'set_property -name "webtalk.xsim_launch_sim" -value "12" -objects '
            "[current_project]\nset_property -name xsim.simulate.runtime -value 1us -objects "
            "[get_fileset sim_1]\nset_property report_strategy {No Reports} [get_runs synth_1]\n"
            "puts [get_property IS_LOCKED [get_files -norecurse d.bd]]",
            "0",
        ),
    ],
)
def test_forms_that_vivado_takes(bench: Any, script: str, end: str | None) -> None:
    for strict in (True, False):
        result = bench.run(ZYNQ + script + "\n", strict=strict)
        assert result.severe() == []
        assert result.code == 0
        assert "WARNING" not in result.text
        assert end is None or result.text.splitlines()[-1] == end


# Only published scripts tell that Vivado takes these; the strict stand-in does not rely on it.
LOOSE = [
    (
        _ip("smartconnect", "s")
        + "puts [get_bd_pins s/ACLK*]\nputs [get_property PATH [get_bd_pins s/ARESETN]]",
        "/s/aresetn",
        "ERROR: [Common 17-55] 'get_property' expects at least one object.",
    ),
    (
        "set pairs {CONFIG.PCW_USE_S_AXI_HP0 1 CONFIG.PCW_USE_M_AXI_GP1 1}\n"
        + PS7
        + "set_property -dict [list $pairs] $ps\nputs [get_bd_intf_pins ps/S_AXI_HP0]",
        "/ps/S_AXI_HP0",
        "ERROR: [Common 17-163] Missing value in the list given to option 'dict', please type "
        "'set_property -help' for usage info.",
    ),
    (
        "set name g\n"
        + PS7
        + _ip("axi_gpio", "g")
        + f"{RULE}:axi4 -config {{Master {{/ps/M_AXI_GP0}} Slave {{/${{name}}/S_AXI}}}} "
        "[get_bd_intf_pins g/S_AXI]\nputs [get_bd_addr_segs ps/Data/*]",
        "/ps/Data/SEG_g_Reg",
        "ERROR: [Standin 1] apply_bd_automation: there is no slave interface '/${name}/S_AXI'",
    ),
    (
        PS7
        + _ip("axi_gpio", "g")
        + f"{RULE}:axi4 -config {{Master /ps/M_AXI_GP0}} [get_bd_intf_pins g/S_AXI]\n"
        "assign_bd_address -offset 0x40000000 -range 4K [get_bd_addr_segs g/S_AXI/Reg]\n"
        "puts [get_property OFFSET [get_bd_addr_segs ps/Data/SEG_g_Reg]]",
        "0x40000000",
        "ERROR: [Standin 1-9] /g/S_AXI/Reg is mapped into /ps/Data already, at "
        "'0x4120_0000 [ 64K ]'; a second mapping, at '0x4000_0000 [ 4K ]', is not possible",
    ),
    (
        "delete_bd_objs [get_bd_nets -quiet nothing]\nputs ok",
        "ok",
        "ERROR: [Common 17-55] 'delete_bd_objs' expects at least one object.",
    ),
]


@pytest.mark.parametrize(("script", "end", "message"), LOOSE)
def test_forms_of_published_scripts(bench: Any, script: str, end: str, message: str) -> None:
    lenient = bench.run(ZYNQ + script + "\n", strict=False)
    assert lenient.severe() == []
    assert lenient.text.splitlines()[-1] == end
    assert bench.run(ZYNQ + script + "\n").severe()[0] == message


def test_an_address_space_may_be_named(bench: Any) -> None:
    script = (
        PS7
        + _ip("axi_gpio", "g")
        + "connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins g/S_AXI]\n"
        "assign_bd_address -target_address_space {} [get_bd_addr_segs g/S_AXI/Reg]\n"
    )
    for name in ("/ps/Data", "ps/Data"):
        assert bench.run(ZYNQ + script.replace("{}", name)).severe() == []
    assert bench.run(ZYNQ + script.replace("{}", "/ps/Date")).severe()[0] == (
        "ERROR: [Common 17-161] Invalid option value '/ps/Date' specified for "
        "'target_address_space'."
    )


def test_a_board_brings_its_preset(bench: Any) -> None:
    script = (
        ZYNQ.replace(
            "create_bd",
            "set_property board_part tul.com.tw:pynq-z2:part0:1.0 [current_project]\ncreate_bd",
        )
        + PS7
        + f'{RULE}:processing_system7 -config {{make_external "FIXED_IO, DDR" '
        'apply_board_preset "1"} $ps\n'
        "puts [get_property CONFIG.PCW_DDR_RAM_HIGHADDR $ps]\n"
        "puts [get_property CONFIG.FREQ_HZ [get_bd_pins ps/FCLK_CLK0]]\n"
    )
    assert bench.run(script, strict=False).text.endswith("\n0x1FFFFFFF\n100000000\n")


def test_clock_automation_clocks_both_ends_of_an_interface(bench: Any) -> None:
    script = (
        MPSOC
        + _ip("zynq_ultra_ps_e", "ps", "PSU__USE__M_AXI_GP2 0", "PSU__FPGA_PL0_ENABLE 1")
        + _ip("axi_interconnect", "ic", "NUM_MI 1")
        + _ip("axi_gpio", "g", "C_ALL_OUTPUTS 1")
        + "connect_bd_intf_net [get_bd_intf_pins ic/M00_AXI] [get_bd_intf_pins g/S_AXI]\n"
        + f"{RULE}:clkrst -config {{Clk /ps/pl_clk0}} [get_bd_pins ic/M00_ACLK]\n"
        "puts [lsort [get_bd_pins -of_objects [get_bd_nets -of_objects [get_bd_pins ps/pl_clk0]]]]"
    )
    (line,) = [t for t in bench.run(script).text.splitlines() if t.startswith("/g/")]
    assert line.split()[:2] == ["/g/s_axi_aclk", "/ic/M00_ACLK"]


@pytest.mark.parametrize(
    ("clock", "port"),
    [("New Clocking Wizard (100 MHz)", "clk_wiz_1/clk_out1"), ("/fast (100 MHz)", "fast")],
)
def test_a_soft_processor_takes_a_new_clock(bench: Any, clock: str, port: str) -> None:
    script = (
        ARTIX
        + "create_bd_port -dir I -type clk -freq_hz 100000000 fast\n"
        + _ip("microblaze", "cpu")
        + f'{RULE}:microblaze -config {{clk "{clock}" local_mem "16KB"}} [get_bd_cells cpu]\n'
        f"puts [find_bd_objs -relation connected_to [get_bd_pins cpu/Clk]]\n"
        "puts [get_property CONFIG.Write_Depth_A [get_bd_cells cpu_local_memory/lmb_bram]]\n"
    )
    result = bench.run(script)
    assert result.severe() == []
    assert f"/{port} " in result.text


def test_clocks_and_resets_come_from_ports(bench: Any) -> None:
    script = (
        ARTIX
        + _ip("axi_gpio", "g")
        + "create_bd_port -dir I -type rst button\n"
        + _ip("proc_sys_reset", "r")
        + f"{RULE}:clkrst -config {{Clk {{New External Port (50 MHz)}}}} "
        "[get_bd_pins r/slowest_sync_clk]\n"
        + f"{RULE}:board -config {{Manual_Source {{/button (ACTIVE_LOW)}}}} "
        "[get_bd_pins r/ext_reset_in]\n"
        "puts [get_property CONFIG.FREQ_HZ [get_bd_ports clk_50MHz]]\n"
        "puts [get_property CONFIG.POLARITY [get_bd_ports button]]\n"
    )
    assert bench.run(script).text.endswith("\n50000000\nACTIVE_LOW\n")
    wrong = bench.run(script.replace("{/button (", "{/buton ("))
    assert wrong.severe()[0] == (
        "ERROR: [Standin 1] apply_bd_automation: there is no port '/buton'"
    )


ENTITY = """library ieee; use ieee.std_logic_1164.all;
-- a core; with "; in a comment
entity core is
  generic (WIDTH : integer := 16; NAME : string := "x");
  port (
    aclk, aresetn : in std_logic;
    s_axis_tdata : in std_logic_vector(WIDTH - 1 downto 0);
    s_axis_tvalid : in std_logic; s_axis_tready : out std_logic;
    s_axi_awaddr : in std_logic_vector(5 downto 0); s_axi_awvalid : in std_logic;
    s_axi_awready : out std_logic; s_axi_wdata : in std_logic_vector(31 downto 0);
    s_axi_wvalid : in std_logic; s_axi_wready : out std_logic;
    s_axi_bresp : out std_logic_vector(1 downto 0); s_axi_bvalid : out std_logic;
    s_axi_bready : in std_logic; irq : out std_logic
  );
  attribute X_INTERFACE_INFO : string;
  attribute X_INTERFACE_INFO of irq : signal is "xilinx.com:signal:interrupt:1.0 irq INTERRUPT";
end core;
"""


def test_a_vhdl_entity_is_a_cell(bench: Any) -> None:
    (bench.folder / "core.vhd").write_text(ENTITY)
    script = ZYNQ + (
        "add_files core.vhd\ncreate_bd_cell -type module -reference core c\n"
        "set_property CONFIG.WIDTH 24 [get_bd_cells c]\n"
        "puts [get_bd_intf_pins c/*]\nputs [get_property LEFT [get_bd_pins c/s_axis_tdata]]\n"
        "puts [get_property TYPE [get_bd_pins c/irq]]\nputs [get_bd_addr_segs c/s_axi/reg0]\n"
        "puts [get_property CONFIG.ASSOCIATED_BUSIF [get_bd_pins c/aclk]]\n"
    )
    assert bench.run(script).text.endswith(
        "\n/c/s_axis /c/s_axi\n23\nintr\n/c/s_axi/reg0\ns_axis:s_axi\n"
    )


def test_a_port_of_a_record_type_is_refused(bench: Any) -> None:
    text = ENTITY.replace("irq : out std_logic\n", "irq : out my_types.bundle\n")
    (bench.folder / "core.vhd").write_text(text)
    result = bench.run(ZYNQ + "add_files core.vhd\ncreate_bd_cell -type module -reference core c\n")
    assert result.severe()[0] == (
        "ERROR: [IP_Flow 19-4668] Failed to infer definition from module 'core': "
        f"{bench.folder}/core.vhd: port 'irq' is of type my_types.bundle, which a block design "
        "cannot connect"
    )


def test_the_wrapper_is_written_in_the_language_of_the_project(bench: Any) -> None:
    script = (
        ZYNQ
        + "set_property target_language VHDL [current_project]\n"
        + PS7
        + "add_files [make_wrapper -files [get_files d.bd] -top]\n"
        f'{RULE}:processing_system7 -config {{make_external "FIXED_IO, DDR"}} $ps\n'
        "connect_bd_net [get_bd_pins ps/FCLK_CLK0] [get_bd_pins ps/M_AXI_GP0_ACLK]\n"
        "create_ip_run [get_files d.bd]\nlaunch_runs d_ps_0_synth_1\n"
        "launch_runs impl_1 -to_step write_bitstream\nwait_on_run impl_1\n"
        "puts [get_property STATUS [get_runs impl_1]]\n"
    )
    result = bench.run(script)
    assert result.severe() == []
    assert result.text.endswith("\nwrite_bitstream Complete!\n")
    assert (bench.folder / "p/p.gen/sources_1/bd/d/hdl/d_wrapper.vhd").is_file()
    assert (bench.folder / "p/p.runs/impl_1/d_wrapper.bit").is_file()


STEPS = """read_verilog top.v
read_xdc top.xdc
synth_design -top top -part xc7a35tcpg236-1
opt_design
place_design
phys_opt_design
route_design
report_timing_summary -file timing.rpt
write_checkpoint -force routed.dcp
write_bitstream -force top.bit
"""


def _top(bench: Any) -> None:
    (bench.folder / "top.v").write_text("module top(input clk, output q); endmodule\n")
    (bench.folder / "top.xdc").write_text("create_clock -period 10 [get_ports clk]\n")


def test_the_flow_without_a_project(bench: Any) -> None:
    _top(bench)
    result = bench.run(STEPS, strict=False)
    assert result.severe() == []
    assert (
        "WARNING: [Standin 1-5] hls4ml_soc's stand-in does not model top module 'top': it is "
        "neither synthesised nor checked, and its bitstream works on no board\n"
    ) in result.text
    assert "not known" in (bench.folder / "timing.rpt").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-top top", "-top tip", "ERROR: [Synth 8-3520] cannot find module 'tip' in the sources"),
        (
            "opt_design\nplace_design\n",
            "",
            "ERROR: [Common 17-69] Command failed: phys_opt_design needs a design after "
            "place_design.",
        ),
        ("top.xdc", "tip.xdc", "ERROR: [Common 17-55] 'tip.xdc' file or directory does not exist."),
        (
            "xc7a35tcpg236-1",
            "xc7a36tcpg236-1",
            "ERROR: [Coretcl 2-106] Specified part could not be found: 'xc7a36tcpg236-1'.",
        ),
        (
            "opt_design\n",
            "opt_designs\n",
            None,
        ),
        (
            "write_bitstream",
            "write_bitstream",
            "ERROR: [Standin 1] top module 'top' is not the wrapper of a block design; the "
            "stand-in has no synthesis",
        ),
    ],
)
def test_the_flow_without_a_project_refuses(
    bench: Any, old: str, new: str, message: str | None
) -> None:
    _top(bench)
    result = bench.run(STEPS.replace(old, new, 1))
    assert result.code == 1
    if message is None:
        assert 'invalid command name "opt_designs"' in result.text
    else:
        assert result.severe()[0] == message


@pytest.mark.parametrize("name", ["open_hw_manager", "link_design", "write_sdf"])
def test_commands_of_vivado_are_told_from_mistakes(bench: Any, name: str) -> None:
    text = bench.run(f"{name} x\n").text
    assert 'invalid command name "' not in text
    assert f'invalid command name "{name}x"' in bench.run(f"{name}x x\n").text


def test_switches_in_a_row_agree_on_a_width(bench: Any) -> None:
    script = (
        ZYNQ
        + PS7
        + _ip("smartconnect", "a", "NUM_SI 1")
        + _ip("smartconnect", "b", "NUM_SI 1")
        + "connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins a/S00_AXI]\n"
        "connect_bd_intf_net [get_bd_intf_pins a/M00_AXI] [get_bd_intf_pins b/S00_AXI]\n"
        "foreach b {a/M00_AXI b/S00_AXI} {\n"
        "  puts [get_property CONFIG.DATA_WIDTH [get_bd_intf_pins $b]]\n}\n"
    )
    assert bench.run(script).text.endswith("\n32\n32\n")


def test_a_memory_has_one_size(bench: Any) -> None:
    text = Path(__file__).with_name("microblaze.tcl").read_text()
    mapped = "set_property RANGE 32K [get_bd_addr_segs mb/Instruction/*]\n"
    text = text.replace("validate_bd_design", mapped + "validate_bd_design")
    messages = bench.run(text, version="2024.2").severe()
    assert messages[0].endswith(
        "/bram is mapped with different ranges: /dctl/SLMB/Mem 8K, /ictl/SLMB/Mem 32K"
    )
    both = mapped + "set_property RANGE 32K [get_bd_addr_segs mb/Data/SEG_dctl_Mem]\n"
    assert bench.run(text.replace(mapped, both), version="2024.2").severe() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-no_partial_mmi d.mmi", None),
        (
            "-cell d_i/cpu d",
            "ERROR: [Common 17-161] Invalid option value 'd_i/cpu' specified for 'cell'.",
        ),
        ("d.txt", "ERROR: [Standin 1] The file name 'd.txt' does not end in .mmi."),
    ],
)
def test_memory_information(bench: Any, words: str, message: str | None) -> None:
    script = (
        ARTIX + _ip("xlconstant", "k") + "add_files [make_wrapper -files [get_files d.bd] -top]\n"
        "launch_runs impl_1 -to_step write_bitstream\nwait_on_run impl_1\nopen_run impl_1\n"
    )
    severe = bench.run(f"{script}write_mem_info {words}\n").severe()
    assert severe[:1] == ([message] if message else [])


def test_ambiguous_slaves_of_unknown_cells(bench: Any) -> None:
    """A filter that asks a cell without a catalogue entry for its slave gets one."""
    script = (
        ZYNQ + "create_bd_cell -type ip -vlnv someone.org:user:pump:1.0 pump\n"
        "puts [get_bd_intf_pins -of_objects [get_bd_cells pump] -filter "
        '"MODE == Slave && VLNV == xilinx.com:interface:aximm_rtl:1.0"]\n'
        "puts <[get_bd_intf_pins -quiet pump/irq][get_bd_pins -quiet pump/irq]>\n"
    )
    assert bench.run(script, strict=False).text.endswith("\n/pump/S_AXI\n</pump/irq>\n")


BRAM = (
    PS7
    + _ip("axi_bram_ctrl", "b", "SINGLE_PORT_BRAM 1")
    + _ip("blk_mem_gen", "m", "Memory_Type True_Dual_Port_RAM")
    + "connect_bd_intf_net [get_bd_intf_pins b/BRAM_PORTA] [get_bd_intf_pins m/BRAM_PORTB]\n"
    "connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins b/S_AXI]\n"
    "assign_bd_address -offset 0x40000000 -range 128K [get_bd_addr_segs b/S_AXI/Mem0]\n"
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("True_Dual_Port", "Single_Port", "WARNING: [BD 5-232] No interface pins matched"),
        ("128K", "192K", "The proposed range '192K' is not a power of two"),
        ("128K", "0x30000", "The proposed range '192K' is not a power of two"),
    ],
)
def test_a_memory_has_its_ports_and_a_power_of_two(
    bench: Any, old: str, new: str, message: str
) -> None:
    assert bench.run(ZYNQ + BRAM).severe() == []
    result = bench.run(ZYNQ + BRAM.replace(old, new))
    assert message in result.text
    assert result.severe()


@pytest.mark.parametrize("block", ["LPS_OCM", "QSPI", "DDR_LOW"])
def test_blocks_of_a_processing_system_lie_where_they_are(bench: Any, block: str) -> None:
    script = (
        MPSOC
        + _ip("zynq_ultra_ps_e", "ps", "PSU__USE__S_AXI_GP2 1")
        + _ip("axi_dma", "d", "c_include_sg 0", "c_addr_width 64")
        + "connect_bd_intf_net [get_bd_intf_pins d/M_AXI_MM2S] "
        "[get_bd_intf_pins ps/S_AXI_HP0_FPD]\n"
        "assign_bd_address -offset {} -range {} -target_address_space d/Data_MM2S "
        f"[get_bd_addr_segs ps/SAXIGP2/HP0_{block}]\n"
    )
    right = {"LPS_OCM": 0xFF000000, "QSPI": 0xC0000000, "DDR_LOW": 0}[block]
    assert bench.run(script.format(right, "16M")).severe() == []
    assert "[Standin 1-7]" in bench.run(script.format(0x90000000, "16M")).severe()[0]
    assert "greater than the maximum range" in bench.run(script.format(0, "4G")).severe()[0]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("PCW_FCLK0_PERIPHERAL_DIVISOR0", "63", "64"),
        ("PCW_ARMPLL_CTRL_FBDIV", "40", "banana"),
        ("PCW_NOR_CS0_T_RC", "11", "-1"),
        ("PCW_SMC_CYCLE_T3", "NA", "NO"),
        ("PCW_UIPARAM_DDR_CL", "7", "7.5"),
        ("PCW_IO_IO_PLL_FREQMHZ", "1000.000", "1 GHz"),
    ],
)
def test_values_without_a_list(bench: Any, name: str, right: str, wrong: str) -> None:
    script = ZYNQ + PS7 + "set_property CONFIG.{} {{{}}} $ps\n"
    assert bench.run(script.format(name, right)).severe() == []
    assert bench.run(script.format(name, wrong)).severe()


def test_a_data_port_has_no_polarity(bench: Any) -> None:
    script = (
        ZYNQ + "create_bd_port -dir I -type {} x\nset_property CONFIG.POLARITY ACTIVE_LOW "
        "[get_bd_ports x]\n"
    )
    assert bench.run(script.format("rst")).severe() == []
    assert bench.run(script.format("data")).severe()[0] == (
        "ERROR: [BD 41-1276] Cannot set the parameter POLARITY on /x. Parameter does not exist"
    )
