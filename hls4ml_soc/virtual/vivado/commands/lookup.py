"""get_bd_*: which objects of the block design a script means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import attributes, opaque, optional_ports
from hls4ml_soc.virtual.vivado.addressing import slave_segments, spaces
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.commands.related import (
    cells_of,
    nets_of,
    nodes_of,
    segments_of,
    spaces_of,
)
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.select import FilterError, matches, pattern
from hls4ml_soc.virtual.vivado.session import Session, command

_USAGE = (
    "[-regexp] [-nocase] [-hierarchical] [-filter <arg>] [-of_objects <arg>] [-boundary_type "
    "<arg>] [-addressables]!"
    " [-addressing]! [-excluded] [-addressed] [-contexts <arg>]! [<patterns>...]"
)


def filtered(
    session: Session, a: Arguments, names: list[str], get: Callable[[str, str], str | None]
) -> list[str]:
    """Keep the names whose objects pass ``-filter``."""
    if not a.has("filter"):
        return names
    try:
        return [
            n
            for n in names
            if matches(
                a.get("filter"),
                lambda key, n=n: get(n, key.upper()),  # type: ignore[misc]
                regexp=a.flag("regexp"),
                nocase=a.flag("nocase"),
            )
        ]
    except FilterError as error:
        raise session.fail("Common 17-64", f"Invalid filter expression '{error}'.") from error


def _register(
    name: str,
    kind: str,
    message: str,
    what: str,
    all_of: Callable[[Design], dict[str, object]],
    of: Callable[[Session, Design, list[tuple[str, object]]], Iterable[object]],
) -> None:
    def handler(session: Session, a: Arguments) -> str:
        design = session.design()
        pool = all_of(design)
        if a.has("of_objects"):
            given = session.objects([a.get("of_objects")], "of_objects")
            found = of(session, design, given)
            members = [id(t) for t in found if _on_side(t, given, a.get("boundary_type"))]
            pool = {n: t for n, t in pool.items() if id(t) in members}
        if a.has("boundary_type") and a.get("boundary_type") not in ("upper", "lower", "both"):
            raise session.fail(
                "Common 17-161",
                f"Invalid option value '{a.get('boundary_type')}' specified for 'boundary_type'.",
            )
        patterns = [p for word in a.list("patterns") for p in split_list(word)]
        # Without a pattern an address command means all, any other what is in the current
        # hierarchy.
        asked = bool(a.list("patterns"))
        if not asked and not a.has("of_objects") and not kind.startswith("addr"):
            patterns = ["*"]
        if a.has("of_objects") and kind == "intf_pin":
            added = opaque.slaves(design, [t for _, t in given], a.get("filter"))
            pool |= {b.path: b for b in added}
        if patterns or asked:
            loose = kind == "pin" and not session.messages.strict
            pool = _select(design, a, pool, patterns, kind, all_of, loose)
        names = filtered(
            session,
            a,
            list(pool),
            lambda n, key: attributes.get(design, _kind(kind, pool[n]), pool[n], key),
        )
        if not names:
            # Vivado only warns, and returns nothing.
            wanted = " ".join(patterns) or a.get("filter") or a.get("of_objects") or "*"
            session.messages.report(message, f"No {what} matched '{name} {wanted}'")
        return join_list(
            n
            for name in names
            for n in session.issue(_kind(kind, pool[name]), [(name, pool[name])])
        )

    command(
        f"{name} {_USAGE}",
        name.removesuffix("s") if name != "get_bd_addr_spaces" else "get_bd_addr_space",
    )(handler)


def _select(
    design: Design,
    a: Arguments,
    pool: dict[str, object],
    patterns: list[str],
    kind: str,
    all_of: Callable[[Design], dict[str, object]],
    loose: bool,
) -> dict[str, object]:
    """Return what patterns mean. ``loose``: in any case where there is none as it is written."""
    regexp, nocase = a.flag("regexp"), a.flag("nocase")
    result: dict[str, object] = {}
    for text in patterns:
        if kind == "cell" and text in ("/", ".") and not regexp:
            top = text == "/" or not design.instance
            name = "/" if top else design.instance
            pool[name] = design.root if top else pool[name]
            result[name] = pool[name]
            continue
        if a.flag("hierarchical"):
            compiled = pattern(
                text.rpartition("/")[2] if not regexp else text, regexp=regexp, nocase=nocase
            )
            hits = [n for n in pool if compiled.match(n.rpartition("/")[2])]
        elif not regexp and not nocase and not set("*?[") & set(text):
            name = text if text.startswith("/") else f"{design.instance}/{text}"
            tried = a.flag("quiet") and not opaque.is_likely(kind, name)
            if name not in pool and (
                (not tried and opaque.grow(design, kind, name) is not None)
                or optional_ports.add(design, kind, name)
            ):
                pool.update(all_of(design))
            if name not in pool and name in _BOUNDARY.get(kind, _nothing)(design):
                # get_bd_pins finds the ports of the design, too: widespread scripts rely on it.
                pool[name] = _BOUNDARY[kind](design)[name]
            hits = [name] if name in pool else _other_case(pool, name) if loose else []
        else:
            path = text if text.startswith("/") or regexp else f"{design.instance}/{text}"
            compiled = pattern(path, regexp=regexp, nocase=nocase)
            if loose and not any(compiled.match(n) for n in pool):
                compiled = pattern(path, regexp=regexp, nocase=True)
            hits = [n for n in pool if compiled.match(n) or (regexp and compiled.match(n[1:]))]
            name = re.sub(r"[*?]|\[.*\]", "", path)
            if not hits and not regexp and opaque.grow(design, kind, name) is not None:
                pool.update(all_of(design))  # the one that a pattern must mean
                hits = [name] if name in pool else []
        result.update({n: pool[n] for n in hits})
    return result


def _on_side(thing: object, given: list[tuple[str, object]], side: str) -> bool:
    """Say whether a net lies outside (upper) or inside (lower) of the hierarchies that it is asked
    of."""
    nodes = [t for _, t in given if isinstance(t, Node)]
    if not isinstance(thing, Net) or side not in ("upper", "lower") or not nodes:
        return True
    return any((n.net if side == "upper" else n.inner) is thing for n in nodes)


def _other_case(pool: dict[str, object], name: str) -> list[str]:
    """Find a pin whatever the case of its name: published scripts for both kinds of switch write
    ACLK where a SmartConnect has aclk."""
    head, _, last = name.rpartition("/")
    return [n for n in pool if n.lower() == f"{head}/{last}".lower() and n.startswith(f"{head}/")]


def _nothing(design: Design) -> dict[str, object]:
    return {}


# What an exact name may mean besides the objects of a kind.
_BOUNDARY: dict[str, Callable[[Design], dict[str, object]]] = {
    "pin": lambda d: {n: p for n, p in d.pins.items() if not p.cell},
    "intf_pin": lambda d: {n: b for n, b in d.buses.items() if not b.cell},
}


def _kind(kind: str, thing: object) -> str:
    """Return the kind of an object that a lookup of another kind has found."""
    if isinstance(thing, Node) and thing.cell is None:
        return "port" if isinstance(thing, Pin) else "intf_port"
    return kind


def _segments(design: Design) -> dict[str, object]:
    return {**slave_segments(design), **design.segments}


_register("get_bd_cells", "cell", "BD 5-230", "cells", lambda d: dict(d.cells), cells_of)
_register(
    "get_bd_pins",
    "pin",
    "BD 5-235",
    "pins",
    lambda d: {n: p for n, p in d.pins.items() if p.cell},
    nodes_of(Pin, False),
)
_register(
    "get_bd_ports",
    "port",
    "BD 5-236",
    "ports",
    lambda d: {n: p for n, p in d.pins.items() if not p.cell},
    nodes_of(Pin, True),
)
_register(
    "get_bd_intf_pins",
    "intf_pin",
    "BD 5-232",
    "interface pins",
    lambda d: {n: b for n, b in d.buses.items() if b.cell},
    nodes_of(Bus, False),
)
_register(
    "get_bd_intf_ports",
    "intf_port",
    "BD 5-234",
    "interface ports",
    lambda d: {n: b for n, b in d.buses.items() if not b.cell},
    nodes_of(Bus, True),
)
_register("get_bd_nets", "net", "BD 5-237", "nets", lambda d: dict(d.nets), nets_of)
_register(
    "get_bd_intf_nets",
    "intf_net",
    "BD 5-233",
    "interface nets",
    lambda d: dict(d.bus_nets),
    nets_of,
)
_register(
    "get_bd_addr_spaces",
    "addr_space",
    "BD 5-231",
    "address spaces",
    lambda d: dict(spaces(d)),
    spaces_of,
)
_register("get_bd_addr_segs", "addr_seg", "BD 5-229", "address segments", _segments, segments_of)


@command("get_bd_designs [-regexp] [-nocase] [-filter <arg>]! [-of_objects <arg>]! [<patterns>...]")
def get_bd_designs(session: Session, a: Arguments) -> str:
    """Return open block designs."""
    wanted = [
        pattern(p, regexp=a.flag("regexp"), nocase=a.flag("nocase"))
        for p in a.list("patterns") or ["*"]
    ]
    found = {
        n: d for n, d in session.designs.items() if not d.closed and any(w.match(n) for w in wanted)
    }
    return join_list(session.issue("design", found.items()))
