"""Checks of resets: polarity, synchronous source, clock domain."""

from __future__ import annotations

from collections.abc import Iterator

from hls4ml_soc.virtual.vivado.design import Design, Pin
from hls4ml_soc.virtual.vivado.expression import ExpressionError, integer
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.propagate import (
    clock_at,
    polarity,
)

Problem = tuple[str, str]  # message number, text

# Where the catalogue does not tell: clock and the reset that Vivado counts to it.
_CLOCK_AND_RESET = {
    "smartconnect": ("aclk", "aresetn"),
    "axis_register_slice": ("aclk", "aresetn"),
    "axi_interconnect": ("ACLK", "ARESETN"),
}


def resets(design: Design) -> Iterator[Problem]:
    """Find resets of the wrong polarity, from no clock, or from another clock."""
    for pin in design.pins.values():
        if pin.kind != "rst" or pin.drives or pin.cell is None or pin.cell.ip is None:
            continue
        source = design.source(pin)
        if source is None:
            continue
        if _held(pin, source):
            yield (
                OWN,
                f"reset {pin.path} is {polarity(pin)} and {source.path} holds it active: "
                f"{pin.cell.path} is in reset for ever",
            )
        if source.kind == "rst" and polarity(source) != polarity(pin):
            yield (
                OWN,
                f"reset {pin.path} is {polarity(pin)} and its source {source.path} is "
                f"{polarity(source)}",
            )
        clock = _clock_of_reset(design, pin)
        if clock is None or pin.cell.ip.name == "proc_sys_reset":
            continue
        if _is_asynchronous(source):
            yield (
                "BD 41-1348",
                f"Reset pin {pin.path} (associated clock {clock.path}) is connected to "
                "asynchronous reset source "
                f"{source.path}.\nThis may prevent design from meeting timing. Please add "
                "Processor System Reset module to "
                "create a reset that is synchronous to the associated clock source "
                f"{_path(clock_at(design, clock))}.",
            )
        if pin.cell.ip.name != "smartconnect":  # makes one of each clock out of it (PG247)
            yield from _reset_domain(design, pin, clock, source)


def _held(pin: Pin, source: Pin) -> bool:
    """Whether a constant holds a reset at its active level."""
    ip = source.cell.ip if source.cell else None
    if ip is None or source.cell is None or ip.name not in ("xlconstant", "ilconstant"):
        return False
    try:
        value = integer(source.cell.value("CONST_VAL"))
    except ExpressionError:
        return False
    return value & 1 == int(polarity(pin) == "ACTIVE_HIGH")


def _path(clock: object) -> str:
    source = getattr(clock, "source", None)
    return source.path if source else "(none)"


def _clock_of_reset(design: Design, pin: Pin) -> Pin | None:
    assert pin.cell is not None and pin.cell.ip is not None
    own = _CLOCK_AND_RESET.get(pin.cell.ip.name)
    for other in design.nodes_of(pin.cell):
        if other.kind == "clk":
            port = pin.cell.port(other.name)
            named = other.config.get("ASSOCIATED_RESET", ":".join(port.resets)).split(":")
            if pin.name in named or own == (other.name, pin.name):
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
            f"reset {pin.path} belongs to clock {a.source.path}, and its source {source.path} to "
            f"{b.source.path}",
        )
