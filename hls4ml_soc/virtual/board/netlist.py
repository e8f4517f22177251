"""What the nets of a design mean to a pin: a constant, a clock, a reset, a start."""

from __future__ import annotations

from enum import Enum

from hls4ml_soc.hwh import EXTERNAL, End, Hwh, Module, Register
from hls4ml_soc.virtual.board.errors import BusFault, FabricError
from hls4ml_soc.virtual.board.starts import Start

PROCESSING_SYSTEMS = ("processing_system7", "zynq_ultra_ps_e")
SAMPLE_START = "sample_start"
_CONSTANTS = ("xlconstant", "ilconstant")
_ACTIVE_HIGH_RESETS = ("mb_reset", "bus_struct_reset", "peripheral_reset")
_CONTROL = ("CTRL", "AP_CTRL")
_DMA_RESETS = ("mm2s_prmry_reset_out_n", "s2mm_prmry_reset_out_n")


class ResetBy(Enum):
    """What resets a cell, once the bitstream is loaded."""

    NOTHING = "only the download of the bitstream"
    DMA = "every reset of the DMA"


def constant(hwh: Hwh, module: str, pin: str) -> int | None:
    """Return the constant on an input pin; None if something else drives it.

    An open input reads 0.
    """
    driver = hwh.driver(module, pin)
    if driver is None:
        return 0
    source = hwh.modules.get(driver.module)
    if source is None or source.kind not in _CONSTANTS:
        return None
    mask = (1 << source.number("CONST_WIDTH")) - 1
    return source.number("CONST_VAL") & mask


def pin_value(hwh: Hwh, module: str, pin: str) -> int:
    """Return the level of an input pin. Raises BusFault if it is not known."""
    value = constant(hwh, module, pin)
    if value is None:
        raise BusFault(f"{module}/{pin} is driven by {hwh.driver(module, pin)}, which has no model")
    return value


def clock_fault(hwh: Hwh, module: str, pin: str) -> str:
    """Say why a clock pin does not toggle; empty if it does."""
    if hwh.driver(module, pin) is None:
        return f"has no clock: {pin} is not connected"
    return f"has no clock: {pin} is tied to a constant" if _is_constant(hwh, module, pin) else ""


def reset_fault(hwh: Hwh, module: str, pin: str) -> str:
    """Say why an active-low reset pin stays low for ever; empty if it does not."""
    driver = hwh.driver(module, pin)
    if driver is None:
        return f"is held in reset: {pin} is not connected"
    if constant(hwh, module, pin) == 0:
        return f"is held in reset: {pin} is tied low"
    if _kind(hwh, driver) == "proc_sys_reset" and driver.name in _ACTIVE_HIGH_RESETS:
        return f"is held in reset: {pin} is active low, {driver} active high"
    return ""


def reset_by(hwh: Hwh, module: str, pin: str) -> tuple[ResetBy, str]:
    """Return what resets a cell, and the name of the DMA where it is one.

    Raises FabricError for a driver that has no model.
    """
    driver = hwh.driver(module, pin)
    if driver is None or _is_constant(hwh, module, pin):
        return ResetBy.NOTHING, ""
    kind = _kind(hwh, driver)
    if kind == "axi_dma" and driver.name in _DMA_RESETS:
        return ResetBy.DMA, driver.module
    if kind == "proc_sys_reset" or kind in PROCESSING_SYSTEMS or driver.module == EXTERNAL:
        return ResetBy.NOTHING, ""
    raise FabricError(
        f"{module}/{pin} is driven by {driver} ({kind}), which is no reset known here"
    )


def control_register(module: Module) -> Register | None:
    """Return the register that starts an HLS core (UG1399); None if there is none."""
    named = (r for r in module.registers if r.name in _CONTROL and r.offset == 0)
    return next(named, None)


def start(hwh: Hwh, core: str) -> tuple[Start, str]:
    """Return how a core is started, and the name of the sample_start cell where it is one.

    Raises FabricError for a driver of ``ap_start`` that has no model.
    """
    module = hwh.module(core)
    if "ap_start" not in module.ports:
        return (Start.REGISTERS if control_register(module) else Start.FREE), ""
    value = constant(hwh, core, "ap_start")
    if value is not None:
        return (Start.FREE if value & 1 else Start.NEVER), ""
    driver = hwh.driver(core, "ap_start")
    if driver is None or _kind(hwh, driver) != SAMPLE_START:
        raise FabricError(f"{core}/ap_start is driven by {driver}, which has no model")
    answer = hwh.driver(driver.module, "ap_ready")
    if answer != End(core, "ap_ready"):
        # The module lowers ap_start only when it is answered.
        return Start.FREE, ""
    return Start.COUNTED, driver.module


def _is_constant(hwh: Hwh, module: str, pin: str) -> bool:
    driver = hwh.driver(module, pin)
    return driver is not None and _kind(hwh, driver) in _CONSTANTS


def _kind(hwh: Hwh, end: End) -> str:
    module = hwh.modules.get(end.module)
    return module.kind if module else end.module
