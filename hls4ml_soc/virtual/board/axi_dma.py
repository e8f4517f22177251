"""AXI DMA 7.1 in direct register ("simple") mode, PG021."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hls4ml_soc.hwh import Module
from hls4ml_soc.virtual.board.dma_channel import CONTROL, RESET, STATUS, Channel, ChannelParameters
from hls4ml_soc.virtual.board.dma_memory import MemoryPort
from hls4ml_soc.virtual.board.dma_mm2s import Mm2s
from hls4ml_soc.virtual.board.dma_s2mm import S2mm
from hls4ml_soc.virtual.board.memory import Memory


class AxiDma:
    """The register file of an axi_dma cell and its two channels, of which one may be absent.

    ``memories`` are those that it may reach, by cell. ``no_model`` tells which modes have none.
    """

    def __init__(self, module: Module, memories: Mapping[str, Memory]) -> None:
        self.name = module.name
        self.mm2s: Mm2s | None = None
        self.s2mm: S2mm | None = None
        if module.number("c_include_mm2s"):
            self.mm2s = Mm2s(f"{self.name} MM2S", *_channel(module, "mm2s", memories))
        if module.number("c_include_s2mm"):
            self.s2mm = S2mm(f"{self.name} S2MM", *_channel(module, "s2mm", memories))
        self.on_reset: Callable[[], None] = lambda: None
        self.on_progress: Callable[[], None] = lambda: None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return the channels there are."""
        return tuple(c for c in (self.mm2s, self.s2mm) if c is not None)

    @property
    def busy(self) -> bool:
        """Tell whether a transfer is in flight."""
        return any(channel.busy for channel in self.channels)

    def read(self, offset: int) -> int:
        """Return a register; an absent one reads 0. The core decodes ten address bits."""
        channel, register = self._decode(offset)
        if channel is None:
            return 0
        if register == STATUS:
            self.on_progress()
            self._spread_failure()
        return channel.read(register)

    def write(self, offset: int, value: int) -> None:
        """Set a register, and let the transfers go on."""
        channel, register = self._decode(offset)
        if channel is None:
            return
        if register == CONTROL and value & RESET:
            self.reset()
            return
        channel.write(register, value)
        self.on_progress()
        self._spread_failure()

    def reset(self) -> None:
        """Reset both channels, whichever was asked, and pulse the reset outputs."""
        for channel in self.channels:
            channel.reset()
        self.on_reset()

    def _decode(self, offset: int) -> tuple[Channel | None, int]:
        offset &= 0x3FF
        if offset < 0x30:
            return self.mm2s, offset
        return self.s2mm, offset - 0x30

    def _spread_failure(self) -> None:
        # An error bit of either channel keeps RS of both low while it stands: until a reset.
        if any(channel.failed for channel in self.channels):
            for channel in self.channels:
                channel.halt()


def no_model(module: Module) -> str:
    """Say why an axi_dma cell has no model; empty if it has one."""
    for parameter, mode in (
        ("c_include_sg", "scatter-gather mode"),
        ("c_micro_dma", "micro mode"),
        ("c_enable_multi_channel", "multichannel mode"),
    ):
        if module.number(parameter):
            return f"{mode} is not modelled (set {parameter} to 0)"
    return ""


def _channel(
    module: Module, name: str, memories: Mapping[str, Memory]
) -> tuple[ChannelParameters, MemoryPort]:
    # With c_single_interface the two masters are one, called M_AXI.
    masters = (f"M_AXI_{name.upper()}", "M_AXI")
    ranges = [r for r in module.memory_map if r.master in masters]
    return ChannelParameters.read(module, name), MemoryPort(ranges, memories)
