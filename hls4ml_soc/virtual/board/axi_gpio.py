"""AXI GPIO 2.0 (PG144)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hls4ml_soc.hwh import Module

_CHANNELS = (  # parameter suffix, pin, offset of DATA
    ("", "gpio_io_i", 0x0),
    ("_2", "gpio2_io_i", 0x8),
)


@dataclass
class _Channel:
    mask: int
    pins: Callable[[], int]
    data: int
    tri: int  # 1 is input
    tri_fixed: bool

    def read(self, offset: int) -> int:
        if offset:
            return self.tri
        levels = self.pins() if self.tri else 0  # an all-outputs channel has no input pins
        return ((levels & self.tri) | (self.data & ~self.tri)) & self.mask

    def write(self, offset: int, value: int) -> None:
        if not offset:
            self.data = value & self.mask
        elif not self.tri_fixed:
            self.tri = value & self.mask


class AxiGpio:
    """The registers of an AXI GPIO; ``pins(name)`` returns what the fabric drives onto an input
    pin.
    """

    def __init__(self, module: Module, pins: Callable[[str], int]) -> None:
        self._channels: dict[int, _Channel] = {}
        for suffix, pin, offset in _CHANNELS[: 1 + module.number("C_IS_DUAL")]:
            mask = (1 << module.number("C_GPIO2_WIDTH" if suffix else "C_GPIO_WIDTH")) - 1
            inputs = module.number("C_ALL_INPUTS" + suffix)
            outputs = module.number("C_ALL_OUTPUTS" + suffix)
            tri = mask if inputs else 0 if outputs else module.number("C_TRI_DEFAULT" + suffix)
            self._channels[offset] = _Channel(
                mask=mask,
                pins=partial(pins, pin),
                data=module.number("C_DOUT_DEFAULT" + suffix) & mask,
                tri=tri & mask,
                tri_fixed=bool(inputs or outputs),
            )

    def read(self, offset: int) -> int:
        """Return a register; an absent one reads 0. The core decodes nine address bits."""
        channel = self._channels.get(offset & 0x1F8)
        return channel.read(offset & 4) if channel else 0

    def write(self, offset: int, value: int) -> None:
        """Set a register; an absent one ignores it."""
        channel = self._channels.get(offset & 0x1F8)
        if channel:
            channel.write(offset & 4, value)
