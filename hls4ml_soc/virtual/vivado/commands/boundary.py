"""Ports and interfaces of the design and of its hierarchies."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.connect import default_name, names_in
from hls4ml_soc.virtual.vivado.commands.naming import new_path
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Pin
from hls4ml_soc.virtual.vivado.expression import integer
from hls4ml_soc.virtual.vivado.session import Session, command
from hls4ml_soc.virtual.vivado.unique import unique

_DIRECTIONS = {"I": "in", "O": "out", "IO": "inout"}
_TYPES = ("clk", "rst", "intr", "ce", "data", "other", "undef", "")


def _pin_arguments(session: Session, a: Arguments) -> tuple[str, str, int | None, int | None]:
    direction = _DIRECTIONS.get(a.get("dir").upper())
    if direction is None:
        raise session.fail(
            "Common 17-161", f"Invalid option value '{a.get('dir')}' specified for 'dir'."
        )
    kind = a.get("type")
    if kind not in _TYPES:
        raise session.fail("Common 17-161", f"Invalid option value '{kind}' specified for 'type'.")
    left = integer(a.get("from")) if a.has("from") else None
    right = integer(a.get("to", "0")) if a.has("from") else None
    return direction, "" if kind in ("undef", "other", "data") else kind, left, right


@command(
    "create_bd_port [-from <arg>] [-to <arg>] -dir <arg> [-type <arg>] [-freq_hz <arg>] <name>"
)
def create_bd_port(session: Session, a: Arguments) -> str:
    """Add a port to the design's boundary."""
    design = session.design()
    path = new_path(session, design, "/" + a.get("name").lstrip("/"), design.pins, design.cells)
    direction, kind, left, right = _pin_arguments(session, a)
    pin = Pin(None, path[1:], direction, kind)
    pin.left, pin.right = left, right
    if a.has("freq_hz"):
        if kind != "clk":
            raise session.fail(
                "Common 17-161",
                f"Invalid option value '{a.get('freq_hz')}' specified for 'freq_hz'.",
            )
        pin.config["FREQ_HZ"] = a.get("freq_hz")
    design.pins[path] = pin
    design.touch()
    return join_list(session.issue("port", [(path, pin)]))


@command("create_bd_pin [-from <arg>] [-to <arg>] -dir <arg> [-type <arg>] <name>")
def create_bd_pin(session: Session, a: Arguments) -> str:
    """Add a pin to a hierarchy."""
    design = session.design()
    path = new_path(session, design, a.get("name"), design.pins, design.cells)
    cell = _hierarchy(session, design, path)
    direction, kind, left, right = _pin_arguments(session, a)
    pin = Pin(cell, path.rpartition("/")[2], direction, kind)
    pin.left, pin.right = left, right
    design.pins[path] = pin
    design.touch()
    return join_list(session.issue("pin", [(path, pin)]))


def _hierarchy(session: Session, design: Design, path: str) -> Cell:
    cell = design.cells.get(path.rpartition("/")[0])
    if cell is None or cell.ip is not None:
        raise session.fail(
            "BD 5-216",
            "Pins can be created on hierarchies only; use create_bd_port for the design.",
        )
    return cell


def _bus_arguments(session: Session, a: Arguments) -> tuple[str, str]:
    modes = {
        "MASTER": "master",
        "SLAVE": "slave",
        "SYSTEM": "system",
        "MIRROREDMASTER": "mirroredMaster",
        "MIRROREDSLAVE": "mirroredSlave",
        "MONITOR": "monitor",
    }
    mode = modes.get(a.get("mode").upper())
    if mode is None:
        raise session.fail(
            "Common 17-161", f"Invalid option value '{a.get('mode')}' specified for 'mode'."
        )
    vlnv = a.get("vlnv")
    parts = vlnv.split(":")
    if len(parts) != 4 or not parts[2].endswith("_rtl"):
        raise session.fail("BD 5-390", f"Interface definition not found for VLNV: {vlnv}")
    return vlnv.replace("_rtl:", ":"), mode


@command("create_bd_intf_port -vlnv <arg> -mode <arg> <name>")
def create_bd_intf_port(session: Session, a: Arguments) -> str:
    """Add an interface to the design's boundary."""
    design = session.design()
    path = new_path(session, design, "/" + a.get("name").lstrip("/"), design.buses)
    bus = Bus(None, path[1:], *_bus_arguments(session, a))
    design.buses[path] = bus
    design.touch()
    return join_list(session.issue("intf_port", [(path, bus)]))


@command("create_bd_intf_pin -vlnv <arg> -mode <arg> <name>")
def create_bd_intf_pin(session: Session, a: Arguments) -> str:
    """Add an interface to a hierarchy."""
    design = session.design()
    path = new_path(session, design, a.get("name"), design.buses)
    bus = Bus(
        _hierarchy(session, design, path), path.rpartition("/")[2], *_bus_arguments(session, a)
    )
    design.buses[path] = bus
    design.touch()
    return join_list(session.issue("intf_pin", [(path, bus)]))


@command("make_bd_pins_external [-name <arg>] <objects>...")
def make_bd_pins_external(session: Session, a: Arguments) -> str:
    """Create ports for pins and connect them."""
    design = session.design()
    made = []
    for _, thing in session.objects(a.list("objects")):
        for pin in [thing] if isinstance(thing, Pin) else []:
            name = unique(a.get("name") or f"{pin.name}_0", [p[1:] for p in design.pins])
            port = Pin(None, name, pin.direction, pin.kind)
            port.left, port.right = pin.bounds() or (None, None)
            design.pins[port.path] = port
            wire = f"{name}_1" if pin.direction == "in" else default_name(pin, "")
            net = pin.net or Net(unique(wire, names_in(design.nets, "")), "")
            design.nets.setdefault(net.path, net)
            net.add(pin)
            net.add(port)
            made.append((port.path, port))
    if not made:
        raise session.fail("Common 17-55", "'make_bd_pins_external' expects at least one object.")
    design.touch()
    return join_list(session.issue("port", made))


@command("make_bd_intf_pins_external [-name <arg>] <objects>...")
def make_bd_intf_pins_external(session: Session, a: Arguments) -> str:
    """Create interface ports for interfaces and connect them."""
    design = session.design()
    made = []
    for _, thing in session.objects(a.list("objects")):
        for bus in [thing] if isinstance(thing, Bus) else []:
            name = unique(a.get("name") or f"{bus.name}_0", [b[1:] for b in design.buses])
            port = Bus(None, name, bus.type, bus.mode)
            design.buses[port.path] = port
            wire = default_name(bus, "") if bus.drives else f"{name}_1"
            net = Net(unique(wire, names_in(design.bus_nets, "")), "")
            design.bus_nets[net.path] = net
            net.add(bus)
            net.add(port)
            made.append((port.path, port))
    if not made:
        raise session.fail(
            "Common 17-55", "'make_bd_intf_pins_external' expects at least one object."
        )
    design.touch()
    return join_list(session.issue("intf_port", made))
