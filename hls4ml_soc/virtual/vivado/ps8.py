"""What the Zynq UltraScale+ processing system computes from its parameters (PG201, UG1085)."""

from __future__ import annotations

import re

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.expression import ExpressionError, number

_PLL = {"IOPLL": "CRL_APB__IOPLL", "RPLL": "CRL_APB__RPLL", "DPLL": "CRF_APB__DPLL"}
# Address blocks that slave ports offer, and what must be 1 for them; "" is nothing. The catalogue
# holds every block that a device has.
_BLOCKS = {
    "DDR_LOW": "",
    "DDR_HIGH": "PSU__DDR_HIGH_ADDRESS_GUI_ENABLE",
    "PCIE_LOW": "PSU__PCIE__PERIPHERAL__ENABLE",
    "QSPI": "",
    "LPS_OCM": "",
    "CORESIGHT": "PSU__EXPAND__CORESIGHT",
    "GIC": "PSU__EXPAND__GIC",
    "FPD_SLAVES": "PSU__EXPAND__FPD_SLAVES",
    "UPPER_LPS_SLAVES": "PSU__EXPAND__UPPER_LPS_SLAVES",
}
_LOW = 2 << 30  # bytes of DDR below 4 GiB (UG1085, "System Address Map")


def rules(cell: Cell) -> dict[str, str]:
    """Compute the fabric clocks and the DDR's addresses, as the customization does whenever a
    parameter changes."""
    return _clocks(cell) | _memory(cell)


def _clocks(cell: Cell) -> dict[str, str]:
    """Take the highest frequency of the chosen PLL that is not above the request."""
    result = {}
    for n in range(4):
        control = f"PSU__CRL_APB__PL{n}_REF_CTRL"
        if cell.value(f"PSU__FPGA_PL{n}_ENABLE") != "1":
            continue
        try:
            pll = _pll(cell, cell.value(f"{control}__SRCSEL"))
            wanted = float(number(cell.value(f"{control}__FREQMHZ")))
        except (KeyError, ExpressionError):
            continue
        if wanted <= 0 or pll <= 0:
            continue
        d0, d1 = _divisors(pll, wanted)
        result[f"{control}__DIVISOR0"] = str(d0)
        result[f"{control}__DIVISOR1"] = str(d1)
        result[f"{control}__ACT_FREQMHZ"] = f"{pll / (d0 * d1):.6f}"
    return result


def _pll(cell: Cell, name: str) -> float:
    control = f"PSU__{_PLL[name]}_CTRL"
    reference = float(number(cell.value("PSU__PSS_REF_CLK__FREQMHZ")))
    halved = 2 if cell.value(f"{control}__DIV2") == "1" else 1
    # In steps of 1 kHz: a crystal of 33.333333 MHz gives exactly 1500 MHz.
    return round(reference * float(number(cell.value(f"{control}__FBDIV"))) / halved, 3)


def _divisors(pll: float, wanted: float) -> tuple[int, int]:
    """Choose two divisors of 1 to 63, the first as large as it gets."""
    need = pll / wanted * (1 - 1e-4)  # crystals are given with three digits: 33.333
    pairs = [(a, b) for b in range(1, 64) for a in range(1, 64) if a * b >= need]
    return min(pairs, key=lambda p: (p[0] * p[1], p[1])) if pairs else (63, 63)


def _memory(cell: Cell) -> dict[str, str]:
    """Split the DDR's capacity at 2 GiB; what lies above is seen from 0x8_0000_0000 on.

    How large the upper block is declared is not known: PSU_DDR_RAM_HIGHADDR_OFFSET stays.
    """
    size = _capacity(cell)
    if not size:
        return {}
    high = str(int(size > _LOW))
    return {
        "PSU_DDR_RAM_HIGHADDR": f"0x{size - 1:X}",
        "PSU_DDR_RAM_LOWADDR_OFFSET": f"0x{min(size, _LOW):08X}",
        "PSU__HIGH_ADDRESS__ENABLE": high,
        "PSU__DDR_HIGH_ADDRESS_GUI_ENABLE": high,
    }


def _capacity(cell: Cell) -> int:
    """Return the DDR's bytes: capacity of a device times the devices side by side; 0 if a
    parameter says nothing."""
    words = []
    for name in ("DEVICE_CAPACITY", "DRAM_WIDTH", "BUS_WIDTH"):
        match = re.match(r"(\d+)", cell.value(f"PSU__DDRC__{name}"))
        if match is None or int(match[1]) == 0:
            return 0
        words.append(int(match[1]))
    megabits, width, bus = words
    return megabits * bus // width << 17


def block_exists(cell: Cell, block: str) -> bool:
    """Say whether an address block is offered to masters; ``block`` is for example
    ``HP0_DDR_LOW``."""
    condition = _BLOCKS.get(block.partition("_")[2])
    if condition == "PSU__PCIE__PERIPHERAL__ENABLE":
        return cell.user.get(condition) == "1"  # the catalogue's default is one board's
    if condition:
        return cell.value(condition) == "1"
    return condition is not None
