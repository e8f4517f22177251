"""Read the header of a Verilog module, as Vivado does for a module reference (UG994,
"Referencing RTL Modules")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from hls4ml_soc.virtual.vivado.axi_signals import MEMORY_MAPPED, STREAM
from hls4ml_soc.virtual.vivado.ip import (
    AddressSpace,
    Block,
    Interface,
    Ip,
    MemoryMap,
    Parameter,
    Port,
)

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_HEADER = re.compile(
    r"\bmodule\s+(\w+)\s*(?:#\s*\((?P<parameters>.*?)\)\s*)?\((?P<ports>.*?)\)\s*;(?P<body>.*?)\bendmodule\b",
    re.S,
)
_ATTRIBUTE = re.compile(r"\(\*(.*?)\*\)", re.S)
_PAIR = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
_PARAMETER = re.compile(
    r"\s*(?:parameter\b)?\s*(integer|real|string)?\s*(?:signed\s*)?(?:\[[^\]]*\])?\s*(\w+)\s*=\s*(.+?)\s*$",
    re.S,
)
_PORT = re.compile(
    r"\s*(input|output|inout)?\s*(?:wire|reg|logic)?\s*(?:signed\s*)?(?:\[\s*(.+?)\s*:\s*(.+?)\s*\])?\s*(\w+)\s*$",
    re.S,
)
_LITERAL = re.compile(r"(?:\d+)?'s?([hHdDbB])([0-9a-fA-F_]+)")
_CLOCK = re.compile(r"(^|_)a?clk(_|$|\d)|clk$|clock", re.I)
_RESET = re.compile(r"(^|_)a?(rst|reset)(_?n)?(_|$|\d)", re.I)


class VerilogError(Exception):
    """A module's header is beyond what the stand-in reads, or contradicts itself."""


@dataclass
class Entry:
    """A port while its attributes are being applied."""

    port: Port
    info: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def modules(path: Path) -> list[str]:
    """List the modules that a source file defines."""
    return [m.group(1) for m in _HEADER.finditer(_read(path))]


def read(path: Path, name: str) -> Ip:
    """Read one module. Raises VerilogError, naming file and port."""
    for match in _HEADER.finditer(_read(path)):
        if match.group(1) == name:
            break
    else:
        raise VerilogError(f"{path}: no module '{name}' with an ANSI port list")
    parameters = _parameters(match.group("parameters") or "", path)
    return definition(path, name, _ports(match.group("ports"), parameters, path), parameters)


def definition(path: Path, name: str, entries: list[Entry], parameters: dict[str, Parameter]) -> Ip:
    """Return the IP that a module's ports and parameters make."""
    interfaces = _interfaces(entries)
    ports = [_signal(e) for e in entries]
    return Ip(
        vlnv=f"xilinx.com:module_ref:{name}:1.0",
        source=str(path),
        ports={p.name: p for p in _associated(ports, interfaces)},
        interfaces={n: _addressed(i) for n, i in interfaces.items()},
        parameters=parameters,
        spaces={
            i.name: AddressSpace(i.name, "0", _width(ports, i, ("AWADDR", "ARADDR")))
            for i in interfaces.values()
            if _is_mapped(i) and i.mode == "master"
        },
        maps={
            i.name: MemoryMap(i.name, (_block(ports, i),))
            for i in interfaces.values()
            if _is_mapped(i) and i.mode == "slave"
        },
        revisions={"": "1"},
        folder=path.parent,
    )


def _is_mapped(interface: Interface) -> bool:
    return interface.type == "xilinx.com:interface:aximm:1.0"


def _addressed(interface: Interface) -> Interface:
    """Call the memory map, or the address space, after the interface as Vivado does."""
    if not _is_mapped(interface):
        return interface
    if interface.mode == "slave":
        return replace(interface, memory_map=interface.name)
    return replace(interface, address_space=interface.name)


def _width(ports: list[Port], interface: Interface, signals: tuple[str, ...]) -> str:
    """Return the expression of an address's width in bits."""
    names = [interface.ports[s] for s in signals if s in interface.ports]
    port = next((p for p in ports if p.name in names), None)
    if port is None or port.left is None:
        return "32"
    return f"(({port.left}) - ({port.right or 0}) + 1)"


def _block(ports: list[Port], interface: Interface) -> Block:
    bits = _width(ports, interface, ("AWADDR", "ARADDR"))
    return Block("reg0", "0", f"(spirit:pow(2, {bits}))", "register")


def _read(path: Path) -> str:
    return _COMMENT.sub(" ", path.read_text(encoding="utf-8"))


def _split(text: str) -> list[str]:
    """Split at commas outside brackets and strings."""
    items, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif not quoted and c in "([{":
            depth += 1
        elif not quoted and c in ")]}":
            depth -= 1
        elif c == "," and not quoted and depth == 0:
            items.append(text[start:i])
            start = i + 1
    items.append(text[start:])
    return [i for i in items if i.strip()]


def _number(text: str) -> str:
    """Turn Verilog literals into numbers that expressions know."""

    def decimal(match: re.Match[str]) -> str:
        return str(
            int(match.group(2).replace("_", ""), {"h": 16, "d": 10, "b": 2}[match.group(1).lower()])
        )

    return _LITERAL.sub(decimal, text)


def _parameters(text: str, path: Path) -> dict[str, Parameter]:
    result = {}
    for item in _split(_ATTRIBUTE.sub(" ", text)):
        match = _PARAMETER.match(item)
        if match is None:
            raise VerilogError(f"{path}: cannot read parameter '{item.strip()}'")
        kind, name, value = match.groups()
        value = _number(value)
        is_text = kind == "string" or value.startswith('"')
        result[name] = Parameter(name, value.strip('"'), "string" if is_text else "long")
    return result


