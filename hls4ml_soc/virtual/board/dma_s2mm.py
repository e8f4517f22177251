"""The channel of an AXI DMA that writes memory."""

from __future__ import annotations

import numpy as np

from hls4ml_soc.virtual.board.dma_channel import INTERNAL, Channel, ChannelParameters
from hls4ml_soc.virtual.board.dma_memory import MemoryPort
from hls4ml_soc.virtual.board.streams import CHUNK, Beats, all_bytes


class S2mm(Channel):
    """Stream to memory: a sink for beats. LENGTH reads back what was received."""

    def __init__(self, name: str, parameters: ChannelParameters, port: MemoryPort) -> None:
        self._port = port
        super().__init__(name, parameters)

    def begin(self) -> None:
        """Get ready for a packet of at most LENGTH bytes."""
        self._received = 0
        self._to, self._total = self.address, self.length

    def room(self) -> int:
        """Take beats only while a transfer is set up: before that TREADY is low."""
        if not self.busy:
            return 0
        # One more than fits shows that a packet is too long.
        return min(CHUNK, -(-(self._total - self._received) // self.parameters.stream_bytes) + 1)

    def push(self, beats: Beats) -> int:
        """Write beats to memory, up to the end of the packet."""
        ends = np.flatnonzero(beats.last)
        packet = beats.part(0, int(ends[0]) + 1) if ends.size else beats
        size = self._bytes_of(packet)
        if size is None:
            self.fail(INTERNAL, "null bytes (TKEEP) before the end of the packet")
            return 0
        fits = min(size, self._total - self._received)
        error = self._port.check(self._to + self._received, fits)
        if error:
            self.fail(*error)
            return 0
        self._port.memory(self._to).store(self._to + self._received, packet.data[:fits])
        self._received += fits
        self.bytes_moved += fits
        if size > fits:
            self.fail(INTERNAL, f"the packet is longer than LENGTH ({self._total} bytes)")
        elif ends.size:
            self.length = self._received
            self.finish()
        return len(packet)

    def _bytes_of(self, packet: Beats) -> int | None:
        full = all_bytes(self.parameters.stream_bytes)
        keep = int(packet.keep[-1])
        if (packet.keep[:-1] != full).any() or keep & (keep + 1):
            return None
        if keep != full and not packet.last[-1]:
            return None
        return (len(packet) - 1) * self.parameters.stream_bytes + keep.bit_length()

    def standstill(self) -> str:
        """Say how far the transfer is, or why it failed."""
        if not self.busy:
            return self.trouble
        waits = "TLAST" if self._received == self._total else "data"
        got = f"{self.name} has received {self._received} of {self._total} bytes"
        return f"{got} and waits for {waits}"
