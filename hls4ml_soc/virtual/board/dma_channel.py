"""The registers that both channels of an AXI DMA have (PG021, direct register mode).

Where PG021 says "undefined", the RTL of axi_dma 7.1 was read for what happens; where that depends
on timing, the model fails loudly (DMAIntErr) and ``trouble`` says why.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from hls4ml_soc.hwh import Module

# DMACR
RUN, RESET, IRQ_ENABLES = 1 << 0, 1 << 2, 0x5000
_CR_WRITABLE = 0xFF00_7009  # delay, interrupt enables, keyhole, run
_CR_ALWAYS = 1 << 1  # reserved, reads 1
_CR_THRESHOLD = 0x00FF_0000
_CR_RESET = 0x0001_0002
# DMASR
HALTED, IDLE = 1 << 0, 1 << 1
INTERNAL, SLAVE, DECODE = 1 << 4, 1 << 5, 1 << 6
IOC, ERR = 1 << 12, 1 << 14

CONTROL, STATUS, ADDRESS, ADDRESS_MSB, LENGTH = 0x00, 0x04, 0x18, 0x1C, 0x28
_ERRORS = {INTERNAL: "DMAIntErr", SLAVE: "DMASlvErr", DECODE: "DMADecErr"}


@dataclass(frozen=True)
class ChannelParameters:
    """What the parameters of an axi_dma cell say about one channel; widths in bytes."""

    length_mask: int
    address_bits: int
    memory_bytes: int
    stream_bytes: int
    realigns: bool

    @classmethod
    def read(cls, module: Module, channel: str) -> ChannelParameters:
        """Read them for ``mm2s`` or ``s2mm``. Raises HwhError if one is missing."""
        stream = "c_m_axis_mm2s_tdata_width" if channel == "mm2s" else "c_s_axis_s2mm_tdata_width"
        return cls(
            length_mask=(1 << module.number("c_sg_length_width")) - 1,
            address_bits=module.number("c_addr_width"),
            memory_bytes=module.number(f"c_m_axi_{channel}_data_width") // 8,
            stream_bytes=module.number(stream) // 8,
            realigns=bool(module.number(f"c_include_{channel}_dre")),
        )


class Channel(ABC):
    """Registers and state of one channel. Subclasses move the data."""

    def __init__(self, name: str, parameters: ChannelParameters) -> None:
        self.name = name
        self.parameters = parameters
        self.bytes_moved = 0
        self.transfers = 0
        self.reset()

    def reset(self) -> None:
        """Go to the state after reset; a transfer in flight is dropped."""
        self.control = _CR_RESET
        self.status = HALTED
        self.address = 0
        self.length = 0
        self.busy = False
        self.trouble = ""

    @property
    def interrupt(self) -> bool:
        """Return the level of the channel's interrupt output."""
        return bool(self.status & self.control & IRQ_ENABLES)

    def read(self, offset: int) -> int:
        """Return a register; ``offset`` counts from the channel's DMACR."""
        low, high = self.address & 0xFFFF_FFFF, self.address >> 32
        registers = {CONTROL: self.control, STATUS: self.status, LENGTH: self.length}
        return {**registers, ADDRESS: low, ADDRESS_MSB: high}.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Set a register. Reset is the engine's business."""
        if offset == CONTROL:
            self._write_control(value)
        elif offset == STATUS:
            self.status &= ~(value & (IOC | ERR))
        elif offset == ADDRESS:
            self.address = (self.address & ~0xFFFF_FFFF) | value
        elif offset == ADDRESS_MSB and self.parameters.address_bits > 32:
            high = value & ((1 << (self.parameters.address_bits - 32)) - 1)
            self.address = (self.address & 0xFFFF_FFFF) | (high << 32)
        elif offset == LENGTH:
            self._write_length(value)

    def _write_control(self, value: int) -> None:
        threshold = value & _CR_THRESHOLD or self.control & _CR_THRESHOLD
        self.control = (value & _CR_WRITABLE) | threshold | _CR_ALWAYS
        if value & RUN:
            self.status &= ~HALTED
        else:
            self._halt_when_done()

    def _write_length(self, value: int) -> None:
        # The register holds c_sg_length_width bits; more are lost without a word. Zero starts
        # nothing.
        self.length = value & self.parameters.length_mask
        if not self.length or self.busy or not self.control & RUN:
            return
        self.busy = True
        self.transfers += 1
        self.status &= ~IDLE
        unit = self.parameters.memory_bytes
        if not self.parameters.realigns and self.address % unit:
            self.fail(INTERNAL, f"address {self.address:#x} is not a multiple of {unit} bytes")
        else:
            self.begin()

    @abstractmethod
    def begin(self) -> None:
        """Set up a transfer of ``length`` bytes at ``address``."""

    def finish(self) -> None:
        """End a transfer well."""
        self.busy = False
        self.status |= IOC | IDLE
        self._halt_when_done()

    def fail(self, error: int, reason: str) -> None:
        """Set an error bit and halt."""
        self.status |= error | ERR
        self.trouble = f"{self.name} halted with {_ERRORS[error]}: {reason}"
        self.halt()

    def halt(self) -> None:
        """Stop at once, as both channels do when one of them fails."""
        self.busy = False
        self.control &= ~RUN
        self.status = (self.status | HALTED) & ~IDLE

    @property
    def failed(self) -> bool:
        """Tell whether an error bit stands."""
        return bool(self.status & (INTERNAL | SLAVE | DECODE))

    def _halt_when_done(self) -> None:
        # RS = 0 lets the transfer in flight end first; Idle reads 0 while halted.
        if not self.control & RUN and not self.busy:
            self.status = (self.status | HALTED) & ~IDLE
