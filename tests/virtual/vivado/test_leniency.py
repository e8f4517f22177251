"""What Vivado only warns about: refused unless the stand-in is lenient; the table of severities
is the one place."""

from __future__ import annotations

from typing import Any

import pytest

from hls4ml_soc.virtual.vivado.messages import CRITICAL, ERROR, SEVERITY

# What leaves a design that builds and does not work.
SILENT = [
    ("c_sg_length_width 26", "c_sg_lengt_width 26", "BD 41-1276"),
    ("CONFIG.c_include_sg 0", "CONFIG.c_include_sg 0 CONFIG.c_prmry_is_aclk_async 0", "BD 41-737"),
    ("CONFIG.C_IS_DUAL 1", "CONFIG.C_IS_DUAL 0", "IP_Flow 19-3374"),
    ("reset/peripheral_aresetn]", "ps/FCLK_RESET0_N]", "BD 41-1348"),
    (
        "connect_bd_net [get_bd_pins accelerator/ap_ready] [get_bd_pins start/ap_ready]",
        "",
        "BD 41-759",
    ),
    (
        "CONFIG.CONST_WIDTH 32 CONFIG.CONST_VAL $value",
        "CONFIG.CONST_WIDTH 16 CONFIG.CONST_VAL 1",
        "BD 41-2383",
    ),
]


@pytest.mark.parametrize(("old", "new", "id"), SILENT, ids=[c[2] for c in SILENT])
def test_lenient_reports_and_goes_on(bench: Any, old: str, new: str, id: str) -> None:
    severity = SEVERITY[id][0]
    result = bench.mutant(old, new, strict=False)
    assert f"{severity}: [{id}] " in result.text
    assert f"ERROR: [{id}] " not in result.text
    assert ("'connect_bd_net' failed" in result.text) == (
        id == "IP_Flow 19-3374"
    )  # gpio2_io_i is gone


@pytest.mark.parametrize("id", ["BD 41-1276", "BD 41-759", "BD 41-967", "BD 41-1356"])
def test_the_silent_ones_are_errors_when_strict(id: str) -> None:
    assert SEVERITY[id] == (CRITICAL, ERROR)


def test_unmapped_slave_builds_when_lenient(bench: Any) -> None:
    line = (
        "assign_bd_address -offset 0x41200000 -range 64K "
        "-target_address_space [get_bd_addr_spaces ps/Data]"
    )
    result = bench.mutant(f"{line} [get_bd_addr_segs identity/S_AXI/Reg]", "", strict=False)
    assert result.severe() == [
        "CRITICAL WARNING: [BD 41-1356] Slave segment </identity/S_AXI/Reg> is not assigned into "
        "address space "
        "</ps/Data>. Please use Address Editor to either assign or exclude it."
    ]
    assert result.code == 0


def test_promoted_messages_count_and_do_not_fail_a_command(bench: Any) -> None:
    result = bench.run(
        "set_msg_config -id {BD 41-1276} -new_severity ERROR\ncreate_project p p -part "
        "xc7z020clg400-1\n"
        "create_bd_design d\ncreate_bd_cell -type ip -vlnv xilinx.com:ip:axi_dma dma\n"
        "puts [get_msg_config -severity ERROR -count]\nset_property CONFIG.no 1 [get_bd_cells "
        "dma]\n"
        "puts [get_msg_config -severity ERROR -count]",
        strict=False,
    )
    assert result.text.endswith(
        "0\nERROR: [BD 41-1276] Cannot set the parameter no on /dma. Parameter does not exist\n1\n"
    )


def test_suppressed_messages_vanish_but_still_fail(bench: Any) -> None:
    result = bench.run(
        "set_msg_config -id {BD 41-1276} -suppress\ncreate_project p p -part xc7z020clg400-1\n"
        "create_bd_design d\ncreate_bd_cell -type ip -vlnv xilinx.com:ip:axi_dma dma\n"
        "puts [catch { set_property CONFIG.no 1 [get_bd_cells dma] }]"
    )
    assert "41-1276" not in result.text
    assert result.text.endswith("\n1\n")


def test_quiet_commands_do_not_fail(bench: Any) -> None:
    result = bench.run(
        "create_project p p -part xc7z020clg400-1\ncreate_bd_design d\n"
        "puts <[create_bd_cell -quiet -type ip -vlnv a:b:c:1.0 x]>"
    )
    assert result.text.endswith("\n<>\n")
    assert result.severe() == []
