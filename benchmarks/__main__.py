"""Everything that is compared, side by side, in one run.

    python -m benchmarks [--check] [--rounds N] [--only codec,dense,...] [--results FOLDER]

Rivals run too, each in an environment of its own. A way that gives another bit ends the run. The
results are ratios; ``--check`` fails where one misses its goal."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import builds, child, codec, dense, emulation, environment, memory, moved, results
from .goals import Goal, Part
from .rival import FinnPlus

ROOT = Path(__file__).parents[1]
KINDS = ("codec", "dense", "moved", "driver", "emulation", "memory")


def main(words: Sequence[str] | None = None) -> int:
    """Measure, write the results, and return 1 where ``--check`` finds a goal missed."""
    given = _parser().parse_args(words)
    kinds = given.only.split(",") if given.only else KINDS
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        print(f"{unknown[0]!r} is none of {', '.join(KINDS)}", file=sys.stderr)
        return 2
    told = environment.describe()
    goals: list[Goal] = []
    seen: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for kind in kinds:
            print(f"measuring {kind}", flush=True)
            found, times = _measure(kind, given, Path(scratch), told)
            goals += found
            seen |= times
    path = results.write(given.results, told, goals, seen)
    print(results.table(goals, told))
    print(path)
    missed = [goal.measure for goal in goals if not goal.met]
    if given.check and missed:
        print(f"missed: {'; '.join(missed)}", file=sys.stderr)
        return 1
    return 0


def _measure(
    kind: str, given: argparse.Namespace, scratch: Path, told: dict[str, Any]
) -> tuple[list[Goal], dict[str, Any]]:
    if kind in ("codec", "dense"):
        with FinnPlus(given.builds / "finn-plus-driver-1.6.1", scratch) as rival:
            told["finn-plus-driver"] = {"version": "1.6.1", **rival.versions}
            return (codec if kind == "codec" else dense).measure(rival, given.rounds)
    if kind == "moved":
        return moved.measure()
    jet = builds.jet_tagger(given.builds)
    if kind == "driver":
        return _driver(jet)
    if kind == "emulation":
        return emulation.measure(jet, scratch, given.rounds)
    return memory.measure(jet, given.builds)


def _driver(jet: Path) -> tuple[list[Goal], dict[str, Any]]:
    found = child.run("driver", str(jet / "bundle"))
    rivals = [name for name in found if name != "ours"]
    goal = Goal(
        "predict, jet tagger, host cost per call, batch 1",
        "hls4ml's driver on the same simulated DMA",
        tuple(
            Part(f"of the time of {name}", _ratio(found["ours"], found[name]), "<= 1")
            for name in rivals
        ),
        clock="wall",
    )
    microseconds = {name: statistics.median(values) for name, values in found.items()}
    return [goal], {"driver, us": microseconds}


def _ratio(mine: list[float], others: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(mine, others, strict=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--check", action="store_true", help="fail where a goal is missed")
    add("--rounds", type=int, default=15, help="of every comparison (%(default)s)")
    add("--only", metavar="A,B", help=f"some of {', '.join(KINDS)}")
    add("--results", type=Path, default=ROOT / "benchmarks" / "results", metavar="FOLDER")
    add("--builds", type=Path, default=ROOT / "build" / "bench", metavar="FOLDER",
        help="rivals and networks, kept for the next run")  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
