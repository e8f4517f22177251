"""Start-up of a board in the order of a debugger (UG1400; xsdb scripts of Vitis)."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.cpu.board import CpuBoard


class Loader:
    """Brings hardware and program into a board, as xsdb does.

    Zynq-7000: fpga, ps7_init, ps7_post_config, dow. ZynqMP: fpga, psu_init, psu_post_config,
    psu_ps_pl_reset_config, psu_ps_pl_isolation_removal, dow. MicroBlaze: fpga, dow, or the program
    in the bitstream.
    """

    def __init__(self, board: CpuBoard) -> None:
        self.board = board

    def load(self, bit: Path, elf: Path) -> None:
        """Do all steps but the start. Raises LoadError, FabricError or BitFileError."""
        self.board.program(bit)
        for step in self.board.platform.steps:
            self.board.step(step)
        self.board.download(elf)
