"""Cells moved into hierarchies, out of them, copied; and the script that builds a design again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CONNECTED = (HERE / "good.tcl").read_text().partition("validate_bd_design")[0]


def _design(script: str) -> str:
    return CONNECTED + script


def _last(result: Any) -> str:
    return str(result.text.splitlines()[-1])


def test_a_group_keeps_the_design_valid_and_dissolves_again(bench: Any) -> None:
    result = bench.run(
        _design(
            "set before [lsort [get_bd_pins -of_objects [get_bd_nets -of_objects "
            "[get_bd_pins dma/axi_resetn]]]]\n"
            "group_bd_cells data [get_bd_cells {dma start accelerator}]\n"
            "validate_bd_design\n"
            "puts [lsort [get_bd_intf_pins data/*]]\n"
            "ungroup_bd_cells [get_bd_cells data]\n"
            "validate_bd_design\n"
            "set after [lsort [get_bd_pins -of_objects [get_bd_nets -of_objects "
            "[get_bd_pins dma/axi_resetn]]]]\n"
            "puts [expr {$before eq $after}][get_bd_cells -quiet data]\n"
        )
    )
    assert result.severe() == []
    # Streams between the two stay inside.
    assert "\n/data/M_AXI_MM2S /data/M_AXI_S2MM /data/S_AXI_LITE" in result.text
    assert _last(result) == "1"


def test_cells_move_through_several_hierarchies(bench: Any) -> None:
    result = bench.run(
        _design(
            "create_bd_cell -type hier a\ncreate_bd_cell -type hier a/b\n"
            "move_bd_cells [get_bd_cells a/b] [get_bd_cells dma]\n"
            "validate_bd_design\n"
            "puts [get_bd_pins -of_objects [get_bd_nets -of_objects [get_bd_pins a/b/axi_resetn] "
            "-boundary_type upper]]\n"
            "move_bd_cells / [get_bd_cells a/b/dma]\n"
            "validate_bd_design\n"
            "puts [get_bd_cells dma]<[get_bd_pins -quiet a/*][get_bd_intf_pins -quiet a/b/*]>\n"
        )
    )
    assert result.severe() == []
    assert _last(result) == "/dma<>"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "move_bd_cells [get_bd_cells h] [get_bd_cells h]",
            "ERROR: [Standin 1] move_bd_cells cannot move a hierarchy into itself: /h",
        ),
        (
            "move_bd_cells dma [get_bd_cells reset]",
            "ERROR: [BD 5-216] Hierarchy block 'dma' was not found.",
        ),
        (
            "ungroup_bd_cells [get_bd_cells dma]",
            "ERROR: [BD 5-216] '/dma' is no hierarchy.",
        ),
        (
            "copy_bd_objs dma [get_bd_cells reset]",
            "ERROR: [BD 5-216] Hierarchy block 'dma' was not found.",
        ),
        (
            "group_bd_cells g [get_bd_cells -quiet nothing]",
            "ERROR: [Common 17-55] 'group_bd_cells' expects at least one object.",
        ),
    ],
)
def test_what_cannot_be_moved_is_refused(bench: Any, command: str, message: str) -> None:
    result = bench.run(_design(f"create_bd_cell -type hier h\n{command}\n"))
    assert result.severe()[0] == message
    assert result.code == 1


def test_copies_have_the_parameters_and_the_next_number(bench: Any) -> None:
    result = bench.run(
        "create_project p p -part xc7z020clg400-1\ncreate_bd_design d\n"
        "create_bd_cell -type ip -vlnv xilinx.com:ip:axi_gpio:2.0 gpio_0\n"
        "set_property CONFIG.C_GPIO_WIDTH 5 [get_bd_cells gpio_0]\n"
        "create_bd_port -dir O -from 3 -to 0 led\n"
        "puts [copy_bd_objs / [get_bd_cells gpio_0]]\n"
        "puts [copy_bd_objs / [get_bd_cells gpio_0]]\n"
        "puts [copy_bd_objs / [get_bd_ports led]]\n"
        "puts [get_property LEFT [get_bd_ports led1]]\n"
        "puts [get_property CONFIG.C_GPIO_WIDTH [get_bd_cells gpio_2]]\n"
    )
    assert result.text.endswith("/gpio_1\n/gpio_2\n/led1\n3\n5\n")


def test_a_copied_hierarchy_has_the_connections_inside(bench: Any) -> None:
    result = bench.run(
        _design(
            "group_bd_cells data [get_bd_cells {dma start accelerator}]\n"
            "copy_bd_objs / [get_bd_cells data]\n"
            "puts [lsort [get_bd_intf_pins -of_objects [get_bd_intf_nets -of_objects "
            "[get_bd_intf_pins data1/dma/M_AXIS_MM2S]]]]\n"
            "puts [get_bd_nets -quiet -of_objects [get_bd_pins data1/axi_resetn] "
            "-boundary_type upper]\n"
        )
    )
    assert result.text.endswith("\n/data1/dma/M_AXIS_MM2S /data1/start/s_axis\n\n")


@pytest.mark.parametrize("name", ["good", "zynqmp", "microblaze", "regrouped"])
def test_a_written_script_builds_the_same_design(bench: Any, tmp_path: Path, name: str) -> None:
    grouped = "group_bd_cells data [get_bd_cells {dma start accelerator}]\n"
    script = (
        _design(grouped) if name == "regrouped" else (HERE / f"{name}.tcl").read_text()
    ).partition("validate_bd_design")[0]
    ending = "validate_bd_design\ngenerate_target all [get_files *.bd]\n"
    first = bench.run(script + ending + "write_bd_tcl again\n", version="2024.2")
    assert first.severe() == []
    (before,) = (p.read_text() for p in bench.folder.rglob("*.hwh"))
    start = "\n".join(
        line
        for line in script.splitlines()
        if line.startswith(("create_project", "add_files", "update_", "set_property ip_repo"))
    )
    second = bench.run(
        f"{start}\nsource again.tcl\ngenerate_target all [get_files *.bd]\n", version="2024.2"
    )
    assert second.severe() == []
    (after,) = (p.read_text() for p in bench.folder.rglob("*.hwh"))
    if name != "regrouped":
        assert after == before
    # Cells that were moved keep the component's name of where they were created.
    lines = [sorted(x for x in t.splitlines() if "soc_" not in x) for t in (before, after)]
    assert lines[0] == lines[1] and len(lines[0]) > 1000


def test_a_written_script_is_not_overwritten(bench: Any) -> None:
    result = bench.run(_design("write_bd_tcl a\nwrite_bd_tcl a.tcl\n"))
    assert result.severe()[0] == (
        f"ERROR: [BD 5-2] File '{bench.folder}/a.tcl' already exists. Use -force to overwrite it."
    )


@pytest.mark.parametrize(
    ("option", "vlnv"),
    [("-no_ip_version", "axi_dma dma"), ("-ignore_minor_versions", "axi_dma:7.* dma")],
)
def test_a_written_script_may_leave_versions_open(bench: Any, option: str, vlnv: str) -> None:
    assert bench.run(_design(f"write_bd_tcl {option} a\n")).code == 0
    assert (
        f"-vlnv xilinx.com:ip:{vlnv.replace(' dma', ' /dma')}"
        in (bench.folder / "a.tcl").read_text()
    )
