"""Signals of the netlist, as a hand-off file names and lists them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hls4ml_soc.virtual.vivado.design import Bus, Design, Node, Pin


class Wires:
    """Every signal of the netlist: what the pins of connected interfaces, and pins on nets, are
    joined with."""

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
            else f"External_Ports_{source.name}"
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
