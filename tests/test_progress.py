"""What a terminal shows while a step runs, and what stays."""

import io

from rich.console import Console

from hls4ml_soc.execute import Live
from hls4ml_soc.terminal import Terminal


def terminal() -> tuple[Terminal, io.StringIO]:
    """A terminal whose output can be read."""
    shown, text = Terminal(), io.StringIO()
    shown._out = Console(file=text, force_terminal=True, width=100, color_system=None)
    return shown, text


def test_the_phase_of_a_step_is_shown_while_it_runs() -> None:
    shown, text = terminal()
    assert isinstance(shown, Live)
    with shown.step("Vivado (vendor)") as remark:
        shown.now("impl_1: place_design: [Placer]")
        remark("timing met")
    assert "Vivado (vendor)  impl_1: place_design: [Placer]" in text.getvalue()
    last = text.getvalue().splitlines()[-1]
    assert "Vivado (vendor)" in last and last.rstrip().endswith("timing met")
    assert "Placer" not in last


def test_nothing_is_shown_of_a_phase_without_a_step() -> None:
    shown, text = terminal()
    shown.now("impl_1")
    assert text.getvalue() == ""
