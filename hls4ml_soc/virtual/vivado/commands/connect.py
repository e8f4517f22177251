"""Connections between pins and between interfaces."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import opaque
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.session import Session, command
from hls4ml_soc.virtual.vivado.unique import unique

_MODE = {
    "master": "Master",
    "slave": "Slave",
    "mirroredSlave": "MirroredSlave",
    "mirroredMaster": "MirroredMaster",
    "monitor": "Monitor",
    "system": "System",
}


@command("connect_bd_net [-net <arg>] [-boundary_type <arg>] <objects>...")
def connect_bd_net(session: Session, a: Arguments) -> str:
    """Connect pins and ports to one net."""
    design = session.design()
    pins = [t for _, t in session.objects(a.list("objects"))]
    wrong = [t for t in pins if not isinstance(t, (Pin, Net))]
    if wrong:
        path = getattr(wrong[0], "path", wrong[0])
        raise session.fail("BD 41-701", f"connect_bd_net takes pins and ports; '{path}' is none.")
    nodes = [t for t in pins if isinstance(t, Pin)]
    given = _given_net(session, design, a.get("net"), design.nets)
    given = given or next((t for t in pins if isinstance(t, Net)), None)
    if len(nodes) + bool(given or a.get("net")) < 2:
        raise session.fail(
            "BD 41-701",
            "connect_bd_net requires at least two pins/ports, or one pin/port and a net: "
            f"it got {len(nodes)}.",
        )
    if any(not w.strip() for w in a.list("objects")) and session.messages.strict:
        # Vivado connects what is left and says nothing.
        raise session.refuse("connect_bd_net got an empty argument: a lookup found nothing")
    scope = _scope(design, nodes)
    nets = list(
        dict.fromkeys(
            n for n in ([given] if given else []) + [_net_at(p, scope) for p in nodes] if n
        )
    )
    for pin in nodes:
        _check_direction(session, design, pin, nodes, nets)
        _warn_member(session, design, pin)
    net = nets[0] if nets else None
    if net is None:
        source = next((p for p in nodes if p.drives), nodes[0])
        name = a.get("net") or default_name(source, scope)
        net = Net(unique(name.rpartition("/")[2], names_in(design.nets, scope)), scope)
        design.nets[net.path] = net
    for other in nets[1:]:
        for node in list(other.nodes):
            other.remove(node)
            net.add(node)
        design.nets.pop(other.path, None)
    for pin in nodes:
        net.add(pin)
    design.touch()
    return join_list(session.issue("net", [(net.path, net)]))


def names_in(nets: dict[str, Net], scope: str) -> list[str]:
    """Return the names of the nets of one hierarchy: each has a name space of its own."""
    return [n.name for n in nets.values() if n.scope == scope]


def _given_net(session: Session, design: Design, name: str, nets: dict[str, Net]) -> Net | None:
    if not name:
        return None
    for path in (name, f"{design.instance}/{name}"):
        if path in nets:
            return nets[path]
    return None


def _scope(design: Design, nodes: list[Pin] | list[Bus]) -> str:
    """Return the hierarchy in which the ends meet: a hierarchy's own pin may look inwards."""
    plain = [n for n in nodes if not (n.cell and n.cell.ip is None)]
    if plain:
        return min((n.scope for n in plain), key=len)
    return design.instance


def default_name(node: Node, scope: str) -> str:
    """Name a net after its source, relative to the hierarchy in which it lies."""
    if node.cell is None:
        return f"{node.name}_1"
    return node.path.removeprefix(f"{scope}/").replace("/", "_").lstrip("_")


def _net_at(node: Node, scope: str) -> Net | None:
    if node.cell and node.cell.ip is None and f"{scope}/".startswith(f"{node.cell.path}/"):
        return node.inner
    return node.net


def _check_direction(
    session: Session, design: Design, pin: Pin, nodes: list[Pin], nets: list[Net]
) -> None:
    """Refuse a second source on a net."""
    if not pin.drives or (pin.cell and pin.cell.ip is None):
        return
    others = [n for n in nodes if n is not pin]
    others += [n for net in nets for n in net.nodes if isinstance(n, Pin) and n is not pin]
    rival = next((n for n in others if n.drives and not (n.cell and n.cell.ip is None)), None)
    if rival is not None:
        raise session.refuse(
            f"{pin.path} and {rival.path} both drive the net; a net has one source"
        )


def _warn_member(session: Session, design: Design, pin: Pin) -> None:
    if pin.cell is None or pin.cell.ip is None:
        return
    for bus in design.buses_of(pin.cell):
        if pin.name in bus.ports().values():
            session.messages.report(
                "BD 41-1306",
                f"The connection to interface pin {pin.path} is being overridden by the user. "
                "This pin will not be "
                f"connected as a part of interface connection {bus.name}",
            )


