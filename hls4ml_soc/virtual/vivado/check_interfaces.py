"""Checks of interfaces: connection, clock, matching parameters."""

from __future__ import annotations

from collections.abc import Iterator

from hls4ml_soc.virtual.vivado import interface
from hls4ml_soc.virtual.vivado.design import Bus, Design
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.opaque import is_opaque
from hls4ml_soc.virtual.vivado.propagate import (
    AXIMM,
    AXIS,
    SWITCHES,
    clock_pins,
    has_clock_pin,
    is_known,
)

Problem = tuple[str, str]  # message number, text


_CLOCKLESS_SOURCES = (
    "hwh",
)  # catalogue entries that do not tell which clock belongs to which interface


def busses(design: Design) -> Iterator[Problem]:
    """Find streams and slaves that lead nowhere: data would be lost or never come."""
    for bus in design.buses.values():
        if (
            bus.cell is None
            or bus.cell.ip is None
            or bus.cell.ip.opaque
            or bus.type not in (AXIMM, AXIS)
            or design.peer(bus)
        ):
            continue
        if bus.mode == "slave" or bus.type == AXIS:
            yield OWN, f"interface {bus.path} is not connected"


def associations(design: Design) -> Iterator[Problem]:
    """Find AXI interfaces that no clock pin names."""
    for bus in design.buses.values():
        cell = bus.cell
        if cell is None or cell.ip is None or bus.type not in (AXIMM, AXIS) or bus.net is None:
            continue
        if cell.ip.opaque:
            continue
        if cell.ip.source.startswith(_CLOCKLESS_SOURCES) or not clock_pins(design, cell):
            continue
        if not has_clock_pin(design, bus):
            yield (
                "BD 41-967",
                f"AXI interface pin {bus.path} is not associated to any clock pin. It may not "
                "work correctly.",
            )


def _pairs(design: Design) -> Iterator[tuple[Bus, Bus]]:
    for bus in design.buses.values():
        peer = design.peer(bus) if bus.drives and bus.cell and bus.cell.ip else None
        if peer and peer.cell and peer.cell.ip and not (is_opaque(bus) or is_opaque(peer)):
            yield bus, peer


def mismatches(design: Design) -> Iterator[Problem]:
    """Find parameters that differ between the two ends of a connection."""
    for master, slave in _pairs(design):
        if master.type not in (AXIMM, AXIS):
            continue
        if master.type == AXIS and not (is_known(design, master) and is_known(design, slave)):
            continue
        a, b = interface.parameters(design, master), interface.parameters(design, slave)
        for name in _compared(master, slave):
            if name in a and name in b and a[name] != b[name]:
                yield (
                    "BD 41-237",
                    f"Bus Interface property {name} does not match between "
                    f"{slave.path}({b[name]}) and "
                    f"{master.path}({a[name]})",
                )
        if master.type == AXIS:
            yield from _side_channels(master, slave)


def _compared(master: Bus, slave: Bus) -> tuple[str, ...]:
    assert master.cell and master.cell.ip and slave.cell and slave.cell.ip
    if master.type == AXIS:
        return (
            "TDATA_NUM_BYTES",
            "TID_WIDTH",
            "TDEST_WIDTH",
            "TUSER_WIDTH",
            "FREQ_HZ",
            "CLK_DOMAIN",
        )
    if master.cell.ip.name in SWITCHES or slave.cell.ip.name in SWITCHES:
        return ("FREQ_HZ", "CLK_DOMAIN")
    return ("DATA_WIDTH", "PROTOCOL", "FREQ_HZ", "CLK_DOMAIN")


def _side_channels(master: Bus, slave: Bus) -> Iterator[Problem]:
    out, into = master.ports(), slave.ports()
    for signal, why in (("TLAST", "packets would never end"), ("TREADY", "data would be lost")):
        if signal in into and signal not in out:
            yield OWN, f"{slave.path} has {signal} and {master.path} has not: {why}"
