"""Class of wrong addresses: overlapping, not mapped, misaligned, outside of the window."""

from __future__ import annotations

from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Text
from tests.deep.values import setting

ADDRESS = "vivado/steps/address.tcl"
FAMILY = "vivado/families/*.tcl"  # the one that is executed
#: The DMA's registers are at 0x4040_0000, those of the identity at 0x4120_0000, 64 KiB each;
#: M_AXI_GP0 reaches 0x4000_0000 to 0x7FFF_FFFF (UG585).
OFFSETS = (
    "0x400800", "0x1200010", "0x1208000", "0x408000",  # not a multiple of the range
    "0x40000000", "0x3FFF8000", "0x80000000", "0x90000000", "-0x10000", "-0x40000000",  # outside
    "banana", "0x", "{}",
)  # fmt: skip
RANGES = ("0", "0x800", "0x18000", "0x10001", "-0x10000", "banana", "0x40000001", "0x80000000")
MEMORY = (
    "{0x00000100 0x20000000}", "{0x10000000 0x20000000}", "{0x00001000 0x20000000}",  # misaligned
    "{0x20000000 0x20000000}", "{0x40000000 0x20000000}", "{0xE0000000 0x20000000}",  # elsewhere
    "{0x00000000 0x30000000}", "{0x00000000 0x1FFFFFFF}", "{0x00000000 0x00000800}",  # no size
    "{0x00000000 0x40000000}", "{0x00000000 0x80000000}", "{0x00000000 0x100000000}",  # too much
    "{0x00000000 0x10000000}", "{0x00000000 0x00100000}", "{0x00000000 0x01000000}",  # too little
    "{0x00000000 0x20000000 0x00000000 0x20000000}",  # twice
    "{0x00000000 0x20000000 0x10000000 0x10000000}",  # overlapping itself
    "{0x00000000}",
)  # fmt: skip


def wrong_addresses(text: Text) -> Iterator[Mutant]:
    """Yield maps that the hardware cannot have, or in which something is missing."""
    kind = "wrong address"
    dma, identity = (
        text.one(rf"{cell}/Reg (0x\w+)", ADDRESS) for cell in ("dma/S_AXI_LITE", "identity/S_AXI")
    )
    for place, other in ((dma, identity), (identity, dma)):
        yield from text.each(kind, [place], lambda _, other=other: (*OFFSETS, other.text))
    yield text.mutant(kind, (identity, "0x408000"), what="identity inside of the DMA's range")
    sizes = text.find(r"/Reg 0x\w+ (0x\w+)", ADDRESS)
    yield from text.each(kind, sizes, lambda _: RANGES)
    yield text.mutant(kind, (sizes[0], "0x1000000"), what="ranges that swallow one another")
    base = text.find(r"M_AXI_GP0 (0x\w+)", FAMILY)
    yield from text.each(
        kind, base, lambda _: ("0x0", "0x80000000", "0xC0000000", "0x40008000", "0x3F000000", "{}")
    )
    yield from text.each(kind, [setting(text, "memory_ranges")], lambda _: MEMORY)
    yield from _unmapped(kind, text)
    yield from _segments(kind, text)


def _unmapped(kind: str, text: Text) -> Iterator[Mutant]:
    """Whole mappings left out."""
    for pattern in (
        r"(dma/S_AXI_LITE dma/S_AXI_LITE/Reg 0x\w+ 0x\w+ )",
        r"( identity/S_AXI identity/S_AXI/Reg 0x\w+ 0x\w+)\}",
        r"(dma/Data_MM2S )",
        r"( dma/Data_S2MM)\}",
        r"(map_segment \[ps_control_space\].*)$",
        r"\{ (map_segment \$space .*) \}$",
    ):
        yield text.mutant(kind, (text.one(pattern, ADDRESS), ""))
    for pattern in (r"(lappend map .*) \}$",):
        yield text.mutant(kind, (text.one(pattern, FAMILY), ""))
    assigned = text.find(r"^(    assign_bd_address [^\n]*\\\n[^\n]*\n)", "vivado/since/*.tcl")
    assigned += text.find(r"^(    create_bd_addr_seg .*)$", ADDRESS)
    yield from text.each(kind, assigned, lambda _: ("",))
    yield text.mutant(kind, (text.one(r"(    address_assign\n)", "vivado/build.tcl"), ""))
    for place in text.find(r"(foreach segment \[ps_memory_excluded\].*)$", ADDRESS):
        yield text.mutant(kind, (place, ""))


def _segments(kind: str, text: Text) -> Iterator[Mutant]:
    """Another space, another segment, offset and range in each other's place."""
    swapped = {
        "dma/S_AXI_LITE/Reg": ("identity/S_AXI/Reg", "dma/S_AXI_LITE", "dma/S_AXI_LITE/Mem"),
        "identity/S_AXI/Reg": ("dma/S_AXI_LITE/Reg", "identity/Reg", "identity/S_AXI/reg"),
        "dma/Data_MM2S": ("dma/Data_S2MM", "dma/Data_SG", "ps/Data", "dma/Data"),
        "dma/Data_S2MM": ("dma/Data_MM2S", "dma/Data_SG", "ps/Data", "dma/data_s2mm"),
    }
    for name, values in swapped.items():
        places = text.find(rf"({name})\b", ADDRESS)
        yield from text.each(kind, places, lambda _, values=values: values)
    spaces = text.find(r"return (ps/Data)", FAMILY)
    yield from text.each(kind, spaces, lambda _: ("ps/M_AXI_GP0", "dma/Data_MM2S", "ps/Dat"))
    names = text.find(r"ps_memory_segment (DDR_LOWOCM)", FAMILY)
    yield from text.each(kind, names, lambda _: ("DDR", "LOW_OCM", "HIGH_OCM", "DDR_LOWOCMx"))
    index = text.find(r"\$port (6) end", FAMILY)
    yield from text.each(kind, index, lambda _: ("0", "5", "7"))
    calls = text.find(r"-range (\$range) -offset \$offset", ADDRESS)
    calls += text.find(r"-offset (\$offset) -range \$range", "vivado/since/*.tcl")
    other = {"$range": "$offset", "$offset": "$range"}
    yield from text.each(kind, calls, lambda t: (other[t], f"{t}1"))
    targets = text.find(r"(-target_address_space \[find addr_spaces \$space\])", *STEPS)
    yield from text.each(kind, targets, lambda _: ("",))
