"""The results as JSON, as a table and as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .goals import Goal, Part


def write(
    folder: Path, environment: dict[str, Any], goals: Sequence[Goal], seen: dict[str, Any]
) -> Path:
    """Write ``<date>.json``, ``.md`` and ``.png``; return the first."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{environment['date'][:10]}.json"
    told = {
        "environment": environment,
        "goals": [goal.as_dict() for goal in goals],
        "seconds": seen,
    }
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(table(goals, environment), encoding="utf-8")
    plot(goals, path.with_suffix(".png"))
    return path


def table(goals: Sequence[Goal], environment: dict[str, Any]) -> str:
    """Return the goals as markdown."""
    rows = ["| measure | rival | ratio | goal | met |", "|---|---|---|---|---|"]
    for goal in goals:
        measure, rival = goal.measure, goal.rival
        for part in goal.parts:
            figure = f"{number(part.ratio)} {part.what}"
            met = "yes" if part.met else "**no**"
            rows.append(f"| {measure} | {rival} | {figure} | {part.goal} | {met} |")
            measure = rival = ""
    notes = [f"- {goal.measure} / {goal.rival}: {goal.note}" for goal in goals if goal.note]
    machine = (
        f"{environment['processor']}, {environment['processors']} processors, load "
        f"{environment['load'][0]:.1f} at the start; Python {environment['python']}, numpy "
        f"{environment['packages']['numpy']}; commit {environment['commit']}"
    )
    return "\n".join([f"{environment['date']}, {machine}", "", *rows, "", *notes]) + "\n"


def number(value: float) -> str:
    """Return a figure with three significant digits, no exponent."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}" if value >= 0.01 or value == 0 else f"{value:.4f}"


def plot(goals: Sequence[Goal], path: Path) -> None:
    """Draw how far each part surpasses its goal, on a logarithmic axis: 1 is just met."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    parts: list[tuple[Goal, Part]] = [(goal, part) for goal in goals for part in goal.parts]
    figure, axes = plt.subplots(figsize=(10, 0.32 * len(parts) + 1.2), layout="constrained")
    for place, (_, part) in enumerate(parts):
        far = min(max(part.margin, 0.02), 1e4)
        axes.barh(place, far - 1, left=1, color="tab:green" if part.met else "tab:red")
        label = f"{number(part.ratio)}  (goal {part.goal})"
        axes.text(max(far, 1), place, " " + label, va="center", fontsize=7)
    names = [f"{goal.measure}: {part.what}"[:90] for goal, part in parts]
    axes.set_yticks(range(len(parts)), names, fontsize=7)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.margins(x=0.3)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("how far the goal is surpassed (left of 1: missed)")
    figure.savefig(path, dpi=110)
    plt.close(figure)
