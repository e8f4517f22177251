"""Runs that are running, that have ended, and what waiting for them says, by release."""

from __future__ import annotations

from typing import Any

import pytest


def own(result: Any) -> list[str]:
    """Return the errors that are not echoes."""
    return [
        line.replace(str(result.folder), "@")
        for line in result.severe()
        if "[Common 17-39]" not in line
    ]


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
    result = bench.run(
        _launched(benches, f"launch_runs impl_1 -to_step write_bitstream\n{command}\n")
    )
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
