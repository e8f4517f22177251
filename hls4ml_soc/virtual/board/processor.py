"""What software finds outside the fabric: clock registers, and where the ports into the fabric
are.

Zynq-7000: UG585, appendix B.28 and the system address map. ZynqMP: UG1085 and UG1087. Values are
those that the boot loader of the PYNQ images leaves; a bitstream changes none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from hls4ml_soc.virtual.board.address_map import RegisterFile
from hls4ml_soc.virtual.board.errors import BusFault

_BLOCK = 0x1000


@dataclass(frozen=True)
class Processor:
    """A processing system: register blocks by base address, address ranges that lead into the
    fabric.
    """

    blocks: dict[int, RegisterFile]
    ports: tuple[tuple[int, int], ...]

    def block(self, address: int) -> tuple[RegisterFile, int]:
        """Return the register block at an address, and the offset in it. Raises BusFault."""
        base = address & ~(_BLOCK - 1)
        if base not in self.blocks:
            raise BusFault(f"nothing has a model at {address:#010x} in the processing system")
        return self.blocks[base], address - base

    def is_fabric(self, address: int) -> bool:
        """Tell whether an address belongs to a port into the fabric."""
        return any(low <= address <= high for low, high in self.ports)


def zynq7() -> Processor:
    """Return a Zynq-7000 with a 50 MHz crystal: ARM PLL 1300, DDR PLL 1050, IO PLL 1000, every
    FCLK 100 MHz.
    """
    arm, ddr, io = 26, 21, 20
    slcr = {0x100: arm << 12, 0x104: ddr << 12, 0x108: io << 12, 0x120: 0x1F00_0200}
    slcr.update({0x170 + 0x10 * i: (2 << 20) | (5 << 8) for i in range(4)})
    ports = ((0x4000_0000, 0x7FFF_FFFF), (0x8000_0000, 0xBFFF_FFFF))  # M_AXI_GP0, M_AXI_GP1
    return Processor({0xF800_0000: RegisterFile(slcr)}, ports)


def zynqmp() -> Processor:
    """Return a ZynqMP with a 33.333 MHz reference: every PLL at 1500 MHz, every PL clock at 100
    MHz.
    """
    pll, pl = 45 << 8, (1 << 24) | (1 << 16) | (15 << 8)
    crl = {0x20: pll, 0x30: pll, **{0xC0 + 4 * i: pl for i in range(4)}}
    crf = {0x20: pll, 0x2C: pll, 0x38: pll, 0x60: 1 << 8}
    widths = [
        0xFD61_5000,
        0xFF41_9000,
        0xFF9B_0000,
        *(0xFD36_0000 + 0x1_0000 * i for i in range(6)),
    ]
    blocks = {0xFF5E_0000: RegisterFile(crl), 0xFD1A_0000: RegisterFile(crf)}
    blocks.update({base: RegisterFile() for base in widths})
    ports = (
        (0x8000_0000, 0x9FFF_FFFF),  # M_AXI_HPM0_LPD
        (0xA000_0000, 0xBFFF_FFFF),  # M_AXI_HPM0_FPD, M_AXI_HPM1_FPD
        (0x4_0000_0000, 0x5_FFFF_FFFF),
        (0x10_0000_0000, 0x7F_FFFF_FFFF),
    )
    return Processor(blocks, ports)


PROCESSORS = {"armv7l": zynq7, "aarch64": zynqmp}
