"""New names for cells, with everything that is named after them."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Design


def rename(design: Design, cell: Cell, path: str) -> None:
    """Give a cell another path; cells, nets and pins inside a hierarchy go with it."""
    old = cell.path
    inside = f"{old}/"
    for other in design.cells.values():
        if other is cell or other.path.startswith(inside):
            other.path = path + other.path[len(old) :]
    for net in (*design.nets.values(), *design.bus_nets.values()):
        if f"{net.scope}/".startswith(inside):
            net.scope = path + net.scope[len(old) :]
    design.cells = {c.path: c for c in design.cells.values()}
    design.pins = {p.path: p for p in design.pins.values()}
    design.buses = {b.path: b for b in design.buses.values()}
    design.nets = {n.path: n for n in design.nets.values()}
    design.bus_nets = {n.path: n for n in design.bus_nets.values()}
    design.segments = {s.path: s for s in design.segments.values()}
    design.seen.clear()
    if f"{design.instance}/".startswith(inside):
        design.instance = path + design.instance[len(old) :]
    design.touch()
