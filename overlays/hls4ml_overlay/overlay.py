"""The overlay: what a program on the board uses."""

import os

from pynq import Bitstream, Device, Overlay
from pynq.lib.dma import DMA

from .accelerator import Accelerator
from .bitfile import check_bitfile, check_loaded
from .layout import Layout
from .metadata import check_addresses, uncached


class AcceleratorOverlay(Accelerator, Overlay):
    """An overlay that computes a network.

    ``bitfile_name`` is a path, or the name of the ``.bit`` of an installed overlay package.
    Everything else is as in ``Accelerator``. Raises AcceleratorError if the files do not belong
    together, or if the fabric holds another design."""

    def __init__(self, bitfile_name, download=True, timeout=10.0, device=None, **options):
        if device is None:
            device = Device.active_device
        bitfile_name = find(bitfile_name, device)
        layout = _layout_beside(bitfile_name)
        check_bitfile(bitfile_name, layout.part, device)
        if not download:
            check_loaded(bitfile_name)
        with uncached():
            Overlay.__init__(self, bitfile_name, download=download, device=device, **options)
        Accelerator.__init__(self, layout, self.ip_dict, device, timeout)


class AcceleratorDma(DMA):
    """PYNQ's own DMA driver, and where the overlay is one of ours its network.

    PYNQ gives it to every AXI DMA once this module is imported, which the overlay package asks it
    to: then a plain ``Overlay("digits.bit").dma.predict(x)`` works. Elsewhere it is PYNQ's."""

    bindto = DMA.bindto

    _accelerator = None

    @property
    def accelerator(self):
        """The accelerator of the overlay that is loaded.

        Raises AcceleratorError if it is none of ours, or its files do not belong together."""
        if self._accelerator is None:
            device = self.device
            bitfile_name = str(device.bitfile_name)
            layout = _layout_beside(bitfile_name)
            check_bitfile(bitfile_name, layout.part, device)
            hwh = os.path.splitext(bitfile_name)[0] + ".hwh"
            check_addresses(hwh, device.ip_dict, layout.cells.values())
            self._accelerator = Accelerator(layout, device.ip_dict, device)
        return self._accelerator

    def predict(self, *inputs):
        """Compute the network, as ``Accelerator.predict`` does."""
        return self.accelerator.predict(*inputs)


def find(bitfile_name, device):
    """Return the path of a ``.bit``: as given, or from an installed overlay package.

    Raises OSError, as PYNQ does, if there is none."""
    if not os.path.isfile(bitfile_name):
        bitfile_name = Bitstream(bitfile_name, device=device).bitfile_name
    return os.path.abspath(bitfile_name)


def _layout_beside(bitfile_name):
    return Layout.read(os.path.join(os.path.dirname(bitfile_name), "accelerator.json"))
