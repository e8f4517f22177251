"""Checks of the AXI4-Streams that Vivado infers from a module's ports (IHI 0051; UG994, "Inferring
Interfaces")."""

from __future__ import annotations

from collections.abc import Iterator

from hls4ml_soc.virtual.vivado.design import Bus, Design
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.propagate import AXIS

Problem = tuple[str, str]  # message number, text

# Vivado infers a stream without them as well, and ties the other side's.
_NEEDED = (("TDATA", "it carries nothing"), ("TREADY", "what is not taken at once is lost"))


def streams(design: Design) -> Iterator[Problem]:
    """Find streams of modules with missing signals, wrong directions or broken widths."""
    for bus in design.buses.values():
        ip = bus.cell.ip if bus.cell else None
        if ip is None or not ip.is_module or ip.opaque or bus.type != AXIS:
            continue
        ports = bus.ports()
        for signal, why in _NEEDED:
            if signal not in ports:
                yield OWN, f"stream {bus.path} of module {ip.name} has no {signal}: {why}"
        yield from _directions(bus, ports)
        yield from _widths(bus, ports)


def _directions(bus: Bus, ports: dict[str, str]) -> Iterator[Problem]:
    assert bus.cell is not None
    for signal, name in ports.items():
        wanted = "out" if (bus.mode == "master") == (signal != "TREADY") else "in"
        if bus.cell.port(name).direction != wanted:
            yield (
                OWN,
                f"stream {bus.path} is a {bus.mode}, and its {signal} ({bus.cell.path}/{name}) is "
                f"no {wanted}put",
            )


def _widths(bus: Bus, ports: dict[str, str]) -> Iterator[Problem]:
    assert bus.cell is not None
    bits = _bits(bus, ports.get("TDATA"))
    if bits is None:
        if "TDATA" in ports:
            # Nothing compares it with the other end then.
            yield OWN, f"hls4ml_soc's stand-in cannot tell the width of TDATA of {bus.path}"
        return
    if bits % 8:
        yield OWN, f"TDATA of stream {bus.path} has {bits} bits; it has to be whole bytes"
        return
    for signal in ("TKEEP", "TSTRB"):
        own = _bits(bus, ports.get(signal))
        if own is not None and own != bits // 8:
            yield (
                OWN,
                f"{signal} of stream {bus.path} has {own} bits; it has to have one per byte of "
                f"TDATA, {bits // 8}",
            )


def _bits(bus: Bus, port: str | None) -> int | None:
    """Return the width of a port; None if there is no such port or its width is not known."""
    if port is None or bus.cell is None or bus.cell.is_elastic(port):
        return None
    bounds = bus.cell.bounds(port)
    return abs(bounds[0] - bounds[1]) + 1 if bounds else 1
