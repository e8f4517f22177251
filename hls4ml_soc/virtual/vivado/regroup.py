"""Cells moved into and out of hierarchies; what crosses a boundary gets a pin there, and a pin that
nothing crosses any more goes."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.rename import rename
from hls4ml_soc.virtual.vivado.unique import unique


def move(design: Design, cells: list[Cell], target: str) -> None:
    """Put cells, with all they hold, into the hierarchy of a path; empty is the top."""
    for parent in dict.fromkeys(c.parent for c in cells):
        moved = [c for c in cells if c.parent == parent]
        at = parent
        while not f"{target}/".startswith(f"{at}/"):
            _step(design, moved, design.cells[at], down=False)
            at = at.rpartition("/")[0]
        for name in target[len(at) + 1 :].split("/") if target != at else []:
            at = f"{at}/{name}"
            _step(design, moved, design.cells[at], down=True)
    design.seen.clear()
    design.touch()


def dissolve(design: Design, hierarchy: Cell) -> None:
    """Put what a hierarchy holds into the one above and remove it."""
    move(design, [c for c in design.cells.values() if c.parent == hierarchy.path], hierarchy.parent)
    design.remove_cell(hierarchy)


def _step(design: Design, cells: list[Cell], hierarchy: Cell, *, down: bool) -> None:
    """Move cells of one hierarchy across the boundary of another, which is a child of it or it
    itself."""
    old = hierarchy.parent if down else hierarchy.path
    new = hierarchy.path if down else hierarchy.parent
    crossing = []
    for net in [*design.nets.values(), *design.bus_nets.values()]:
        moved = [n for n in net.nodes if n.cell in cells]
        if net.scope == old and moved:
            for node in moved:
                net.remove(node)
            crossing.append((net, moved))
    for cell in cells:
        names = [c.name for c in design.cells.values() if c.parent == new]
        rename(design, cell, f"{new}/{unique(cell.name, names)}")
    for net, moved in crossing:
        _join(design, net, moved, hierarchy, new)
    for attribute in ("nets", "bus_nets"):
        nets = getattr(design, attribute).values()
        setattr(design, attribute, {n.path: n for n in nets if n.nodes})


def _join(design: Design, net: Net, moved: list[Node], hierarchy: Cell, new: str) -> None:
    """Connect moved ends again, by the boundary where others stayed behind."""
    table = design.bus_nets if isinstance(moved[0], Bus) else design.nets
    names = [n.name for n in table.values() if n.scope == new]
    stayed = list(net.nodes)
    if not stayed:
        # The whole net moves.
        net.name, net.scope = unique(net.name, names), new
        for node in moved:
            net.add(node)
        return
    gate = next((n for n in stayed if n.cell is hierarchy), None)
    if gate is None:
        gate = _gate(design, hierarchy, net, moved, new)
        net.add(gate)
    far = gate.inner if new == hierarchy.path else gate.net
    if far is None:
        far = Net(unique(net.name, names), new)
        table[far.path] = far
        far.add(gate)
    for node in moved:
        far.add(node)
    if all(n is gate for n in net.nodes):
        # Nothing is left on the other side.
        net.remove(gate)
        far.remove(gate)
        (design.pins if isinstance(gate, Pin) else design.buses).pop(gate.path, None)


def _gate(design: Design, hierarchy: Cell, net: Net, moved: list[Node], new: str) -> Node:
    """Create the pin of a hierarchy between ends that moved and ends that stayed."""
    inside, outside = (moved, net.nodes) if new == hierarchy.path else (net.nodes, moved)
    own = [n.name for n in (*design.pins.values(), *design.buses.values()) if n.cell is hierarchy]
    first = inside[0]
    name = unique(first.name, own)
    if isinstance(first, Bus):
        bus = Bus(hierarchy, name, first.type, first.mode)
        design.buses[bus.path] = bus
        return bus
    assert isinstance(first, Pin)
    scope = hierarchy.parent
    driven = any(isinstance(n, Pin) and _drives(n, scope) for n in outside)
    pin = Pin(hierarchy, name, "in" if driven else "out", first.kind)
    pin.left, pin.right = first.bounds() or (None, None)
    design.pins[pin.path] = pin
    return pin


def _drives(pin: Pin, scope: str) -> bool:
    """Say whether a pin drives nets of a hierarchy, whose own boundary is seen from inside."""
    if pin.cell is not None and pin.cell.path == scope:
        return pin.direction == "in"
    return pin.drives
