"""Write the hardware hand-off file (``.hwh``) of a block design, in the shape Vivado gives it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hls4ml_soc.virtual.vivado import interface, opaque
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Pin
from hls4ml_soc.virtual.vivado.expression import ExpressionError
from hls4ml_soc.virtual.vivado.hwh_addresses import (
    address_blocks,
    base_names,
    hexadecimal,
    memory_map,
    own_segments,
)
from hls4ml_soc.virtual.vivado.hwh_wires import Wires, external_name
from hls4ml_soc.virtual.vivado.project import Part
from hls4ml_soc.virtual.vivado.propagate import AXIMM, clock_at, polarity

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
_LMB = "xilinx.com:interface:lmb:1.0"
_LMB_BITS = "32"  # UG984: the local memory bus has one width
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
    wires = Wires(design)
    _external(root, design, wires)
    modules = ET.SubElement(root, "MODULES")
    for cell in sorted((c for c in design.cells.values() if c.ip), key=lambda c: c.path):
        _module(modules, design, cell, wires, version)
    ET.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
    return (text + ET.tostring(root, encoding="unicode") + "\n").encode()


def _external(root: ET.Element, design: Design, wires: Wires) -> None:
    ports = ET.SubElement(root, "EXTERNALPORTS")
    for pin in design.pins.values():
        if pin.cell is None:
            element = _port(ports, pin.name, pin.direction, pin.bounds(), pin.kind)
            _frequency(element, design, pin)
            if pin.kind == "rst":
                element.set("POLARITY", _polarity(design, pin))
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


def _polarity(design: Design, pin: Pin) -> str:
    """Return a port's polarity: its own, or that of what drives it."""
    source = design.source(pin) if pin.direction == "out" else None
    return polarity(source if source and source.kind == "rst" else pin)


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


def _module(parent: ET.Element, design: Design, cell: Cell, wires: Wires, version: str) -> None:
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
    if name == "smartconnect":
        # Vivado builds it as a block design of its own.
        inner = cell.component
        attributes |= {"BD": inner, "BDTYPE": "SBD", "DRIVERMODE": "CORE", "SIM_BD": inner}
    if kind == "PROCESSOR":
        attributes["PROCTYPE"] = name
    module = ET.SubElement(parent, "MODULE", dict(sorted(attributes.items())))
    ET.SubElement(module, "DOCUMENTS")
    address_blocks(module, design, cell)
    _parameters(module, design, cell, kind)
    ports = ET.SubElement(module, "PORTS")
    for pin in design.nodes_of(cell):
        bounds = _bounds(design, wires, pin)
        element = _port(ports, pin.name, opaque.direction(design, pin), bounds, pin.kind)
        _frequency(element, design, pin)
        if pin.kind == "intr" and cell.port(pin.name).sensitivity:
            element.set("SENSITIVITY", cell.port(pin.name).sensitivity)
        if pin.kind == "rst":
            element.set("POLARITY", pin.cell.port(pin.name).polarity if pin.cell else "")
        wires.describe(element, (cell.instance, pin.name))
    buses = ET.SubElement(module, "BUSINTERFACES")
    for bus in design.buses_of(cell):
        _bus(buses, design, bus)
    memory_map(module, design, cell)


def _revision(revisions: dict[str, str], version: str) -> str:
    """Return the core revision of the newest known release that is not newer than this one."""
    older = [v for v in revisions if v <= version]
    return revisions[max(older)] if older else next(iter(revisions.values()), "1")


def _bounds(design: Design, wires: Wires, pin: Pin) -> tuple[int, int] | None:
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
    for bus, segment in own_segments(design, cell):
        base, high = base_names(cell, bus, segment)
        values[base], values[high] = (
            hexadecimal(segment.offset),
            hexadecimal(segment.offset + segment.range - 1),
        )
    for name, value in values.items():
        ET.SubElement(parameters, "PARAMETER", {"NAME": name, "VALUE": value})


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _type(bus: Bus) -> str:
    """Name a mode as hand-off files do: buses with addresses have masters and slaves, all else
    has initiators."""
    if bus.type in (AXIMM, _LMB):
        return "MASTER" if bus.mode == "master" else "SLAVE"
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
    elif bus.type == _LMB:
        attributes["DATAWIDTH"] = _LMB_BITS
    element = ET.SubElement(parent, "BUSINTERFACE", dict(sorted(attributes.items())))
    for name, value in values.items():
        ET.SubElement(element, "PARAMETER", NAME=name, VALUE=value)
    _port_maps(element, bus.ports())


def _port_maps(element: ET.Element, ports: dict[str, str]) -> None:
    maps = ET.SubElement(element, "PORTMAPS")
    for logical, physical in ports.items():
        ET.SubElement(maps, "PORTMAP", LOGICAL=logical, PHYSICAL=physical)
