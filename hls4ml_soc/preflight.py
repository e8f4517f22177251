"""What can be known to fail before a tool is started: the contract against its board."""

from __future__ import annotations

from collections.abc import Iterator

from .board import check
from .contract import Contract

#: The DMA's length register has 26 bits (steps/dma.tcl).
DMA_BYTES = (1 << 26) - 1
#: A receiver samples the middle of ten bits: beyond this share the last one is lost (PG142).
BAUD_ERROR = 0.03
#: The lowest output of a 7 series MMCM in MHz (DS181, F_OUT_MIN).
MMCM_MHZ = 4.69
#: Bytes of data in a block RAM of 18 kbit.
BRAM_BYTES = 2048


def problems(contract: Contract) -> list[str]:
    """Return everything that keeps a contract from being built on its board."""
    found = [f"{contract.board.name}: {each}" for each in check.problems(contract.board)]
    found += contract.check()
    found += _transfers(contract)
    if contract.board.processing_system.family == "microblaze":
        found += _soft(contract)
    return found


def _transfers(contract: Contract) -> Iterator[str]:
    for direction, stream in (("in", contract.inputs), ("out", contract.outputs)):
        if stream.bytes > DMA_BYTES:
            yield (
                f"one sample of {stream.bytes} bytes {direction} does not fit the DMA's 26-bit "
                "length register"
            )
    # Input and output lie in memory at the same time.
    needed = contract.inputs.bytes + contract.outputs.bytes
    largest = max((each.size for each in contract.board.memory.ranges), default=0)
    if needed > largest:
        yield (
            f"one sample takes {contract.inputs.bytes} bytes in and {contract.outputs.bytes} bytes "
            f"out; the memory of {contract.board.name} has {largest}"
        )


def _soft(contract: Contract) -> Iterator[str]:
    """Check a processor in the fabric: its clock, its UART, its block RAM."""
    board, mhz = contract.board, contract.clock_mhz
    if mhz < MMCM_MHZ:
        yield f"{mhz:g} MHz is below what the clock generator makes ({MMCM_MHZ:g} MHz, DS181)"
    if board.console and board.console.baud > 0:
        baud = board.console.baud
        divisor = max(1, round(mhz * 1e6 / (16 * baud)))
        error = mhz * 1e6 / (16 * divisor) / baud - 1
        if abs(error) > BAUD_ERROR:
            yield (
                f"console: {baud} baud at {mhz:g} MHz is off by {error:+.1%}, more than "
                f"{BAUD_ERROR:.0%}: choose a lower rate"
            )
    memory = board.processing_system.local_memory_kib * 1024 + sum(
        each.size for each in board.memory.ranges
    )
    blocks = -(-memory // BRAM_BYTES)
    if blocks > board.resources.bram_18k:
        yield (
            f"local memory and buffer take {blocks} block RAMs of 18 kbit; the part has "
            f"{board.resources.bram_18k}"
        )
