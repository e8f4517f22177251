"""Checks of single cells: what a processing system needs outside, what a core was made for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.messages import OWN, short_size
from hls4ml_soc.virtual.vivado.propagate import clock_at

Problem = tuple[str, str]  # message number, text

# Interfaces that are pins of the device, by IP (PG082, UG586).
_DEDICATED = {"processing_system7": ("DDR", "FIXED_IO"), "mig_7series": ("DDR3",)}
# Clocking Wizard (PG065): sources of the input clock; lowest and highest frequencies in MHz of any
# part and speed grade.
_SOURCES = (
    "Single_ended_clock_capable_pin",
    "Differential_clock_capable_pin",
    "Global_buffer",
    "No_buffer",
)
_WIZARD_MHZ = {"PRIM_IN_FREQ": (10.0, 1066.0), "CLKOUT1_REQUESTED_OUT_FREQ": (4.687, 1066.0)}
_TOLERANCE = 1.001  # a PLL meets few frequencies exactly


def dedicated(design: Design) -> Iterator[Problem]:
    """Find memory and fixed pins that do not leave the design, or leave it as something else."""
    for bus in design.buses.values():
        ip = bus.cell.ip if bus.cell else None
        if ip is None or bus.name not in _DEDICATED.get(ip.name, ()):
            continue
        peer = design.peer(bus)
        if peer is None or peer.cell is not None or peer.mode != bus.mode:
            yield (
                OWN,
                f"interface {bus.path} is not brought out: connect it to an interface port of the "
                f"design of mode {bus.mode.capitalize()}",
            )


def speeds(design: Design) -> Iterator[Problem]:
    """Find cores of HLS with a faster clock than they were made for.

    The period stands in ``standin/standin.json`` beside the core's component.xml; nothing is
    compared where it does not. Clock generators that cannot be made count as well.
    """
    yield from _wizards(design)
    for cell in design.cells.values():
        if cell.ip is None or cell.ip.folder is None or cell.ip.is_module:
            continue
        period = _period(cell.ip.folder)
        for pin in design.nodes_of(cell) if period else ():
            clock = clock_at(design, pin) if pin.kind == "clk" and pin.direction == "in" else None
            if clock and clock.hz and period and clock.hz * period > 1e9 * _TOLERANCE:
                yield (
                    OWN,
                    f"clock {pin.path} runs at {clock.hz / 1e6:.6g} MHz, and HLS made {cell.path} "
                    f"for {1000 / period:.6g} MHz (a period of {period:g} ns)",
                )


def _wizards(design: Design) -> Iterator[Problem]:
    """Find clocking wizards with values that none takes."""
    for cell in design.cells.values():
        if cell.ip is None or cell.ip.opaque or cell.ip.name != "clk_wiz":
            continue
        flags = {name: ("true", "false") for name in ("USE_RESET", "USE_LOCKED")}
        for name, choices in {"PRIM_SOURCE": _SOURCES, **flags}.items():
            if cell.value(name) not in choices:
                yield _refused(cell.path, name, cell.value(name), ", ".join(choices))
        for name, (low, high) in _WIZARD_MHZ.items():
            try:
                mhz = float(cell.value(name))
            except ValueError:
                mhz = 0.0
            if not low <= mhz <= high:
                yield _refused(cell.path, name, cell.value(name), f"{low:g} to {high:g} MHz")


def _refused(path: str, name: str, value: str, valid: str) -> Problem:
    return (
        "IP_Flow 19-3461",
        f"Value '{value}' is out of the range for parameter '{name}' for BD Cell '{path}'. Valid "
        f"values are - {valid}",
    )


def _period(folder: Path) -> float | None:
    """Return the period that HLS made a core for, in ns; None if that is not known."""
    try:
        value = json.loads((folder / "standin" / "standin.json").read_text(encoding="utf-8"))
        return float(value["clock_period_ns"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def memories(design: Design) -> Iterator[Problem]:
    """Find block RAMs whose two controllers are mapped with different ranges: the smaller decides
    how much there is, and what lies beyond it wraps."""
    for cell in design.cells.values():
        if cell.ip is None or cell.ip.name != "blk_mem_gen":
            continue
        peers = [design.peer(b) for b in design.buses_of(cell)]
        controllers = [p.cell for p in peers if p and p.cell and p.cell.ip]
        sizes = {
            segment.slave_path: segment.range
            for segment in design.segments.values()
            if segment.slave.cell in controllers and not segment.excluded
        }
        if len(set(sizes.values())) > 1:
            shown = ", ".join(f"{path} {short_size(size)}" for path, size in sizes.items())
            yield OWN, f"{cell.path} is mapped with different ranges: {shown}"
