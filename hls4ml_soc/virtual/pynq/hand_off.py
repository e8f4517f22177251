"""A board for a hand-off file alone: one that Vivado wrote, without its bitstream."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from hls4ml_soc.hwh import Hwh
from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board import survey

#: Cells outside the data path that the board has a model for, or that have nothing to do in one.
_KNOWN = frozenset(
    "processing_system7 zynq_ultra_ps_e axi_dma axi_gpio axi_bram_ctrl blk_mem_gen emb_mem_gen "
    "xlconstant ilconstant xlconcat ilconcat xlslice ilslice proc_sys_reset clk_wiz util_ds_buf "
    "smartconnect axi_interconnect axi_crossbar axi_protocol_converter axi_register_slice "
    "axi_clock_converter axi_dwidth_converter axi_data_fifo ila system_ila axis_ila vio".split()
)
_ARCH = {"processing_system7": "armv7l", "zynq_ultra_ps_e": "aarch64"}


def part_of(design: Hwh) -> str:
    """Return the part as ``create_project`` takes it."""
    device = re.sub(r"^(?!xc)", "xc", design.device)
    return f"{device}{'' if device.startswith('xc7') else '-'}{design.package}{design.speed}"


def arch_of(design: Hwh) -> str | None:
    """Return the architecture of its processor, None where PYNQ does not run on it."""
    return next((_ARCH[m.kind] for m in design.modules.values() if m.kind in _ARCH), None)


def untouchable(design: Hwh) -> list[str]:
    """Name the cells outside the data path that have no model: the board runs without them."""
    used = {module.name for module in survey.data_path(design)}
    return [
        f"{module.full_name.lstrip('/')} ({module.vlnv or module.kind})"
        for module in design.modules.values()
        if module.kind not in _KNOWN and module.name not in used
    ]


def cores_wanted(design: Hwh) -> list[str]:
    """Return the VLNVs of the cells in the data path that only a compiled core can stand for."""
    cells = survey.data_path(design)
    return sorted({m.vlnv for m in cells if survey.needs_core(m)})


def write_bit(path: Path, design: Hwh, cores: Mapping[str, Path], folder: Path) -> Path:
    """Write a virtual bitstream of a hand-off file into a folder, the file beside it.

    Returns the path of the bitstream. Raises BitFileError."""
    bit = folder / f"{path.stem}.bit"
    contents = {"design.hwh": path.read_bytes()}
    contents |= {f"cores/{v.replace(':', '_')}.so": p.read_bytes() for v, p in cores.items()}
    release = design.vivado or "0"
    bitfile.write(bit, f"{design.name}_wrapper", part_of(design), release, contents)
    shutil.copyfile(path, bit.with_suffix(".hwh"))
    return bit
