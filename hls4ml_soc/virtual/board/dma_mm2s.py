"""The channel of an AXI DMA that reads memory."""

from __future__ import annotations

import numpy as np

from hls4ml_soc.virtual.board.dma_channel import Channel, ChannelParameters
from hls4ml_soc.virtual.board.dma_memory import MemoryPort
from hls4ml_soc.virtual.board.streams import NONE, Beats, all_bytes

# Null bytes of a last beat: a receiver that looks at them must not get away with it.
_GARBAGE = b"\xee"


class Mm2s(Channel):
    """Memory to stream: a source of beats."""

    def __init__(self, name: str, parameters: ChannelParameters, port: MemoryPort) -> None:
        self._port = port
        super().__init__(name, parameters)

    def begin(self) -> None:
        """Check the whole transfer first; a DMA on silicon finds out on the way."""
        self._sent = 0
        self._from, self._total = self.address, self.length
        error = self._port.check(self._from, self._total)
        if error:
            self.fail(*error)

    def peek(self, limit: int) -> Beats:
        """Show the next beats of the transfer; the last one carries TLAST and the TKEEP of the
        rest.
        """
        width = self.parameters.stream_bytes
        size = min(limit * width, self._total - self._sent) if self.busy else 0
        if not size:
            return NONE
        count = -(-size // width)
        keep = np.full(count, all_bytes(width), np.uint64)
        last = np.zeros(count, np.bool_)
        data: bytes | memoryview = self._port.memory(self._from).load(self._from + self._sent, size)
        if self._sent + size == self._total:
            last[-1] = True
            missing = count * width - size
            if missing:
                keep[-1] = all_bytes(width - missing)
                data = bytes(data) + _GARBAGE * missing
        return Beats(data, keep, last)

    def take(self, count: int) -> None:
        """Count beats as sent; the last one ends the transfer."""
        size = min(count * self.parameters.stream_bytes, self._total - self._sent)
        self._sent += size
        self.bytes_moved += size
        if self.busy and self._sent == self._total:
            self.finish()

    def standstill(self) -> str:
        """Say how far the transfer is, or why it failed."""
        if not self.busy:
            return self.trouble
        return f"{self.name} has sent {self._sent} of {self._total} bytes, and nobody takes more"
