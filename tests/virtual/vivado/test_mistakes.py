"""Every class of mistake, one at a time, in a design that is otherwise good: whole messages are
compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def _cases() -> list[Any]:
    text = Path(__file__).with_name("mistakes.txt").read_text()
    cases = []
    for block in text.split("\n== ")[1:]:
        name, old, new, *messages = block.strip("\n").split("\n")
        cases.append(pytest.param(old[2:], new[2:], "\n".join(messages), id=name))
    return cases


@pytest.mark.parametrize(("old", "new", "messages"), _cases())
def test_mistake_is_refused(bench: Any, old: str, new: str, messages: str) -> None:
    result = bench.mutant(old, new)
    found = [m.replace(str(bench.folder), "@") for m in result.severe()]
    assert "\n".join(m for m in found if "[Common 17-39]" not in m) == messages
    assert result.code == 1
    assert not (bench.folder / "soc.xsa").exists()


def test_unknown_commands(bench: Any) -> None:
    assert bench.mutant("save_bd_design", "save_bd").text.endswith(
        'invalid command name "save_bd"\n    while executing\n"save_bd"\n'
        f'    (file "{bench.folder}/script.tcl" line 67)\n'
    )


def test_no_command_of_tcl_86(bench: Any) -> None:
    text = bench.mutant("validate_bd_design", "lmap x {1} { validate_bd_design }").text
    assert 'invalid command name "lmap"\n' in text


def test_a_caught_error_lets_the_script_go_on(bench: Any) -> None:
    result = bench.run(
        "puts [catch { create_bd_cell -type ip -vlnv a:b:c x } message]\nputs $message\n"
    )
    assert result.code == 0
    assert result.text.splitlines()[2:] == [
        "ERROR: [BD 5-4] No open block design. Please create or open a block design first.",
        "1",
        "ERROR: [Common 17-39] 'create_bd_cell' failed due to earlier errors.",
    ]


def test_quiet_lookups_return_nothing(bench: Any) -> None:
    result = bench.design("puts <[get_bd_pins -quiet dma/none]>\nputs <[get_bd_pins dma/none]>")
    assert result.text.endswith(
        "<>\nWARNING: [BD 5-235] No pins matched 'get_bd_pins dma/none'\n<>\n"
    )
    assert result.code == 0


def test_refused_values_restore_the_configuration(bench: Any) -> None:
    result = bench.design(
        "catch { set_property -dict {CONFIG.c_mm2s_burst_size 32 CONFIG.c_sg_length_width 99} "
        "[get_bd_cells dma] }\nputs [get_property CONFIG.c_mm2s_burst_size [get_bd_cells dma]]"
    )
    assert (
        "INFO: [IP_Flow 19-3438] Customization errors found on 'dma'. Restoring to previous "
        in (result.text)
    )
    assert result.text.endswith("valid configuration.\n16\n")
