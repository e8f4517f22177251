"""Address assignment."""

from __future__ import annotations

import re

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import opaque
from hls4ml_soc.virtual.vivado.address_check import check
from hls4ml_soc.virtual.vivado.address_defaults import default_size, free
from hls4ml_soc.virtual.vivado.addressing import (
    SlaveSegment,
    Space,
    is_open,
    is_reached_unseen,
    reachable,
    spaces,
    windows,
)
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.design import Design, Segment
from hls4ml_soc.virtual.vivado.messages import short_address, short_size
from hls4ml_soc.virtual.vivado.presence import OPTION_SINCE, numbers
from hls4ml_soc.virtual.vivado.session import Session, command
from hls4ml_soc.virtual.vivado.unique import unique

_UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def size_of(session: Session, text: str, option: str) -> int:
    """Read an address or size: decimal, hexadecimal, or with K, M, G, T."""
    match = re.fullmatch(r"(0[xX][0-9a-fA-F_]+|\d+)([KMGT]?)", text.strip())
    if match is None:
        raise session.fail(
            "Common 17-161", f"Invalid option value '{text}' specified for '{option}'."
        )
    return int(match[1].replace("_", ""), 0) << _UNITS[match[2]]


@command(
    "assign_bd_address [-target_address_space <arg>] [-boundary]! [-master_boundary]! "
    "[-external]! [-dict <arg>]!"
    " [-import_from_file <arg>]! [-export_to_file <arg>]! [-export_gui_to_file <arg>]! [-offset "
    "<arg>]"
    " [-range <arg>] [-base_high <arg>]! [-with_locktype <arg>] [-with_name <arg>] [-force] "
    "[<objects>...]"
)
def assign_bd_address(session: Session, a: Arguments) -> str:
    """Map slave segments into address spaces; without arguments, all that are not mapped yet."""
    design = session.design()
    for (_, option), since in OPTION_SINCE.items():
        if a.has(option) and session.release < numbers(since):
            raise session.fail(
                "Common 17-170",
                f"Unknown option '-{option}', please type 'assign_bd_address -help' for "
                "usage info.",
            )
    things = [t for _, t in session.objects(a.list("objects"))]
    given = [t for t in things if isinstance(t, SlaveSegment)]
    if a.list("objects") and (len(given) != len(things) or not given):
        raise session.fail("Common 17-55", "'assign_bd_address' expects slave address segments.")
    targets = [t for t in _spaces(session, a) or list(spaces(design).values())]
    mapped = []
    for space in targets:
        for segment in dict.fromkeys(s for _, s in reachable(design, space)):
            if given and segment not in given:
                continue
            known = _mapping(design, space, segment)
            if known:
                if given:
                    _check_again(session, a, known)
                continue
            size = (
                size_of(session, a.get("range"), "range")
                if a.has("range")
                else default_size(segment)
            )
            offset = (
                size_of(session, a.get("offset"), "offset")
                if a.has("offset")
                else free(design, space, segment, size)
            )
            if not a.has("offset") and _too_high(design, space, segment, offset, size):
                # Vivado leaves out what a master with few address bits cannot reach.
                _exclude(design, space, segment)
                session.print(
                    f"Excluding slave segment '{segment.path}' from address space '{space.path}'.\n"
                )
                continue
            mapped.append(_map(session, space, segment, offset, size, a.get("with_name")))
    for segment in given:
        for space in targets:
            if a.has("target_address_space") and _open(design, space, segment):
                mapped.append(_map_given(session, a, space, segment))
                continue
            told = a.has("target_address_space")
            if (
                (told or len(targets) == 1)
                and _mapping(design, space, segment) is None
                and (told or not is_reached_unseen(design, segment.bus))
            ):
                raise _incomplete(session, space, segment)
    design.touch()
    return join_list(session.issue("addr_seg", [(m.path, m) for m in mapped]))


def _too_high(design: Design, space: Space, segment: SlaveSegment, offset: int, size: int) -> bool:
    """Say whether memory with a fixed place lies beyond what the master can address."""
    if segment.block.usage != "memory" or int(segment.block.base) != offset:
        return False
    reached = [m for m, s in reachable(design, space) if s == segment]
    return all(offset + size - 1 > high for m in reached for _, high in windows(m, space))


def _check_again(session: Session, a: Arguments, known: Segment) -> None:
    """Move a segment that is mapped a second time, to elsewhere; strict, where one mapping would be
    lost, report it."""
    offset, size = known.offset, known.range
    if a.has("offset"):
        offset = size_of(session, a.get("offset"), "offset")
    if a.has("range"):
        size = size_of(session, a.get("range"), "range")
    told = a.has("offset") or a.has("range")
    if not told or (offset, size) == (known.offset, known.range) and not known.excluded:
        return
    if not session.messages.strict:
        known.excluded = False
        place(session, known, offset, size)
    elif not known.excluded:
        session.messages.report(
            "Standin 1-9",
            f"{known.slave_path} is mapped into {known.space_path} already, at "
            f"'{short_address(known.offset)} [ {short_size(known.range)} ]'; a second mapping, at "
            f"'{short_address(offset)} [ {short_size(size)} ]', is not possible",
        )


def _open(design: Design, space: Space, segment: SlaveSegment) -> bool:
    """Say whether a mapping may exist through cells that are not modelled."""
    unknown = opaque.is_opaque(segment.bus) or is_open(design, space)
    return unknown and _mapping(design, space, segment) is None


