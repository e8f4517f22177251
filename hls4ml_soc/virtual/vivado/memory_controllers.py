"""How large the block RAM behind a memory controller becomes: as large as the range that is
mapped (PG078, PG112)."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.expression import integer

CONTROLLERS = ("axi_bram_ctrl", "lmb_bram_if_cntlr")


def depth(design: Design, cell: Cell) -> dict[str, str]:
    """Return what the range of an axi_bram_ctrl, or the controllers before a blk_mem_gen, make of
    the cell's parameters."""
    assert cell.ip is not None
    if cell.ip.name == "axi_bram_ctrl":
        return _controller(design, cell)
    return _memory(design, cell) if cell.ip.name == "blk_mem_gen" else {}


def _bytes(design: Design, cell: Cell) -> int:
    return max(
        (s.range for s in design.segments.values() if s.slave.cell is cell and not s.excluded),
        default=0,
    )


def _width(cell: Cell) -> int:
    assert cell.ip is not None
    return integer(cell.value("DATA_WIDTH")) if cell.ip.name == "axi_bram_ctrl" else 32


def _controller(design: Design, cell: Cell) -> dict[str, str]:
    size = _bytes(design, cell)
    if not size:
        return {}
    words = size * 8 // _width(cell)
    return {
        "MEM_DEPTH": str(words),
        "C_MEMORY_DEPTH": str(words),
        "C_S_AXI_ADDR_WIDTH": str((size - 1).bit_length()),
        "C_BRAM_ADDR_WIDTH": str((words - 1).bit_length()),
    }


def _memory(design: Design, cell: Cell) -> dict[str, str]:
    if cell.value("use_bram_block") != "BRAM_Controller":
        return {}
    result: dict[str, str] = {}
    for port in "AB":
        bus = design.buses.get(f"{cell.path}/BRAM_PORT{port}")
        peer = design.peer(bus) if bus else None
        other = peer.cell if peer else None
        if other is None or other.ip is None or other.ip.name not in CONTROLLERS:
            continue
        width, size = _width(other), _bytes(design, other)
        for kind in ("Write", "Read"):
            result[f"{kind}_Width_{port}"] = result[f"C_{kind.upper()}_WIDTH_{port}"] = str(width)
            if size:
                words = str(size * 8 // width)
                result[f"C_{kind.upper()}_DEPTH_{port}"] = words
                if kind == "Write" and port == "A":
                    result["Write_Depth_A"] = words
        result[f"C_WE{port}_WIDTH"] = str(width // 8)
    return result
