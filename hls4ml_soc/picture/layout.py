"""Where things lie in a picture of a block design: layers from left to right, wires in tracks.

Every wire has a vertical track of its own in the gaps that it enters, and a lane of its own above
or below all cells where it jumps a layer or runs back: no two segments can lie on each other.
Inputs and outputs are on different rows of one grid for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..hwh import End
from .graph import PROCESSORS, Cell, Graph, Wire

ROW = 20  # between inputs; outputs are half a row below
HEAD, NOTE, FOOT = 46, 15, 8  # name and kind; a line of notes; below them
CHARACTER, SMALL = 7.0, 6.0  # widths in the two sizes of a monospaced font
GAP, TRACK, LANE, SPACE = 26, 11, 13, 28
MARGIN, TITLE = 24, 44


@dataclass(frozen=True)
class Box:
    """A cell and its place."""

    cell: Cell
    x: float
    y: float
    width: float
    height: float

    def row(self, name: str, is_output: bool) -> float:
        """Return the height of a port."""
        names = self.cell.outputs if is_output else self.cell.inputs
        return self.y + HEAD + ROW * names.index(name) + (ROW / 2 if is_output else 0)


@dataclass(frozen=True)
class Route:
    """A wire and its corners."""

    wire: Wire
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Layout:
    """Everything in its place."""

    boxes: dict[str, Box]
    routes: tuple[Route, ...]
    others: tuple[Box, ...]
    width: float
    height: float


def lay_out(graph: Graph) -> Layout:
    """Return the layout of a graph; the same graph always gives the same one."""
    layers = _ordered(graph, _layers(graph))
    place = {name: at for at, names in enumerate(layers) for name in names}
    inner, outer, lanes = _tracks(graph, place)
    top = MARGIN + TITLE + LANE * len(lanes["above"])
    boxes, right = _boxes(graph, layers, inner, outer, top)
    bottom = max(box.y + box.height for box in boxes.values()) + SPACE / 2
    routes = tuple(
        _route(wire, boxes, place, (inner, outer, lanes), (top, bottom)) for wire in graph.wires
    )
    below = bottom + LANE * len(lanes["below"]) + SPACE + ROW
    others = _shelf(graph.others, below, right)
    height = max([below, *(box.y + box.height for box in others)]) + MARGIN
    return Layout(boxes, routes, others, right + MARGIN, height)


def measure(cell: Cell) -> tuple[float, float]:
    """Return width and height of a cell's box."""
    left = max(map(len, cell.inputs), default=0)
    right = max(map(len, cell.outputs), default=0)
    notes = max(map(len, (*cell.notes, *cell.clocks)), default=0) + 2 * bool(cell.clocks)
    head = max(len(cell.name) * CHARACTER, len(cell.kind) * SMALL)
    width = max(head, (left + right + 3) * SMALL, notes * SMALL) + 20
    rows = max(len(cell.inputs), len(cell.outputs) + 0.5 * bool(cell.outputs))
    lines = len(cell.notes) + len(cell.clocks)
    return round(width), HEAD + ROW * rows + NOTE * lines + FOOT


def _layers(graph: Graph) -> dict[str, int]:
    """Number the layers: the longest way from a processor, without wires that run back."""
    after: dict[str, list[str]] = {name: [] for name in graph.cells}
    for wire in graph.wires:
        if wire.source.module != wire.target.module:
            after[wire.source.module].append(wire.target.module)
    entered = {name for names in after.values() for name in names}
    first = [n for n, cell in graph.cells.items() if cell.kind in PROCESSORS]
    roots = [*first, *(n for n in graph.cells if n not in entered), *graph.cells]
    forward: list[tuple[str, str]] = []
    done: dict[str, bool] = {}

    def visit(name: str) -> None:
        done[name] = False  # under way
        for other in after[name]:
            if other not in done:
                visit(other)
            if done[other] or other not in done:
                forward.append((name, other))
        done[name] = True

    for root in roots:
        if root not in done:
            visit(root)
    layer = dict.fromkeys(graph.cells, 0)
    for _ in graph.cells:
        for source, target in forward:
            layer[target] = max(layer[target], layer[source] + 1)
    for name in graph.cells:  # what only drives stands beside what it drives
        if name not in entered and after[name]:
            layer[name] = max(0, min(layer[other] for other in after[name]) - 1)
    return layer


