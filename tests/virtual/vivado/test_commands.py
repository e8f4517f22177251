"""Commands one by one, in small designs and in the good one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HEAD = "create_project p p -part xc7z020clg400-1 -force\ncreate_bd_design d\n"
CONSTANT = "create_bd_cell -type ip -vlnv xilinx.com:ip:xlconstant"


def _last(result: Any, lines: int = 1) -> list[str]:
    return list(result.text.splitlines()[-lines:])


@pytest.mark.parametrize("family", ["zynqmp", "microblaze"])
def test_designs_of_other_families_validate(bench: Any, family: str) -> None:
    script = Path(__file__).with_name(f"{family}.tcl").read_text()
    result = bench.run(script, version="2024.2")
    assert result.severe() == []
    assert result.code == 0


def test_microblaze_v_needs_2024_1(bench: Any) -> None:
    script = Path(__file__).with_name("microblaze.tcl").read_text()
    assert bench.run(script, version="2023.2").severe()[0] == (
        "ERROR: [BD 5-390] IP definition not found for VLNV: xilinx.com:ip:microblaze_riscv"
    )


def test_addresses_of_a_microblaze(bench: Any) -> None:
    text = bench.run(Path(__file__).with_name("microblaze.tcl").read_text(), version="2024.2").text
    assert (
        "'/u/S_AXI/Reg' is being assigned into address space '/mb/Data' at <0x4060_0000 [ 64K ]>"
        in text
    )
    assert (
        "'/dctl/SLMB/Mem' is being assigned into address space '/mb/Data' at <0x0000_0000 [ 8K ]>"
        in text
    )


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        (
            "get_bd_cells",
            "/ps /reset /dma /start /accelerator /identity /id_low /id_high /control /memory",
        ),
        ("get_bd_cells id_*", "/id_low /id_high"),
        ("get_bd_cells -regexp /id_.*", "/id_low /id_high"),
        ("get_bd_cells -filter {VLNV =~ *axi_dma*}", "/dma"),
        ("get_bd_cells -filter {TYPE == module || NAME == ps}", "/ps /start"),
        ("get_bd_cells -filter {NAME != ps && !(TYPE == ip)}", "/start"),
        ("get_bd_cells -of_objects [get_bd_pins dma/axi_resetn]", "/dma"),
        ("get_bd_pins */ap_start", "/start/ap_start /accelerator/ap_start"),
        (
            "get_bd_pins -of_objects [get_bd_cells accelerator] -filter {DIR == I && TYPE == clk}",
            "/accelerator/ap_clk",
        ),
        (
            "get_bd_pins -of_objects [get_bd_nets -of_objects [get_bd_pins start/ap_start]]",
            "/start/ap_start /accelerator/ap_start",
        ),
        ("get_bd_nets -of_objects [get_bd_pins start/ap_start]", "/start_ap_start"),
        ("get_bd_intf_nets -of_objects [get_bd_intf_pins start/m_axis]", "/start_m_axis"),
        (
            "get_bd_intf_pins -of_objects [get_bd_cells start] -filter {MODE == Master}",
            "/start/m_axis",
        ),
        ("get_bd_intf_ports", "/DDR /FIXED_IO"),
        ("get_bd_ports -quiet", ""),
        ("get_bd_addr_spaces", "/ps/Data /dma/Data_MM2S /dma/Data_S2MM"),
        (
            "get_bd_addr_segs -of_objects [get_bd_addr_spaces dma/Data_MM2S]",
            "/dma/Data_MM2S/SEG_ps_HP0_DDR_LOWOCM",
        ),
        (
            "get_bd_addr_segs -of_objects [get_bd_intf_pins identity/S_AXI]",
            "/identity/S_AXI/Reg /ps/Data/SEG_identity_Reg",
        ),
        ("get_property OFFSET [get_bd_addr_segs ps/Data/SEG_dma_Reg]", "0x40400000"),
        ("get_property RANGE [get_bd_addr_segs ps/Data/SEG_dma_Reg]", "0x00010000"),
        ("get_property VLNV [get_bd_cells dma]", "xilinx.com:ip:axi_dma:7.1"),
        (
            "get_property VLNV [get_bd_intf_pins dma/M_AXI_MM2S]",
            "xilinx.com:interface:aximm_rtl:1.0",
        ),
        ("get_property CONFIG.FREQ_HZ [get_bd_pins accelerator/ap_clk]", "100000000"),
        ("get_property CONFIG.CLK_DOMAIN [get_bd_pins accelerator/ap_clk]", "soc_ps_0_FCLK_CLK0"),
        ("get_property CONFIG.ASSOCIATED_BUSIF [get_bd_pins accelerator/ap_clk]", "s_axis:m_axis"),
        ("get_property CONFIG.DATA_WIDTH [get_bd_intf_pins dma/M_AXI_MM2S]", "64"),
        ("get_property CONFIG.TDATA_NUM_BYTES [get_bd_intf_pins start/s_axis]", "8"),
        ("get_property CONFIG.PROTOCOL [get_bd_intf_pins ps/S_AXI_HP0]", "AXI3"),
        ("get_property CONFIG.PROTOCOL [get_bd_intf_pins control/M00_AXI]", "AXI4LITE"),
        ("get_property CONFIG.POLARITY [get_bd_pins reset/peripheral_reset]", "ACTIVE_HIGH"),
        ("get_property CONFIG.c_sg_length_width.VALUE_SRC [get_bd_cells dma]", "USER"),
        ("get_property CONFIG.c_addr_width.VALUE_SRC [get_bd_cells dma]", "DEFAULT"),
        ("get_property LEFT [get_bd_pins dma/m_axis_mm2s_tdata]", "63"),
        ("get_property NAME [get_bd_cells {ps dma}]", "ps dma"),
        ("get_property CONFIG.BITS [get_bd_cells start]", "64"),
        ("get_property PART [current_project]", "xc7z020clg400-1"),
        ("get_property BOARD_PART [current_project]", ""),
        (
            "list_property [get_bd_cells start] CONFIG.*",
            "CONFIG.BEATS CONFIG.BITS CONFIG.Component_Name",
        ),
        ("list_property [get_bd_cells dma] CONFIG.C_SG_LENGTH_WIDTH", "CONFIG.c_sg_length_width"),
        ("list_property [get_bd_cells dma] CONFIG.nothing", ""),
        ("get_ipdefs *:hls:*", "xilinx.com:hls:digits_soc:1.0"),
        ("get_ipdefs -filter {NAME == proc_sys_reset}", "xilinx.com:ip:proc_sys_reset:5.0"),
        ("get_ips soc_dma_*", "soc_dma_0"),
        ("get_runs", "synth_1 impl_1"),
        ("get_property PROGRESS [get_runs impl_1]", "0%"),
        ("get_filesets", "sources_1 constrs_1 sim_1 utils_1"),
        ("current_fileset -constrset", "constrs_1"),
        ("current_bd_design", "soc"),
        ("get_bd_designs", "soc"),
        ("file tail [get_files *.v]", "start.v"),
        ("get_parts xc7z020clg400-1", "xc7z020clg400-1"),
        ("get_board_parts -quiet *pynq*", ""),
        ("catch { get_property NO [get_bd_cells dma] }", "1"),
        ("get_bd_pins -quiet dma/none", ""),
        ("string length [report_property -return_string [get_bd_pins start/aclk] NAME]", "31"),
    ],
)
def test_questions(benches: Any, question_bench: Any, script: str, answer: str) -> None:
    assert question_bench[script] == answer


@pytest.fixture(scope="module")
def question_bench(benches: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every question answered in one run."""
    questions = [m for m in test_questions.pytestmark if m.name == "parametrize"][0].args[1]  # type: ignore[attr-defined]
    script = "".join(f'puts "<[{q[0]}]>"\n' for q in questions)
    result = benches.Bench(tmp_path_factory.mktemp("questions")).design(script)
    answers = [line[1:-1] for line in result.text.splitlines() if line.startswith("<")]
    assert len(answers) == len(questions), result.text[-2000:]
    return {q[0]: a for q, a in zip(questions, answers, strict=True)}


