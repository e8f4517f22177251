"""What is to be reached, and whether it was: one row per measure, a row of one or more parts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """One figure and its goal: ``>= 15`` (times faster, or fewer) or ``<= 2.5`` (of its time)."""

    what: str
    ratio: float
    goal: str

    @property
    def limit(self) -> tuple[str, float]:
        """The comparison and the number of the goal."""
        sign, number = self.goal.split()
        return sign, float(number)

    @property
    def met(self) -> bool:
        """Whether the figure reaches the goal."""
        sign, number = self.limit
        return self.ratio >= number if sign == ">=" else self.ratio <= number

    @property
    def margin(self) -> float:
        """How far the goal is surpassed: below 1 it is missed."""
        sign, number = self.limit
        if sign == ">=":
            return self.ratio / number
        return (number + 1e-12) / (self.ratio + 1e-12)


@dataclass(frozen=True)
class Goal:
    """A row of the results: a measure against a rival. ``clock`` is what the ratios are made of:
    processor time, wall time, or a count."""

    measure: str
    rival: str
    parts: tuple[Part, ...]
    clock: str = "cpu"
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether every part is met."""
        return all(part.met for part in self.parts)

    @property
    def worst(self) -> Part:
        """The part nearest to its goal, or farthest from it."""
        return min(self.parts, key=lambda part: part.margin)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as the results file has it; ratio and goal are those of the worst part."""
        return {
            "measure": self.measure,
            "rival": self.rival,
            "ratio": self.worst.ratio,
            "goal": self.worst.goal,
            "met": self.met,
            "clock": self.clock,
            "note": self.note,
            "parts": [asdict(part) | {"met": part.met} for part in self.parts],
        }
