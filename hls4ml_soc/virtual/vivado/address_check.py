"""Which address mappings the hardware can have."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.addressing import (
    is_open,
    overlap,
    reachable,
    spaces,
    windows,
)
from hls4ml_soc.virtual.vivado.design import Segment
from hls4ml_soc.virtual.vivado.memory_controllers import CONTROLLERS
from hls4ml_soc.virtual.vivado.messages import short_address, short_size
from hls4ml_soc.virtual.vivado.ps_values import IPS
from hls4ml_soc.virtual.vivado.session import Failed, Session


def check(session: Session, new: Segment) -> None:
    """Refuse a mapping that the hardware cannot have. Raises what ends the command."""
    design = session.design()
    space = spaces(design)[new.space_path]
    where = (
        f"Cannot assign slave segment '{new.slave_path}' into address space '{new.space_path}' at "
        "address "
        f"'{short_address(new.offset)} [ {short_size(new.range)} ]'."
    )
    paths = [m for m, s in reachable(design, space) if s.path == new.slave_path]
    assert new.slave.cell is not None and new.slave.cell.ip is not None
    if new.slave.cell.ip.opaque or (is_open(design, space) and not paths):
        return
    if not paths:
        raise session.fail(
            "BD 41-1075",
            f"{where} The proposed address cannot be assigned through an incomplete "
            "addressing path.",
        )
    size = int(new.block.range)
    elastic = new.slave.cell.ip.name in CONTROLLERS
    fixed = new.slave.cell.ip.name in IPS
    if new.range < 4096 or new.range & (new.range - 1):
        if (
            new.range < 128
            or elastic
            and new.range & (new.range - 1)  # the decoder compares the upper address bits
            or new.block.usage == "register"
            and (session.messages.strict or new.range & (new.range - 1))
            or new.range & (new.range - 1)
            and new.range % 4096
        ):
            raise session.fail(
                "BD 41-1075",
                f"{where} The proposed range '{short_size(new.range)}' is not a power of "
                "two of at least 4K.",
            )
    unit = 1 << (new.range - 1).bit_length()
    if new.offset % unit:
        following = short_address(new.offset + unit - new.offset % unit)
        raise session.fail(
            "BD 41-1075",
            f"The proposed address '{short_address(new.offset)} [ {short_size(new.range)} ]' is "
            f"misaligned. The next aligned offset for this range is '{following}'.",
        )
    if (fixed or new.block.usage == "memory") and new.range > size and not elastic:
        raise session.fail(
            "BD 41-1075",
            f"{where} The proposed range '{short_size(new.range)}' is greater than the maximum "
            f"range '{short_size(size)}' from slave segment '{new.slave_path}' to address space "
            f"'{new.space_path}'.",
        )
    base = int(new.block.base)
    if fixed and not base <= new.offset < base + size:
        session.messages.report(
            "Standin 1-7",
            f"{where} The slave answers from {short_address(base)} to "
            f"{short_address(base + size - 1)} only.",
        )
        if session.messages.failed:
            raise Failed
    allowed = [w for m in paths for w in windows(m, space)]
    if not any(low <= new.offset and new.offset + new.range - 1 <= high for low, high in allowed):
        shown = ", ".join(f"{short_address(low)} to {short_address(high)}" for low, high in allowed)
        raise session.fail(
            "BD 41-1075",
            f"{where} The proposed address is outside of what '{paths[0].path}' reaches: {shown}.",
        )
    other = overlap(design, new.space_path, new.offset, new.range, new)
    if other:
        raise session.fail(
            "BD 41-1075",
            f"{where} The proposed address overlaps with slave segment '{other.slave_path}' at "
            f"'{short_address(other.offset)} [ {short_size(other.range)} ]'.",
        )