def test_hierarchies(bench: Any, benches: Any) -> None:
    tail = benches.GOOD[benches.GOOD.index("validate_bd_design") :]
    result = bench.design(
        "group_bd_cells hier_0 [get_bd_cells {dma start accelerator}]\nputs [lsort "
        "[get_bd_cells]]\n"
        "puts [lsort [get_bd_pins hier_0/*]]\nputs [lsort [get_bd_intf_pins hier_0/*]]\n"
        'current_bd_instance hier_0\nputs "[current_bd_instance] '
        '[get_bd_cells]"\ncurrent_bd_instance /\n' + tail
    )
    assert result.severe() == []
    assert (
        "/control /hier_0 /id_high /id_low /identity /memory /ps /reset\n/hier_0/aclk "
        "/hier_0/axi_resetn\n" in result.text
    )
    assert "/hier_0/M_AXI_MM2S /hier_0/M_AXI_S2MM /hier_0/S_AXI_LITE\n" in result.text
    assert "/hier_0 /hier_0/dma /hier_0/start /hier_0/accelerator\n" in result.text
    hwh = (result.folder / "project/soc.gen/sources_1/bd/soc/hw_handoff/soc.hwh").read_text()
    assert 'FULLNAME="/hier_0/dma"' in hwh
    assert 'INSTANCE="hier_0_dma"' in hwh


