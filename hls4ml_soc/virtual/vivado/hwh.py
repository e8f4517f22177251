"""Write the hardware hand-off file (``.hwh``) of a block design, in the shape Vivado gives it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from hls4ml_soc.virtual.vivado import interface
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Node, Pin, Segment
from hls4ml_soc.virtual.vivado.expression import ExpressionError
from hls4ml_soc.virtual.vivado.ip import Register
from hls4ml_soc.virtual.vivado.project import Part
from hls4ml_soc.virtual.vivado.propagate import AXIMM, SWITCHES, clock_at

# Results depend on the design alone, so that equal designs give equal files.
TIMESTAMP = "Tue Jan  1 00:00:00 1980"
_DIRECTIONS = {"in": "I", "out": "O", "inout": "IO"}
_IP_TYPES = {
    "smartconnect": "BUS",
    "axi_interconnect": "BUS",
    "lmb_v10": "BUS",
    "microblaze": "PROCESSOR",
    "microblaze_riscv": "PROCESSOR",
}
_CLASSES = {
    "smartconnect": "BUS",
    "axi_interconnect": "BUS",
    "lmb_v10": "BUS",
    "microblaze": "PROCESSOR",
    "microblaze_riscv": "PROCESSOR",
    "axi_bram_ctrl": "MEMORY_CNTLR",
    "lmb_bram_if_cntlr": "MEMORY_CNTLR",
    "mig_7series": "MEMORY_CNTLR",
    "blk_mem_gen": "MEMORY",
    "mdm": "DEBUG",
    "mdm_riscv": "DEBUG",
}
_PROCESSING_SYSTEMS = ("processing_system7", "zynq_ultra_ps_e")


def write(design: Design, part: Part, version: str) -> bytes:
    """Return the file's bytes."""
    root = ET.Element("EDKSYSTEM", EDWVERSION="1.2", TIMESTAMP=TIMESTAMP, VIVADOVERSION=version)
    ET.SubElement(
        root,
        "SYSTEMINFO",
        ARCH=part.family,
        DEVICE=part.device,
        NAME=design.name,
        PACKAGE=part.package,
        SPEEDGRADE=part.speed,
    )
    wires = _Wires(design)
    _external(root, design, wires)
    modules = ET.SubElement(root, "MODULES")
    for cell in sorted((c for c in design.cells.values() if c.ip), key=lambda c: c.path):
        _module(modules, design, cell, wires, version)
    ET.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
    return (text + ET.tostring(root, encoding="unicode") + "\n").encode()


