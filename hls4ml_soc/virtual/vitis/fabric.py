"""A configured fabric, as a debugger sees it: what a bitstream's design answers at an address."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path

from hls4ml_soc import hwh as hand_off
from hls4ml_soc.hwh import Hwh
from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board.axi_gpio import AxiGpio
from hls4ml_soc.virtual.board.netlist import pin_value
from hls4ml_soc.virtual.board.system import control_ranges, processor
from hls4ml_soc.virtual.vitis.errors import Refused


class Fabric:
    """The design of a bitstream. ``hwh`` is None where the file does not tell."""

    def __init__(self, design: Hwh | None) -> None:
        """Take a design."""
        self.hwh = design
        self._ranges = control_ranges(processor(design)) if design else []

    def holds(self, address: int) -> bool:
        """Tell whether the processor reaches something here."""
        return any(address in each for each in self._ranges)

    def is_memory(self, address: int) -> bool:
        """Tell whether that is a memory."""
        return any(
            address in each and self._kind(each.instance) in ("lmb_bram_if_cntlr", "axi_bram_ctrl")
            for each in self._ranges
        )

    def read(self, address: int) -> int:
        """Return a register: those of a GPIO are modelled, the others read 0."""
        for each in self._ranges:
            if address in each and self.hwh and self._kind(each.instance) == "axi_gpio":
                pins = partial(pin_value, self.hwh, each.instance)
                return AxiGpio(self.hwh.module(each.instance), pins).read(address - each.base)
        return 0

    @property
    def has_soft_processor(self) -> bool:
        """Tell whether a debugger finds a MicroBlaze V."""
        kinds = {module.kind for module in self.hwh.modules.values()} if self.hwh else set()
        return {"microblaze_riscv", "mdm_riscv"} <= kinds

    def _kind(self, instance: str) -> str:
        return self.hwh.module(instance).kind if self.hwh else ""


def load(path: Path) -> tuple[str, Fabric]:
    """Return part and fabric of a bitstream. Raises Refused for what is none.

    Its data, where a real file has frames, is a zip with ``design.hwh``; without that nothing is
    known of the design."""
    try:
        read = bitfile.read(path)
    except bitfile.BitFileError as error:
        raise Refused(str(error)) from error
    contents = read.contents or _contents(path)
    design = contents.get("design.hwh")
    return read.part, Fabric(hand_off.parse(design.decode()) if design else None)


def _contents(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return {}
