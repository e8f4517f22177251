"""A hand-off (``.xsa``): a zip with the design's ``.hwh`` and the set-up of a processing system."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc import hwh as hand_off
from hls4ml_soc.hwh import Hwh
from hls4ml_soc.virtual.vitis.errors import Refused

#: IP -> processors of it as Vitis names them, the boot domains that a platform gets, set-up file.
_PROCESSORS = {
    "processing_system7": (
        ("ps7_cortexa9_0", "ps7_cortexa9_1"), ("zynq_fsbl",), "ps7_init.tcl",
    ),
    "zynq_ultra_ps_e": (
        (*(f"psu_cortexa53_{i}" for i in range(4)), "psu_cortexr5_0", "psu_cortexr5_1"),
        ("zynqmp_fsbl", "zynqmp_pmufw"), "psu_init.tcl",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Hardware:
    """What Vitis takes from a hand-off. A soft processor is called as its cell is."""

    path: Path
    design: Hwh
    processors: tuple[str, ...]
    boot_domains: tuple[str, ...]
    timers: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Hardware:
        """Read a file. Raises Refused for what is no hand-off, or has no processor."""
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                designs = [name for name in names if name.endswith(".hwh")]
                if len(designs) != 1:
                    raise Refused(f"{path}: a hand-off has one .hwh, this has {len(designs)}")
                design = hand_off.parse(archive.read(designs[0]).decode(), str(path))
        except (OSError, zipfile.BadZipFile) as error:
            raise Refused(f"{path}: not a hardware hand-off: {error}") from error
        for kind, (processors, boot, init) in _PROCESSORS.items():
            if design.of_kind(kind):
                if init not in names:
                    raise Refused(f"{path}: {init} is missing; Vivado writes it into a hand-off")
                return cls(path, design, processors, boot, ())
        soft = tuple(module.name for module in design.of_kind("microblaze_riscv"))
        if not soft:
            raise Refused(f"{path}: the design has no processor")
        timers = tuple(module.name for module in design.of_kind("axi_timer"))
        return cls(path, design, soft, (), timers)