class _Wires:
    """Every signal of the netlist: what the pins of connected interfaces, and pins on nets, are joined with."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.ends: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.claimed = {p.path for p in design.pins.values() if p.net and p.cell}
        for bus in design.buses.values():
            if bus.drives and (bus.cell is None or bus.cell.ip):
                self._join_interfaces(bus)
        for pin in design.pins.values():
            if pin.cell is None or pin.cell.ip:
                self._join_pin(pin)

    def _join_interfaces(self, bus: Bus) -> None:
        peer = self.design.peer(bus)
        if peer is None:
            return
        inside = bus if bus.cell else peer
        assert inside.cell is not None
        other = peer if inside is bus else bus
        for logical, port in inside.ports().items():
            far = (
                (external_name(other, logical, inside))
                if other.cell is None
                else other.ports().get(logical)
            )
            if far is None or f"{inside.cell.path}/{port}" in self.claimed:
                continue
            instance = other.cell.instance if other.cell else ""
            if other.cell and f"{other.cell.path}/{far}" in self.claimed:
                continue
            a, b = (inside.cell.instance, port), (instance, far)
            name = f"{inside.cell.instance}_{port}"
            self._add(a, b, name)

    def _join_pin(self, pin: Pin) -> None:
        source = self.design.source(pin) if not pin.drives else pin
        name = (
            f"{source.cell.instance}_{source.name}"
            if source and source.cell
            else source.name
            if source
            else pin.name
        )
        # A load names its source; a source names all its loads.
        others = self.design.connected(pin) if source is pin else [source] if source else []
        for node in others:
            self._add(_end(pin), _end(node), name, both=False)

    def _add(self, a: tuple[str, str], b: tuple[str, str], name: str, *, both: bool = True) -> None:
        for one, two in ((a, b), (b, a)) if both else ((a, b),):
            ends = self.ends.setdefault(one, [])
            if two not in ends:
                ends.append(two)
            self.names.setdefault(one, name)

    def describe(self, element: ET.Element, end: tuple[str, str]) -> None:
        """Add SIGNAME and CONNECTIONS to a PORT."""
        if end not in self.ends:
            return
        element.set("SIGNAME", self.names[end])
        connections = ET.SubElement(element, "CONNECTIONS")
        for instance, port in self.ends[end]:
            ET.SubElement(
                connections, "CONNECTION", INSTANCE=instance or "External_Ports", PORT=port
            )


def _end(node: Node) -> tuple[str, str]:
    return (node.cell.instance if node.cell else "", node.name)


def external_name(bus: Bus, logical: str, inside: Bus) -> str:
    """Name the port of the wrapper that a signal of an external interface becomes."""
    return f"{bus.name}_{logical.lower()}"


def _external(root: ET.Element, design: Design, wires: _Wires) -> None:
    ports = ET.SubElement(root, "EXTERNALPORTS")
    for pin in design.pins.values():
        if pin.cell is None:
            element = _port(ports, pin.name, pin.direction, pin.bounds(), pin.kind)
            _frequency(element, design, pin)
            wires.describe(element, ("", pin.name))
    for bus in design.buses.values():
        peer = design.peer(bus) if bus.cell is None else None
        if peer is None or peer.cell is None:
            continue
        for logical, port in peer.ports().items():
            name = external_name(bus, logical, peer)
            own = peer.cell.port(port)
            wires.describe(
                _port(ports, name, own.direction, peer.cell.bounds(port), own.kind), ("", name)
            )
    buses = ET.SubElement(root, "EXTERNALINTERFACES")
    for bus in design.buses.values():
        if bus.cell is None:
            peer = design.peer(bus)
            element = ET.SubElement(buses, "BUSINTERFACE", NAME=bus.name, TYPE=_type(bus))
            if peer and peer.cell:
                element.set("BUSNAME", f"{peer.cell.instance}_{peer.name}")
                _port_maps(element, {k: external_name(bus, k, peer) for k in peer.ports()})


def _port(
    parent: ET.Element, name: str, direction: str, bounds: tuple[int, int] | None, kind: str
) -> ET.Element:
    attributes = {
        "DIR": _DIRECTIONS[direction],
        "NAME": name,
        "SIGIS": {"intr": "INTERRUPT"}.get(kind, kind or "undef"),
    }
    if bounds:
        attributes |= {"LEFT": str(bounds[0]), "RIGHT": str(bounds[1])}
    return ET.SubElement(parent, "PORT", dict(sorted(attributes.items())))


def _frequency(element: ET.Element, design: Design, pin: Pin) -> None:
    clock = clock_at(design, pin) if pin.kind == "clk" else None
    if clock and clock.hz is not None:
        element.set("CLKFREQUENCY", str(clock.hz))


def _module(parent: ET.Element, design: Design, cell: Cell, wires: _Wires, version: str) -> None:
    assert cell.ip is not None
    name = cell.ip.name
    kind = _IP_TYPES.get(name, "PERIPHERAL")
    attributes = {
        "COREREVISION": _revision(cell.ip.revisions, version),
        "FULLNAME": cell.path,
        "HWVERSION": cell.ip.version,
        "INSTANCE": cell.instance,
        "IPTYPE": kind,
        "IS_ENABLE": "1",
        "MODTYPE": name,
        "VLNV": cell.ip.vlnv,
    }
    if name in _PROCESSING_SYSTEMS:
        attributes |= {"CONFIGURABLE": "TRUE", "IS_PL": "FALSE"}
    else:
        attributes["MODCLASS"] = _CLASSES.get(name, "PERIPHERAL")
    module = ET.SubElement(parent, "MODULE", dict(sorted(attributes.items())))
    ET.SubElement(module, "DOCUMENTS")
    _address_blocks(module, design, cell)
    _parameters(module, design, cell, kind)
    ports = ET.SubElement(module, "PORTS")
    for pin in design.nodes_of(cell):
        bounds = _bounds(design, wires, pin)
        element = _port(ports, pin.name, pin.direction, bounds, pin.kind)
        _frequency(element, design, pin)
        if pin.kind == "intr" and cell.port(pin.name).sensitivity:
            element.set("SENSITIVITY", cell.port(pin.name).sensitivity)
        if pin.kind == "rst":
            element.set("POLARITY", pin.cell.port(pin.name).polarity if pin.cell else "")
        wires.describe(element, (cell.instance, pin.name))
    buses = ET.SubElement(module, "BUSINTERFACES")
    for bus in design.buses_of(cell):
        _bus(buses, design, bus)
    _memory_map(module, design, cell)


def _revision(revisions: dict[str, str], version: str) -> str:
    """Return the core revision of the newest known release that is not newer than this one."""
    older = [v for v in revisions if v <= version]
    return revisions[max(older)] if older else next(iter(revisions.values()), "1")


def _bounds(design: Design, wires: _Wires, pin: Pin) -> tuple[int, int] | None:
    """Return a port's bounds; where they follow the connection, those of the other end."""
    assert pin.cell is not None
    bounds = pin.bounds()
    if bounds or not pin.cell.is_elastic(pin.name):
        return bounds
    for instance, port in wires.ends.get((pin.cell.instance, pin.name), []):
        other = next((c for c in design.cells.values() if c.ip and c.instance == instance), None)
        if other and port in other.ports() and other.bounds(port):
            return other.bounds(port)
    return None


