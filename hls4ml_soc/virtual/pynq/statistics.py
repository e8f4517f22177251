"""What happened on the board, for ``--trace``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from hls4ml_soc.virtual.board import Fabric


@dataclass
class Statistics:
    """Counts of register accesses (32-bit words), downloads, DMA transfers started and bytes
    moved.
    """

    reads: int = 0
    writes: int = 0
    downloads: int = 0
    transfers: dict[str, dict[str, int]] = field(default_factory=dict)
    standstill: str = ""

    def collect(self, fabric: Fabric) -> None:
        """Add what a fabric has moved, and note what still waits in it."""
        self.standstill = fabric.standstill()
        for dma in fabric.dmas.values():
            for channel in dma.channels:
                entry = self.transfers.setdefault(channel.name, {"started": 0, "bytes": 0})
                entry["started"] += channel.transfers
                entry["bytes"] += channel.bytes_moved

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return asdict(self)
