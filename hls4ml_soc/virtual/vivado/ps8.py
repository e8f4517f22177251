"""What of the Zynq UltraScale+ processing system needs more than its catalogue entry (PG201,
UG1085)."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.cell import Cell

# Address blocks that slave ports offer in hand-off files and scripts; the catalogue holds every
# block that a device has.
_BLOCKS = {
    "DDR_LOW": "",
    "DDR_HIGH": "PSU__DDR_HIGH_ADDRESS_GUI_ENABLE",
    "QSPI": "",
    "LPS_OCM": "",
}


def block_exists(cell: Cell, block: str) -> bool:
    """Say whether an address block is offered to masters; ``block`` is for example
    ``HP0_DDR_LOW``."""
    condition = _BLOCKS.get(block.partition("_")[2])
    if condition:
        return cell.value(condition) == "1"
    return condition is not None
