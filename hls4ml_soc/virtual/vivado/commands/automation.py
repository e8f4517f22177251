"""Block and connection automation, and connections to board interfaces."""

from __future__ import annotations

import re

from hls4ml_soc.virtual.tcl import split_list
from hls4ml_soc.virtual.vivado import boards, optional_ports
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.automation import Builder
from hls4ml_soc.virtual.vivado.automation_axi import axi4
from hls4ml_soc.virtual.vivado.automation_microblaze import microblaze
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Pin
from hls4ml_soc.virtual.vivado.propagate import clock_pins
from hls4ml_soc.virtual.vivado.session import Session, command

# What the presets of five boards have in common, as far as it decides which ports exist
# (XilinxBoardStore).
_PS8_PRESET = {
    "PSU__USE__M_AXI_GP0": "1",
    "PSU__USE__M_AXI_GP1": "1",
    "PSU__USE__M_AXI_GP2": "0",
    "PSU__USE__IRQ0": "1",
    "PSU__FPGA_PL0_ENABLE": "1",
    "PSU__CRL_APB__PL0_REF_CTRL__SRCSEL": "IOPLL",
}


@command("apply_bd_automation -rule <arg> [-config <arg>] [-dict <arg>] [<objects>...]")
def apply_bd_automation(session: Session, a: Arguments) -> str:
    """Apply a rule of Vivado's to objects: the commonest are modelled."""
    rule = a.get("rule").removeprefix("xilinx.com:bd_rule:")
    if rule not in _RULES:
        return _without(session, a, rule)
    if a.has("dict"):
        pairs = split_list(a.get("dict"))
        jobs = list(zip(pairs[1::2], pairs[::2], strict=True))
    else:
        jobs = [(a.get("config"), " ".join(a.list("objects")))]
    for text, objects in jobs:
        words = split_list(text)
        config = {k: v for k, v in zip(words[::2], words[1::2], strict=False)}
        things = [t for _, t in session.objects([objects])]
        if not things:
            raise session.fail("Common 17-55", "'apply_bd_automation' expects at least one object.")
        for thing in things:
            _RULES[rule](session, config, thing)
    session.design().touch()
    return ""


def _without(session: Session, a: Arguments, rule: str) -> str:
    text = (
        "hls4ml_soc's stand-in does not model "
        f"`apply_bd_automation -rule xilinx.com:bd_rule:{rule}`; "
        "write out what the rule creates and connects"
    )
    if session.messages.strict or rule != "debug":
        raise session.refuse(text)
    # A probe changes nothing of the design; its cell can be referred to.
    session.messages.report("Standin 1-5", text)
    build = Builder(session)
    build.session.takes_opaque("xilinx.com:ip:system_ila:1.1")
    build.cell("system_ila:1.1", "system_ila_0")
    return ""


def _cell(session: Session, thing: object, ip: str) -> Cell:
    if not isinstance(thing, Cell) or thing.ip is None or not thing.ip.name.startswith(ip):
        raise session.refuse(f"apply_bd_automation: {getattr(thing, 'path', thing)} is no {ip}")
    return thing


def _preset(session: Session, config: dict[str, str], cell: Cell, known: dict[str, str]) -> None:
    """Apply the preset of the project's board; where it is not at hand, what is known."""
    if config.get("apply_board_preset", "0") != "1":
        return
    board = session.open_project().board_part
    values = boards.preset(board)
    if not values or not set(values) <= set(cell.ip.parameters if cell.ip else ()):
        values = known
        assumed = ", ".join(known) or "what the IP has by default"
        session.messages.report(
            "Standin 1-8",
            f"the preset of board '{board or 'none'}' is not known to hls4ml_soc's stand-in; "
            f"assumed is {assumed}",
        )
    if values:
        Builder(session).configure(cell, **values)


def _ps7(session: Session, config: dict[str, str], thing: object) -> None:
    cell = _cell(session, thing, "processing_system7")
    build = Builder(session)
    _preset(session, config, cell, {})
    for name in config.get("make_external", "").replace(",", " ").split():
        bus = build.design.buses.get(f"{cell.path}/{name}")
        if bus is None:
            raise session.refuse(f"apply_bd_automation: {cell.path} has no interface '{name}'")
        if bus.net is None:
            session.issue("intf_pin", [(bus.path, bus)])
            build.run("make_bd_intf_pins_external", "-name", name, bus.path)


def _ps8(session: Session, config: dict[str, str], thing: object) -> None:
    cell = _cell(session, thing, "zynq_ultra_ps_e")
    _preset(session, config, cell, _PS8_PRESET)


def _axi4(session: Session, config: dict[str, str], thing: object) -> None:
    if not isinstance(thing, Bus) or thing.cell is None:
        raise session.refuse("apply_bd_automation -rule axi4 takes interface pins of cells")
    axi4(Builder(session), config, thing)


def _clkrst(session: Session, config: dict[str, str], thing: object) -> None:
    build = Builder(session)
    if not isinstance(thing, Pin) or thing.cell is None or thing.cell.ip is None:
        raise session.refuse("apply_bd_automation -rule clkrst takes pins of cells")
    text = config.get("Clk", "")
    if text.startswith("New External Port"):
        return _clock_port(build, text, thing)
    if text.startswith("New") and not text.startswith("New Clocking Wizard"):
        raise session.refuse(
            f"apply_bd_automation -rule clkrst: `{text}` is not modelled; create the cell and "
            "connect it"
        )
    clock = build.clock_named(text) or build.any_clock()
    if clock is None:
        raise session.refuse("apply_bd_automation -rule clkrst found no clock: name it (Clk)")
    if thing.kind == "rst":
        high = thing.cell.port(thing.name).polarity == "ACTIVE_HIGH"
        output = "peripheral_reset" if high else "peripheral_aresetn"
        block = build.reset_block(clock)
        build.join(build.design.pins[f"{block.path}/{output}"], thing)
        return
    build.clock_and_reset(clock, thing)
    # The other ends of its interfaces run on the same clock.
    names = clock_pins(build.design, thing.cell).get(thing.name, ())
    for bus in list(build.design.buses_of(thing.cell)):
        peer = build.design.peer(bus) if bus.name.lower() in (n.lower() for n in names) else None
        if peer is not None and peer.cell is not None and peer.cell.ip is not None:
            for pin in list(build.clock_pins_of(peer)):
                if pin.net is None:
                    build.clock_and_reset(clock, pin)


