"""The processor of a design: which addresses lead from it into the fabric, and whose memory a DMA
reaches.
"""

from __future__ import annotations

from hls4ml_soc.hwh import Hwh, MemoryRange, Module
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.board.netlist import PROCESSING_SYSTEMS

SOFT_PROCESSORS = ("microblaze", "microblaze_riscv")
_INSTRUCTION_SIDE = ("ILMB", "M_AXI_IP", "M_AXI_IC")


def processor(hwh: Hwh) -> Module:
    """Return the processing system or the soft processor. Raises FabricError without one."""
    systems = hwh.of_kind(*PROCESSING_SYSTEMS) or hwh.of_kind(*SOFT_PROCESSORS)
    if len(systems) != 1:
        raise FabricError(f"design {hwh.name} has {len(systems)} processing systems, not one")
    return systems[0]


def control_ranges(system: Module) -> list[MemoryRange]:
    """Return what the processor's data side reaches. Raises FabricError where ranges overlap."""
    ranges = [r for r in system.memory_map if r.master not in _INSTRUCTION_SIDE]
    for first in ranges:
        for second in ranges:
            if first is not second and first.base <= second.base <= first.high:
                raise FabricError(f"address ranges overlap: {first}, {second}")
    return ranges


def memories(hwh: Hwh) -> frozenset[str]:
    """Return the cells whose memory a DMA may reach: a processing system has the DDR, a soft
    processor the block RAMs behind its data side.
    """
    system = processor(hwh)
    if system.kind in PROCESSING_SYSTEMS:
        return frozenset({system.name})
    reached = {r.instance for r in control_ranges(system) if r.master != "DLMB"}
    return frozenset(m.name for m in hwh.of_kind("axi_bram_ctrl") if m.name in reached)
