"""A picture of a block design as it was executed: cells, interfaces, clocks, addresses, as SVG.

``python -m hls4ml_soc.picture soc.hwh > soc.svg`` draws any hand-off file, Vivado's own too.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ..hwh import Hwh
from .graph import Graph, graph
from .layout import FOOT, MARGIN, NOTE, Box, Layout, Route, lay_out

#: Kind of a connection -> its name in the legend; what is not here is an "other interface".
_KINDS = {
    "aximm": "AXI, memory mapped",
    "axis": "AXI4-Stream",
    "bram": "block RAM, LMB",
    "lmb": "block RAM, LMB",
    "signal": "single signal",
}
_CLASSES = {"aximm": "mm", "axis": "st", "bram": "lb", "lmb": "lb", "signal": "sg"}
#: Class -> colour on light and on dark ground. Clocks have the last four.
_COLOURS = {
    "mm": ("#1f5fbf", "#6aa8ff"),
    "st": ("#1a7f37", "#4ac26b"),
    "lb": ("#9a5b00", "#e0a03a"),
    "ot": ("#6e3fb3", "#b48ef0"),
    "sg": ("#6b7280", "#9aa3af"),
    "c0": ("#c2410c", "#ff8a4c"),
    "c1": ("#a21caf", "#e879f9"),
    "c2": ("#0e7490", "#22d3ee"),
    "c3": ("#4d7c0f", "#a3e635"),
}
_LIGHT = {
    "ground": "#ffffff",
    "box": "#f4f6f9",
    "line": "#3b4452",
    "text": "#1c2430",
    "dim": "#5a6472",
}
_DARK = {
    "ground": "#0d1117",
    "box": "#1a212b",
    "line": "#8b949e",
    "text": "#e6edf3",
    "dim": "#9aa5b1",
}


def svg(design: Hwh) -> str:
    """Return the picture; the same design always gives the same text."""
    shown = graph(design)
    layout = lay_out(shown)
    legend = list(_legend(shown))
    width = max(layout.width, MARGIN * 2 + 560)
    height = layout.height + 18 * len(legend) + MARGIN
    clocks = {source: f"c{at % 4}" for at, source in enumerate(shown.clocks)}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" aria-label="{_q(shown.title)}">',
        f"<style>{style()}</style>",
        f'<rect class="ground" width="{_n(width)}" height="{_n(height)}"/>',
        _text(MARGIN, MARGIN + 10, "title", shown.title),
        *(line for route in layout.routes for line in _wire(route)),
        *(line for box in layout.boxes.values() for line in _box(box, clocks)),
        *_apart(layout, clocks),
        *_place(legend, layout.height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def style(dark: bool | None = None) -> str:
    """Return the style sheet: light and dark as the reader's screen, or one of them."""
    if dark is not None:
        return _palette(dark)
    fonts = (
        "text{font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:10px}"
        ".title{font-size:14px;font-weight:bold}.name{font-size:11.5px;font-weight:bold}"
        ".cell{stroke-width:1.2}.wire{fill:none;stroke-width:1.6}.sg.wire{stroke-width:1}"
        ".end{text-anchor:end}"
    )
    return f"{fonts}{_palette(False)}@media(prefers-color-scheme:dark){{{_palette(True)}}}"


def _palette(dark: bool) -> str:
    own = _DARK if dark else _LIGHT
    colours = "".join(
        f".{name}{{stroke:{pair[dark]}}}.{name}.fill{{fill:{pair[dark]};stroke:none}}"
        for name, pair in _COLOURS.items()
    )
    return (
        f".ground{{fill:{own['ground']}}}.cell{{fill:{own['box']};stroke:{own['line']}}}"
        f"text{{fill:{own['text']}}}.dim{{fill:{own['dim']}}}{colours}"
    )


def _wire(route: Route) -> Iterator[str]:
    kind = _CLASSES.get(route.wire.kind, "ot")
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in route.points)
    name = f"{route.wire.source} to {route.wire.target} ({route.wire.kind})"
    yield f'<polyline class="{kind} wire" points="{points}"><title>{_q(name)}</title></polyline>'
    x, y = route.points[-1]
    yield f'<path class="{kind} fill" d="M{_n(x)},{_n(y)}l-7,-3.5v7z"/>'


def _box(box: Box, clocks: dict[str, str]) -> Iterator[str]:
    cell = box.cell
    yield (
        f'<rect class="cell" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
        f'height="{_n(box.height)}" rx="4"/>'
    )
    yield _text(box.x + 10, box.y + 16, "name", cell.name)
    yield _text(box.x + 10, box.y + 29, "dim", cell.kind)
    for name in cell.inputs:
        yield _text(box.x + 9, box.row(name, False) + 3.5, "", name)
    for name in cell.outputs:
        yield _text(box.x + box.width - 9, box.row(name, True) + 3.5, "end", name)
    y = box.y + box.height - FOOT - NOTE * (len(cell.notes) + len(cell.clocks)) + 10
    for source in cell.clocks:
        yield _dot(clocks[source], box.x + 13, y - 3.5)
        yield _text(box.x + 21, y, "dim", source)
        y += NOTE
    for note in cell.notes:
        yield _text(box.x + 9, y, "dim", note)
        y += NOTE


def _apart(layout: Layout, clocks: dict[str, str]) -> Iterator[str]:
    if layout.others:
        top = min(box.y for box in layout.others)
        yield _text(MARGIN, top - 10, "dim", "without interfaces:")
    for box in layout.others:
        yield from _box(box, clocks)


def _legend(shown: Graph) -> Iterator[tuple[str, str]]:
    """Give class and text of each line."""
    said = set()
    for kind in (*_KINDS, *(wire.kind for wire in shown.wires)):
        name, there = _KINDS.get(kind, "other interface"), any(w.kind == kind for w in shown.wires)
        if there and name not in said:
            said.add(name)
            yield _CLASSES.get(kind, "ot"), name
    for at, (source, hertz) in enumerate(shown.clocks.items()):
        rate = f", {hertz / 1e6:.6g} MHz" if hertz else ""
        yield f"c{at % 4}", f"clock {source}{rate}"


def _place(legend: list[tuple[str, str]], top: float) -> Iterator[str]:
    for number, (kind, text) in enumerate(legend):
        y = top + 18 * number
        if kind.startswith("c"):
            yield _dot(kind, MARGIN + 12, y - 3.5)
        else:
            yield f'<path class="{kind} wire" d="M{MARGIN},{_n(y - 3.5)}h24"/>'
        yield _text(MARGIN + 32, y, "dim", text)


def _dot(kind: str, x: float, y: float) -> str:
    return f'<circle class="{kind} fill" cx="{_n(x)}" cy="{_n(y)}" r="3.5"/>'


def _text(x: float, y: float, kind: str, text: str) -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'


def _q(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _n(value: float) -> str:
    return f"{value:g}"
