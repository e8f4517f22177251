"""The processor of a design: which addresses lead from it into the fabric, and whose memory a DMA
reaches.
"""

from __future__ import annotations

from hls4ml_soc.hwh import Hwh, MemoryRange, Module
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.board.memory import Dram, Memory
from hls4ml_soc.virtual.board.netlist import PROCESSING_SYSTEMS

BLOCK_RAM = "axi_bram_ctrl"
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


def memories(hwh: Hwh, dram: Memory) -> dict[str, Memory]:
    """Return the memories that processor and DMAs share, by cell.

    A processing system has the DDR, and block RAMs are made here; a soft processor's block RAMs are
    all part of ``dram``.
    """
    system = processor(hwh)
    controllers = {m.name for m in hwh.of_kind(BLOCK_RAM)}
    if system.kind not in PROCESSING_SYSTEMS:
        reached = {r.instance for r in control_ranges(system) if r.master != "DLMB"}
        return dict.fromkeys(sorted(controllers & reached), dram)
    found: dict[str, Memory] = {system.name: dram}
    for mapped in (r for m in (system, *hwh.modules.values()) for r in m.memory_map):
        if mapped.instance in controllers and mapped.instance not in found:
            found[mapped.instance] = Dram(mapped.high + 1 - mapped.base, mapped.base)
    return found
