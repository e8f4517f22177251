"""What a board file may say: in general, and for the family of its processor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import record

if TYPE_CHECKING:
    from .description import Board, DataCentre

_NAME = re.compile(r"[a-z][a-z0-9-]*")
#: What lands in Tcl and XDC.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: Widths of AXI ports (IHI 0022).
PORT_BITS = (32, 64, 128, 256, 512)
#: Memory of data-centre cards, as the linker's configuration names it (UG1393, connectivity.sp).
_BANKS = re.compile(r"(?:DDR|HBM)\[(\d{1,2})(?::(\d{1,2}))?\]")
#: Rates of the AXI UARTLite (PG142).
UARTLITE_BAUD = (
    110,
    300,
    1200,
    2400,
    4800,
    9600,
    19200,
    38400,
    57600,
    115200,
    128000,
    230400,
)
#: A link has up to 60 compute units (UG1393).
MOST_COMPUTE_UNITS = 60
TARGETS = ("pynq", "baremetal", "vitis")


@dataclass(frozen=True)
class Family:
    """What board files of a family have to say, and what does not apply to them."""

    needs: tuple[str, ...]
    lacks: tuple[str, ...]
    port_bits: tuple[int, ...]
    clocks: tuple[str, ...] = ()  # empty: a pin


_HARD = ("processing_system.preset", "processing_system.control", "memory.port")
_SOFT = ("processing_system.isa", "processing_system.local_memory_kib", "pins")
_RANGES = ("memory.ranges",)
_CARD = ("data_centre",)
FAMILIES = {
    # UG585: AXI_HP ports of 32 or 64 bits.
    "zynq7": Family(_HARD, _SOFT, (32, 64), ("FCLK_CLK0",)),
    # UG1085: 32, 64 or 128 bits.
    "zynqmp": Family(_HARD, _SOFT, (32, 64, 128), ("pl_clk0",)),
    "microblaze": Family((*_SOFT, "clock.source", "console"), _HARD, PORT_BITS),
    # UG1399: an m_axi port of a Vitis kernel may have up to 1024 bits; memory gives 512 at once.
    "data_centre": Family(
        _CARD,
        (*_HARD, *_SOFT, *_RANGES, "processing_system.family", "clock.source", "console"),
        PORT_BITS,
    ),
}


def problems(board: Board) -> list[str]:
    """Return everything that is wrong with a board."""
    found = [*_general(board), *_memory(board), *_pins(board), *_console(board), *_targets(board)]
    name = board.family
    if not name:
        found.append("'processing_system' is missing, or 'data_centre' for a card")
    elif name in FAMILIES:
        found += _family(board, name, FAMILIES[name])
    else:
        known = [each for each in FAMILIES if each != "data_centre"]
        found.append(f"unknown family '{name}'{record.suggestion(name, known)}")
    return found


def _general(board: Board) -> Iterator[str]:
    if board.version != 1:
        yield f"version {board.version} is not known; this hls4ml_soc reads version 1"
    if not _NAME.fullmatch(board.name):
        yield f"the file name '{board.name}' may hold small letters, digits and '-' only"
    if not re.fullmatch(r"[A-Za-z0-9-]+", board.part):
        yield f"'{board.part}' is not a part number"
    if not 0 < board.clock.mhz <= board.clock.max_mhz:
        yield f"clock: mhz {board.clock.mhz:g} is not in 0 to {board.clock.max_mhz:g}"


def _memory(board: Board) -> Iterator[str]:
    if not 32 <= board.memory.address_bits <= 64:
        yield f"memory: address_bits {board.memory.address_bits} is not in 32 to 64 (PG021)"
    bits = board.memory.address_bits
    for each in board.memory.ranges:
        if each.base < 0 or each.size <= 0 or each.base + each.size > 1 << bits:
            yield f"memory range 0x{each.base:x} is beyond {bits} address bits"
        elif each.size % 4096 or each.size & (each.size - 1) or each.base % each.size:
            yield (
                f"memory range 0x{each.base:x}: its size 0x{each.size:x} must be a power of two of "
                "at least 4 KiB, its base a multiple of the size"
            )
    ordered = sorted(board.memory.ranges, key=lambda each: each.base)
    for first, second in zip(ordered, ordered[1:], strict=False):
        if first.base + first.size > second.base:
            yield f"memory ranges 0x{first.base:x} and 0x{second.base:x} overlap"
    if not board.memory.ranges and not board.data_centre:
        yield "memory has no ranges"


def _pins(board: Board) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, pin in board.pins.items():
        if not _WORD.fullmatch(name):
            yield f"pin name '{name}' may hold letters, digits and '_' only"
        if not re.fullmatch(r"[A-Z]{1,2}[0-9]{1,2}", pin.loc):
            yield f"pin {name}: '{pin.loc}' is no package pin"
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", pin.iostandard):
            yield f"pin {name}: '{pin.iostandard}' is no I/O standard"
        if pin.mhz < 0:
            yield f"pin {name}: mhz {pin.mhz:g} is negative"
        if pin.active not in ("", "low", "high"):
            yield f"pin {name}: active is 'low' or 'high', not '{pin.active}'"
        if pin.loc in seen:
            yield f"pins {seen[pin.loc]} and {name} are both {pin.loc}"
        seen.setdefault(pin.loc, name)


def _console(board: Board) -> Iterator[str]:
    console = board.console
    if console is None:
        return
    if not _WORD.fullmatch(console.uart):
        yield f"console: '{console.uart}' is no instance name"
    if console.baud <= 0 or console.fifo <= 0:
        yield "console: baud and fifo must be positive"
    elif console.max_baud and console.max_baud < console.baud:
        yield f"console: max_baud {console.max_baud} is less than baud {console.baud}"


def _targets(board: Board) -> Iterator[str]:
    if all(target.note for target in board.targets.values()):
        yield "the board has no targets" + (" without a note" if board.targets else "")
    for name, target in board.targets.items():
        if name not in TARGETS:
            yield f"unknown target '{name}'{record.suggestion(name, TARGETS)}"
        elif not target.note and name == "pynq" and not target.device:
            yield "targets: pynq needs 'device', the board's name in PYNQ, or a 'note'"
        elif not target.note and name == "baremetal" and not target.cpu:
            yield "targets: baremetal needs 'cpu', or a 'note'"


def _family(board: Board, name: str, family: Family) -> Iterator[str]:
    for path in family.needs:
        if not _value(board, path):
            yield f"'{path}' is missing: {name} needs it"
    for path in family.lacks:
        if _value(board, path):
            yield f"'{path}' does not apply to {name}: leave it out"
    if board.memory.bits not in family.port_bits:
        yield (
            f"a memory port of {board.memory.bits} bits; {name} has "
            f"{', '.join(map(str, family.port_bits))}"
        )
    source = board.clock.source
    if family.clocks and source and source not in family.clocks:
        yield f"clock: source '{source}' is not known; {name} has {', '.join(family.clocks)}"
    if name == "microblaze":
        yield from _microblaze(board)
    if board.data_centre:
        yield from _card(board.data_centre)


def _microblaze(board: Board) -> Iterator[str]:
    system, console = board.processing_system, board.console
    source = board.clock.source
    if source and source not in board.pins:
        yield f"clock: there is no pin '{source}'"
    elif source and not board.pins[source].mhz:
        yield f"pin {source}: 'mhz' is missing: it is the oscillator"
    if system.isa and system.isa != "rv32im":
        yield f"processing_system: isa '{system.isa}' is not known (there is rv32im)"
    kib = system.local_memory_kib
    if kib and not (4 <= kib <= 1024 and kib & (kib - 1) == 0):
        yield f"processing_system: local_memory_kib {kib} is not a power of two from 4 to 1024"
    if len(board.memory.ranges) > 1:
        yield "memory: a buffer of block RAM is one range"
    if console and console.baud not in UARTLITE_BAUD:
        rates = ", ".join(map(str, UARTLITE_BAUD))
        yield f"console: an AXI UARTLite cannot do {console.baud} baud; it has {rates} (PG142)"
    if console and console.max_baud not in (0, console.baud):
        yield "console: 'max_baud' does not apply: an AXI UARTLite keeps the rate of its synthesis"


def _card(card: DataCentre) -> Iterator[str]:
    if not _WORD.fullmatch(card.platform):
        yield f"data_centre: '{card.platform}' is no name of a platform"
    banks = _BANKS.fullmatch(card.banks)
    if banks is None:
        yield f"data_centre: banks '{card.banks}' must be like 'DDR[0:3]' or 'HBM[0:31]'"
    elif not card.bank_numbers:
        yield f"data_centre: banks '{card.banks}' are none"
    if card.bank_mib <= 0:
        yield f"data_centre: bank_mib {card.bank_mib} must be positive"
    if not 1 <= card.compute_units <= MOST_COMPUTE_UNITS:
        yield f"data_centre: compute_units {card.compute_units} is not in 1 to {MOST_COMPUTE_UNITS}"
    for slr in card.slr:
        if not re.fullmatch(r"SLR\d", slr):
            yield f"data_centre: '{slr}' is no die: write SLR0, SLR1, ..."


def _value(board: Board, path: str) -> object:
    value: object = board
    for name in path.split("."):
        value = getattr(value, name)
    return value
