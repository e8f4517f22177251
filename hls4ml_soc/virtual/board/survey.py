"""What of a design has no model, found before anything is made of it.

Only cells in the data path of a DMA matter: everything between its stream output, its stream input
and the cells that these lead to. A design may hold others; whoever touches their registers gets a
bus fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hls4ml_soc.hwh import Hwh, Module
from hls4ml_soc.virtual.board import axi_dma
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.board.netlist import SAMPLE_START
from hls4ml_soc.virtual.board.stream_stages import STAGES, peculiarity

DMA = "axi_dma"


def check(hwh: Hwh, cores: Collection[str]) -> None:
    """Raise FabricError, naming every cell without a model in the data path of a DMA, and why.

    ``cores`` are the VLNVs of the compiled cores given.
    """
    found = [
        f"{module.full_name.lstrip('/')} ({module.vlnv or module.kind}): {reason}"
        for module in data_path(hwh)
        if (reason := no_model(module, cores))
    ]
    if found:
        raise FabricError("no model of " + "; ".join(found))


def data_path(hwh: Hwh) -> list[Module]:
    """Return the DMAs, and the cells that their streams lead through."""
    seen: dict[str, Module] = {}
    todo = list(hwh.of_kind(DMA))
    while todo:
        module = todo.pop(0)
        if module.name in seen:
            continue
        seen[module.name] = module
        todo += _neighbours(hwh, module)
    return list(seen.values())


def no_model(module: Module, cores: Collection[str]) -> str:
    """Say why a cell of a data path has no model; empty if it has one."""
    if module.kind == DMA:
        return axi_dma.no_model(module)
    if module.kind in STAGES:
        return peculiarity(module)
    if not needs_core(module):
        return "" if module.kind == SAMPLE_START else "not among AMD's IPs that are modelled"
    masters = [i.name for i in module.interfaces.values() if i.kind == "aximm" and i.is_source]
    if masters:
        return f"it reaches memory by itself ({', '.join(masters)}), which only AXI DMA does here"
    if module.vlnv in cores:
        counts = [len(module.streams(source=source)) for source in (False, True)]
        one = f"{counts[0]} stream inputs and {counts[1]} outputs, not one of each"
        return "" if counts == [1, 1] else one
    return f"no compiled core was given for it (--cores {module.vlnv or 'VLNV'}=core.so)"


def needs_core(module: Module) -> bool:
    """Tell whether a cell is the user's own IP or RTL."""
    return not module.vlnv.startswith("xilinx.com:ip:") and module.kind != SAMPLE_START


def _neighbours(hwh: Hwh, module: Module) -> Iterator[Module]:
    for source in (True, False):
        for interface in module.streams(source):
            peer = hwh.peer(module.name, interface.name)
            if peer is not None:
                yield hwh.module(peer.module)