def test_hierarchical_pins_of_a_script(bench: Any) -> None:
    result = bench.run(
        HEAD + "create_bd_cell -type hier h\ncreate_bd_pin -dir O -from 7 -to 0 "
        "h/q\ncreate_bd_port -dir O -from 7 -to 0 q\n"
        f"{CONSTANT} h/k\nset_property -dict {{CONFIG.CONST_WIDTH 8 CONFIG.CONST_VAL 3}} "
        "[get_bd_cells h/k]\n"
        "connect_bd_net [get_bd_pins h/k/dout] [get_bd_pins h/q]\nconnect_bd_net [get_bd_pins "
        "h/q] [get_bd_ports q]\n"
        "validate_bd_design\nputs [get_bd_nets -hierarchical]"
    )
    assert result.severe() == []
    assert _last(result) == ["/h/k_dout /h_q"]


def test_ports(bench: Any) -> None:
    result = bench.run(
        HEAD + f"{CONSTANT} k\nputs [make_bd_pins_external [get_bd_pins k/dout]]\n"
        "set_property name led [get_bd_ports dout_0]\nputs [get_bd_ports]\n"
        "puts [create_bd_port -dir I -type clk -freq_hz 50000000 clk]\n"
        "puts [get_property CONFIG.FREQ_HZ [get_bd_ports clk]]\nvalidate_bd_design"
    )
    assert result.severe() == []
    assert _last(result, 4) == ["/dout_0", "/led", "/clk", "50000000"]


def test_port_without_source(bench: Any) -> None:
    result = bench.run(HEAD + f"{CONSTANT} k\ncreate_bd_port -dir O q\nvalidate_bd_design")
    assert result.severe()[0] == "ERROR: [Standin 1] port /q has no source"


def test_deleting(bench: Any) -> None:
    result = bench.design(
        "delete_bd_objs [get_bd_cells identity]\nputs [get_bd_addr_segs -of_objects "
        "[get_bd_addr_spaces ps/Data]]\n"
        "puts <[get_bd_nets -quiet -of_objects [get_bd_pins id_low/dout]]>\n"
        "delete_bd_objs [get_bd_nets -of_objects [get_bd_pins start/ap_start]]\nputs [llength "
        "[get_bd_nets -quiet start_ap_start]]\n"
        "delete_bd_objs [get_bd_addr_segs ps/Data/SEG_dma_Reg]\nputs <[get_bd_addr_segs -quiet "
        "-of_objects [get_bd_addr_spaces ps/Data]]>"
    )
    assert result.code == 0
    assert _last(result, 4) == ["/ps/Data/SEG_dma_Reg", "</id_low_dout>", "0", "<>"]


def test_disconnecting(bench: Any) -> None:
    result = bench.design(
        "disconnect_bd_net [get_bd_nets start_ap_start] [get_bd_pins "
        "accelerator/ap_start]\nvalidate_bd_design"
    )
    assert result.severe()[0].endswith(
        "Please check your design and connect them as needed: \n/accelerator/ap_start"
    )