def _ordered(graph: Graph, layer: Mapping[str, int]) -> list[list[str]]:
    """Order each layer by the middle of its neighbours, so that wires cross less."""
    layers: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for name, at in layer.items():
        layers[at].append(name)
    near: dict[str, set[str]] = {name: set() for name in graph.cells}
    for wire in graph.wires:
        near[wire.source.module].add(wire.target.module)
        near[wire.target.module].add(wire.source.module)
    for _ in range(4):
        for names in layers[1:]:
            rank = {name: float(i) for each in layers for i, name in enumerate(each)}
            names.sort(key=_Middle(near, rank))
    return [names for names in layers if names]


@dataclass(frozen=True)
class _Middle:
    """Ranks a cell by the middle of its neighbours."""

    near: Mapping[str, set[str]]
    rank: Mapping[str, float]

    def __call__(self, name: str) -> float:
        ranks = [self.rank[other] for other in self.near[name] if other != name]
        return sum(ranks) / len(ranks) if ranks else self.rank[name]


Tracks = dict[int, list[tuple[str, Wire]]]
Lanes = dict[str, list[Wire]]


def _tracks(graph: Graph, place: Mapping[str, int]) -> tuple[Tracks, Tracks, Lanes]:
    """Give every wire its tracks, ``inner`` behind a layer and ``outer`` before it, and lanes."""
    inner: Tracks = {}
    outer: Tracks = {}
    lanes: Lanes = {"above": [], "below": []}
    for wire in graph.wires:
        start, end = place[wire.source.module], place[wire.target.module]
        inner.setdefault(start, []).append(("out", wire))
        if end != start + 1:
            outer.setdefault(end, []).append(("in", wire))
            lanes["above" if end > start else "below"].append(wire)
    return inner, outer, lanes


def _boxes(
    graph: Graph, layers: list[list[str]], inner: Tracks, outer: Tracks, top: float
) -> tuple[dict[str, Box], float]:
    boxes: dict[str, Box] = {}
    x: float = MARGIN
    tallest = max(sum(measure(graph.cells[n])[1] + SPACE for n in names) for names in layers)
    for at, names in enumerate(layers):
        x += TRACK * len(outer.get(at, [])) + (GAP if outer.get(at) else 0)
        sizes = {name: measure(graph.cells[name]) for name in names}
        width = max(w for w, _ in sizes.values())
        free = tallest - sum(h + SPACE for _, h in sizes.values())
        y = top + SPACE / 2 + ROW * (free / 2 // ROW)
        for name in names:
            boxes[name] = Box(graph.cells[name], x, y, width, sizes[name][1])
            # The next box begins on the grid of rows.
            y += ROW * -(-(sizes[name][1] + SPACE) // ROW)
        x += width + TRACK * len(inner.get(at, [])) + 2 * GAP
    return boxes, x - GAP


def _route(
    wire: Wire,
    boxes: Mapping[str, Box],
    place: Mapping[str, int],
    tracks: tuple[Tracks, Tracks, Lanes],
    edges: tuple[float, float],
) -> Route:
    inner, outer, lanes = tracks
    start, end = boxes[wire.source.module], boxes[wire.target.module]
    y0, y1 = start.row(wire.source.name, True), end.row(wire.target.name, False)
    x0, x1 = start.x + start.width, end.x
    number = inner[place[wire.source.module]].index(("out", wire))
    first = x0 + GAP + TRACK * number
    if place[wire.target.module] == place[wire.source.module] + 1:
        return Route(wire, ((x0, y0), (first, y0), (first, y1), (x1, y1)))
    here = outer[place[wire.target.module]]
    last = x1 - GAP - TRACK * (len(here) - 1 - here.index(("in", wire)))
    if wire in lanes["above"]:
        lane = edges[0] - LANE * lanes["above"].index(wire)
    else:
        lane = edges[1] + LANE * lanes["below"].index(wire)
    corners = ((x0, y0), (first, y0), (first, lane), (last, lane), (last, y1), (x1, y1))
    return Route(wire, corners)


def _shelf(cells: tuple[Cell, ...], top: float, right: float) -> tuple[Box, ...]:
    """Put the cells without interfaces side by side, in as many rows as they need."""
    boxes: list[Box] = []
    x, y, tallest = float(MARGIN), top, 0.0
    for cell in cells:
        width, height = measure(cell)
        if boxes and x + width > right:
            x, y, tallest = float(MARGIN), y + tallest + SPACE, 0.0
        boxes.append(Box(cell, x, y, width, height))
        x, tallest = x + width + SPACE, max(tallest, height)
    return tuple(boxes)


def ends(layout: Layout) -> dict[End, tuple[float, float]]:
    """Return where each port lies."""
    found = {}
    for route in layout.routes:
        found[route.wire.source] = route.points[0]
        found[route.wire.target] = route.points[-1]
    return found
