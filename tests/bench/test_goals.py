"""The benchmarks' arithmetic: ratios, goals, results. Nothing here looks at a clock."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks import __main__ as command  # noqa: E402
from benchmarks import moved, race, results  # noqa: E402
from benchmarks.goals import Goal, Part  # noqa: E402
from benchmarks.race import Elsewhere, Times  # noqa: E402

ENVIRONMENT = {
    "date": "2026-01-02T03:04:05+00:00",
    "processor": "a processor",
    "processors": 2,
    "load": [0.25, 0, 0],
    "python": "3.11",
    "packages": {"numpy": "1.26"},
    "commit": "abc",
}


@pytest.mark.parametrize(
    ("ratio", "goal", "met", "margin"),
    [
        (15.0, ">= 15", True, 1.0),
        (14.9, ">= 15", False, 14.9 / 15),
        (2.5, "<= 2.5", True, 1.0),
        (5.0, "<= 2.5", False, 0.5),
    ],
)
def test_a_part(ratio: float, goal: str, met: bool, margin: float) -> None:
    part = Part("times", ratio, goal)
    assert part.met is met
    assert part.margin == pytest.approx(margin)


def test_a_row_is_as_good_as_its_worst_part() -> None:
    parts = (Part("a", 30.0, ">= 15"), Part("b", 3.0, "<= 2.5"), Part("c", 1.0, "<= 2.5"))
    row = Goal("encode", "numpy", parts, note="why").as_dict()
    assert row == {
        "measure": "encode",
        "rival": "numpy",
        "ratio": 3.0,
        "goal": "<= 2.5",
        "met": False,
        "clock": "cpu",
        "note": "why",
        "parts": [
            {"what": "a", "ratio": 30.0, "goal": ">= 15", "met": True},
            {"what": "b", "ratio": 3.0, "goal": "<= 2.5", "met": False},
            {"what": "c", "ratio": 1.0, "goal": "<= 2.5", "met": True},
        ],
    }
    assert Goal("encode", "numpy", parts[:1]).met


def test_ratios_are_taken_within_a_round() -> None:
    """The machine was ten times slower in the second round, for both."""
    times = {
        "ours": Times([2.0, 20.0, 4.0], [1.0, 10.0, 2.0]),
        "theirs": Times([4.0, 40.0, 2.0], [4.0, 40.0, 8.0]),
    }
    assert race.ratio(times, "theirs", "ours") == 4.0
    assert race.ratio(times, "theirs", "ours", "wall") == 2.0
    assert race.medians(times)["ours"] == {"wall": 4.0, "cpu": 2.0}


def test_calls_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "PIECE", 0)
    order: list[str] = []
    found = race.race({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3, 2)
    assert "".join(order) == "aaabbb" + "ab" * 3
    assert {len(values) for t in found.values() for values in (t.wall, t.cpu)} == {3}


def test_what_another_process_has_timed_counts_as_it_says() -> None:
    told = iter([Elsewhere(1.0, 0.5), Elsewhere(3.0, 1.5)])
    assert race.timed(lambda: next(told), 2) == Elsewhere(2.0, 1.0)


def test_bytes_and_beats() -> None:
    (goal,), seen = moved.measure()
    assert goal.met
    assert [part.ratio for part in goal.parts] == [2.0, 4.0, 4.0, 16.0]
    assert goal.note == (
        "jet tagger, 64-bit port: 64 bytes in 16 beats; aligned 32 (4 of padding) in 4; dense 32 "
        "(4 of padding) in 4; 784 features of 8 bits, 128-bit port: 3136 bytes in 784 beats; "
        "aligned 784 (0 of padding) in 49; dense 784 (0 of padding) in 49"
    )


def test_the_table() -> None:
    parts = (Part("times faster", 1234.5, ">= 1000"), Part("of its time", 3.0, "<= 2.5"))
    assert results.table([Goal("encode", "numpy", parts, note="so")], ENVIRONMENT) == (
        "2026-01-02T03:04:05+00:00, a processor, 2 processors, load 0.2 at the start; Python 3.11, "
        "numpy 1.26; commit abc\n\n"
        "| measure | rival | ratio | goal | met |\n|---|---|---|---|---|\n"
        "| encode | numpy | 1,234 times faster | >= 1000 | yes |\n"
        "|  |  | 3.00 of its time | <= 2.5 | **no** |\n\n"
        "- encode / numpy: so\n"
    )


def test_a_run_writes_its_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "moved", "--check", "--results", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.json")
    assert capsys.readouterr().out.splitlines()[-1] == str(path)
    told = json.loads(path.read_text())
    (row,) = told["goals"]
    assert (row["measure"], row["ratio"], row["goal"], row["met"]) == (
        "input bytes and beats per sample", 2.0, ">= 2", True,
    )  # fmt: skip
    assert told["environment"]["packages"]["numpy"] == np.__version__
    assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert "| 16.0 times fewer beats" in path.with_suffix(".md").read_text()


def test_a_missed_goal_fails_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "jet tagger, 64-bit port"
    changed = {name: (*moved.INPUTS[name][:4], ">= 5")}
    monkeypatch.setattr(moved, "INPUTS", moved.INPUTS | changed)
    arguments = ["--only", "moved", "--results", str(tmp_path)]
    assert command.main(arguments) == 0
    assert command.main([*arguments, "--check"]) == 1
    assert capsys.readouterr().err == "missed: input bytes and beats per sample\n"
    assert command.main(["--only", "speed"]) == 2
