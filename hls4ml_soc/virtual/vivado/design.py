"""A block design: cells, pins, interfaces, nets, address segments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.ip import Block


class Node:
    """One end of nets: a pin or interface of a cell or, without a cell, of the design's boundary.

    On a hierarchical cell it is two ends: ``net`` outside, ``inner`` inside.
    """

    def __init__(self, cell: Cell | None, name: str) -> None:
        """Create an unconnected end."""
        self.cell = cell
        self.name = name
        self.net: Net | None = None
        self.inner: Net | None = None
        self.config: dict[str, str] = {}
        self.by_board = False  # a port of the board's, whose pins its files tell

    @property
    def path(self) -> str:
        """Name with the path of its cell."""
        return f"{self.cell.path}/{self.name}" if self.cell else f"/{self.name}"

    @property
    def scope(self) -> str:
        """Path of the hierarchy in which its outer net lies."""
        return self.cell.parent if self.cell else ""


class Pin(Node):
    """A pin or, without a cell, a port of the design."""

    def __init__(self, cell: Cell | None, name: str, direction: str = "", kind: str = "") -> None:
        """``direction`` is in, out or inout as seen from the cell, or from the design for a
        port."""
        super().__init__(cell, name)
        self.own_direction = direction
        self.own_kind = kind
        self.left: int | None = None
        self.right: int | None = None

    @property
    def direction(self) -> str:
        """Direction as declared."""
        return (
            self.cell.port(self.name).direction
            if self.cell and self.cell.ip
            else self.own_direction
        )

    @property
    def kind(self) -> str:
        """clk, rst, intr, ce, data or empty."""
        return self.cell.port(self.name).kind if self.cell and self.cell.ip else self.own_kind

    @property
    def drives(self) -> bool:
        """Whether it is the source of its outer net."""
        return (self.direction == "out") == (self.cell is not None) and self.direction != "inout"

    def bounds(self) -> tuple[int, int] | None:
        """Return left and right bound of a vector; None for a scalar."""
        if self.cell and self.cell.ip:
            return self.cell.bounds(self.name)
        return (self.left, self.right or 0) if self.left is not None else None

    def width(self) -> int | None:
        """Return the width in bits; None if it follows what is connected."""
        if self.cell and self.cell.ip and (self.cell.ip.opaque or self.cell.is_elastic(self.name)):
            return None
        if self.cell and not self.cell.ip and self.left is None and self.own_kind == "":
            return None
        bounds = self.bounds()
        return abs(bounds[0] - bounds[1]) + 1 if bounds else 1


class Bus(Node):
    """An interface pin or, without a cell, an interface port."""

    def __init__(self, cell: Cell | None, name: str, type: str = "", mode: str = "") -> None:
        """``type`` is the VLNV without ``_rtl``."""
        super().__init__(cell, name)
        self.own_type = type
        self.own_mode = mode

    @property
    def type(self) -> str:
        """VLNV of the interface."""
        return self.cell.interface(self.name).type if self.cell and self.cell.ip else self.own_type

    @property
    def mode(self) -> str:
        """master, slave, mirroredSlave ..."""
        return self.cell.interface(self.name).mode if self.cell and self.cell.ip else self.own_mode

    @property
    def drives(self) -> bool:
        """Whether it is the master's side of its outer net."""
        return (self.mode in ("master", "mirroredSlave")) == (self.cell is not None)

    def ports(self) -> dict[str, str]:
        """Map logical signals to the cell's ports."""
        return self.cell.port_map(self.name) if self.cell and self.cell.ip else {}


class Net:
    """What is connected: of pins, or of two or more interfaces."""

    def __init__(self, name: str, scope: str) -> None:
        """``scope`` is the path of the hierarchy in which the net lies."""
        self.name = name
        self.scope = scope
        self.nodes: list[Node] = []
        self.config: dict[str, str] = {}

    @property
    def path(self) -> str:
        """Name with the path of its hierarchy."""
        return f"{self.scope}/{self.name}"

    def add(self, node: Node) -> None:
        """Connect an end, on the side that faces this net."""
        if node in self.nodes:
            return
        self.nodes.append(node)
        inside = node.cell and f"{self.scope}/".startswith(f"{node.cell.path}/")
        if inside and node.scope != self.scope:
            node.inner = self
        else:
            node.net = self

    def remove(self, node: Node) -> None:
        """Disconnect an end."""
        self.nodes.remove(node)
        if node.net is self:
            node.net = None
        if node.inner is self:
            node.inner = None


@dataclass
class Segment:
    """Where a master sees a block of a slave, or that it shall not see it."""

    name: str
    master: Cell
    space: str
    slave: Bus
    block: Block
    offset: int
    range: int
    excluded: bool = False

    @property
    def path(self) -> str:
        """Name with address space."""
        return f"{self.master.path}/{self.space}/{self.name}"

    @property
    def space_path(self) -> str:
        """The address space."""
        return f"{self.master.path}/{self.space}"

    @property
    def slave_path(self) -> str:
        """The slave segment: cell, memory map, block."""
        return slave_segment_path(self.slave, self.block)


