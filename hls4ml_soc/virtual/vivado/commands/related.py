"""-of_objects: what belongs to objects that are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hls4ml_soc.virtual.vivado.addressing import SlaveSegment, Space, slave_segments, spaces
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin, Segment
from hls4ml_soc.virtual.vivado.session import Session


def cells_of(session: Session, design: Design, given: list[tuple[str, object]]) -> Iterable[object]:
    """Yield the cells that objects belong to, or that a hierarchy holds."""
    for _, thing in given:
        if isinstance(thing, Node) and thing.cell:
            yield thing.cell
        elif isinstance(thing, Net):
            yield from (n.cell for n in thing.nodes if n.cell)
        elif isinstance(thing, Segment):
            yield from (thing.slave.cell, thing.master)
        elif isinstance(thing, Cell):
            yield from (c for c in design.cells.values() if c.parent == thing.path)


def nodes_of(
    wanted: type[Node], boundary: bool
) -> Callable[[Session, Design, list[tuple[str, object]]], Iterable[object]]:
    def of(session: Session, design: Design, given: list[tuple[str, object]]) -> Iterable[object]:
        for _, thing in given:
            if isinstance(thing, Cell) and not boundary:
                yield from (
                    n
                    for n in (*design.pins.values(), *design.buses.values())
                    if n.cell is thing and isinstance(n, wanted)
                )
            elif isinstance(thing, Net):
                yield from (
                    n for n in thing.nodes if isinstance(n, wanted) and (n.cell is None) == boundary
                )
            elif isinstance(thing, Bus) and wanted is Pin and thing.cell:
                yield from (design.pins[f"{thing.cell.path}/{p}"] for p in thing.ports().values())
            elif isinstance(thing, Pin) and wanted is Bus and thing.cell:
                yield from (
                    b for b in design.buses_of(thing.cell) if thing.name in b.ports().values()
                )
            elif isinstance(thing, Segment) and wanted is Bus:
                yield thing.slave

    return of


def nets_of(session: Session, design: Design, given: list[tuple[str, object]]) -> Iterable[object]:
    """Yield the nets at pins, outside and inside of hierarchies, or at cells."""
    for _, thing in given:
        if isinstance(thing, Node):
            yield from (n for n in (thing.net, thing.inner) if n)
        elif isinstance(thing, Cell):
            nodes = [n for n in (*design.pins.values(), *design.buses.values()) if n.cell is thing]
            yield from (n.net for n in nodes if n.net)


def spaces_of(
    session: Session, design: Design, given: list[tuple[str, object]]
) -> Iterable[object]:
    """Yield the address spaces of cells, interfaces or segments."""
    every = spaces(design)
    for _, thing in given:
        if isinstance(thing, Cell):
            yield from (s for s in every.values() if s.cell is thing)
        elif isinstance(thing, Bus) and thing.cell and thing.cell.ip:
            yield from (
                s
                for s in every.values()
                if s.cell is thing.cell and s.name == thing.cell.interface(thing.name).address_space
            )
        elif isinstance(thing, Segment):
            yield from (s for s in every.values() if s.path == thing.space_path)


def segments_of(
    session: Session, design: Design, given: list[tuple[str, object]]
) -> Iterable[object]:
    """Yield the segments of address spaces, interfaces, cells or other segments."""
    slaves = slave_segments(design)
    for _, thing in given:
        if isinstance(thing, Space):
            yield from (s for s in design.segments.values() if s.space_path == thing.path)
        elif isinstance(thing, Bus):
            yield from (s for s in slaves.values() if s.bus is thing)
            yield from (s for s in design.segments.values() if s.slave is thing)
        elif isinstance(thing, Cell):
            yield from (s for s in slaves.values() if s.bus.cell is thing)
        elif isinstance(thing, SlaveSegment):
            yield from (s for s in design.segments.values() if s.slave_path == thing.path)