def test_moving_a_segment(bench: Any) -> None:
    result = bench.design(
        "set s [get_bd_addr_segs ps/Data/SEG_identity_Reg]\nset_property offset 0x42000000 "
        "$s\nputs [get_property OFFSET $s]\n"
        "puts [catch { set_property offset 0x40400000 $s }]\nputs [get_property OFFSET $s]"
    )
    assert _last(result, 1) == ["0x42000000"]
    assert "The proposed address overlaps with slave segment '/dma/S_AXI_LITE/Reg'" in result.text


def test_excluding(bench: Any, benches: Any) -> None:
    line = (
        "assign_bd_address -offset 0x41200000 -range 64K "
        "-target_address_space [get_bd_addr_spaces ps/Data]"
    )
    result = bench.mutant(
        f"{line} [get_bd_addr_segs identity/S_AXI/Reg]",
        "exclude_bd_addr_seg [get_bd_addr_segs identity/S_AXI/Reg] -target_address_space "
        "[get_bd_addr_spaces ps/Data]",
    )
    assert result.severe() == []
    hwh = (result.folder / "project/soc.gen/sources_1/bd/soc/hw_handoff/soc.hwh").read_text()
    assert 'INSTANCE="identity" IS_DATA' not in hwh


def test_older_form_of_addresses(bench: Any) -> None:
    new = (
        "assign_bd_address -offset 0x40400000 -range 64K -target_address_space "
        "[get_bd_addr_spaces ps/Data] "
        "[get_bd_addr_segs dma/S_AXI_LITE/Reg]"
    )
    old = (
        "create_bd_addr_seg -range 0x10000 -offset 0x40400000 [get_bd_addr_spaces ps/Data] "
        "[get_bd_addr_segs dma/S_AXI_LITE/Reg] SEG_dma"
    )
    result = bench.mutant(new, old)
    assert result.severe() == []
    assert "SEG_dma" in bench.design("puts [get_bd_addr_segs ps/Data/SEG_*]").text


def test_options_that_came_later(bench: Any) -> None:
    text = (
        "-range 64K -target_address_space [get_bd_addr_spaces ps/Data] [get_bd_addr_segs identity"
    )
    result = bench.mutant(text, text.replace("-range", "-with_name X -range"), version="2022.2")
    assert result.severe()[0] == (
        "ERROR: [Common 17-170] Unknown option '-with_name', please type 'assign_bd_address "
        "-help' for usage info."
    )
    assert bench.mutant(text, text.replace("-range", "-with_name X -range")).severe() == []


def test_clocks_of_two_domains(bench: Any, benches: Any) -> None:
    two = (
        "CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ 100 CONFIG.PCW_EN_CLK1_PORT 1 "
        "CONFIG.PCW_FPGA1_PERIPHERAL_FREQMHZ 50"
    )
    text = benches.GOOD.replace("CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ 100", two).replace(
        " accelerator/ap_clk\n", "\n"
    )
    text = text.replace(
        "validate_bd_design",
        "connect_bd_net [get_bd_pins ps/FCLK_CLK1] "
        "[get_bd_pins accelerator/ap_clk]\nvalidate_bd_design",
    )
    found = bench.run(text).severe()
    assert found[:4] == [
        "ERROR: [BD 41-237] Bus Interface property FREQ_HZ does not match between "
        "/accelerator/s_axis(50000000) and "
        "/start/m_axis(100000000)",
        "ERROR: [BD 41-237] Bus Interface property CLK_DOMAIN does not match between "
        "/accelerator/s_axis(soc_ps_0_FCLK_CLK1) and /start/m_axis(soc_ps_0_FCLK_CLK0)",
        "ERROR: [BD 41-237] Bus Interface property FREQ_HZ does not match between "
        "/dma/S_AXIS_S2MM(100000000) and "
        "/accelerator/m_axis(50000000)",
        "ERROR: [BD 41-237] Bus Interface property CLK_DOMAIN does not match between "
        "/dma/S_AXIS_S2MM(soc_ps_0_FCLK_CLK0) and /accelerator/m_axis(soc_ps_0_FCLK_CLK1)",
    ]
    assert found[4] == (
        "ERROR: [Standin 1] reset /accelerator/ap_rst_n belongs to clock /ps/FCLK_CLK1, and its "
        "source "
        "/dma/mm2s_prmry_reset_out_n to /ps/FCLK_CLK0"
    )


