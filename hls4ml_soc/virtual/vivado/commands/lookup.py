"""get_bd_*: which objects of the block design a script means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import attributes, opaque, optional_ports
from hls4ml_soc.virtual.vivado.addressing import slave_segments, spaces
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin, Segment
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
            members = [id(t) for t in of(session, design, given)]
            pool = {n: t for n, t in pool.items() if id(t) in members}
        if a.has("boundary_type") and a.get("boundary_type") not in ("upper", "lower", "both"):
            raise session.fail(
                "Common 17-161",
                f"Invalid option value '{a.get('boundary_type')}' specified for 'boundary_type'.",
            )
        patterns = [p for word in a.list("patterns") for p in split_list(word)]
        # Without a pattern an address command means all, any other what is in the current
        # hierarchy.
        if not patterns and not a.has("of_objects") and not kind.startswith("addr"):
            patterns = ["*"]
        if patterns:
            pool = _select(design, a, pool, patterns, kind, all_of)
        names = filtered(
            session, a, list(pool), lambda n, key: attributes.get(design, _kind(kind, pool[n]), pool[n], key)
        )
        if not names:
            # Vivado only warns, and returns nothing.
            wanted = " ".join(patterns) or a.get("filter") or a.get("of_objects") or "*"
            session.messages.report(message, f"No {what} matched '{name} {wanted}'")
        return join_list(
            n for name in names for n in session.issue(_kind(kind, pool[name]), [(name, pool[name])])
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
) -> dict[str, object]:
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
            if name not in pool and (
                opaque.grow(design, kind, name) is not None
                or optional_ports.add(design, kind, name)
            ):
                pool.update(all_of(design))
            if name not in pool and name in _BOUNDARY.get(kind, _nothing)(design):
                # get_bd_pins finds the ports of the design, too: widespread scripts rely on it.
                pool[name] = _BOUNDARY[kind](design)[name]
            hits = [name] if name in pool else _other_case(pool, kind, name)
        else:
            path = text if text.startswith("/") or regexp else f"{design.instance}/{text}"
            compiled = pattern(path, regexp=regexp, nocase=nocase)
            if kind == "pin" and not any(compiled.match(n) for n in pool):
                compiled = pattern(path, regexp=regexp, nocase=True)
            hits = [n for n in pool if compiled.match(n) or (regexp and compiled.match(n[1:]))]
            name = re.sub(r"[*?]|\[.*\]", "", path)
            if not hits and not regexp and opaque.grow(design, kind, name) is not None:
                pool.update(all_of(design))  # the one that a pattern must mean
                hits = [name] if name in pool else []
        result.update({n: pool[n] for n in hits})
    return result


def _other_case(pool: dict[str, object], kind: str, name: str) -> list[str]:
    """Find a pin whatever the case of its name: scripts for both kinds of switch write ACLK where
    a SmartConnect has aclk."""
    if kind != "pin":
        return []
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


def _cells_of(
    session: Session, design: Design, given: list[tuple[str, object]]
) -> Iterable[object]:
    for _, thing in given:
        if isinstance(thing, Node) and thing.cell:
            yield thing.cell
        elif isinstance(thing, Net):
            yield from (n.cell for n in thing.nodes if n.cell)
        elif isinstance(thing, Segment):
            yield from (thing.slave.cell, thing.master)
        elif isinstance(thing, Cell):
            yield from (c for c in design.cells.values() if c.parent == thing.path)


def _nodes_of(
    wanted: type[Node], boundary: bool
) -> Callable[[Session, Design, list[tuple[str, object]]], Iterable[object]]:
    def of(session: Session, design: Design, given: list[tuple[str, object]]) -> Iterable[object]:
        for _, thing in given:
            if isinstance(thing, Cell) and not boundary:
                yield from (
                    n
                    for n in (*design.pins.values(), *design.buses.values())
                    if n.cell is thing and isinstance(n, wanted)
                )
            elif isinstance(thing, Net):
                yield from (
                    n for n in thing.nodes if isinstance(n, wanted) and (n.cell is None) == boundary
                )
            elif isinstance(thing, Bus) and wanted is Pin and thing.cell:
                yield from (design.pins[f"{thing.cell.path}/{p}"] for p in thing.ports().values())
            elif isinstance(thing, Pin) and wanted is Bus and thing.cell:
                yield from (
                    b for b in design.buses_of(thing.cell) if thing.name in b.ports().values()
                )
            elif isinstance(thing, Segment) and wanted is Bus:
                yield thing.slave

    return of


def _nets_of(session: Session, design: Design, given: list[tuple[str, object]]) -> Iterable[object]:
    for _, thing in given:
        if isinstance(thing, Node):
            yield from (n for n in (thing.net, thing.inner) if n)
        elif isinstance(thing, Cell):
            nodes = [n for n in (*design.pins.values(), *design.buses.values()) if n.cell is thing]
            yield from (n.net for n in nodes if n.net)


def _spaces_of(
    session: Session, design: Design, given: list[tuple[str, object]]
) -> Iterable[object]:
    every = spaces(design)
    for _, thing in given:
        if isinstance(thing, Cell):
            yield from (s for s in every.values() if s.cell is thing)
        elif isinstance(thing, Bus) and thing.cell and thing.cell.ip:
            yield from (
                s
                for s in every.values()
                if s.cell is thing.cell and s.name == thing.cell.interface(thing.name).address_space
            )
        elif isinstance(thing, Segment):
            yield from (s for s in every.values() if s.path == thing.space_path)


def _segments_of(
    session: Session, design: Design, given: list[tuple[str, object]]
) -> Iterable[object]:
    from hls4ml_soc.virtual.vivado.addressing import SlaveSegment, Space

    slaves = slave_segments(design)
    for _, thing in given:
        if isinstance(thing, Space):
            yield from (s for s in design.segments.values() if s.space_path == thing.path)
        elif isinstance(thing, Bus):
            yield from (s for s in slaves.values() if s.bus is thing)
            yield from (s for s in design.segments.values() if s.slave is thing)
        elif isinstance(thing, Cell):
            yield from (s for s in slaves.values() if s.bus.cell is thing)
        elif isinstance(thing, SlaveSegment):
            yield from (s for s in design.segments.values() if s.slave_path == thing.path)


def _segments(design: Design) -> dict[str, object]:
    return {**slave_segments(design), **design.segments}


_register("get_bd_cells", "cell", "BD 5-230", "cells", lambda d: dict(d.cells), _cells_of)
_register(
    "get_bd_pins",
    "pin",
    "BD 5-235",
    "pins",
    lambda d: {n: p for n, p in d.pins.items() if p.cell},
    _nodes_of(Pin, False),
)
_register(
    "get_bd_ports",
    "port",
    "BD 5-236",
    "ports",
    lambda d: {n: p for n, p in d.pins.items() if not p.cell},
    _nodes_of(Pin, True),
)
_register(
    "get_bd_intf_pins",
    "intf_pin",
    "BD 5-232",
    "interface pins",
    lambda d: {n: b for n, b in d.buses.items() if b.cell},
    _nodes_of(Bus, False),
)
_register(
    "get_bd_intf_ports",
    "intf_port",
    "BD 5-234",
    "interface ports",
    lambda d: {n: b for n, b in d.buses.items() if not b.cell},
    _nodes_of(Bus, True),
)
_register("get_bd_nets", "net", "BD 5-237", "nets", lambda d: dict(d.nets), _nets_of)
_register(
    "get_bd_intf_nets",
    "intf_net",
    "BD 5-233",
    "interface nets",
    lambda d: dict(d.bus_nets),
    _nets_of,
)
_register(
    "get_bd_addr_spaces",
    "addr_space",
    "BD 5-231",
    "address spaces",
    lambda d: dict(spaces(d)),
    _spaces_of,
)
_register("get_bd_addr_segs", "addr_seg", "BD 5-229", "address segments", _segments, _segments_of)


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