def _parameters(module: ET.Element, design: Design, cell: Cell, kind: str) -> None:
    assert cell.ip is not None
    parameters = ET.SubElement(module, "PARAMETERS")
    values: dict[str, str] = {}
    for name in cell.ip.model:
        try:
            values[name] = _text(cell.model_value(name))
        except ExpressionError:
            continue
    for name in cell.ip.parameters:
        values[name] = cell.value(name)
    values["Component_Name"] = cell.component
    values["EDK_IPTYPE"] = kind
    for bus, segment in _own_segments(design, cell):
        base, high = _names(cell, bus, segment)
        values[base], values[high] = _hex(segment.offset), _hex(segment.offset + segment.range - 1)
    for name, value in values.items():
        ET.SubElement(parameters, "PARAMETER", {"NAME": name, "VALUE": value})


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _hex(value: int) -> str:
    return f"0x{value:08X}" if value < 1 << 32 else f"0x{value:016X}"


def _own_segments(design: Design, cell: Cell) -> Iterable[tuple[Bus, Segment]]:
    """Yield where the cell's slaves are mapped, once per interface and block."""
    seen = set()
    for segment in design.segments.values():
        if segment.slave.cell is cell and not segment.excluded and segment.slave_path not in seen:
            seen.add(segment.slave_path)
            yield segment.slave, segment


def _names(cell: Cell, bus: Bus, segment: Segment) -> tuple[str, str]:
    """Name the parameters that hold base and end of a segment."""
    slaves = [i for i in cell.interfaces().values() if i.mode == "slave" and i.memory_map]
    user = cell.ip is not None and cell.ip.folder is not None
    prefix = f"C_{bus.name.upper()}_" if user or len(slaves) > 1 else "C_"
    return f"{prefix}BASEADDR", f"{prefix}HIGHADDR"


def _address_blocks(module: ET.Element, design: Design, cell: Cell) -> None:
    blocks = ET.Element("ADDRESSBLOCKS")
    for bus in design.buses_of(cell):
        if bus.mode != "slave" or bus.type != AXIMM:
            continue
        for block in cell.blocks(bus.name):
            if not block.registers:
                continue
            element = ET.SubElement(
                blocks,
                "ADDRESSBLOCK",
                ACCESS=block.access,
                INTERFACE=bus.name,
                NAME=block.name,
                RANGE=block.range,
                USAGE=block.usage,
            )
            registers = ET.SubElement(element, "REGISTERS")
            for register in block.registers:
                _register(registers, register)
    if len(blocks):
        module.append(blocks)


