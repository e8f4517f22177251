"""Read ``component.xml`` (IP-XACT 1685-2009), as Vitis HLS and the IP packager write it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from hls4ml_soc.virtual.vivado.ip import (
    AddressSpace,
    Block,
    Interface,
    Ip,
    MemoryMap,
    Parameter,
    Port,
    Register,
)

_SPIRIT = "{http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009}"
_XILINX = "{http://www.xilinx.com}"
_MODES = ("master", "slave", "mirroredMaster", "mirroredSlave", "system", "monitor")


class IpXactError(Exception):
    """A file is not the IP-XACT description of a component."""


def read(path: Path) -> Ip:
    """Read one component. Raises IpXactError, naming the file."""
    try:
        root = ET.parse(path).getroot()
    except (OSError, ET.ParseError) as error:
        raise IpXactError(f"{path}: {error}") from error
    if root.tag != f"{_SPIRIT}component":
        raise IpXactError(f"{path}: not an IP-XACT 1685-2009 component")
    vlnv = ":".join(_text(root, part) for part in ("vendor", "library", "name", "version"))
    busses = [_bus(b) for b in _all(root, "busInterfaces/busInterface")]
    signals = {b.name: b for b in busses if b.type.startswith("xilinx.com:signal:")}
    extensions = f"{_SPIRIT}vendorExtensions/{_XILINX}coreExtensions/{_XILINX}"
    return Ip(
        vlnv=vlnv,
        source=str(path),
        ports={p.name: p for p in (_port(e, signals) for e in _all(root, "model/ports/port"))},
        interfaces={b.name: b for b in busses if b.name not in signals},
        parameters={
            n: p
            for n, p in (_parameter(e) for e in _all(root, "parameters/parameter"))
            if n != "Component_Name"
        },
        model=_model(root),
        spaces={s.name: s for s in (_space(e) for e in _all(root, "addressSpaces/addressSpace"))},
        maps={m.name: m for m in (_map(e) for e in _all(root, "memoryMaps/memoryMap"))},
        revisions={"": root.findtext(f"{extensions}coreRevision") or "1"},
        folder=path.parent,
        display_name=root.findtext(f"{extensions}displayName") or "",
    )


def _all(element: ET.Element, path: str) -> list[ET.Element]:
    return element.findall("/".join(_SPIRIT + part for part in path.split("/")))


def _text(element: ET.Element, path: str, default: str = "") -> str:
    return (
        element.findtext("/".join(_SPIRIT + part for part in path.split("/"))) or default
    ).strip()


def _enabled(element: ET.Element) -> str | None:
    """Return the condition under which something exists, if there is one."""
    for flag in element.iter(f"{_XILINX}isEnabled"):
        dependency = flag.get(f"{_XILINX}dependency") or flag.get(f"{_SPIRIT}dependency")
        if dependency:
            return dependency
        if (flag.text or "").strip().lower() == "false":
            return "false"
    return None


def _value(element: ET.Element | None, default: str = "") -> str:
    """Return a value, or the expression it follows."""
    if element is None:
        return default
    return element.get(f"{_SPIRIT}dependency") or (element.text or default).strip()


def _bus(element: ET.Element) -> Interface:
    kind = element.find(f"{_SPIRIT}busType")
    parts = ("vendor", "library", "name", "version")
    mode = next((m for m in _MODES if element.find(_SPIRIT + m) is not None), "slave")
    parameters = {
        _text(p, "name"): _text(p, "value") for p in _all(element, "parameters/parameter")
    }
    ports = {
        _text(m, "logicalPort/name"): _text(m, "physicalPort/name")
        for m in _all(element, "portMaps/portMap")
    }
    memory_map = element.find(f"{_SPIRIT}slave/{_SPIRIT}memoryMapRef")
    space = element.find(f"{_SPIRIT}master/{_SPIRIT}addressSpaceRef")
    return Interface(
        _text(element, "name"),
        ":".join((kind.get(_SPIRIT + p) or "") for p in parts) if kind is not None else "",
        mode,
        _enabled(element),
        parameters,
        memory_map.get(f"{_SPIRIT}memoryMapRef") if memory_map is not None else None,
        space.get(f"{_SPIRIT}addressSpaceRef") if space is not None else None,
        ports,
    )


def _port(element: ET.Element, signals: dict[str, Interface]) -> Port:
    name = _text(element, "name")
    wire = element.find(f"{_SPIRIT}wire")
    left = right = tie_off = None
    direction = "in"
    if wire is not None:
        direction = _text(wire, "direction", "in")
        vector = wire.find(f"{_SPIRIT}vector")
        if vector is not None:
            left, right = (
                _value(vector.find(f"{_SPIRIT}left")),
                _value(vector.find(f"{_SPIRIT}right")),
            )
        driver = wire.find(f"{_SPIRIT}driver/{_SPIRIT}defaultValue")
        tie_off = _value(driver) if driver is not None and direction == "in" else None
    for signal in signals.values():
        if name in signal.ports.values():
            kind = {"clock": "clk", "reset": "rst", "interrupt": "intr"}.get(
                signal.type.split(":")[2], ""
            )
            p = signal.parameters
            return Port(
                name,
                direction,
                left,
                right,
                _enabled(element),
                tie_off,
                kind,
                tuple(n for n in p.get("ASSOCIATED_BUSIF", "").split(":") if n),
                tuple(n for n in p.get("ASSOCIATED_RESET", "").split(":") if n),
                p.get("POLARITY", "ACTIVE_LOW") if kind == "rst" else "",
                p.get("SENSITIVITY", ""),
            )
    return Port(name, direction, left, right, _enabled(element), tie_off)


def _parameter(element: ET.Element) -> tuple[str, Parameter]:
    name = _text(element, "name")
    value = element.find(f"{_SPIRIT}value")
    attributes = value.attrib if value is not None else {}
    return name, Parameter(
        name,
        (value.text or "").strip() if value is not None else "",
        attributes.get(f"{_SPIRIT}format", "string"),
        minimum=attributes.get(f"{_SPIRIT}minimum"),
        maximum=attributes.get(f"{_SPIRIT}maximum"),
        read_only=attributes.get(f"{_SPIRIT}resolve", "user") != "user",
    )


def _model(root: ET.Element) -> dict[str, str]:
    result = {}
    for element in _all(root, "model/modelParameters/modelParameter"):
        value = element.find(f"{_SPIRIT}value")
        if value is not None:
            constant = f"'{(value.text or '').strip()}'"
            result[_text(element, "name")] = value.get(f"{_SPIRIT}dependency") or constant
    return result


def _space(element: ET.Element) -> AddressSpace:
    return AddressSpace(
        _text(element, "name"),
        _value(element.find(f"{_SPIRIT}range"), "4G"),
        _value(element.find(f"{_SPIRIT}width"), "32"),
        _enabled(element),
    )


def _map(element: ET.Element) -> MemoryMap:
    blocks = tuple(
        Block(
            _text(b, "name"),
            _value(b.find(f"{_SPIRIT}baseAddress"), "0"),
            _value(b.find(f"{_SPIRIT}range"), "65536"),
            _text(b, "usage", "memory"),
            _text(b, "access", "read-write"),
            tuple(_register(r) for r in _all(b, "register")),
        )
        for b in _all(element, "addressBlock")
    )
    return MemoryMap(_text(element, "name"), blocks, _enabled(element))


def _register(element: ET.Element) -> Register:
    fields = {
        _text(f, "name"): (
            _text(f, "bitOffset"),
            _text(f, "bitWidth"),
            _text(f, "access", "read-write"),
        )
        for f in _all(element, "field")
    }
    return Register(
        _text(element, "name"),
        _text(element, "addressOffset"),
        _text(element, "access", "read-write"),
        _text(element, "reset/value", "0"),
        _text(element, "size", "32"),
        fields,
        _text(element, "description"),
    )