@pytest.mark.parametrize(
    ("request_mhz", "hz", "divisors"),
    [
        ("100", 100000000, "5 2"),
        ("50", 50000000, "5 4"),
        ("150", 142857143, "7 1"),
        ("33.333333", 33333333, "6 5"),
        ("250", 250000000, "2 2"),
    ],
)
def test_fabric_clock(bench: Any, request_mhz: str, hz: int, divisors: str) -> None:
    result = bench.run(
        HEAD + "create_bd_cell -type ip -vlnv xilinx.com:ip:processing_system7 ps\n"
        f"set_property CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ {request_mhz} [get_bd_cells ps]\nset c "
        "[get_bd_cells ps]\n"
        'puts "[get_property CONFIG.FREQ_HZ [get_bd_pins ps/FCLK_CLK0]] '
        "[get_property CONFIG.PCW_FCLK0_PERIPHERAL_DIVISOR0 $c] [get_property "
        'CONFIG.PCW_FCLK0_PERIPHERAL_DIVISOR1 $c]"'
    )
    assert _last(result) == [f"{hz} {divisors}"]


def test_stream_width_propagates(bench: Any) -> None:
    result = bench.mutant(" CONFIG.c_s_axis_s2mm_tdata_width 64", "")
    assert result.severe() == []
    hwh = (result.folder / "project/soc.gen/sources_1/bd/soc/hw_handoff/soc.hwh").read_text()
    assert '<PARAMETER NAME="c_s_axis_s2mm_tdata_width" VALUE="64" />' in hwh


def test_messages_of_a_script(bench: Any) -> None:
    result = bench.run(
        "common::send_gid_msg -ssname BD::TCL -id 2 -severity WARNING {take care}\n"
        "common::send_msg_id {BD_TCL-1} INFO {all is well}\nputs [catch { send_msg_id X-1 ERROR "
        "no }]"
    )
    assert _last(result, 4) == [
        "WARNING: [BD::TCL 2] take care",
        "INFO: [BD_TCL-1] all is well",
        "ERROR: [X-1] no",
        "1",
    ]


def test_files(bench: Any) -> None:
    (bench.folder / "a").mkdir()
    (bench.folder / "a" / "pins.xdc").write_text("")
    result = bench.run(
        HEAD + "puts [file tail [add_files -fileset constrs_1 a]]\nputs [file tail [import_files "
        "start.v]]\n"
        "puts [file tail [get_files -of_objects [get_filesets constrs_1]]]\nremove_files "
        "[get_files *start.v]\n"
        "puts <[get_files -quiet *start.v]>\nset_property used_in_synthesis false [get_files "
        "*.xdc]\n"
        "puts [get_property USED_IN_SYNTHESIS [get_files *.xdc]]"
    )
    assert _last(result, 5) == ["pins.xdc", "start.v", "pins.xdc", "<>", "false"]
    assert (bench.folder / "p/p.srcs/sources_1/imports/start.v").exists()


def test_a_project_is_not_overwritten(bench: Any) -> None:
    bench.run(HEAD)
    result = bench.run("create_project p p -part xc7z020clg400-1")
    assert result.severe()[0] == (
        "ERROR: [Common 17-53] User Exception: Project already exists on disk, please use "
        "'-force' option to overwrite: "
        f"'{bench.folder}/p/p.xpr'."
    )


def test_a_run_is_not_launched_twice(bench: Any, benches: Any) -> None:
    result = bench.run(benches.GOOD + "launch_runs impl_1 -to_step write_bitstream")
    assert result.severe()[0] == (
        "ERROR: [Vivado 12-1017] Problems encountered:\n"
        "1. Run 'impl_1' is complete; reset_run first."
    )
    assert bench.run(benches.GOOD + "reset_run impl_1\nlaunch_runs impl_1").code == 0


def test_excluding_what_is_mapped(bench: Any) -> None:
    result = bench.design(
        "exclude_bd_addr_seg [get_bd_addr_segs ps/Data/SEG_identity_Reg]\n"
        "puts [get_property EXCLUDED [get_bd_addr_segs ps/Data/SEG_identity_Reg]]\n"
        "include_bd_addr_seg [get_bd_addr_segs ps/Data/SEG_identity_Reg]\n"
        "puts [get_property EXCLUDED [get_bd_addr_segs ps/Data/SEG_identity_Reg]]"
    )
    assert _last(result, 2) == ["1", "0"]