def _clock_port(build: Builder, text: str, pin: Pin) -> None:
    """Clock a pin by a new port, called after its frequency as Vivado does."""
    rate = re.search(r"\((\d+)", text)
    megahertz = rate[1] if rate else "100"
    name = f"clk_{megahertz}MHz"
    port = build.pin(f"/{name}")
    if port is None:
        hertz = f"{megahertz}000000"
        build.run("create_bd_port", "-dir", "I", "-type", "clk", "-freq_hz", hertz, name)
        port = build.design.pins[f"/{name}"]
    build.clock_and_reset(port, pin)


def _microblaze(session: Session, config: dict[str, str], thing: object) -> None:
    microblaze(Builder(session), config, _cell(session, thing, "microblaze"))


def _board(session: Session, config: dict[str, str], thing: object) -> None:
    """Connect to a board's interface, to a port that exists, or to a new port."""
    board = config.get("Board_Interface", "").partition("(")[0].strip()
    manual = config.get("Manual_Source") or config.get("Clk") or ""
    low = "ACTIVE_LOW" in manual or "ACTIVE_LOW" in config.get("Board_Interface", "")
    if not isinstance(thing, (Pin, Bus)):
        raise session.refuse("apply_bd_automation -rule board takes pins and interface pins")
    source = manual.partition("(")[0].strip()
    if board in ("", "Custom", "Auto") and source.startswith("/"):
        port = Builder(session).pin(source)
        if port is None or not isinstance(thing, Pin):
            raise session.refuse(f"apply_bd_automation: there is no port '{source}'")
        Builder(session).join(port, thing)
        if low and port.kind == "rst":
            port.config.setdefault("POLARITY", "ACTIVE_LOW")
        return
    name = "" if board in ("Custom", "Auto") or board.startswith("New External") else board
    _external(session, thing, name, "ACTIVE_LOW" if low else "")


def _external(session: Session, thing: Pin | Bus, name: str, polarity: str) -> None:
    build = Builder(session)
    if thing.net is not None:
        return
    if isinstance(thing, Bus):
        session.issue("intf_pin", [(thing.path, thing)])
        made = name or f"{thing.name}_0"
        build.run("make_bd_intf_pins_external", "-name", made, thing.path)
        build.design.buses[f"/{made}"].by_board = bool(name)
        return
    port = build.pin(f"/{name or thing.name}")
    if port is None:
        session.issue("pin", [(thing.path, thing)])
        build.run("make_bd_pins_external", "-name", name or thing.name, thing.path)
        port = build.design.pins[f"/{name or thing.name}"]
        own = thing.cell.port(thing.name).polarity if thing.cell and thing.cell.ip else ""
        port.by_board = bool(name)
        if thing.kind == "rst":
            port.config["POLARITY"] = polarity or own or "ACTIVE_HIGH"
        return
    build.join(port, thing)


def _mig(session: Session, config: dict[str, str], thing: object) -> None:
    """Connect a memory controller to the board's memory and clocks."""
    cell = _cell(session, thing, "mig_7series")
    _memory(session, cell, config.get("Board_Interface", "DDR3"))


def _memory(session: Session, cell: Cell, name: str) -> None:
    design = session.design()
    for pin in ("sys_clk_i", "clk_ref_i"):
        optional_ports.add(design, "pin", f"{cell.path}/{pin}")
        if f"{cell.path}/{pin}" in design.pins:
            _external(session, design.pins[f"{cell.path}/{pin}"], "", "")
    bus = next((b for b in design.buses_of(cell) if b.name.startswith("DDR")), None)
    if bus is not None:
        _external(session, bus, name, "")


_RULES = {
    "processing_system7": _ps7,
    "mig_7series": _mig,
    "zynq_ultra_ps_e": _ps8,
    "axi4": _axi4,
    "clkrst": _clkrst,
    "microblaze": _microblaze,
    "microblaze_riscv": _microblaze,
    "board": _board,
}


@command("apply_board_connection -board_interface <arg> -ip_intf <arg> -diagram <arg>")
def apply_board_connection(session: Session, a: Arguments) -> str:
    """Connect an interface of a cell to one of the board's, called as on the board."""
    design = session.design()
    path = "/" + a.get("ip_intf").lstrip("/")
    head, _, name = path.rpartition("/")
    cell = design.cells.get(head)
    if cell is None or cell.ip is None:
        raise session.refuse(f"apply_board_connection: there is no cell '{head}'")
    if name == "mig_ddr_interface":
        _memory(session, cell, a.get("board_interface"))
        return ""
    # Clocks and resets of a clocking wizard are interfaces to a board: clock_CLK_IN1, reset.
    pin_name = {"clock_CLK_IN1": "clk_in1", "clock_CLK_IN2": "clk_in2"}.get(name, name)
    thing = design.buses.get(path) or design.pins.get(f"{head}/{pin_name}")
    if thing is None:
        raise session.refuse(f"apply_board_connection: {head} has no interface '{name}'")
    _external(session, thing, a.get("board_interface"), "")
    return ""
