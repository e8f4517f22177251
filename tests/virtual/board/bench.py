"""A fabric on a small DRAM, and the register accesses that a driver makes."""

from __future__ import annotations

from functools import partial

import numpy as np

from hls4ml_soc.hwh import parse
from hls4ml_soc.virtual.board import Dram, Fabric

DMA = 0x4040_0000
MM2S, S2MM = 0x00, 0x30
CR, SR, ADDRESS, ADDRESS_MSB, LENGTH = 0x00, 0x04, 0x18, 0x1C, 0x28


class Bench:
    """The fabric of a design; ``cores`` are made with their options and kept in ``made``."""

    def __init__(
        self,
        design,
        core=None,
        *,
        dram=1 << 20,
        stalling=False,
        interrupts=False,
        vlnv=None,
        **options,
    ):
        self.dram = Dram(dram)
        self.made = []
        factories = {}
        if core is not None:
            vlnv = vlnv or "xilinx.com:hls:digits_soc:1.0"
            factories[vlnv] = partial(self._make, core, options)
        settings = {"stalling": stalling, "interrupts": interrupts}
        self.fabric = Fabric(parse(design.text()), factories, self.dram, **settings)

    def _make(self, core, options, **wiring):
        self.made.append(core(**options, **wiring))
        return self.made[-1]

    def read(self, channel, register):
        return self.fabric.read(DMA + channel + register)

    def write(self, channel, register, value):
        self.fabric.write(DMA + channel + register, value)

    def run(self):
        """Start both channels."""
        for channel in (MM2S, S2MM):
            self.write(channel, CR, 1)

    def transfer(self, channel, address, length):
        """Set up a transfer on a running channel."""
        self.write(channel, ADDRESS, address)
        self.write(channel, LENGTH, length)

    def status(self, channel):
        return self.read(channel, SR)

    def words(self, address, count):
        return np.frombuffer(self.dram.view(address, 8 * count), np.uint64).tolist()

    def put(self, address, words):
        data = np.array(words, np.uint64).tobytes()
        self.dram.view(address, len(data))[:] = data