@command(
    "connect_bd_intf_net [-intf_net <arg>] [-boundary_type <arg>] [-auto_connect_monitor_pins] "
    "[<object1>] [<object2>]"
)
def connect_bd_intf_net(session: Session, a: Arguments) -> str:
    """Connect two interfaces."""
    design = session.design()
    for name in ("object1", "object2"):
        if not a.get(name).strip() and not (name == "object2" and a.has("intf_net")):
            session.fail(
                "BD 5-106", "Arguments to the connect_bd_intf_net command cannot be empty."
            )
            raise session.fail("BD 5-3", "Error: running connect_bd_intf_net.")
    words = [w for n in ("object1", "object2") for w in split_list(a.get(n))]
    buses = [t for _, t in session.objects(words)]
    if any(not isinstance(b, Bus) for b in buses):
        session.fail("BD 41-108", "connect_bd_intf_net takes interface pins and interface ports.")
        raise session.fail("BD 5-3", "Error: running connect_bd_intf_net.")
    nodes = [b for b in buses if isinstance(b, Bus)]
    scope = _scope(design, nodes)
    existing = [n for n in (_net_at(b, scope) for b in nodes) if n]
    given = _given_net(session, design, a.get("intf_net"), design.bus_nets)
    monitored = _monitor(nodes, existing, scope)
    if len(nodes) == 2:
        _check_interfaces(session, nodes[0], nodes[1])
    for bus in nodes:
        own = _net_at(bus, scope)
        if own is not None and own is not given and not monitored:
            other = next((n.path for n in own.nodes if n is not bus), "nothing")
            session.fail(
                OWN_ID,
                f"{bus.path} is connected already, to {other}; an interface has one connection",
            )
            raise session.fail("BD 5-3", "Error: running connect_bd_intf_net.")
    net = given or (existing[0] if existing else None)
    if net is None:
        first = next((b for b in nodes if b.drives), nodes[0])
        name = a.get("intf_net") or default_name(first, scope)
        net = Net(unique(name.rpartition("/")[2], names_in(design.bus_nets, scope)), scope)
        design.bus_nets[net.path] = net
    for bus in nodes:
        net.add(bus)
    design.touch()
    return join_list(session.issue("intf_net", [(net.path, net)]))


OWN_ID = "Standin 1"


def _monitor(nodes: list[Bus], existing: list[Net], scope: str) -> bool:
    """Say whether one end only watches a connection that the other end has already."""
    if len(nodes) != 2 or len(existing) != 1:
        return False
    watcher, other = sorted(nodes, key=lambda n: _net_at(n, scope) is not None)
    if opaque.is_opaque(watcher) and not watcher.type:
        opaque.watch(watcher, other)
    return watcher.mode == "monitor"


def _same_side(a: Bus, b: Bus) -> bool:
    """Whether the same mode fits both: a boundary, and what it shows of the inside."""
    return (a.cell is None) != (b.cell is None) or _looks_inward(a, b) or _looks_inward(b, a)


def _check_interfaces(session: Session, a: Bus, b: Bus) -> None:
    if opaque.adopt(a, b, same_side=_same_side(a, b)):
        return
    if a.type != b.type:
        session.fail(
            "BD 41-172",
            f"The types of the interface pins '{a.name}'({a.type}) and '{b.name}'({b.type}) are "
            "incompatible. They cannot be connected.",
        )
        raise session.fail("BD 5-3", "Error: running connect_bd_intf_net.")
    if "monitor" in (a.mode, b.mode):
        return
    if (a.mode == b.mode) != _same_side(a, b) and not _mirrored(a, b):
        session.fail(
            "BD 41-171",
            f"The modes of the interface pins '{a.name}'({_MODE[a.mode]}) and "
            f"'{b.name}'({_MODE[b.mode]}) are incompatible. They cannot be connected.",
        )
        raise session.fail("BD 5-3", "Error: running connect_bd_intf_net.")


def _mirrored(a: Bus, b: Bus) -> bool:
    if any(n.cell is None and n.mode.startswith("mirrored") for n in (a, b)):
        return False  # the design's boundary shows the mode that is inside
    pair = {a.mode, b.mode}
    return pair in ({"mirroredSlave", "slave"}, {"mirroredMaster", "master"})


def _looks_inward(a: Bus, b: Bus) -> bool:
    """Whether ``a`` is on the boundary of the hierarchy that holds ``b``."""
    return bool(
        a.cell and a.cell.ip is None and b.cell and b.cell.path.startswith(a.cell.path + "/")
    )


@command("disconnect_bd_net [<net>] [<objects>...]")
def disconnect_bd_net(session: Session, a: Arguments) -> str:
    """Take pins off a net."""
    return _disconnect(session, [a.get("net"), *a.list("objects")], Pin)


@command("disconnect_bd_intf_net [<intf_net>] [<objects>...]")
def disconnect_bd_intf_net(session: Session, a: Arguments) -> str:
    """Take interfaces off a connection."""
    return _disconnect(session, [a.get("intf_net"), *a.list("objects")], Bus)


def _disconnect(session: Session, words: list[str], kind: type[Node]) -> str:
    design = session.design()
    things = [t for _, t in session.objects(words)]
    net = next((t for t in things if isinstance(t, Net)), None)
    nodes = [t for t in things if isinstance(t, kind)]
    if net is None or not nodes:
        raise session.fail("BD 5-106", "A net and at least one pin are needed.")
    for node in nodes:
        if node not in net.nodes:
            raise session.refuse(f"{node.path} is not on net {net.path}")
        net.remove(node)
    if not net.nodes:
        design.nets.pop(net.path, None)
        design.bus_nets.pop(net.path, None)
    design.touch()
    return ""
