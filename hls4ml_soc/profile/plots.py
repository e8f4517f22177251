"""The plots of a profile."""

from __future__ import annotations

import math

from .drawing import Drawing, Scale, exponents
from .layer import DEPARTS, Layer
from .profile import Points
from .ranges import Spread

_LEFT, _ROW, _WIDTH = 150, 26, 760
#: Beyond these powers of two a bar ends at the edge.
_LEAST, _MOST = -40, 40


def ranges(layers: tuple[Layer, ...]) -> str:
    """Draw magnitudes by powers of two: what each format spans, what the values need."""
    spans = [_span(layer) for layer in layers]
    ends = [value for span in spans for value in span] + [
        value
        for layer in layers
        for value in (_seen(layer).small, abs(_seen(layer).lowest), abs(_seen(layer).highest))
    ]
    low, high = exponents(ends, 2, _LEAST, _MOST)
    height = _ROW * len(layers) + 34
    drawing = Drawing(_WIDTH, height, "values of each layer beside what its format holds")
    scale = Scale((low, high), (_LEFT, _WIDTH - 12))
    every = max(1, math.ceil((high - low) / 16))
    for power in range(low, high + 1, every):
        drawing.line(scale(power), 4, scale(power), height - 28, "grid")
        drawing.text(scale(power), height - 12, f"2^{power}", "axis", "middle")
    for row, (layer, (step, limit)) in enumerate(zip(layers, spans, strict=True)):
        top = 4 + row * _ROW
        drawing.text(_LEFT - 8, top + 16, _short(layer.name), _name(layer), "end")
        if limit:
            left, right = scale(math.log2(step)), scale(math.log2(limit))
            tip = f"{layer.format}: from a step of {step:g} to {limit:g}"
            drawing.bar(left, top + 2, right - left, _ROW - 6, "format", tip)
        seen = _seen(layer)
        most = max(abs(seen.lowest), abs(seen.highest))
        if seen.small and most:
            left, middle = scale(math.log2(seen.small)), scale(math.log2(seen.large))
            end = scale(math.log2(most))
            tip = (
                f"{layer.name}: 9 of 10 from {seen.small:.3g} to {seen.large:.3g}, up to {most:.4g}"
            )
            beyond = bool(limit) and most > limit
            drawing.bar(left, top + 8, middle - left, _ROW - 18, "values", tip)
            drawing.line(middle, top + 12, end, top + 12, "beyond" if beyond else "whisker")
            drawing.bar(end - 1, top + 7, 3, 10, "bad" if beyond else "values", tip)
    return str(drawing)


def errors(layers: tuple[Layer, ...]) -> str:
    """Draw the error of each layer by powers of ten, and from where on it departs."""
    known = [(layer, layer.distance.error) for layer in layers if layer.distance is not None]
    low, high = exponents([*(error for _, error in known), DEPARTS], 10, -8, 3)
    height = _ROW * len(known) + 34
    drawing = Drawing(_WIDTH, height, "error of each layer")
    scale = Scale((low, high), (_LEFT, _WIDTH - 12))
    for power in range(low, high + 1):
        drawing.line(scale(power), 4, scale(power), height - 28, "grid")
        told = f"{10.0**power * 100:g} %"
        anchor = "end" if power == high else "middle"
        drawing.text(scale(power), height - 12, told, "axis", anchor)
    for row, (layer, error) in enumerate(known):
        top = 4 + row * _ROW
        drawing.text(_LEFT - 8, top + 16, _short(layer.name), _name(layer), "end")
        end = scale(math.log10(error)) if 0 < error < math.inf else scale(high if error else low)
        kind = "bad" if layer.departs else "values"
        drawing.bar(_LEFT, top + 5, end - _LEFT, _ROW - 12, kind, f"{layer.name}: {error:.3%}")
    limit = scale(math.log10(DEPARTS))
    drawing.line(limit, 4, limit, height - 28, "limit")
    return str(drawing)


def scatter(layer: Layer, points: Points) -> str:
    """Draw fixed-point values over right ones: on the diagonal where nothing is lost."""
    size, edge = 168, 8
    both = (*points.right, *points.fixed)
    ends = min(both), max(both)
    drawing = Drawing(size, size + 20, f"{layer.name}: fixed over {layer.against}")
    drawing.bar(edge, edge, size - 2 * edge, size - 2 * edge, "frame", "")
    across, up = Scale(ends, (edge + 4, size - edge - 4)), Scale(ends, (size - edge - 4, edge + 4))
    drawing.line(across(ends[0]), up(ends[0]), across(ends[1]), up(ends[1]), "limit")
    places = [(across(x), up(y)) for x, y in zip(points.right, points.fixed, strict=True)]
    drawing.dots(places, "dots bad-dots" if layer.departs else "dots")
    drawing.text(size / 2, size + 12, _short(layer.name), _name(layer), "middle")
    return str(drawing)


def _span(layer: Layer) -> tuple[float, float]:
    """Return the step of a layer's format and the largest magnitude it holds; zeros for none."""
    if layer.limits is None:
        return 0.0, 0.0
    low, high, step = layer.limits
    return step, max(abs(low), abs(high), step)


def _seen(layer: Layer) -> Spread:
    return layer.fixed if layer.right is None else layer.right


def _name(layer: Layer) -> str:
    return "name departs" if layer.departs else "name"


def _short(name: str) -> str:
    return name if len(name) <= 20 else f"{name[:18]}…"
