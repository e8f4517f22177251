"""Boards whose processor runs the real program: Zynq-7000, ZynqMP, and MicroBlaze V in the fabric.

The core runs under unicorn; memory, caches, registers and the serial line are models.
"""

from hls4ml_soc.virtual.cpu.board import BoardOptions, CpuBoard, Figures
from hls4ml_soc.virtual.cpu.console import Console, Pty, Tcp, open_console
from hls4ml_soc.virtual.cpu.errors import GuestFault, LoadError
from hls4ml_soc.virtual.cpu.loader import Loader

__all__ = [
    "BoardOptions",
    "Console",
    "CpuBoard",
    "Figures",
    "GuestFault",
    "LoadError",
    "Loader",
    "Pty",
    "Tcp",
    "open_console",
]
