"""Address spaces of masters, segments of slaves, and the map between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hls4ml_soc.virtual.vivado import ps7, ps8
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Segment, slave_segment_path
from hls4ml_soc.virtual.vivado.ip import Block
from hls4ml_soc.virtual.vivado.propagate import SWITCHES

# Windows of the processors' ports to the fabric (UG585; UG1085 "PL AXI Interface").
_WINDOWS: dict[tuple[str, str], list[tuple[int, int]]] = {
    ("processing_system7", "M_AXI_GP0"): [ps7.WINDOWS["M_AXI_GP0"]],
    ("processing_system7", "M_AXI_GP1"): [ps7.WINDOWS["M_AXI_GP1"]],
    ("zynq_ultra_ps_e", "M_AXI_HPM0_LPD"): [(0x80000000, 0x9FFFFFFF)],
    ("zynq_ultra_ps_e", "M_AXI_HPM0_FPD"): [
        (0xA0000000, 0xAFFFFFFF),
        (0x400000000, 0x4FFFFFFFF),
        (0x1000000000, 0x47FFFFFFFF),
    ],
    ("zynq_ultra_ps_e", "M_AXI_HPM1_FPD"): [
        (0xB0000000, 0xBFFFFFFF),
        (0x500000000, 0x5FFFFFFFF),
        (0x4800000000, 0x7FFFFFFFFF),
    ],
}


# IPs that pass addresses on, and the mode of the interfaces where they do.
_ONWARD = {**dict.fromkeys(SWITCHES, "master"), "lmb_v10": "mirroredSlave"}
_OFFERS = {"processing_system7": ps7.block_exists, "zynq_ultra_ps_e": ps8.block_exists}


@dataclass(frozen=True, eq=False)
class Space:
    """An address space of a master cell."""

    cell: Cell
    name: str
    width: int

    @property
    def path(self) -> str:
        """Cell and name."""
        return f"{self.cell.path}/{self.name}"


@dataclass(frozen=True, eq=False)
class SlaveSegment:
    """An address block of a slave interface."""

    bus: Bus
    block: Block

    @property
    def path(self) -> str:
        """Cell, memory map and block."""
        return slave_segment_path(self.bus, self.block)

    @property
    def size(self) -> int:
        """Bytes that the block decodes."""
        return int(self.block.range)


def spaces(design: Design) -> dict[str, Space]:
    """Return every address space of the design; the same objects as long as they do not change."""
    result = {}
    for cell in design.cells.values():
        if cell.ip is None:
            continue
        for space in cell.ip.spaces.values():
            if cell.exists(space.when):
                width = cell.space_width(space.name)
                key = (cell.path, space.name, width)
                found = design.seen.setdefault(key, Space(cell, space.name, width))
                assert isinstance(found, Space)
                result[found.path] = found
    return result


def slave_segments(design: Design) -> dict[str, SlaveSegment]:
    """Return every slave segment of the design."""
    result = {}
    for bus in design.buses.values():
        for segment in segments_of(design, bus):
            result[segment.path] = segment
    return result


def segments_of(design: Design, bus: Bus) -> list[SlaveSegment]:
    """Return the segments behind a slave interface."""
    if bus.cell is None or bus.cell.ip is None or bus.mode != "slave":
        return []
    blocks = bus.cell.blocks(bus.name)
    offers = _OFFERS.get(bus.cell.ip.name)
    if offers:
        blocks = [b for b in blocks if offers(bus.cell, b.name)]
    result = []
    for block in blocks:
        key = (bus.path, block.name, block.base, block.range)
        found = design.seen.setdefault(key, SlaveSegment(bus, block))
        assert isinstance(found, SlaveSegment)
        result.append(found)
    return result


def masters(design: Design, space: Space) -> list[Bus]:
    """Return the master interfaces through which an address space looks out."""
    opaque = space.cell.ip is not None and space.cell.ip.opaque
    return [
        b
        for b in design.buses_of(space.cell)
        if b.mode == "master"
        and (opaque or space.cell.interface(b.name).address_space == space.name)
    ]


def reachable(design: Design, space: Space) -> Iterator[tuple[Bus, SlaveSegment]]:
    """Yield (master interface, slave segment) for all that is connected to an address space,
    through switches."""
    for master in masters(design, space):
        seen: list[Bus] = []
        waiting = [master]
        while waiting:
            peer = design.peer(waiting.pop())
            if peer is None or peer in seen or peer.cell is None or peer.cell.ip is None:
                continue
            seen.append(peer)
            onward = _ONWARD.get(peer.cell.ip.name)
            if onward:
                waiting += [b for b in design.buses_of(peer.cell) if b.mode == onward]
            else:
                for segment in segments_of(design, peer):
                    yield master, segment


def is_open(design: Design, space: Space) -> bool:
    """Say whether a cell that is not modelled is a master, a slave or a bridge of an address
    space: what can be mapped there is not known then."""
    if space.cell.ip is not None and space.cell.ip.opaque:
        return True
    waiting = masters(design, space)
    seen: list[Bus] = []
    while waiting:
        peer = design.peer(waiting.pop())
        if peer is None or peer in seen or peer.cell is None or peer.cell.ip is None:
            continue
        if peer.cell.ip.opaque:
            return True
        seen.append(peer)
        onward = _ONWARD.get(peer.cell.ip.name)
        if onward:
            waiting += [b for b in design.buses_of(peer.cell) if b.mode == onward]
    return False


def is_reached_unseen(design: Design, bus: Bus) -> bool:
    """Say whether a cell that is not modelled reaches a slave interface: into which address space
    it is mapped is not known then."""
    waiting, seen = [bus], [bus]
    while waiting:
        peer = design.peer(waiting.pop())
        if peer is None or peer in seen or peer.cell is None or peer.cell.ip is None:
            continue
        if peer.cell.ip.opaque:
            return True
        seen.append(peer)
        onward = _ONWARD.get(peer.cell.ip.name)
        if onward:
            waiting += [b for b in design.buses_of(peer.cell) if b.mode != onward]
    return False


def windows(master: Bus, space: Space) -> list[tuple[int, int]]:
    """Return the address ranges that leave through a master interface."""
    assert master.cell is not None and master.cell.ip is not None
    fixed = _WINDOWS.get((master.cell.ip.name, master.name))
    return fixed if fixed is not None else [(0, (1 << space.width) - 1)]


def overlap(
    design: Design, space_path: str, offset: int, size: int, besides: Segment | None = None
) -> Segment | None:
    """Return a mapped segment of an address space that shares an address with the range."""
    for segment in design.segments.values():
        if segment is besides or segment.excluded or segment.space_path != space_path:
            continue
        if segment.offset < offset + size and offset < segment.offset + segment.range:
            return segment
    return None
