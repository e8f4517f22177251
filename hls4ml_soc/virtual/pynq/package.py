"""The parts of the real ``pynq`` package that the device needs, imported in one place.

pynq 3.1.2 warns on import that this is no ARM processor; here that is intended.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Pynq does not support the CPU", ResourceWarning)
    from pynq import Clocks
    from pynq.buffer import PynqBuffer
    from pynq.pl_server import global_state
    from pynq.pl_server.device import Device
    from pynqmetadata.frontends import Metadata

try:
    from pynq.metadata.runtime_metadata_parser import RuntimeMetadataParser
except ImportError:  # pynq 4.0 moved it
    from pynqmetadata.views.runtime import RuntimeMetadataParser

__all__ = [
    "Clocks",
    "Device",
    "Metadata",
    "PynqBuffer",
    "RuntimeMetadataParser",
    "global_state",
]
