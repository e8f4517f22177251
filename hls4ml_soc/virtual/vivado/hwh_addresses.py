"""Address blocks, registers and memory maps of a hand-off file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Segment
from hls4ml_soc.virtual.vivado.ip import Register
from hls4ml_soc.virtual.vivado.propagate import AXIMM, SWITCHES

# Vendor IPs whose base addresses are named after their interface although they have one only.
_NAMED_BASES = ("axi_bram_ctrl",)
# Masters of a soft processor that fetch instructions, or move data, only.
_INSTRUCTIONS = ("ILMB", "M_AXI_IP", "M_AXI_IC")
_DATA = ("DLMB", "M_AXI_DP", "M_AXI_DC")
_PROCESSORS = ("microblaze", "microblaze_riscv")


def hexadecimal(value: int) -> str:
    """Write an address with at least 8 digits."""
    return f"0x{value:08X}"


def own_segments(design: Design, cell: Cell) -> Iterable[tuple[Bus, Segment]]:
    """Yield where the cell's slaves are mapped, once per interface and block."""
    seen = set()
    for segment in design.segments.values():
        if segment.slave.cell is cell and not segment.excluded and segment.slave_path not in seen:
            seen.add(segment.slave_path)
            yield segment.slave, segment


def base_names(cell: Cell, bus: Bus, segment: Segment) -> tuple[str, str]:
    """Name the parameters that hold base and end of a segment."""
    slaves = [i for i in cell.interfaces().values() if i.mode == "slave" and i.memory_map]
    assert cell.ip is not None
    user = cell.ip.folder is not None or cell.ip.name in _NAMED_BASES
    prefix = f"C_{bus.name.upper()}_" if user or len(slaves) > 1 else "C_"
    return f"{prefix}BASEADDR", f"{prefix}HIGHADDR"


def address_blocks(module: ET.Element, design: Design, cell: Cell) -> None:
    """Add ADDRESSBLOCKS with the registers of every slave interface."""
    blocks = ET.Element("ADDRESSBLOCKS")
    for bus in design.buses_of(cell):
        if bus.mode != "slave" or bus.type != AXIMM:
            continue
        for block in cell.blocks(bus.name):
            if not block.registers:
                continue
            element = ET.SubElement(
                blocks,
                "ADDRESSBLOCK",
                ACCESS=block.access,
                INTERFACE=bus.name,
                NAME=block.name,
                RANGE=block.range,
                USAGE=block.usage,
            )
            registers = ET.SubElement(element, "REGISTERS")
            for register in block.registers:
                _register(registers, register)
    if len(blocks):
        module.append(blocks)


def _properties(parent: ET.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ET.SubElement(parent, "PROPERTY", NAME=name, VALUE=value)


def _register(parent: ET.Element, register: Register) -> None:
    element = ET.SubElement(parent, "REGISTER", NAME=register.name)
    _properties(
        element,
        {
            "DESCRIPTION": register.description or register.name,
            "ADDRESS_OFFSET": register.offset,
            "SIZE": register.size,
            "ACCESS": register.access,
            "IS_ENABLED": "true",
            "RESET_VALUE": register.reset,
        },
    )
    fields = ET.SubElement(element, "FIELDS")
    for name, (offset, width, access) in register.fields.items():
        field = ET.SubElement(fields, "FIELD", NAME=name)
        _properties(
            field,
            {
                "DESCRIPTION": name,
                "ADDRESS_OFFSET": offset,
                "ACCESS": access,
                "MODIFIED_READ_VALUES": "",
                "WRITE_CONSTRAINT": "0",
                "READ_ACTION": "",
                "BIT_OFFSET": offset,
                "BIT_WIDTH": width,
            },
        )


def memory_map(module: ET.Element, design: Design, cell: Cell) -> None:
    """Add MEMORYMAP: what the cell, as a master, sees where."""
    own = [s for s in design.segments.values() if s.master is cell and not s.excluded]
    if not own or cell.ip is None or cell.ip.name in SWITCHES:
        return
    element = ET.SubElement(module, "MEMORYMAP")
    for segment in sorted(own, key=lambda s: (s.space, s.offset)):
        slave = segment.slave.cell
        assert slave is not None
        base, high = base_names(slave, segment.slave, segment)
        master = _master(design, segment)
        soft = cell.ip.name in _PROCESSORS
        ET.SubElement(
            element,
            "MEMRANGE",
            {
                "ADDRESSBLOCK": segment.block.name,
                "BASENAME": base,
                "BASEVALUE": hexadecimal(segment.offset),
                "HIGHNAME": high,
                "HIGHVALUE": hexadecimal(segment.offset + segment.range - 1),
                "INSTANCE": slave.instance,
                "IS_DATA": "FALSE" if soft and master in _INSTRUCTIONS else "TRUE",
                "IS_INSTRUCTION": "FALSE" if soft and master in _DATA else "TRUE",
                "MASTERBUSINTERFACE": master,
                "MEMTYPE": "REGISTER" if segment.block.usage == "register" else "MEMORY",
                "SLAVEBUSINTERFACE": segment.slave.name,
            },
        )
    peripherals = ET.SubElement(module, "PERIPHERALS")
    for instance in dict.fromkeys(s.slave.cell.instance for s in own if s.slave.cell):
        ET.SubElement(peripherals, "PERIPHERAL", INSTANCE=instance)


def _master(design: Design, segment: Segment) -> str:
    from hls4ml_soc.virtual.vivado.addressing import reachable, spaces

    space = spaces(design)[segment.space_path]
    return next((m.name for m, s in reachable(design, space) if s.path == segment.slave_path), "")