def _properties(parent: ET.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ET.SubElement(parent, "PROPERTY", NAME=name, VALUE=value)


def _register(parent: ET.Element, register: Register) -> None:
    element = ET.SubElement(parent, "REGISTER", NAME=register.name)
    _properties(
        element,
        {
            "DESCRIPTION": register.description or register.name,
            "ADDRESS_OFFSET": register.offset,
            "SIZE": register.size,
            "ACCESS": register.access,
            "IS_ENABLED": "true",
            "RESET_VALUE": register.reset,
        },
    )
    fields = ET.SubElement(element, "FIELDS")
    for name, (offset, width, access) in register.fields.items():
        field = ET.SubElement(fields, "FIELD", NAME=name)
        _properties(
            field,
            {
                "DESCRIPTION": name,
                "ADDRESS_OFFSET": offset,
                "ACCESS": access,
                "MODIFIED_READ_VALUES": "",
                "WRITE_CONSTRAINT": "0",
                "READ_ACTION": "",
                "BIT_OFFSET": offset,
                "BIT_WIDTH": width,
            },
        )


def _type(bus: Bus) -> str:
    if bus.type == AXIMM:
        return {"master": "MASTER", "slave": "SLAVE"}.get(bus.mode, bus.mode.upper())
    return {"master": "INITIATOR", "slave": "TARGET"}.get(bus.mode, bus.mode.upper())


def _bus(parent: ET.Element, design: Design, bus: Bus) -> None:
    peer = design.peer(bus)
    driver = bus if bus.drives else peer
    attributes = {"BUSNAME": "__NOC__", "NAME": bus.name, "TYPE": _type(bus), "VLNV": bus.type}
    if peer and driver:
        inside = driver if driver.cell else bus
        attributes["BUSNAME"] = (
            f"{inside.cell.instance}_{inside.name}" if inside.cell else inside.name
        )
    values = interface.parameters(design, bus)
    if "DATA_WIDTH" in values:
        attributes["DATAWIDTH"] = values["DATA_WIDTH"]
    element = ET.SubElement(parent, "BUSINTERFACE", dict(sorted(attributes.items())))
    for name, value in values.items():
        ET.SubElement(element, "PARAMETER", NAME=name, VALUE=value)
    _port_maps(element, bus.ports())


def _port_maps(element: ET.Element, ports: dict[str, str]) -> None:
    maps = ET.SubElement(element, "PORTMAPS")
    for logical, physical in ports.items():
        ET.SubElement(maps, "PORTMAP", LOGICAL=logical, PHYSICAL=physical)


def _memory_map(module: ET.Element, design: Design, cell: Cell) -> None:
    own = [s for s in design.segments.values() if s.master is cell and not s.excluded]
    if not own or cell.ip is None or cell.ip.name in SWITCHES:
        return
    element = ET.SubElement(module, "MEMORYMAP")
    for segment in sorted(own, key=lambda s: (s.space, s.offset)):
        slave = segment.slave.cell
        assert slave is not None
        base, high = _names(slave, segment.slave, segment)
        ET.SubElement(
            element,
            "MEMRANGE",
            {
                "ADDRESSBLOCK": segment.block.name,
                "BASENAME": base,
                "BASEVALUE": _hex(segment.offset),
                "HIGHNAME": high,
                "HIGHVALUE": _hex(segment.offset + segment.range - 1),
                "INSTANCE": slave.instance,
                "IS_DATA": "TRUE",
                "IS_INSTRUCTION": "TRUE",
                "MASTERBUSINTERFACE": _master(design, segment),
                "MEMTYPE": "REGISTER" if segment.block.usage == "register" else "MEMORY",
                "SLAVEBUSINTERFACE": segment.slave.name,
            },
        )
    peripherals = ET.SubElement(module, "PERIPHERALS")
    for instance in dict.fromkeys(s.slave.cell.instance for s in own if s.slave.cell):
        ET.SubElement(peripherals, "PERIPHERAL", INSTANCE=instance)


def _master(design: Design, segment: Segment) -> str:
    from hls4ml_soc.virtual.vivado.addressing import reachable, spaces

    space = spaces(design)[segment.space_path]
    return next((m.name for m, s in reachable(design, space) if s.path == segment.slave_path), "")
