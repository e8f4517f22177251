"""validate_bd_design: propagate parameters, then report everything that is wrong, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hls4ml_soc.virtual.vivado.addressing import is_open, reachable, spaces
from hls4ml_soc.virtual.vivado.check_cells import dedicated, memories, speeds
from hls4ml_soc.virtual.vivado.check_interfaces import associations, busses, mismatches
from hls4ml_soc.virtual.vivado.check_pins import clocks, inputs, kinds, widths
from hls4ml_soc.virtual.vivado.check_resets import resets
from hls4ml_soc.virtual.vivado.check_streams import streams
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.messages import OWN, WARNING
from hls4ml_soc.virtual.vivado.opaque import is_opaque
from hls4ml_soc.virtual.vivado.propagate import (
    propagate,
)

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

Problem = tuple[str, str]  # message number, text


def validate(session: Session, design: Design) -> bool:
    """Validate, report, and return whether the design may be implemented."""
    propagate(design)
    problems = [p for check in _CHECKS for p in check(design)]
    before = session.messages.failed
    session.messages.failed = False
    for id, text in problems:
        # What Vivado does not report at all is not worth more than a warning where lenient.
        own = id == OWN and not session.messages.strict
        session.messages.report(id, text, WARNING if own else None)
    failed = session.messages.failed
    session.messages.failed = before or failed
    design.validated = not failed
    return not failed


def _addresses(design: Design) -> Iterator[Problem]:
    mapped = {(s.space_path, s.slave_path) for s in design.segments.values()}
    for space in spaces(design).values():
        seen = set()
        if space.cell.ip is not None and space.cell.ip.opaque:
            continue
        for _, segment in reachable(design, space):
            if segment.path not in seen and (space.path, segment.path) not in mapped:
                yield (
                    "BD 41-1356",
                    f"Slave segment <{segment.path}> is not assigned into address space "
                    f"<{space.path}>. Please use Address "
                    "Editor to either assign or exclude it.",
                )
            seen.add(segment.path)
    known = {p: {s.path for _, s in reachable(design, x)} for p, x in spaces(design).items()}
    open_spaces = {p for p, x in spaces(design).items() if is_open(design, x)}
    for own in design.segments.values():
        if own.space_path in open_spaces or is_opaque(own.slave):
            continue
        if own.slave_path not in known.get(own.space_path, set()):
            yield (
                "BD 41-1075",
                f"Cannot assign slave segment '{own.slave_path}' into address space "
                f"'{own.space_path}'. Master segment "
                f"'{own.path}' is invalid: no valid addressing path exists.",
            )


def _content(design: Design) -> Iterator[Problem]:
    if not any(c.ip for c in design.cells.values()):
        yield OWN, f"block design '{design.name}' is empty"


_CHECKS = (
    _content,
    clocks,
    inputs,
    busses,
    associations,
    mismatches,
    widths,
    kinds,
    resets,
    streams,
    dedicated,
    speeds,
    memories,
    _addresses,
)
