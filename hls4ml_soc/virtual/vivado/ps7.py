"""What the Zynq-7000 processing system computes from its parameters (PG082, UG585)."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.expression import ExpressionError, number

_PLL = {
    "IO PLL": "PCW_IO_IO_PLL_FREQMHZ",
    "ARM PLL": "PCW_CPU_CPU_PLL_FREQMHZ",
    "DDR PLL": "PCW_DDR_DDR_PLL_FREQMHZ",
}
# UG585, "System-Level Address Map": what each general purpose port reaches.
WINDOWS = {"M_AXI_GP0": (0x40000000, 0x7FFFFFFF), "M_AXI_GP1": (0x80000000, 0xBFFFFFFF)}
# Address blocks that exist only with a parameter; single peripherals hide behind IOP as long as
# they are not expanded.
_BLOCKS = {
    "LOW_OCM": None,
    "HIGH_OCM": "PCW_USE_HIGH_OCM",
    "DDR_LOWOCM": "",
    "QSPI_LINEAR": "",
    "IOP": "",
    "M_AXI_GP0": "",
    "M_AXI_GP1": "",
}


def rules(cell: Cell) -> dict[str, str]:
    """Compute the fabric clocks from PLL and request, as the customization does whenever a
    parameter changes.

    The divisors are those of the highest frequency that is not above the request.
    """
    result = _peripherals(cell)
    for n in range(4):
        enabled = cell.value(f"PCW_EN_CLK{n}_PORT") == "1"
        result[f"PCW_FPGA_FCLK{n}_ENABLE"] = str(int(enabled))
        source = cell.value(f"PCW_FCLK{n}_PERIPHERAL_CLKSRC")
        try:
            pll = float(number(cell.value(_PLL[source])))
            wanted = float(number(cell.value(f"PCW_FPGA{n}_PERIPHERAL_FREQMHZ")))
        except (KeyError, ExpressionError):
            continue
        if not enabled or wanted <= 0:
            continue
        d0, d1 = _divisors(pll, wanted)
        actual = pll / (d0 * d1)
        result[f"PCW_FCLK{n}_PERIPHERAL_DIVISOR0"] = str(d0)
        result[f"PCW_FCLK{n}_PERIPHERAL_DIVISOR1"] = str(d1)
        result[f"PCW_ACT_FPGA{n}_PERIPHERAL_FREQMHZ"] = f"{actual:.6f}"
        result[f"PCW_CLK{n}_FREQ"] = str(round(actual * 1e6))
    return result


def _peripherals(cell: Cell) -> dict[str, str]:
    """Say which peripherals lead to the fabric: those whose pins a script puts on EMIO."""
    result = {}
    for name, stem in _EMIO.items():
        pins = f"PCW_{stem}_{stem}_IO"
        if pins in cell.user:
            used = cell.value(f"PCW_{stem}_PERIPHERAL_ENABLE") == "1"
            result[name] = str(int(used and cell.user[pins].upper() == "EMIO"))
    if "PCW_GPIO_EMIO_GPIO_ENABLE" in cell.user:
        result["PCW_EN_EMIO_GPIO"] = cell.user["PCW_GPIO_EMIO_GPIO_ENABLE"]
        width = cell.user.get("PCW_GPIO_EMIO_GPIO_IO", "64")
        if width.isdigit():
            result["PCW_GPIO_EMIO_GPIO_WIDTH"] = width
    return result


# Parameters that open a peripheral's interface to the fabric, and the peripheral that it is of.
_EMIO = {
    **{
        f"PCW_EN_EMIO_{kind}{n}": f"{stem}{n}"
        for kind, stem in (
            ("SPI", "SPI"),
            ("I2C", "I2C"),
            ("CAN", "CAN"),
            ("UART", "UART"),
            ("TTC", "TTC"),
            ("ENET", "ENET"),
            ("SDIO", "SD"),
        )
        for n in (0, 1)
    },
    **{f"PCW_EN_EMIO_{n}": n for n in ("WDT", "PJTAG", "TRACE")},
}


def _divisors(pll: float, wanted: float) -> tuple[int, int]:
    """Choose two divisors of 1 to 63; of several pairs with the same product the most even one,
    larger first."""
    # A request of 33.333333 means a third of 100.
    need = pll / wanted * (1 - 1e-6)
    pairs = [(a, b) for b in range(1, 64) for a in range(b, 64) if a * b >= need]
    return min(pairs, key=lambda p: (p[0] * p[1], p[0] - p[1])) if pairs else (63, 63)


def clock_hz(cell: Cell, pin: str) -> int | None:
    """Return the frequency of FCLK_CLKn."""
    value = cell.value(f"PCW_CLK{pin[-1]}_FREQ")
    return int(number(value)) if value else None


def block_exists(cell: Cell, block: str) -> bool:
    """Say whether an address block is offered to masters; ``block`` is for example
    ``HP0_DDR_LOWOCM``."""
    condition = _BLOCKS.get(block.partition("_")[2])
    if condition:
        return cell.value(condition) == "1"
    return condition is not None
