"""What PYNQ knows of a design, and whether it still holds."""

import contextlib
import sys
from xml.etree import ElementTree

from .dma import AcceleratorError


@contextlib.contextmanager
def uncached():
    """Let PYNQ read the ``.hwh`` that lies beside the ``.bit``, always.

    From 3.0 on it keeps what it has read of the last one in its own folder. 3.0.1 takes that for
    any file of the same path (PYNQ #1409), all of them for the same .bit with another .hwh: then
    registers are accessed that do not exist, which can stop the processor."""
    module = sys.modules.get("pynq.pl_server.embedded_device")
    if not hasattr(module, "CacheMetadataError"):  # no board of this process has such a cache
        yield
        return
    handler, cached = module.BitstreamHandler, module.BitstreamHandler._get_cache

    def nothing(_):
        raise module.CacheMetadataError("not asked for: the driver reads the .hwh")

    handler._get_cache = nothing
    try:
        yield
    finally:
        handler._get_cache = cached


def check_addresses(hwh, cells, names):
    """Raise AcceleratorError unless PYNQ has the addresses of some cells from this ``.hwh``.

    A plain ``Overlay`` may have them from its cache, see ``uncached``."""
    told = {}
    for _, element in ElementTree.iterparse(hwh):
        if element.tag == "MEMRANGE":
            told[element.get("INSTANCE")] = int(element.get("BASEVALUE"), 16)
        element.clear()
    for name in names:
        if name in cells and cells[name]["phys_addr"] != told.get(name):
            raise AcceleratorError(
                f"PYNQ has '{name}' at 0x{cells[name]['phys_addr']:x}, which is not what {hwh} "
                "says: its metadata is of an earlier build; use AcceleratorOverlay"
            )
