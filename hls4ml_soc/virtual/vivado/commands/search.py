"""filter and find_bd_objs: objects among others, and objects that are related to others."""

from __future__ import annotations

from collections.abc import Iterator

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado import addressing, attributes
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.design import Bus, Design, Node, Pin
from hls4ml_soc.virtual.vivado.select import FilterError, matches
from hls4ml_soc.virtual.vivado.session import Session, command


@command("filter [-regexp] [-nocase] [<objects>] [<filter>]")
def filter_objects(session: Session, a: Arguments) -> str:
    """Return those of the given objects that an expression is true for."""
    if not a.has("filter"):
        return a.get("objects")
    found = session.objects([a.get("objects")]) if a.get("objects").strip() else []
    names = []
    try:
        for kind, thing in found:
            if matches(
                a.get("filter"),
                lambda key, k=kind, t=thing: attributes.get(session.current, k, t, key),  # type: ignore[misc]
                regexp=a.flag("regexp"),
                nocase=a.flag("nocase"),
            ):
                label = str(getattr(thing, "path", getattr(thing, "name", thing)))
                names += session.issue(kind, [(label, thing)])
    except FilterError as error:
        raise session.fail("Common 17-64", f"Invalid filter expression '{error}'.") from error
    return join_list(names)


@command(
    "find_bd_objs -relation <arg> [-boundary_type <arg>] [-thru_hier] [-stop_at_interconnect] "
    "[-end_type <arg>]! [-legacy_mode]! <objects>..."
)
def find_bd_objs(session: Session, a: Arguments) -> str:
    """Return the objects that are connected to others, or that these address."""
    design = session.design()
    relation = a.get("relation").lower()
    if relation not in ("connected_to", "addressable_slave", "addressing_master"):
        raise session.fail(
            "Common 17-161",
            f"Invalid option value '{a.get('relation')}' specified for 'relation'.",
        )
    found: dict[str, tuple[str, object]] = {}
    for _, thing in session.objects(a.list("objects")):
        side = a.get("boundary_type", "both").lower()
        for node in _related(design, relation, thing, side, thru=a.flag("thru_hier")):
            found[node.path] = (_kind(node), node)
    return join_list(n for p, (k, t) in found.items() for n in session.issue(k, [(p, t)]))


def _kind(node: Node) -> str:
    if isinstance(node, Pin):
        return "pin" if node.cell else "port"
    return "intf_pin" if node.cell else "intf_port"


def _related(
    design: Design, relation: str, thing: object, side: str, *, thru: bool
) -> Iterator[Node]:
    """Yield related ends; ``side`` of a hierarchy's pin is upper (outside), lower or both."""
    if not isinstance(thing, Node):
        return
    if relation == "connected_to":
        upper, lower = side != "lower", side != "upper"
        nets = [n for n, wanted in ((thing.net, upper), (thing.inner, lower)) if n and wanted]
        own = [n for net in nets for n in net.nodes if n is not thing]
        yield from design.connected(thing) if thru else own
    elif isinstance(thing, Bus):
        for space in addressing.spaces(design).values():
            for master, segment in addressing.reachable(design, space):
                if relation == "addressable_slave" and master is thing:
                    yield segment.bus
                if relation == "addressing_master" and segment.bus is thing:
                    yield master
