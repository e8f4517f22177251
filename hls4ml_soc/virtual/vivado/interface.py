"""The parameters of a bus interface (``CONFIG.DATA_WIDTH`` ...), as far as ports and connections
tell them."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.design import Bus, Design
from hls4ml_soc.virtual.vivado.opaque import is_opaque
from hls4ml_soc.virtual.vivado.propagate import AXIMM, AXIS, SWITCHES, clock_of, stream_bytes

# Assumed of slaves of cells that are not modelled, where a script asks: 64 KB of registers.
_ADDRESS_BITS = "16"
_HAS = ("BURST", "LOCK", "PROT", "CACHE", "QOS", "REGION")


def parameters(design: Design, bus: Bus) -> dict[str, str]:
    """Return all parameters, those that the user has set on the interface last."""
    result = {}
    if bus.cell is not None and bus.cell.ip is not None and not bus.cell.ip.opaque:
        declared = bus.cell.interface(bus.name).parameters
        if bus.type == AXIMM:
            result = _memory_mapped(design, bus)
        elif bus.type == AXIS:
            result = _stream(bus)
        result.update({k: v for k, v in declared.items() if v != ""})
        if bus.type in (AXIMM, AXIS):
            result.update(_clock(design, bus))
    elif is_opaque(bus) and bus.type == AXIMM:
        result = {"ADDR_WIDTH": _ADDRESS_BITS, "DATA_WIDTH": "32"}
    return {**result, **bus.config}


def _clock(design: Design, bus: Bus) -> dict[str, str]:
    clock = clock_of(design, bus)
    if clock is None:
        return {}
    hz = {} if clock.hz is None else {"FREQ_HZ": str(clock.hz)}
    return {**hz, "PHASE": "0.000", "CLK_DOMAIN": clock.domain}


def _stream(bus: Bus) -> dict[str, str]:
    ports = bus.ports()
    size = stream_bytes(bus)
    result = {"TDATA_NUM_BYTES": str(size)} if size is not None else {}
    for signal in ("TDEST", "TID", "TUSER"):
        result[f"{signal}_WIDTH"] = str(_width(bus, signal)) if signal in ports else "0"
    for signal in ("TREADY", "TSTRB", "TKEEP", "TLAST"):
        result[f"HAS_{signal}"] = str(int(signal in ports))
    return result


def _width(bus: Bus, signal: str) -> int:
    assert bus.cell is not None
    port = bus.ports().get(signal)
    bounds = bus.cell.bounds(port) if port else None
    return abs(bounds[0] - bounds[1]) + 1 if bounds else 1


def _between(design: Design, bus: Bus) -> dict[str, str]:
    """Return the width of a connection between two switches: the widest that comes in.

    No public hand-off file shows one.
    """
    peer = design.peer(bus)
    upstream = bus if bus.mode == "master" else peer
    if peer is None or upstream is None or upstream.cell is None or upstream.cell.ip is None:
        return {}
    if upstream.cell.ip.name not in SWITCHES:
        return {}
    inputs = [b for b in design.buses_of(upstream.cell) if b.mode == "slave" and b.net]
    widths = [_memory_mapped(design, b).get("DATA_WIDTH", "") for b in inputs]
    known = [int(w) for w in widths if w.isdigit()]
    return {"DATA_WIDTH": str(max(known))} if known else {}


def _memory_mapped(design: Design, bus: Bus) -> dict[str, str]:
    assert bus.cell is not None and bus.cell.ip is not None
    ports = bus.ports()
    peer = design.peer(bus)
    if bus.cell.ip.name in SWITCHES:
        # A switch speaks what the other side speaks.
        other = peer and peer.cell and peer.cell.ip and peer.cell.ip.name not in SWITCHES
        other = other and not (peer and peer.cell and peer.cell.ip and peer.cell.ip.opaque)
        plain = {"PROTOCOL": "AXI4", "READ_WRITE_MODE": "READ_WRITE"}
        return _memory_mapped(design, peer) if other and peer else plain | _between(design, bus)
    writes, reads = "AWADDR" in ports, "ARADDR" in ports
    result = {
        "DATA_WIDTH": str(_width(bus, "WDATA" if writes else "RDATA")),
        "PROTOCOL": "AXI3"
        if "WID" in ports
        else "AXI4"
        if {"AWLEN", "ARLEN"} & set(ports)
        else "AXI4LITE",
        "ID_WIDTH": str(_width(bus, "ARID")) if "ARID" in ports else "0",
        "ADDR_WIDTH": str(_width(bus, "AWADDR" if writes else "ARADDR")),
        "READ_WRITE_MODE": "READ_WRITE"
        if writes and reads
        else "WRITE_ONLY"
        if writes
        else "READ_ONLY",
    }
    for name in _HAS:
        result[f"HAS_{name}"] = str(int(f"AR{name}" in ports or f"AW{name}" in ports))
    result["HAS_WSTRB"] = str(int("WSTRB" in ports))
    result["HAS_BRESP"] = str(int("BRESP" in ports))
    result["HAS_RRESP"] = str(int("RRESP" in ports))
    result.update({k: v for k, v in bus.cell.interface(bus.name).parameters.items() if v != ""})
    return result
