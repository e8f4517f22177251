"""Copies of cells with what they hold, of ports and of interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.ip_rules import attach


def next_name(name: str, taken: Iterable[str]) -> str:
    """Return a name for a copy: the next number of the original's."""
    names = set(taken)
    if name not in names:
        return name
    stem, number = re.fullmatch(r"(.*?)(\d*)", name).groups()  # type: ignore[union-attr]
    at = int(number) + 1 if number else 1
    while f"{stem}{at}" in names:
        at += 1
    return f"{stem}{at}"


def copy_all(design: Design, things: list[object], parent: str, prefix: str) -> list[Node | Cell]:
    """Copy cells into a hierarchy, and ports of the design; connections among them are kept."""
    twins: dict[int, Node] = {}
    made: list[Node | Cell] = []
    for thing in things:
        if isinstance(thing, Cell):
            names = [c.name for c in design.cells.values() if c.parent == parent]
            path = f"{parent}/{next_name(prefix + thing.name, names)}"
            made.append(_copy_cell(design, thing, path, twins))
        elif isinstance(thing, (Pin, Bus)) and thing.cell is None:
            made.append(_copy_port(design, thing, prefix))
    # Nets inside copied hierarchies, and those between two objects of the same call.
    cells = {c.path for c in things if isinstance(c, Cell)}
    for table in (design.nets, design.bus_nets):
        for net in list(table.values()):
            ends = [n for n in net.nodes if id(n) in twins]
            between = {n.cell.path for n in ends if n.cell} & cells
            if len(ends) > 1 and (len(between) > 1 or not between or _inside(net, cells)):
                _copy_net(table, net, [twins[id(n)] for n in ends], parent)
    design.touch()
    return made


def _inside(net: Net, cells: set[str]) -> bool:
    return any(f"{net.scope}/".startswith(f"{c}/") for c in cells)


def _copy_cell(design: Design, cell: Cell, path: str, twins: dict[int, Node]) -> Cell:
    inside = [c for c in design.cells.values() if c.parent == cell.path]
    nodes = [n for n in (*design.pins.values(), *design.buses.values()) if n.cell is cell]
    twin = Cell(path, cell.ip, cell.family)
    twin.user = dict(cell.user)
    twin.component = f"{design.name}_{twin.instance}_0"
    design.cells[path] = twin
    if cell.ip is not None:
        attach(twin)
    design.sync(twin)
    for node in nodes:
        new: Node
        if isinstance(node, Pin):
            new = design.pins.get(f"{path}/{node.name}") or Pin(
                twin, node.name, node.own_direction, node.own_kind
            )
            assert isinstance(new, Pin)
            new.left, new.right = node.left, node.right
            design.pins[new.path] = new
        else:
            assert isinstance(node, Bus)
            new = design.buses.get(f"{path}/{node.name}") or Bus(
                twin, node.name, node.own_type, node.own_mode
            )
            assert isinstance(new, Bus)
            design.buses[new.path] = new
        new.config = dict(node.config)
        twins[id(node)] = new
    for child in inside:
        _copy_cell(design, child, f"{path}/{child.name}", twins)
    return twin


def _copy_port(design: Design, port: Pin | Bus, prefix: str) -> Node:
    if isinstance(port, Pin):
        name = next_name(prefix + port.name, (p.name for p in design.pins.values() if not p.cell))
        pin = Pin(None, name, port.own_direction, port.own_kind)
        pin.left, pin.right = port.left, port.right
        pin.config = dict(port.config)
        design.pins[pin.path] = pin
        return pin
    name = next_name(prefix + port.name, (b.name for b in design.buses.values() if not b.cell))
    bus = Bus(None, name, port.own_type, port.own_mode)
    bus.config = dict(port.config)
    design.buses[bus.path] = bus
    return bus


def _copy_net(table: dict[str, Net], net: Net, ends: list[Node], parent: str) -> None:
    scope = min((e.scope for e in ends), key=len)
    holders = [e.cell for e in ends if e.cell and e.cell.ip is None]
    for cell in holders:
        # A boundary's inner side is meant where another end lies inside it.
        if any(e.scope == cell.path for e in ends):
            scope = cell.path
    names = [n.name for n in table.values() if n.scope == scope]
    new = Net(next_name(net.name, names), scope)
    for end in ends:
        new.add(end)
    table[new.path] = new
