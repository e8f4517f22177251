"""Pins of a design without a processing system."""

from __future__ import annotations

from typing import Any

import pytest

DESIGN = """create_project p p -part xc7a100tcsg324-1 -force
create_bd_design d
create_bd_cell -type ip -vlnv xilinx.com:ip:xlconstant k
set_property -dict {CONFIG.CONST_WIDTH 2 CONFIG.CONST_VAL 3} [get_bd_cells k]
make_bd_pins_external -name led [get_bd_pins k/dout]
add_files -fileset constrs_1 -norecurse pins.xdc
validate_bd_design
add_files -norecurse [make_wrapper -files [get_files d.bd] -top]
launch_runs impl_1 -to_step write_bitstream
wait_on_run impl_1
puts "end: [get_property STATUS [get_runs impl_1]] [get_property PROGRESS [get_runs impl_1]]"
"""
GOOD = """# two LEDs
create_clock -period 10 [get_ports {led[0]}]
set_property PACKAGE_PIN H5 [get_ports {led[0]}]
set_property -dict {PACKAGE_PIN J5 IOSTANDARD LVCMOS33} [get_ports {led[1]}]
set_property IOSTANDARD LVCMOS33 [get_ports {led[0]}]
"""


def _run(bench: Any, xdc: str) -> list[str]:
    (bench.folder / "pins.xdc").write_text(xdc)
    text = bench.run(DESIGN).text.replace(str(bench.folder), "@")
    return [x for x in text.splitlines() if x.startswith(("ERROR", "end:"))]


def test_complete_pins(bench: Any) -> None:
    assert _run(bench, GOOD) == ["end: write_bitstream Complete! 100%"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "set_property IOSTANDARD LVCMOS33 [get_ports {led[0]}]\n",
            "",
            "[DRC NSTD-1] Unspecified I/O Standard: 1 out of 2 logical ports have no user "
            "assigned IOSTANDARD. "
            "Problem ports: led[0].",
        ),
        (
            "PACKAGE_PIN J5 ",
            "",
            "[DRC UCIO-1] Unconstrained Logical Port: 1 out of 2 logical ports have no user "
            "assigned PACKAGE_PIN. "
            "Problem ports: led[1].",
        ),
        (
            "# two LEDs",
            "set_property PACKAGE_PIN T9 [get_ports lad]",
            "[Vivado 12-584] No ports matched 'lad'.",
        ),
        (
            "PACKAGE_PIN J5",
            "PACKAGE_PIN H5",
            "[Standin 1] ports led[0] and led[1] are both on pin H5",
        ),
        (
            "# two LEDs",
            "place_cell x",
            "[Standin 1] @/pins.xdc: hls4ml_soc's stand-in does not model `place_cell` "
            "in constraints",
        ),
    ],
)
def test_pins_that_fail(bench: Any, old: str, new: str, message: str) -> None:
    found = _run(bench, GOOD.replace(old, new))
    assert found[0] == f"ERROR: {message}"
    assert found[-2:] == [
        "ERROR: [Vivado 12-1345] Error(s) found during DRC. Bitgen not run.",
        "end: write_bitstream ERROR 80%",
    ]


def test_memory_info(bench: Any) -> None:
    result = bench.run(
        DESIGN.replace("add_files -fileset constrs_1 -norecurse pins.xdc\n", "").replace(
            "make_bd_pins_external -name led [get_bd_pins k/dout]\n", ""
        )
        + "open_run impl_1\nwrite_mem_info d.mmi\n"
        "write_mem_info d.mmi"
    )
    assert "end: write_bitstream Complete! 100%" in result.text
    assert '<Option Name="Part" Val="xc7a100tcsg324-1" />' in (bench.folder / "d.mmi").read_text()
    assert result.severe() == [
        "ERROR: [Common 17-176] Overwrite of existing file isn't enabled. Please specify -force "
        "to overwrite file "
        f"[{bench.folder}/d.mmi]",
    ]
