"""The parts of the real ``pynq`` package that the device needs, imported in one place.

pynq 3.1.2 warns on import that this is no ARM processor; here that is intended.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Pynq does not support the CPU", ResourceWarning)
    from pynq import Clocks
    from pynq.buffer import PynqBuffer
    from pynq.interrupt import _InterruptController
    from pynq.pl_server import global_state
    from pynq.pl_server.device import Device
    from pynqmetadata import ManagerPort
    from pynqmetadata.frontends import Metadata

try:
    from pynq.metadata.runtime_metadata_parser import RuntimeMetadataParser
except ImportError:  # pynq 4.0 moved it
    from pynqmetadata.views.runtime import RuntimeMetadataParser

__all__ = [
    "Clocks",
    "Device",
    "PynqBuffer",
    "global_state",
    "read_metadata",
    "uio_devices",
]

#: Interrupt number -> what pynq takes for its UIO device. There is no public place for one.
uio_devices: dict[int, Any] = _InterruptController._uio_devices


def read_metadata(hwh: Path) -> Any:
    """Return what ``pynq`` knows of a hand-off file."""
    metadata = Metadata(input=str(hwh))
    for block in metadata.blocks.values():
        for port in block.ports.values():
            if isinstance(port, ManagerPort):
                _name_slaves(port)
    return RuntimeMetadataParser(metadata)


def _name_slaves(port: Any) -> None:
    # pynqmetadata 0.2.0 files slaves under port and address block. pynq 3.1.2 still looks for
    # memories under the port alone, and fails on every design that has one in the fabric.
    for key, mapped in port.addrmap.items():
        if key in port._addrmap_obj:
            port._addrmap_obj.setdefault(mapped["subord_port"], port._addrmap_obj[key])
