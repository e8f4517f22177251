"""Facts from hand-off files of public projects, for the catalogue: what IP-XACT of instances
does not tell."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any


def harvest(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """Collect port maps, register fields and parameter values per IP name from hand-off files."""
    result: dict[str, dict[str, Any]] = {}
    for path in paths:
        for module in ET.parse(path).getroot().iter("MODULE"):
            entry = result.setdefault(
                module.get("MODTYPE", ""), {"ports": {}, "registers": {}, "parameters": {}}
            )
            for bus in module.iter("BUSINTERFACE"):
                found = {m.get("LOGICAL", ""): m.get("PHYSICAL", "") for m in bus.iter("PORTMAP")}
                if any(v.lower() != f"{bus.get('NAME')}_{k}".lower() for k, v in found.items()):
                    entry["ports"].setdefault(bus.get("NAME"), found)
            for register in module.iter("REGISTER"):
                entry["registers"].setdefault(register.get("NAME"), _register(register))
            for parameter in module.findall("PARAMETERS/PARAMETER"):
                if parameter.get("VALUE") is not None:
                    entry["parameters"].setdefault(parameter.get("NAME"), parameter.get("VALUE"))
    return result


def _register(register: ET.Element) -> dict[str, Any]:
    own = {p.get("NAME"): p.get("VALUE") for p in register.findall("PROPERTY")}
    fields = {}
    for field in register.iter("FIELD"):
        p = {q.get("NAME"): q.get("VALUE") for q in field.findall("PROPERTY")}
        fields[field.get("NAME")] = [p["BIT_OFFSET"], p["BIT_WIDTH"], p["ACCESS"]]
    return {"access": own.get("ACCESS"), "reset": own.get("RESET_VALUE"), "fields": fields or None}
