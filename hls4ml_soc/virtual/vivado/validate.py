"""validate_bd_design: propagate parameters, then report everything that is wrong, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hls4ml_soc.virtual.vivado import interface
from hls4ml_soc.virtual.vivado.addressing import reachable, spaces
from hls4ml_soc.virtual.vivado.design import Bus, Design, Pin
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.propagate import (
    AXIMM,
    AXIS,
    SWITCHES,
    clock_at,
    clock_pins,
    has_clock_pin,
    polarity,
    propagate,
)

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

Problem = tuple[str, str]  # message number, text

_CLOCKLESS_SOURCES = (
    "hwh",
)  # catalogue entries that do not tell which clock belongs to which interface
# Resets whose unconnected state is the inactive one by design (PG164).
_OPTIONAL_RESETS = {("proc_sys_reset", "aux_reset_in"), ("proc_sys_reset", "mb_debug_sys_rst")}


def validate(session: Session, design: Design) -> bool:
    """Validate, report, and return whether the design may be implemented."""
    propagate(design)
    problems = [p for check in _CHECKS for p in check(design)]
    before = session.messages.failed
    session.messages.failed = False
    for id, text in problems:
        session.messages.report(id, text)
    failed = session.messages.failed
    session.messages.failed = before or failed
    design.validated = not failed
    return not failed


def _clocks(design: Design) -> Iterator[Problem]:
    missing = [
        p.path
        for p in design.pins.values()
        if p.kind == "clk"
        and p.direction == "in"
        and p.cell
        and p.cell.ip
        and not _clocked(design, p)
    ]
    if missing:
        yield (
            "BD 41-758",
            "The following clock pins are not connected to a valid clock source: \n"
            + "\n".join(missing),
        )


def _clocked(design: Design, pin: Pin) -> bool:
    source = design.source(pin)
    return source is not None and (source.kind == "clk" or source.cell is None)


def _inputs(design: Design) -> Iterator[Problem]:
    connected = {
        f"{b.cell.path}/{port}"
        for b in design.buses.values()
        if b.cell and b.cell.ip and b.net
        for port in b.ports().values()
    }
    optional = {
        f"{b.cell.path}/{port}"
        for b in design.buses.values()
        if b.cell and b.cell.ip
        for port in b.ports().values()
    }
    missing = []
    for pin in design.pins.values():
        if (
            pin.direction != "in"
            or not pin.cell
            or not pin.cell.ip
            or pin.kind == "clk"
            or pin.path in connected
        ):
            continue
        if design.source(pin) is not None:
            continue
        port = pin.cell.port(pin.name)
        if pin.kind == "rst":
            if (pin.cell.ip.name, pin.name) in _OPTIONAL_RESETS:
                continue
        elif port.tie_off is not None and not pin.net and not _needed(pin):
            continue
        elif pin.path in optional and not pin.net and not _is_handshake(design, pin):
            continue
        missing.append(pin.path)
    if missing:
        yield (
            "BD 41-759",
            "The input pins (listed below) are either not connected or do not have a source port, and they don't have a "
            "tie-off specified. These pins are tied-off to all 0's to avoid error in Implementation flow.\n"
            "Please check your design and connect them as needed: \n" + "\n".join(missing),
        )


def _needed(pin: Pin) -> bool:
    """Whether an input with a tie-off makes its IP useless when it stays open."""
    assert pin.cell is not None and pin.cell.ip is not None
    return (pin.cell.ip.name, pin.name.partition("_io_i")[0]) in {
        ("axi_gpio", "gpio"),
        ("axi_gpio", "gpio2"),
    } and (
        pin.cell.value("C_ALL_INPUTS_2" if pin.name.startswith("gpio2") else "C_ALL_INPUTS") == "1"
    )


def _is_handshake(design: Design, pin: Pin) -> bool:
    assert pin.cell is not None
    return any(
        b.type.split(":")[2] == "acc_handshake" and pin.name in b.ports().values()
        for b in design.buses_of(pin.cell)
    )


def _busses(design: Design) -> Iterator[Problem]:
    """Report streams and memory-mapped interfaces of cells that lead nowhere: data would be lost or never come."""
    for bus in design.buses.values():
        if (
            bus.cell is None
            or bus.cell.ip is None
            or bus.type not in (AXIMM, AXIS)
            or design.peer(bus)
        ):
            continue
        if bus.mode == "slave" or bus.type == AXIS:
            yield OWN, f"interface {bus.path} is not connected"


def _associations(design: Design) -> Iterator[Problem]:
    for bus in design.buses.values():
        cell = bus.cell
        if cell is None or cell.ip is None or bus.type not in (AXIMM, AXIS) or bus.net is None:
            continue
        if cell.ip.source.startswith(_CLOCKLESS_SOURCES) or not clock_pins(design, cell):
            continue
        if not has_clock_pin(design, bus):
            yield (
                "BD 41-967",
                f"AXI interface pin {bus.path} is not associated to any clock pin. It may not work correctly.",
            )


def _pairs(design: Design) -> Iterator[tuple[Bus, Bus]]:
    for bus in design.buses.values():
        peer = design.peer(bus) if bus.drives and bus.cell and bus.cell.ip else None
        if peer and peer.cell and peer.cell.ip:
            yield bus, peer


def _mismatches(design: Design) -> Iterator[Problem]:
    for master, slave in _pairs(design):
        if master.type not in (AXIMM, AXIS):
            continue
        a, b = interface.parameters(design, master), interface.parameters(design, slave)
        for name in _compared(master, slave):
            if name in a and name in b and a[name] != b[name]:
                yield (
                    "BD 41-237",
                    f"Bus Interface property {name} does not match between {slave.path}({b[name]}) and "
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


def _widths(design: Design) -> Iterator[Problem]:
    for pin in design.pins.values():
        if pin.drives or pin.net is None or not (pin.cell is None or pin.cell.ip):
            continue
        source = design.source(pin)
        if source is None:
            continue
        own, other = pin.width(), source.width()
        if own is None or other is None or own == other or pin.kind in ("clk", "rst"):
            continue
        lost = (
            "other input bits of this pin will be left unconnected"
            if own > other
            else "the others are left open"
        )
        yield (
            "BD 41-2383" if own > other else "BD 41-2384",
            f"Width mismatch when connecting input pin '{pin.path}'({own}) to pin '{source.path}'({other}) - Only lower "
            f"order bits will be connected, and {lost}.",
        )


def _kinds(design: Design) -> Iterator[Problem]:
    for pin in design.pins.values():
        if pin.drives or pin.net is None or pin.cell is None or pin.cell.ip is None:
            continue
        source = design.source(pin)
        if (
            source is None
            or source.cell is None
            or not source.kind
            or not pin.kind
            or pin.kind == source.kind
        ):
            continue
        yield (
            "BD 41-1731",
            f"Type mismatch between connected pins: {source.path}({source.kind}) and {pin.path}({pin.kind})",
        )


def _resets(design: Design) -> Iterator[Problem]:
    for pin in design.pins.values():
        if pin.kind != "rst" or pin.drives or pin.cell is None or pin.cell.ip is None:
            continue
        source = design.source(pin)
        if source is None:
            continue
        if source.kind == "rst" and polarity(source) != polarity(pin):
            yield (
                OWN,
                f"reset {pin.path} is {polarity(pin)} and its source {source.path} is {polarity(source)}",
            )
        clock = _clock_of_reset(design, pin)
        if clock is None or pin.cell.ip.name == "proc_sys_reset":
            continue
        if _is_asynchronous(source):
            yield (
                "BD 41-1348",
                f"Reset pin {pin.path} (associated clock {clock.path}) is connected to asynchronous reset source "
                f"{source.path}.\nThis may prevent design from meeting timing. Please add Processor System Reset module to "
                "create a reset that is synchronous to the associated clock source "
                f"{_path(clock_at(design, clock))}.",
            )
        yield from _reset_domain(design, pin, clock, source)


def _path(clock: object) -> str:
    source = getattr(clock, "source", None)
    return source.path if source else "(none)"


def _clock_of_reset(design: Design, pin: Pin) -> Pin | None:
    assert pin.cell is not None
    for other in design.nodes_of(pin.cell):
        if other.kind == "clk":
            port = pin.cell.port(other.name)
            named = other.config.get("ASSOCIATED_RESET", ":".join(port.resets)).split(":")
            if pin.name in named:
                return other
    return None


def _is_asynchronous(source: Pin) -> bool:
    if source.cell is None:
        return source.kind == "rst"
    assert source.cell.ip is not None
    return source.cell.ip.name in ("processing_system7", "zynq_ultra_ps_e")


def _reset_domain(design: Design, pin: Pin, clock: Pin, source: Pin) -> Iterator[Problem]:
    """Report a reset that another clock made."""
    if source.cell is None or source.cell.ip is None:
        return
    made_by = _clock_of_reset(design, source)
    if made_by is None:
        return
    a, b = clock_at(design, clock), clock_at(design, made_by)
    if a and b and a.source is not b.source:
        yield (
            OWN,
            f"reset {pin.path} belongs to clock {a.source.path}, and its source {source.path} to {b.source.path}",
        )


def _addresses(design: Design) -> Iterator[Problem]:
    mapped = {(s.space_path, s.slave_path) for s in design.segments.values()}
    for space in spaces(design).values():
        seen = set()
        for _, segment in reachable(design, space):
            if segment.path not in seen and (space.path, segment.path) not in mapped:
                yield (
                    "BD 41-1356",
                    f"Slave segment <{segment.path}> is not assigned into address space <{space.path}>. Please use Address "
                    "Editor to either assign or exclude it.",
                )
            seen.add(segment.path)
    known = {p: {s.path for _, s in reachable(design, x)} for p, x in spaces(design).items()}
    for own in design.segments.values():
        if own.slave_path not in known.get(own.space_path, set()):
            yield (
                "BD 41-1075",
                f"Cannot assign slave segment '{own.slave_path}' into address space '{own.space_path}'. Master segment "
                f"'{own.path}' is invalid: no valid addressing path exists.",
            )


def _content(design: Design) -> Iterator[Problem]:
    if not any(c.ip for c in design.cells.values()):
        yield OWN, f"block design '{design.name}' is empty"


_CHECKS = (
    _content,
    _clocks,
    _inputs,
    _busses,
    _associations,
    _mismatches,
    _widths,
    _kinds,
    _resets,
    _addresses,
)
