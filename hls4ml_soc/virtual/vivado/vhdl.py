"""Read the entity of a VHDL design file, as Vivado does for a module reference (UG994,
"Referencing RTL Modules")."""

from __future__ import annotations

import re
from pathlib import Path

from hls4ml_soc.virtual.vivado import verilog
from hls4ml_soc.virtual.vivado.ip import Ip, Parameter, Port

_COMMENT = re.compile(r"--[^\n]*")
_ENTITY = re.compile(
    r"\bentity\s+(\w+)\s+is\b(.*?)\bend\b(?:\s+entity\b)?(?:\s+\w+)?\s*;", re.I | re.S
)
_DECLARATION = re.compile(r"\s*(?:signal\s+|constant\s+)?([\w\s,]+?)\s*:\s*(.+?)\s*$", re.I | re.S)
_MODE = re.compile(r"(in|out|inout|buffer)\b\s*(.*)$", re.I | re.S)
_VECTOR = re.compile(
    r"(?:\w+\.)*(?:std_u?logic_vector|unsigned|signed|bit_vector)\s*\((.+)\s+(downto|to)\s+(.+)\)$",
    re.I | re.S,
)
_SCALAR = re.compile(r"(?:\w+\.)*(?:std_u?logic|bit)$", re.I)
_NUMBER = re.compile(r"(?:\w+\.)*(integer|natural|positive)\b", re.I)
_ATTRIBUTE = re.compile(
    r"\battribute\s+(x_interface_\w+)\s+of\s+(\w+)\s*:\s*signal\s+is\s+\"([^\"]*)\"", re.I
)
_DIRECTIONS = {"in": "in", "out": "out", "buffer": "out", "inout": "inout"}


def entities(path: Path) -> list[str]:
    """List the entities that a source file defines."""
    return [m[1] for m in _ENTITY.finditer(_read(path))]


def read(path: Path, name: str) -> Ip:
    """Read one entity. Raises VerilogError, naming file and port."""
    text = _read(path)
    body = next((m[2] for m in _ENTITY.finditer(text) if m[1].lower() == name.lower()), None)
    if body is None:
        raise verilog.VerilogError(f"{path}: no entity '{name}'")
    parameters = _generics(_clause(body, "generic"), path)
    attributes: dict[str, dict[str, str]] = {}
    for attribute, port, value in _ATTRIBUTE.findall(text):
        attributes.setdefault(port.lower(), {})[attribute.upper()] = value
    entries = []
    for port in _ports(_clause(body, "port"), parameters, path):
        own = attributes.get(port.name.lower(), {})
        settings = verilog.interface_settings(own.get("X_INTERFACE_PARAMETER", ""))
        entries.append(verilog.Entry(port, own.get("X_INTERFACE_INFO", ""), settings))
    return verilog.definition(path, name, entries, parameters)


def _read(path: Path) -> str:
    return _COMMENT.sub(" ", path.read_text(encoding="utf-8", errors="replace"))


def _clause(body: str, word: str) -> str:
    """Return what is between the brackets of ``generic (...)`` or ``port (...)``."""
    start = re.search(rf"\b{word}\s*\(", body, re.I)
    if start is None:
        return ""
    depth = 1
    for at in range(start.end(), len(body)):
        depth += {"(": 1, ")": -1}.get(body[at], 0)
        if depth == 0:
            return body[start.end() : at]
    return body[start.end() :]


def _generics(text: str, path: Path) -> dict[str, Parameter]:
    result = {}
    for item in [i for i in text.split(";") if i.strip()]:
        head, _, default = item.partition(":=")
        match = _DECLARATION.match(head)
        if match is None:
            raise verilog.VerilogError(f"{path}: cannot read generic '{item.strip()}'")
        value = default.strip()
        kind = "long" if _NUMBER.match(match[2]) else "string"
        hexadecimal = re.fullmatch(r'[xX]"([0-9a-fA-F_]+)"', value)
        if hexadecimal:
            value = f"0x{hexadecimal[1].replace('_', '')}"
        if kind == "long" and not re.fullmatch(r"-?\d+", value):
            kind = "string"  # an expression
        for name in match[1].replace(",", " ").split():
            result[name] = Parameter(name, value.strip("\"'"), kind)
    return result


def _ports(text: str, parameters: dict[str, Parameter], path: Path) -> list[Port]:
    result = []
    names = {n.lower(): n for n in parameters}
    for item in [i for i in text.split(";") if i.strip()]:
        match = _DECLARATION.match(item.partition(":=")[0])
        mode = _MODE.match(match[2].strip()) if match else None
        if match is None:
            raise verilog.VerilogError(f"{path}: cannot read port '{item.strip()}'")
        direction, kind = (mode[1].lower(), mode[2].strip()) if mode else ("in", match[2].strip())
        left = right = None
        vector = _VECTOR.match(kind)
        if vector:
            left, right = (_expression(vector[n], names) for n in (1, 3))
        elif not _SCALAR.match(kind):
            raise verilog.VerilogError(
                f"{path}: port '{match[1].strip()}' is of type {kind.split('(')[0].strip()}, which "
                "a block design cannot connect"
            )
        for name in match[1].replace(",", " ").split():
            result.append(Port(name, _DIRECTIONS[direction], left, right))
    return result


def _expression(text: str, names: dict[str, str]) -> str:
    def own(match: re.Match[str]) -> str:
        known = names.get(match[0].lower())
        return f"PARAM_VALUE.{known}" if known else match[0]

    return re.sub(r"[A-Za-z_]\w*", own, text.strip()).replace("**", "^")
