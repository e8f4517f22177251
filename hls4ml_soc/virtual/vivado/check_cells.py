"""Checks of single cells: what a processing system needs outside, what a core was made for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.propagate import clock_at

Problem = tuple[str, str]  # message number, text

# Interfaces that are pins of the device, by IP (PG082, UG586).
_DEDICATED = {"processing_system7": ("DDR", "FIXED_IO"), "mig_7series": ("DDR3",)}
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
    compared where it does not.
    """
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


def _period(folder: Path) -> float | None:
    """Return the period that HLS made a core for, in ns; None if that is not known."""
    try:
        value = json.loads((folder / "standin" / "standin.json").read_text(encoding="utf-8"))
        return float(value["clock_period_ns"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