def _ports(text: str, parameters: dict[str, Parameter], path: Path) -> list[Entry]:
    entries: list[Entry] = []
    direction, left, right = "", None, None
    for item in _split(text):
        pairs = dict(
            pair for attribute in _ATTRIBUTE.findall(item) for pair in _PAIR.findall(attribute)
        )
        match = _PORT.match(_ATTRIBUTE.sub(" ", item))
        if match is None or not (match.group(1) or direction):
            raise VerilogError(f"{path}: cannot read port '{_ATTRIBUTE.sub(' ', item).strip()}'")
        if match.group(1):
            direction, left, right = match.group(1), match.group(2), match.group(3)
        name = match.group(4)
        port = Port(
            name,
            {"input": "in", "output": "out", "inout": "inout"}[direction],
            _bound(left, parameters),
            _bound(right, parameters),
        )
        settings = interface_settings(pairs.get("X_INTERFACE_PARAMETER", ""))
        entries.append(Entry(port, pairs.get("X_INTERFACE_INFO", ""), settings))
    return entries


def _associated(ports: list[Port], interfaces: dict[str, Interface]) -> list[Port]:
    """Say which clock belongs to which interface and reset where no attribute does (IP_Flow
    19-4728): the only one, else the one that begins with the interface's name."""
    clocks = [p for p in ports if p.kind == "clk" and p.direction == "in"]
    if any(p.interfaces for p in clocks):
        return ports
    streams = [i.name for i in interfaces.values() if i.type.split(":")[2] in ("axis", "aximm")]
    resets = [p.name for p in ports if p.kind == "rst" and p.direction == "in"]
    result = []
    for port in ports:
        if port in clocks:
            stem = "" if len(clocks) == 1 else port.name.lower().rpartition("_")[0]
            own = tuple(n for n in streams if n.lower().startswith(stem or n.lower()[:1]))
            near = tuple(n for n in resets if n.lower().startswith(stem))
            if stem or len(clocks) == 1:
                port = replace(port, interfaces=own, resets=port.resets or near[:1])
        result.append(port)
    return result


def interface_settings(text: str) -> dict[str, str]:
    """Read the value of an X_INTERFACE_PARAMETER attribute."""
    settings = {}
    for setting in text.split(","):
        words = setting.replace("XIL_INTERFACENAME", "").split()
        if len(words) == 2:
            settings[words[0]] = words[1]
    return settings


def _bound(text: str | None, parameters: dict[str, Parameter]) -> str | None:
    if text is None:
        return None
    return re.sub(
        r"[A-Za-z_]\w*",
        lambda m: f"PARAM_VALUE.{m[0]}" if m[0] in parameters else m[0],
        _number(text),
    )


def _signal(entry: Entry) -> Port:
    """Find out whether a port is a clock, reset or interrupt: by attribute, else by name as
    Vivado infers it."""
    port, parameters = entry.port, entry.parameters
    words = entry.info.split()
    kind = (
        {"clock": "clk", "reset": "rst", "interrupt": "intr"}.get(words[0].split(":")[2], "")
        if words
        else ""
    )
    if not words and port.left is None and port.direction == "in":
        kind = "clk" if _CLOCK.search(port.name) else "rst" if _RESET.search(port.name) else ""
    if kind == "clk":
        return replace(
            port,
            kind=kind,
            interfaces=_names(parameters.get("ASSOCIATED_BUSIF")),
            resets=_names(parameters.get("ASSOCIATED_RESET")),
        )
    if kind == "rst":
        inferred = "ACTIVE_LOW" if re.search(r"(n|_b)$", port.name, re.I) else "ACTIVE_HIGH"
        return replace(port, kind=kind, polarity=parameters.get("POLARITY", inferred))
    return replace(port, kind=kind, sensitivity=parameters.get("SENSITIVITY", ""))


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(n for n in (text or "").split(":") if n)


def _interfaces(entries: list[Entry]) -> dict[str, Interface]:
    """Group ports to interfaces: those with attributes first, then by the names of AXI signals."""
    groups: dict[str, tuple[str, dict[str, str]]] = {}
    settings: dict[str, dict[str, str]] = {}
    for entry in entries:
        name = entry.port.name
        words = entry.info.split()
        if len(words) == 3 and not words[0].startswith("xilinx.com:signal:"):
            kind, group, logical = words[0].replace("_rtl:", ":"), words[1], words[2].upper()
        elif not words and "_" in name:
            group, _, logical = name.rpartition("_")
            if logical.lower() in STREAM:
                kind = "xilinx.com:interface:axis:1.0"
            elif logical.lower() in MEMORY_MAPPED:
                kind = "xilinx.com:interface:aximm:1.0"
            else:
                continue
            logical = logical.upper()
        else:
            continue
        groups.setdefault(group, (kind, {}))[1][logical] = name
        settings.setdefault(group, {}).update(entry.parameters)
    directions = {e.port.name: e.port.direction for e in entries}
    result = {}
    for group, (kind, ports) in groups.items():
        valid = ports.get("TVALID") or ports.get("AWVALID") or ports.get("ARVALID")
        if kind.split(":")[2] in ("axis", "aximm") and valid is None:
            continue  # loose signals with similar names
        out = directions[valid or next(iter(ports.values()))] == "out"
        result[group] = Interface(
            group, kind, "master" if out else "slave", parameters=settings[group], ports=ports
        )
    return result
