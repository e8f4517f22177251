"""Small drawings as SVG in a page: colours are the page's own, light or dark."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape


class Drawing:
    """An SVG that grows with the elements it is given; lengths are in pixels."""

    def __init__(self, width: float, height: float, label: str) -> None:
        """Begin; `label` is what a screen reader says of it."""
        self._parts = [
            f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
            f'role="img" aria-label="{escape(label)}">'
        ]

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a line; `kind` is its class."""
        self._parts.append(
            f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        )

    def bar(self, x: float, y: float, width: float, height: float, kind: str, tip: str) -> None:
        """Draw a rectangle with a text that appears over it."""
        self._parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" '
            f'height="{height:.1f}"><title>{escape(tip)}</title></rect>'
        )

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        """Write a text."""
        self._parts.append(
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def dots(self, places: Iterable[tuple[float, float]], kind: str) -> None:
        """Draw dots: one path, whatever their number."""
        path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
        self._parts.append(f'<path class="{kind}" d="{path}"/>')

    def __str__(self) -> str:
        return "".join([*self._parts, "</svg>"])


class Scale:
    """Where values lie on an axis."""

    def __init__(self, values: tuple[float, float], pixels: tuple[float, float]) -> None:
        """Map the first of the values to the first of the pixels, the second to the second."""
        self._low, high = values
        self._start, self._end = pixels
        self._span = (high - self._low) or 1.0

    def __call__(self, value: float) -> float:
        """Return the pixel of a value, at the end of the axis for one beyond it."""
        part = min(1.0, max(0.0, (value - self._low) / self._span))
        return self._start + part * (self._end - self._start)


def exponents(values: Iterable[float], base: float, least: int, most: int) -> tuple[int, int]:
    """Return the whole powers that enclose positive values, within two limits."""
    logs = [math.log(value, base) for value in values if value > 0 and math.isfinite(value)]
    if not logs:
        return least, most
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return max(least, min(low, most - 1)), min(most, max(high, low + 1, least + 1))
