"""From a bitstream file to a running fabric."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.hwh import Hwh
from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board import Dram, Fabric, FabricError
from hls4ml_soc.virtual.board.bitstream import core_factories, read_design


class DownloadError(FabricError, RuntimeError):
    """A bitstream that this board does not take."""


@dataclass(frozen=True)
class BoardOptions:
    """What the board is, and the faults to inject.

    ``cores`` maps VLNVs to compiled cores: with them, a real ``.bit`` stands for the ``.hwh``
    beside it.
    """

    name: str = "Pynq-Z2"
    part: str = "xc7z020clg400-1"
    arch: str = "armv7l"
    dram_bytes: int = 512 << 20
    cma_base: int = 0x1680_0000  # where the kernel of the PYNQ images puts the region in 512 MB
    cma_bytes: int = 128 << 20
    stalling: bool = False
    cores: Mapping[str, Path] = field(default_factory=dict)


def load(path: Path, options: BoardOptions, dram: Dram) -> Fabric:
    """Program the fabric with a bitstream file.

    Raises BitFileError for a file that is none, DownloadError or FabricError for one that cannot
    work here.
    """
    bit = bitfile.read(path)
    if device_of(bit.part) != device_of(options.part):
        raise DownloadError(f"{path}: bitstream is for {bit.part}, this board has {options.part}")
    if not bit.virtual and not options.cores:
        raise DownloadError(
            f"{path}: a virtual board cannot execute a bitstream of a real device. Use one that "
            "the stand-in tools wrote, or give the compiled core of each IP "
            "(--cores VLNV=core.so) to run the .hwh beside it"
        )
    try:
        design = read_design(path)
        _check_memory_port(design)
        with core_factories(path, options.cores) as cores:
            return Fabric(design, cores, dram, stalling=options.stalling, interrupts=True)
    except FabricError as error:
        raise DownloadError(str(error)) from error


def device_of(part: str) -> str:
    """Return device and package of a part, without prefix, speed and temperature: what the
    silicon can tell.

    Vivado writes ``7z020clg400`` into a .bit, ``xc7z020clg400-1`` elsewhere.
    """
    fields = re.sub(r"^xc", "", part.strip().lower()).split("-")
    return fields[0] if fields[0].startswith("7") else "-".join(fields[:2])


def _check_memory_port(design: Hwh) -> None:
    # The boot loader of the image sets the width of the HP ports; on Zynq-7000 PYNQ leaves it.
    for system in design.of_kind("processing_system7"):
        for port in ("S_AXI_HP0", "S_AXI_HP1", "S_AXI_HP2", "S_AXI_HP3"):
            width = f"PCW_{port}_DATA_WIDTH"
            if port in system.interfaces and system.number(width) != 64:
                raise DownloadError(
                    f"{system.name}/{port} is {system.number(width)} bits wide in this design; "
                    "the PYNQ image has set it to 64: data would be lost"
                )