def slave_segment_path(bus: Bus, block: Block) -> str:
    """Name a slave segment: cell, memory map (not interface), block."""
    assert bus.cell is not None
    return f"{bus.cell.path}/{bus.cell.interface(bus.name).memory_map}/{block.name}"


@dataclass
class Design:
    """One block design."""

    name: str
    cells: dict[str, Cell] = field(default_factory=dict)
    pins: dict[str, Pin] = field(default_factory=dict)
    buses: dict[str, Bus] = field(default_factory=dict)
    nets: dict[str, Net] = field(default_factory=dict)
    bus_nets: dict[str, Net] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    instance: str = ""  # current hierarchy, "" is the top
    validated: bool = False
    saved: bool = False
    closed: bool = False
    seen: dict[tuple[object, ...], object] = field(
        default_factory=dict
    )  # address spaces and segments given out

    def __post_init__(self) -> None:
        """Create the top, which is a hierarchy as well."""
        self.root = Cell("", None, "")

    def touch(self) -> None:
        """Note a change: validation and saved file are out of date."""
        self.validated = self.saved = False

    def sync(self, cell: Cell) -> list[Node]:
        """Create the pins and interfaces that a cell's parameters call for; return those that
        lost their existence."""
        if cell.ip is None:
            return []
        ports, interfaces = cell.ports(), cell.interfaces()
        for name in ports:
            if f"{cell.path}/{name}" not in self.pins:
                self.pins[f"{cell.path}/{name}"] = Pin(cell, name)
        for name in interfaces:
            if f"{cell.path}/{name}" not in self.buses:
                self.buses[f"{cell.path}/{name}"] = Bus(cell, name)
        pins = [p for p in self.pins.values() if p.cell is cell and p.name not in ports]
        buses = [b for b in self.buses.values() if b.cell is cell and b.name not in interfaces]
        lost = [n for n in (*pins, *buses) if n.net]
        for pin in pins:
            self.disconnect(pin)
            del self.pins[pin.path]
        for bus in buses:
            self.disconnect(bus)
            del self.buses[bus.path]
        return lost

    def disconnect(self, node: Node) -> None:
        """Take an end off its nets; nets without ends vanish."""
        for net in (node.net, node.inner):
            if net:
                net.remove(node)
                if not net.nodes:
                    self.nets = {k: v for k, v in self.nets.items() if v is not net}
                    self.bus_nets = {k: v for k, v in self.bus_nets.items() if v is not net}

    def remove_cell(self, cell: Cell) -> None:
        """Delete a cell with all it holds, its connections and its address segments."""
        self.seen.clear()
        inside = [c for c in self.cells.values() if c is cell or c.path.startswith(cell.path + "/")]
        for victim in inside:
            for node in [
                n for n in (*self.pins.values(), *self.buses.values()) if n.cell is victim
            ]:
                self.disconnect(node)
                self.pins.pop(node.path, None)
                self.buses.pop(node.path, None)
            del self.cells[victim.path]
            self.segments = {
                k: s
                for k, s in self.segments.items()
                if s.master is not victim and s.slave.cell is not victim
            }

    def nodes_of(self, cell: Cell) -> Iterator[Pin]:
        """Yield the pins of a cell, in the order of its definition."""
        return (p for p in self.pins.values() if p.cell is cell)

    def buses_of(self, cell: Cell) -> Iterator[Bus]:
        """Yield the interfaces of a cell, in the order of its definition."""
        return (b for b in self.buses.values() if b.cell is cell)

    def connected(self, start: Node) -> list[Node]:
        """Return all ends of cells and of the design that a net joins with this one, through
        hierarchies."""
        seen: list[Node] = [start]
        waiting = [n for n in (start.net, start.inner) if n]
        nets: list[Net] = []
        while waiting:
            net = waiting.pop()
            if net in nets:
                continue
            nets.append(net)
            for node in net.nodes:
                if node not in seen:
                    seen.append(node)
                    waiting += [n for n in (node.net, node.inner) if n]
        return [n for n in seen if n is not start and (n.cell is None or n.cell.ip is not None)]

    def source(self, pin: Pin) -> Pin | None:
        """Return what drives a pin; of cells that are not modelled, what may drive it."""
        others = [n for n in self.connected(pin) if isinstance(n, Pin)]
        found = next((n for n in others if n.drives), None)
        return found or next((n for n in others if not n.direction), None)

    def peer(self, bus: Bus) -> Bus | None:
        """Return the interface at the other end of the connection."""
        others = [n for n in self.connected(bus) if isinstance(n, Bus) and n.mode != "monitor"]
        return next((n for n in others if n.drives != bus.drives), others[0] if others else None)
