"""What the rules of block automation share: clocks, resets, and building by commands.

A rule does what it does by the commands that a script would use, so that everything is checked
and reported as usual. Names are those that Vivado gives (public scripts that go on with them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Pin
from hls4ml_soc.virtual.vivado.propagate import clock_at, clock_pins
from hls4ml_soc.virtual.vivado.session import Session

_SHORT = {"processing_system7": "ps7", "zynq_ultra_ps_e": "ps8"}
# Outputs of clock sources that hold the logic in reset, and that say that the clock is stable.
_RESETS = {
    "processing_system7": ("FCLK_RESET0_N", ""),
    "zynq_ultra_ps_e": ("pl_resetn0", ""),
    "mig_7series": ("ui_clk_sync_rst", "mmcm_locked"),
    "clk_wiz": ("", "locked"),
}


def short_name(cell: Cell) -> str:
    """Return a cell's name as automation uses it: ps7_0 for processing_system7_0."""
    ip = cell.ip.name if cell.ip else ""
    return cell.name.replace(ip, _SHORT[ip]) if ip in _SHORT else cell.name


@dataclass
class Builder:
    """Carries out commands on the current design."""

    session: Session
    rates: dict[str, int] = field(default_factory=dict)  # MHz that a script names, by clock

    @property
    def design(self) -> Design:
        """The block design that is built."""
        return self.session.design()

    def run(self, name: str, *words: str) -> str:
        """Execute a command as if the script had."""
        return self.session.call(name, list(words))

    def cell(self, ip: str, name: str) -> Cell:
        """Create a cell of a Xilinx IP; a number is appended if the name is taken."""
        path, number = f"{self.design.instance}/{name}", 0
        while path in self.design.cells:
            number += 1
            path = f"{self.design.instance}/{name}_{number}"
        vlnv = f"xilinx.com:ip:{ip}"
        return self.design.cells[self.run("create_bd_cell", "-type", "ip", "-vlnv", vlnv, path)]

    def configure(self, cell: Cell, **values: object) -> None:
        """Set parameters."""
        pairs = " ".join(f"CONFIG.{k} {{{v}}}" for k, v in values.items())
        self.session.issue("cell", [(cell.path, cell)])
        self.run("set_property", "-dict", pairs, cell.path)

    def join(self, *pins: Pin) -> None:
        """Connect pins that are not connected yet to the first one."""
        loads = [p for p in pins[1:] if p.net is None]
        if loads:
            names = self.session.issue("pin", [(p.path, p) for p in (pins[0], *loads)])
            self.run("connect_bd_net", *names)

    def plug(self, one: Bus, other: Bus) -> None:
        """Connect two interfaces."""
        names = self.session.issue("intf_pin", [(b.path, b) for b in (one, other)])
        self.run("connect_bd_intf_net", *names)

    def pin(self, path: str) -> Pin | None:
        """Return a pin or port by its path."""
        return self.design.pins.get(path)

    # --- clocks and resets

    def clock_named(self, text: str) -> Pin | None:
        """Return the clock that a configuration names: ``/ps/FCLK_CLK0 (100 MHz)``; None for
        ``Auto``."""
        name = re.sub(r"\s*\(.*\)\s*$", "", text).strip()
        if name in ("", "Auto") or self.is_unread(name):
            return None
        rate = re.search(r"\((\d+)", text)
        if name.startswith("New Clocking Wizard"):
            return self.new_clock(rate[1] if rate else "100")
        path = name if name.startswith("/") else f"/{name}"
        found = self.design.pins.get(path)
        if found is None:
            raise self.session.refuse(f"apply_bd_automation: there is no clock '{name}'")
        if rate:
            self.rates[path] = int(rate[1])
        return found

    def new_clock(self, megahertz: str) -> Pin:
        """Create a clocking wizard, whose input and reset are left to the script."""
        made = self.cell("clk_wiz", "clk_wiz_1")
        self.configure(
            made,
            PRIM_SOURCE="Differential_clock_capable_pin",
            CLKOUT1_REQUESTED_OUT_FREQ=megahertz,
        )
        return self.design.pins[f"{made.path}/clk_out1"]

    def is_unread(self, text: str) -> bool:
        """Say whether a variable stands where braces keep Tcl from reading it.

        Published scripts that build have it, so Vivado goes by the object instead; the strict
        stand-in does not rely on that.
        """
        return "$" in text and not self.session.messages.strict

    def clock_pins_of(self, bus: Bus) -> Iterator[Pin]:
        """Yield the clock inputs of an interface."""
        assert bus.cell is not None
        for name, interfaces in clock_pins(self.design, bus.cell).items():
            if bus.name.lower() in (i.lower() for i in interfaces):
                yield self.design.pins[f"{bus.cell.path}/{name}"]

    def clock_of(self, bus: Bus) -> Pin | None:
        """Return what clocks an interface at present."""
        for pin in self.clock_pins_of(bus):
            source = self.design.source(pin)
            if source:
                return source
        return None

    def any_clock(self) -> Pin | None:
        """Return the clock that automation takes where nothing tells: the processor's."""
        for name in ("FCLK_CLK0", "pl_clk0", "ui_clk", "clk_out1"):
            for pin in self.design.pins.values():
                if pin.name == name and pin.cell is not None and pin.cell.ip is not None:
                    return pin
        return None

    def reset_block(self, clock: Pin) -> Cell:
        """Return the proc_sys_reset of a clock; create it if there is none."""
        for cell in self.design.cells.values():
            if cell.ip is not None and cell.ip.name == "proc_sys_reset":
                pin = self.design.pins[f"{cell.path}/slowest_sync_clk"]
                if self.design.source(pin) is clock:
                    return cell
        made = self.cell("proc_sys_reset", self._reset_name(clock))
        self.join(clock, self.design.pins[f"{made.path}/slowest_sync_clk"])
        if clock.cell is not None and clock.cell.ip is not None:
            reset, locked = _RESETS.get(clock.cell.ip.name, ("", ""))
            for name, target in ((reset, "ext_reset_in"), (locked, "dcm_locked")):
                source = self.pin(f"{clock.cell.path}/{name}")
                if source is not None:
                    self.join(source, self.design.pins[f"{made.path}/{target}"])
        return made

    def _reset_name(self, clock: Pin) -> str:
        rate = clock_at(self.design, clock)
        known = int(rate.hz / 1e6) if rate and rate.hz else self.rates.get(clock.path)
        megahertz = f"_{known}M" if known else ""
        if clock.cell is None or clock.cell.ip is None:
            return f"rst_{clock.name}{megahertz}"
        return f"rst_{short_name(clock.cell)}{megahertz}"

    def reset_own_clock(self, bus: Bus) -> None:
        """Reset an interface whose clock its own cell makes, as a memory controller does."""
        assert bus.cell is not None
        for pin in list(self.design.nodes_of(bus.cell)):
            port = bus.cell.port(pin.name)
            if pin.kind != "clk" or pin.direction != "out" or bus.name not in port.interfaces:
                continue
            for name in port.resets:
                reset = self.pin(f"{bus.cell.path}/{name}")
                if reset is not None and reset.net is None and reset.direction == "in":
                    block = self.reset_block(pin)
                    self.join(self.design.pins[f"{block.path}/peripheral_aresetn"], reset)

    def clock_and_reset(self, clock: Pin, pin: Pin) -> None:
        """Drive a clock input, and the resets that belong to it."""
        self.join(clock, pin)
        assert pin.cell is not None
        port = pin.cell.port(pin.name)
        names = pin.config.get("ASSOCIATED_RESET", ":".join(port.resets)).split(":")
        resets = [self.pin(f"{pin.cell.path}/{n}") for n in names if n]
        waiting = [r for r in resets if r is not None and r.net is None and r.direction == "in"]
        if not waiting:
            return
        block = self.reset_block(clock)
        for reset in waiting:
            high = pin.cell.port(reset.name).polarity == "ACTIVE_HIGH"
            output = "peripheral_reset" if high else "peripheral_aresetn"
            self.join(self.design.pins[f"{block.path}/{output}"], reset)
