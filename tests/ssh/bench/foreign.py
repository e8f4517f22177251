"""The virtual device, on which somebody else loads a bitstream just after us.

``FOREIGN`` names it."""

import os

from hls4ml_soc.virtual.pynq.__main__ import main
from hls4ml_soc.virtual.pynq.design import load
from hls4ml_soc.virtual.pynq.device import Path, VirtualDevice

ours = VirtualDevice.download


def download(self, bitstream, parser=None):
    ours(self, bitstream, parser)
    self.fabric.close()
    self.fabric = load(Path(os.environ["FOREIGN"]), self.options, self._dram)


VirtualDevice.download = download
main()
