"""Where Vivado puts a segment, and how large it makes it, if the script says nothing."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.addressing import (
    SlaveSegment,
    Space,
    overlap,
    reachable,
    windows,
)
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.memory_controllers import CONTROLLERS

# Where Vivado begins for an IP, by kind of master (hand-off files of public projects); "" is any
# other IP. Where nothing is said it begins at the bottom of what the master reaches.
_ZYNQ7 = {
    "axi_bram_ctrl": 0x40000000,
    "axi_dma": 0x40400000,
    "axi_gpio": 0x41200000,
    "axi_timer": 0x42800000,
    "axi_intc": 0x41800000,
    "axi_uartlite": 0x42C00000,
    "": 0x43C00000,
}
_MICROBLAZE = {
    "axi_bram_ctrl": 0xC0000000,
    "axi_gpio": 0x40000000,
    "axi_uartlite": 0x40600000,
    "axi_timer": 0x41C00000,
    "axi_intc": 0x41200000,
    "axi_dma": 0x41E00000,
    "mig_7series": 0x80000000,
    "lmb_bram_if_cntlr": 0,
    "": 0x44A00000,
}
_FIRST = {
    "processing_system7": _ZYNQ7,
    "microblaze": _MICROBLAZE,
    "microblaze_riscv": _MICROBLAZE,
}


def default_size(segment: SlaveSegment) -> int:
    return max(segment.size, 0x10000) if segment.block.usage == "register" else segment.size


def free(design: Design, space: Space, segment: SlaveSegment, size: int) -> int:
    """Find a place: memory at its own base, registers from where Vivado begins for the IP."""
    base = int(segment.block.base)
    assert space.cell.ip is not None
    first = _FIRST.get(space.cell.ip.name, {})
    name = segment.bus.cell.ip.name if segment.bus.cell and segment.bus.cell.ip else ""
    if base or (segment.block.usage != "register" and name not in (*first, *CONTROLLERS)):
        return base
    master = next(m for m, s in reachable(design, space) if s == segment)
    low, high = windows(master, space)[0]
    offset = max(low, first.get(name, first.get("", low)))
    while overlap(design, space.path, offset, size) and offset + size <= high:
        offset += size
    return offset
