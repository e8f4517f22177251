"""``docs/boards.md``, made from the board files: ``python -m hls4ml_soc.board.table``."""

from __future__ import annotations

from collections.abc import Iterator

from ..options import UNTIL
from ..targets import TARGETS
from ..toolchains import versions
from . import description as board
from .description import Board

_PROCESSORS = {
    "zynq7": "2 x Cortex-A9",
    "zynqmp": "4 x Cortex-A53",
    "microblaze": "MicroBlaze V, {isa}, in the fabric",
    "data_centre": "the host's",
}
_TARGETS = {"baremetal": "bare metal", "pynq": "PYNQ", "vitis": "Vitis"}

_HEAD = """# Boards

<!-- Made by `python -m hls4ml_soc.board.table > docs/boards.md`; do not edit. -->

Add one of your own with [one file](add-a-board.md). `hls4ml-soc boards NAME` shows one;
`--loopback` is the first thing to try on a new one.

No board and no vendor tool were at hand. What is known of each: its Tcl, for a card its kernel and
link configuration, is executed by the stand-in in every test, with a FIFO in the network's place;
its preset and pins are the vendor's; nothing was synthesised, placed or run. "Releases" begin with
the oldest that has the IPs of the design; the part has to be in it as well.
"""


def text() -> str:
    """Return the whole page."""
    return "\n".join(_lines([Board.load(name) for name in board.names()])) + "\n"


def _lines(boards: list[Board]) -> Iterator[str]:
    yield _HEAD
    yield "| `--board` | | part | processor | memory for samples | targets, default first |"
    yield "|---|---|---|---|---|---|"
    for each in boards:
        processor = _PROCESSORS[each.family].format(isa=each.processing_system.isa)
        cells = [f"`{each.name}`", each.title, f"`{each.part}`", processor, _memory(each)]
        yield f"| {' | '.join(cells)} | {_targets(each)} |"
    yield "\n| `--board` | fabric clock, most | console | LUT | FF | DSP | BRAM 18k | releases |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in boards:
        r, clock = each.resources, each.clock
        console = f"{each.console.uart}, {each.console.baud} baud" if each.console else "not known"
        console = "none" if each.data_centre else console
        numbers = " | ".join(map(str, (r.lut, r.ff, r.dsp, r.bram_18k)))
        tool = versions.table().families[each.family]
        until = f"to {tool.until}" if tool.until else "and later"
        clocks = f"{clock.mhz:g} MHz, {clock.max_mhz:g}"
        release = f"{tool.tool} {tool.since} {until}"
        yield f"| `{each.name}` | {clocks} | {console} | {numbers} | {release} |"
    yield "\nNot possible:\n"
    for each in boards:
        for name, target in each.targets.items():
            if target.note:
                yield f"- `{each.name}`, {_TARGETS[name]}: {target.note}"


def _memory(each: Board) -> str:
    if card := each.data_centre:
        total = len(card.bank_numbers) * card.bank_mib >> 10
        return f"{total} GB, {card.banks}, {each.memory.bits} bits"
    size = sum(one.size for one in each.memory.ranges)
    unit, name = (1 << 30, "GB") if size >= 1 << 30 else (1 << 20, "MB")
    if size < 1 << 20:
        return f"{size >> 10} KB of block RAM, {each.memory.bits} bits"
    return f"{size // unit} {name}, {each.memory.port}, {each.memory.bits} bits"


def _targets(each: Board) -> str:
    told = []
    for name in each.usable:
        last = getattr(TARGETS.get(name), "LAST", UNTIL[-1])
        limit = "" if last == UNTIL[-1] else f" (as far as `--until {last}`)"
        told.append(_TARGETS[name] + limit)
    return ", ".join(told)


if __name__ == "__main__":
    print(text(), end="")
