"""IPs of AMD that a stream passes (PG085, PG080): which of them are modelled, and how far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hls4ml_soc.hwh import HwhError, Module
from hls4ml_soc.virtual.board.streams import Fifo
from hls4ml_soc.virtual.board.width_converter import WidthConverter

StageModel = Fifo | WidthConverter


@dataclass(frozen=True)
class Kind:
    """A kind of IP: its clock and reset pins, and what makes its model from the cell, the widths
    of its ends in bytes and why it is held in reset.
    """

    clock: str
    reset: str
    make: Callable[[Module, int, int, str], StageModel]


def _fifo(module: Module, in_bytes: int, out_bytes: int, held: str) -> StageModel:
    return Fifo(module.name, module.number("FIFO_DEPTH"), held)


def _slice(module: Module, in_bytes: int, out_bytes: int, held: str) -> StageModel:
    return Fifo(module.name, 2, held)


def _wire(module: Module, in_bytes: int, out_bytes: int, held: str) -> StageModel:
    return Fifo(module.name, 1, held)


def _converter(module: Module, in_bytes: int, out_bytes: int, held: str) -> StageModel:
    return WidthConverter(module.name, in_bytes, out_bytes, held)


STAGES: Mapping[str, Kind] = {
    "axis_data_fifo": Kind("s_axis_aclk", "s_axis_aresetn", _fifo),
    "axis_register_slice": Kind("aclk", "aresetn", _slice),
    "axis_subset_converter": Kind("aclk", "aresetn", _wire),
    "axis_dwidth_converter": Kind("aclk", "aresetn", _converter),
}


def peculiarity(module: Module) -> str:
    """Say which setting of a cell is not modelled; empty if all are."""
    if module.kind == "axis_data_fifo" and _value(module, "FIFO_MODE") == "2":
        return "packet mode (FIFO_MODE 2) is not modelled"
    if module.kind == "axis_subset_converter":
        return _subset(module)
    return ""


def _subset(module: Module) -> str:
    width = _value(module, "S_TDATA_NUM_BYTES")
    if width != _value(module, "M_TDATA_NUM_BYTES"):
        return "inputs and outputs of different widths are not modelled"
    for signal, plain in (
        ("TDATA", rf"tdata\[{8 * int(width or 0) - 1}:0\]"),
        ("TKEEP", r"tkeep\[[\d:]*\]"),
        ("TLAST", r"tlast\[[0:]*\]"),
    ):
        remap = _value(module, f"{signal}_REMAP").replace(" ", "")
        has = signal == "TDATA" or _value(module, f"M_HAS_{signal}") == "1"
        if has and not re.fullmatch(plain, remap):
            return f"{signal}_REMAP {remap or '(none)'} is not modelled"
    return ""


def _value(module: Module, parameter: str) -> str:
    try:
        return module.parameter(parameter)
    except HwhError:
        return ""
