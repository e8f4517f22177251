"""Memory information (``.mmi``, UG1580): which processor has which local memory at which addresses.

Vivado adds the places of the block RAMs; a design that was never placed has none, and the file says
so.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.project import Part

_PROCESSORS = ("microblaze", "microblaze_riscv")


def processors(design: Design) -> list[str]:
    """List the soft processors by their place in the netlist."""
    cells = [c for c in design.cells.values() if c.ip and c.ip.name in _PROCESSORS]
    return [f"{design.name}_i{c.path}" for c in cells]


def write(design: Design, part: Part, only: str = "") -> bytes:
    """Return the file's bytes; ``only`` chooses one processor."""
    root = ET.Element("MemInfo", Version="1", Minor="0")
    root.append(ET.Comment(" hls4ml_soc's stand-in: no block RAM was placed, hence no BitLane "))
    for cell in design.cells.values():
        if cell.ip is None or cell.ip.name not in _PROCESSORS:
            continue
        path = f"{design.name}_i{cell.path}"
        if only not in ("", path):
            continue
        processor = ET.SubElement(root, "Processor", Endianness="Little", InstPath=path)
        for segment in design.segments.values():
            slave = segment.slave.cell
            if (
                segment.master is not cell
                or segment.space != "Data"
                or slave is None
                or slave.ip is None
            ):
                continue
            if slave.ip.name == "lmb_bram_if_cntlr" and not segment.excluded:
                name = f"{design.name}_i_{cell.instance}.{design.name}_i_{slave.instance}"
                end = segment.offset + segment.range - 1
                ET.SubElement(
                    processor, "AddressSpace", Name=name, Begin=str(segment.offset), End=str(end)
                )
    config = ET.SubElement(root, "Config")
    ET.SubElement(config, "Option", Name="Part", Val=part.name)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root) + b"\n"