def _map_given(session: Session, a: Arguments, space: Space, segment: SlaveSegment) -> Segment:
    size = size_of(session, a.get("range", "64K"), "range")
    offset = size_of(session, a.get("offset", "0"), "offset")
    return _map(session, space, segment, offset, size, a.get("with_name"))


def _spaces(session: Session, a: Arguments) -> list[Space]:
    if not a.has("target_address_space"):
        return []
    # A name does as well as an object: so Vivado's own window writes it into the journal.
    known = spaces(session.design())
    named = [known.get("/" + w.lstrip("/")) for w in split_list(a.get("target_address_space"))]
    if named and all(named):
        return [s for s in named if s]
    found = [t for _, t in session.objects([a.get("target_address_space")], "target_address_space")]
    if not found or not all(isinstance(t, Space) for t in found):
        raise session.fail(
            "Common 17-161",
            f"Invalid option value '{a.get('target_address_space')}' specified for "
            "'target_address_space'.",
        )
    return [t for t in found if isinstance(t, Space)]


def _incomplete(session: Session, space: Space, segment: SlaveSegment) -> Exception:
    return session.fail(
        "BD 41-1075",
        f"Cannot assign slave segment '{segment.path}' into address space '{space.path}' "
        "because no valid addressing path exists.",
    )


def _mapping(design: Design, space: Space, segment: SlaveSegment) -> Segment | None:
    for own in design.segments.values():
        if own.space_path == space.path and own.slave_path == segment.path:
            return own
    return None


def _map(
    session: Session, space: Space, segment: SlaveSegment, offset: int, size: int, name: str
) -> Segment:
    design = session.design()
    bus = segment.bus
    assert bus.cell is not None
    name = name or f"SEG_{bus.cell.name}_{segment.block.name}"
    taken = [s.name for s in design.segments.values() if s.space_path == space.path]
    new = Segment(unique(name, taken), space.cell, space.name, bus, segment.block, offset, size)
    check(session, new)
    design.segments[new.path] = new
    session.print(
        f"Slave segment '{segment.path}' is being assigned into address space '{space.path}' at "
        f"<{short_address(offset)} [ {short_size(size)} ]>.\n"
    )
    return new


def place(session: Session, segment: Segment, offset: int, size: int) -> None:
    """Move a mapped segment."""
    old = segment.offset, segment.range
    segment.offset, segment.range = offset, size
    try:
        check(session, segment)
    except Exception:
        segment.offset, segment.range = old
        raise
    session.design().touch()


@command(
    "create_bd_addr_seg -range <arg> -offset <arg> [<parent_addr_space>] [<slave_segment>] [<name>]"
)
def create_bd_addr_seg(session: Session, a: Arguments) -> str:
    """Map a slave segment under a name."""
    space = session.objects([a.get("parent_addr_space")], "parent_addr_space")
    segment = session.objects([a.get("slave_segment")], "slave_segment")
    if len(space) != 1 or not isinstance(space[0][1], Space):
        raise session.fail("BD 5-106", "create_bd_addr_seg needs one address space.")
    if len(segment) != 1 or not isinstance(segment[0][1], SlaveSegment):
        raise session.fail("BD 5-106", "create_bd_addr_seg needs one slave segment.")
    known = _mapping(session.design(), space[0][1], segment[0][1])
    if known is not None and not known.excluded:
        raise session.refuse(f"{segment[0][1].path} is mapped into {space[0][1].path} already")
    new = _map(
        session,
        space[0][1],
        segment[0][1],
        size_of(session, a.get("offset"), "offset"),
        size_of(session, a.get("range"), "range"),
        a.get("name"),
    )
    session.design().touch()
    return join_list(session.issue("addr_seg", [(new.path, new)]))


@command("exclude_bd_addr_seg [-target_address_space <arg>] [<segments_to_exclude>...]")
def exclude_bd_addr_seg(session: Session, a: Arguments) -> str:
    """Say that a master shall not see a slave segment."""
    design = session.design()
    things = [t for _, t in session.objects(a.list("segments_to_exclude"))]
    if not things:
        raise session.fail("Common 17-55", "'exclude_bd_addr_seg' expects at least one object.")
    done = []
    for thing in things:
        if isinstance(thing, Segment):
            thing.excluded = True
            done.append(thing)
        elif isinstance(thing, SlaveSegment):
            for space in _spaces(session, a) or list(spaces(design).values()):
                if any(s == thing for _, s in reachable(design, space)):
                    done.append(_exclude(design, space, thing))
    if not done:
        raise session.refuse("exclude_bd_addr_seg: no address space reaches the segment")
    design.touch()
    return join_list(session.issue("addr_seg", [(s.path, s) for s in done]))


def _exclude(design: Design, space: Space, segment: SlaveSegment) -> Segment:
    own = _mapping(design, space, segment)
    if own is None:
        assert segment.bus.cell is not None
        name = f"SEG_{segment.bus.cell.name}_{segment.block.name}"
        taken = [s.name for s in design.segments.values() if s.space_path == space.path]
        own = Segment(
            unique(name, taken),
            space.cell,
            space.name,
            segment.bus,
            segment.block,
            int(segment.block.base),
            segment.size,
        )
        design.segments[own.path] = own
    own.excluded = True
    return own


@command("include_bd_addr_seg <segment_to_include>")
def include_bd_addr_seg(session: Session, a: Arguments) -> str:
    """Undo an exclusion."""
    for _, thing in session.objects([a.get("segment_to_include")]):
        if isinstance(thing, Segment):
            thing.excluded = False
            check(session, thing)
    return ""
