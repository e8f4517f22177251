"""PYNQ driver of an accelerator made by hls4ml_soc.

    from hls4ml_overlay import AcceleratorOverlay

    accelerator = AcceleratorOverlay("digits.bit")
    y = accelerator.predict(x)              # x: (samples, ...) of floats, any number of samples

Beside the ``.bit`` must lie the ``.hwh`` and ``accelerator.json``, which says how samples lie in
memory. Nothing in this package is generated, and it needs numpy and pynq only: PYNQ 2.7 to 3.1 on
Zynq-7000, to 4.0 on Zynq UltraScale+, Python 3.8 and newer."""

from . import measure, network, plots
from .dma import AcceleratorError
from .overlay import AcceleratorDma, AcceleratorOverlay

__all__ = [
    "AcceleratorDma",
    "AcceleratorError",
    "AcceleratorOverlay",
    "measure",
    "network",
    "plots",
]
