"""Connection automation of AXI4 interfaces: a master, a slave, and the switch between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

from hls4ml_soc.virtual.vivado import opaque
from hls4ml_soc.virtual.vivado.automation import Builder, short_name
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Pin
from hls4ml_soc.virtual.vivado.expression import integer
from hls4ml_soc.virtual.vivado.propagate import AXIMM, SWITCHES

_PROCESSORS = ("microblaze", "microblaze_riscv")
_MEMORIES = ("processing_system7", "zynq_ultra_ps_e", "mig_7series")


def axi4(build: Builder, config: Mapping[str, str], given: Bus) -> None:
    """Connect the given interface to the master or slave that the configuration names."""
    master = _interface(build, config.get("Master", ""), given, "master")
    slave = _interface(build, config.get("Slave", ""), given, "slave")
    chosen = [build.clock_named(config.get(k, "")) for k in ("Clk_master", "Clk_slave", "Clk_xbar")]
    if chosen == [None, None, None]:
        chosen[2] = build.clock_named(config.get("Clk", ""))
    switch = _switch(build, config.get("intc_ip", "Auto"), master, slave)
    if switch is None:
        build.plug(master, slave)
    clocks = _clocks(build, chosen, master, slave, switch)
    for bus, clock in ((master, clocks[0]), (slave, clocks[1])):
        for pin in build.clock_pins_of(bus):
            build.clock_and_reset(clock, pin)
        build.reset_own_clock(bus)
    if switch is not None:
        for bus, kind, clock in ((master, "S", clocks[0]), (slave, "M", clocks[1])):
            if not _is_on(build, bus, switch):
                _extend(build, switch, kind, bus, clock)
        _clock_switch(build, switch, clocks)
    _map(build, slave)


def _interface(build: Builder, text: str, given: Bus, mode: str) -> Bus:
    """Find an interface by its path, or by ``/cpu (Periph)``; the given one where nothing is
    said."""
    name, _, kind = text.strip().partition(" (")
    if name in ("", "Auto"):
        return given
    if build.is_unread(name):
        return _guess(build, name, given, mode)
    path = name if name.startswith("/") else f"/{name}"
    cell = build.design.cells.get(path)
    if cell is not None and cell.ip is not None and cell.ip.name in _PROCESSORS:
        path += "/M_AXI_DC" if kind.startswith("Cached") else "/M_AXI_DP"
    found = opaque.interface(build.design, path, AXIMM, mode) or build.design.buses.get(path)
    if found is None or found.mode != mode:
        raise build.session.refuse(f"apply_bd_automation: there is no {mode} interface '{name}'")
    return found


def _guess(build: Builder, text: str, given: Bus, mode: str) -> Bus:
    """Return the one interface that a path with unread variables may mean: the given one, else
    the only one of its form."""
    if opaque.is_opaque(given) and not given.mode:
        side = "slave" if given.name.lower().startswith("s") else "master"  # as UG1399 names them
        opaque.interface(build.design, given.path, AXIMM, side)
    if given.mode == mode:
        return given
    form = re.sub(r"\$(\{\w+\}|\w+)", "*", text if text.startswith("/") else f"/{text}")
    head, _, tail = form.rpartition("/")
    if "*" not in tail:
        for cell in opaque.cells(build.design):
            if fnmatchcase(cell.path, head):
                opaque.interface(build.design, f"{cell.path}/{tail}", AXIMM, mode)
    found = [
        b
        for b in build.design.buses.values()
        if b.type == AXIMM and b.mode == mode and fnmatchcase(b.path, form)
        if b.cell and b.cell is not given.cell and b.cell.ip
    ]
    if len(found) != 1:
        raise build.session.refuse(
            f"apply_bd_automation: '{text}' does not tell the {mode}: variables in braces stay text"
        )
    return found[0]


def _fabric(build: Builder, bus: Bus) -> Cell | None:
    """Return the switch that an interface is connected to."""
    peer = build.design.peer(bus)
    cell = peer.cell if peer else None
    return cell if cell and cell.ip and cell.ip.name in SWITCHES else None


def _is_on(build: Builder, bus: Bus, switch: Cell) -> bool:
    return _fabric(build, bus) is switch


def _switch(build: Builder, wanted: str, master: Bus, slave: Bus) -> Cell | None:
    """Find or create the switch; None if the two ends shall meet directly."""
    name = wanted.strip()
    if name.startswith("/"):
        found = build.design.cells.get(name)
        if found is None or found.ip is None or found.ip.name not in SWITCHES:
            raise build.session.refuse(f"apply_bd_automation: there is no switch '{name}'")
        return found
    used = _fabric(build, master) or _fabric(build, slave)
    if used is not None:
        return used
    if name == "None":
        return None
    assert slave.cell is not None and slave.cell.ip is not None
    memory = slave.cell.ip.name in _MEMORIES
    smart = "SmartConnect" in name or (name in ("", "Auto") and memory)
    made = build.cell("smartconnect" if smart else "axi_interconnect", _name(master, smart, memory))
    # Both begin with one slave and one master, whatever the IP's own defaults.
    build.configure(made, NUM_SI=1, NUM_MI=1)
    return made


def _name(master: Bus, smart: bool, memory: bool) -> str:
    assert master.cell is not None and master.cell.ip is not None
    if smart:
        return "axi_smc"
    if memory:
        return "axi_mem_intercon"
    return f"{short_name(master.cell)}_axi_periph"


def _clocks(
    build: Builder, chosen: list[Pin | None], master: Bus, slave: Bus, switch: Cell | None
) -> tuple[Pin, Pin, Pin]:
    """Return the clocks of master, slave and switch: as configured, as connected, or the one of
    another end."""
    present = [build.clock_of(master), build.clock_of(slave), None]
    if switch is not None:
        first = build.pin(f"{switch.path}/{_first_clock(switch)}")
        present[2] = build.design.source(first) if first else None
    own = [p or c for p, c in zip(present, chosen, strict=True)]
    other = own[0] or own[1] or own[2] or build.any_clock()
    if other is None:
        raise build.session.refuse(
            "apply_bd_automation found no clock: connect one to the master, or name it (Clk_master)"
        )
    return own[0] or other, own[1] or other, own[2] or other


def _first_clock(switch: Cell) -> str:
    return "aclk" if switch.ip and switch.ip.name == "smartconnect" else "ACLK"


def _extend(build: Builder, switch: Cell, kind: str, bus: Bus, clock: Pin) -> None:
    """Connect an interface to the first free port of the switch; add one if all are used."""
    counter = f"NUM_{kind}I"
    count = integer(switch.value(counter))
    ports = [build.design.buses[f"{switch.path}/{kind}{i:02d}_AXI"] for i in range(count)]
    free = next((p for p in ports if p.net is None), None)
    if free is None:
        build.configure(switch, **{counter: count + 1})
        free = build.design.buses[f"{switch.path}/{kind}{count:02d}_AXI"]
    build.plug(*((bus, free) if kind == "S" else (free, bus)))
    prefix = free.name.removesuffix("_AXI")
    pin = build.pin(f"{switch.path}/{prefix}_ACLK")
    if pin is not None:
        build.clock_and_reset(clock, pin)


def _clock_switch(build: Builder, switch: Cell, clocks: tuple[Pin, Pin, Pin]) -> None:
    """Clock the switch itself; a SmartConnect gets one input for each clock there is."""
    first = build.design.pins[f"{switch.path}/{_first_clock(switch)}"]
    build.join(clocks[2], first)
    reset = build.pin(f"{switch.path}/{'aresetn' if first.name == 'aclk' else 'ARESETN'}")
    if reset is not None and reset.net is None:
        block = build.reset_block(clocks[2])
        build.join(build.design.pins[f"{block.path}/peripheral_aresetn"], reset)
    if first.name == "ACLK":
        return
    for clock in clocks:
        count = integer(switch.value("NUM_CLKS"))
        pins = [build.design.pins[f"{switch.path}/aclk{i or ''}"] for i in range(count)]
        if clock not in [build.design.source(p) for p in pins]:
            build.configure(switch, NUM_CLKS=count + 1)
            build.join(clock, build.design.pins[f"{switch.path}/aclk{count}"])


def _map(build: Builder, slave: Bus) -> None:
    """Give the slave an address in every space that reaches it."""
    if slave.type != AXIMM:
        return
    names = [n for n in build.run("get_bd_addr_segs", "-quiet", "-of_objects", slave.path).split()]
    fresh = [n for n in names if n.count("/") > 2 and n in _slave_segments(build)]
    if fresh:
        build.run("assign_bd_address", *fresh)


def _slave_segments(build: Builder) -> set[str]:
    from hls4ml_soc.virtual.vivado.addressing import reachable, spaces

    return {s.path for x in spaces(build.design).values() for _, s in reachable(build.design, x)}
