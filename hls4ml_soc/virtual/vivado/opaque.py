"""Cells of IPs that the stand-in does not model, for other people's scripts when it is lenient.

Such a cell has every pin, interface, parameter, address space and segment that the script names;
nothing about them is checked, and what is connected to them counts as driven. The strict stand-in
never creates one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Node, Pin
from hls4ml_soc.virtual.vivado.ip import AddressSpace, Block, Interface, Ip, MemoryMap, Port

_AXIMM = "xilinx.com:interface:aximm:1.0"
_OTHER_SIDE = {
    "master": "slave",
    "slave": "master",
    "mirroredMaster": "master",
    "mirroredSlave": "slave",
}


def definition(vlnv: str) -> Ip:
    """Return an IP of which nothing is known."""
    return Ip(vlnv, "not modelled", ports={}, interfaces={}, parameters={}, opaque=True)


def cells(design: Design) -> list[Cell]:
    """Return the cells of a design that are not modelled."""
    return [c for c in design.cells.values() if c.ip is not None and c.ip.opaque]


def grow(design: Design, kind: str, path: str) -> object | None:
    """Create what a script names of such a cell: pin, intf_pin, addr_space or addr_seg; None if
    the path belongs to no such cell."""
    head, _, name = path.rpartition("/")
    if kind == "addr_seg":
        head, _, memory_map = head.rpartition("/")
        cell = _cell(design, head)
        if cell is None or not name:
            return None
        _segment(design, cell, memory_map, name)
        return name
    cell = _cell(design, head)
    if cell is None or cell.ip is None or not name:
        return None
    if kind == "pin":
        cell.ip.ports.setdefault(name, Port(name, ""))
        cell.changed()
        return design.pins.setdefault(path, Pin(cell, name))
    if kind == "intf_pin":
        return _bus(design, cell, name)
    if kind == "addr_space":
        cell.ip.spaces[name] = AddressSpace(name, str(1 << 64), "64")
        return name
    return None


def _cell(design: Design, path: str) -> Cell | None:
    cell = design.cells.get(path)
    return cell if cell is not None and cell.ip is not None and cell.ip.opaque else None


def _bus(design: Design, cell: Cell, name: str) -> Bus:
    assert cell.ip is not None
    cell.ip.interfaces.setdefault(name, Interface(name, "", ""))
    cell.changed()
    return design.buses.setdefault(f"{cell.path}/{name}", Bus(cell, name))


def _segment(design: Design, cell: Cell, memory_map: str, block: str) -> None:
    """Put a block behind the slave that the memory map is called after, else behind any slave
    without one."""
    assert cell.ip is not None
    known = cell.ip.interfaces
    slaves = [i for i in known.values() if i.type == _AXIMM and i.mode == "slave"]
    fitting = [
        *(i for i in known.values() if memory_map in (i.name, i.memory_map)),
        *(i for i in slaves if i.name.lower() == memory_map.lower()),
        *(i for i in slaves if i.memory_map is None),
    ]
    if not fitting:
        _bus(design, cell, memory_map)
        fitting = [Interface(memory_map, _AXIMM, "slave")]
    known[fitting[0].name] = replace(fitting[0], type=_AXIMM, mode="slave", memory_map=memory_map)
    blocks = cell.ip.maps[memory_map].blocks if memory_map in cell.ip.maps else ()
    if block not in (b.name for b in blocks):
        new = Block(block, "0", "4096", "register")
        cell.ip.maps[memory_map] = MemoryMap(memory_map, (*blocks, new))
    cell.changed()


def interface(design: Design, path: str, type: str, mode: str) -> Bus | None:
    """Return an interface of such a cell whose type and mode are known from its use."""
    found = grow(design, "intf_pin", path)
    if isinstance(found, Bus) and not found.type:
        _set(found, type, mode)
    return found if isinstance(found, Bus) else None


_PIN = re.compile(
    r"(^|_)(a?clk|clock|a?rst|reset|a?resetn|irpt|intr|introut|irq|interrupt|locked|t?(data|valid))"
    r"(_?n|_?o|_?i|_?in|_?out|\d+)?$",
    re.I,
)
_BUS = re.compile(r"(^|_)[sm]\d*_axi|axis|_axi(_|$)", re.I)


def is_likely(kind: str, path: str) -> bool:
    """Say whether a name that a script tries out (-quiet) is one of a pin, or of an interface."""
    name = path.rpartition("/")[2]
    if kind == "intf_pin":
        return not _PIN.search(name)
    return kind != "pin" or bool(_PIN.search(name)) or not _BUS.search(name)


def slaves(design: Design, things: list[object], expression: str) -> list[Bus]:
    """Give such cells the AXI slave that a filter asks them for; return what is new."""
    if "aximm" not in expression or "Slave" not in expression:
        return []
    found = []
    for cell in [t for t in things if isinstance(t, Cell) and t.ip is not None and t.ip.opaque]:
        own = [b for b in design.buses_of(cell) if b.type == _AXIMM and b.mode == "slave"]
        made = None if own else interface(design, f"{cell.path}/S_AXI", _AXIMM, "slave")
        if made is not None:
            found.append(made)
    return found


def is_opaque(node: Node) -> bool:
    """Say whether a pin or interface belongs to a cell that is not modelled."""
    return node.cell is not None and node.cell.ip is not None and node.cell.ip.opaque


def adopt(one: Bus, other: Bus, *, same_side: bool) -> bool:
    """Give an interface of such a cell the type and mode that fit the other end.

    Returns whether there is nothing more to compare.
    """
    for a, b in ((one, other), (other, one)):
        if is_opaque(a) and b.type and not a.type:
            mode = b.mode if same_side else _OTHER_SIDE.get(b.mode, b.mode)
            _set(a, b.type, mode)
    return is_opaque(one) or is_opaque(other)


def watch(bus: Bus, other: Bus) -> None:
    """Make an interface of such a cell a monitor of a connection."""
    _set(bus, other.type, "monitor")


def _set(bus: Bus, type: str, mode: str) -> None:
    assert bus.cell is not None and bus.cell.ip is not None
    known = bus.cell.ip.interfaces
    known[bus.name] = replace(known[bus.name], type=type, mode=mode)
    bus.cell.changed()


def direction(design: Design, pin: Pin) -> str:
    """Guess a pin's direction from what it is connected to: an input where something else
    drives the net."""
    if pin.direction:
        return pin.direction
    driven = any(isinstance(n, Pin) and n.drives for n in design.connected(pin))
    return "in" if driven else "out"
