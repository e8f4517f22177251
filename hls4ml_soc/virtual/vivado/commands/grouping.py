"""Cells moved into a new hierarchy."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.connect import names_in
from hls4ml_soc.virtual.vivado.commands.naming import new_path
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.session import Session, command
from hls4ml_soc.virtual.vivado.unique import unique


@command("group_bd_cells [-prefix <arg>]! [<target_cell_name>] [<cells>...]")
def group_bd_cells(session: Session, a: Arguments) -> str:
    """Move cells into a new hierarchy; what crosses its boundary gets a pin there."""
    design = session.design()
    cells = [t for _, t in session.objects(a.list("cells")) if isinstance(t, Cell)]
    if not cells:
        raise session.fail("Common 17-55", "'group_bd_cells' expects at least one object.")
    if any(c.ip is None for c in cells):
        raise session.not_modelled("group_bd_cells of hierarchies")
    path = new_path(session, design, a.get("target_cell_name"), design.cells)
    group = design.cells[path] = Cell(path, None, cells[0].family)
    for cell in cells:
        _move(design, cell, path)
    for net in [*design.nets.values(), *design.bus_nets.values()]:
        _split(design, net, group, cells)
    for segment in list(design.segments.values()):
        if segment.path not in design.segments:
            design.segments = {s.path: s for s in design.segments.values()}
    design.seen.clear()
    design.touch()
    return join_list(session.issue("cell", [(path, group)]))


def _move(design: Design, cell: Cell, path: str) -> None:
    nodes: list[Node] = [
        n for n in (*design.pins.values(), *design.buses.values()) if n.cell is cell
    ]
    del design.cells[cell.path]
    cell.path = f"{path}/{cell.name}"
    design.cells[cell.path] = cell
    design.pins = {p.path: p for p in design.pins.values()}
    design.buses = {b.path: b for b in design.buses.values()}
    assert all(n.path in design.pins or n.path in design.buses for n in nodes)


def _split(design: Design, net: Net, group: Cell, cells: list[Cell]) -> None:
    """Keep a net where all its ends are; cut one that crosses the boundary and join the parts by
    a pin."""
    inside = [n for n in net.nodes if n.cell in cells]
    if not inside:
        return
    table = design.bus_nets if isinstance(inside[0], Bus) else design.nets
    outside = [n for n in net.nodes if n not in inside]
    inner = Net(unique(net.name, names_in(table, group.path)) if outside else net.name, group.path)
    for node in inside:
        net.remove(node)
    for node in inside:
        inner.add(node)
    if outside:
        pin = _boundary(design, group, inside[0], outside)
        net.add(pin)
        inner.add(pin)
    else:
        table.pop(net.path, None)
    table[inner.path] = inner


def _boundary(design: Design, group: Cell, node: Node, outside: list[Node]) -> Node:
    names = [n.name for n in (*design.pins.values(), *design.buses.values()) if n.cell is group]
    name = unique(node.name, names)
    if isinstance(node, Bus):
        bus = Bus(group, name, node.type, node.mode)
        design.buses[bus.path] = bus
        return bus
    assert isinstance(node, Pin)
    driven_outside = any(isinstance(n, Pin) and n.drives for n in outside)
    pin = Pin(group, name, "in" if driven_outside else "out", node.kind)
    pin.left, pin.right = node.bounds() or (None, None)
    design.pins[pin.path] = pin
    return pin
