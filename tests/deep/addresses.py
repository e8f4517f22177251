"""Class of wrong addresses: overlapping, not mapped, misaligned, outside of the window."""

from __future__ import annotations

from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Text
from tests.deep.values import setting

ADDRESS = "vivado/steps/address.tcl"


def wrong_addresses(text: Text) -> Iterator[Mutant]:
    """Yield maps that the hardware cannot have, or in which something is missing."""
    kind = "wrong address"
    dma, identity = (
        text.one(rf"{cell}/Reg (0x\w+)", ADDRESS) for cell in ("dma/S_AXI_LITE", "identity/S_AXI")
    )
    for place, other in ((dma, identity), (identity, dma)):
        yield from text.each(
            kind, [place], lambda _, other=other: (*text.family.offsets, other.text)
        )
    yield text.mutant(kind, (identity, "0x408000"), what="identity inside of the DMA's range")
    sizes = text.find(r"/Reg 0x\w+ (0x\w+)", ADDRESS)
    yield from text.each(kind, sizes, lambda _: text.family.ranges)
    yield text.mutant(kind, (sizes[0], "0x1000000"), what="ranges that swallow one another")
    pattern, values = text.family.base
    yield from text.each(kind, text.find(pattern, text.family.file), lambda _: values)
    ranges = setting(text, "memory_ranges")
    yield from text.each(kind, [ranges], lambda _: text.family.memory)
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
    for pattern in (
        r"(lappend map .*)(?: \})?$",
        r"^( *map_segment .*\n)",
        r"foreach .* \{ (map_segment .*) \}$",
        r"^( +(?:uart|timer)/S_AXI \w+/S_AXI/Reg .*\n)",
    ):
        for place in text.find(pattern, text.family.file, needed=False):
            yield text.mutant(kind, (place, ""))
    assigned = text.find(r"^(    assign_bd_address [^\n]*\\\n[^\n]*\n)", "vivado/since/*.tcl")
    assigned += text.find(r"^(    create_bd_addr_seg .*)$", ADDRESS, needed=False)
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
    for pattern, values in text.family.segments.items():
        places = text.find(pattern, text.family.file)
        yield from text.each(kind, places, lambda _, values=values: values)
    calls = text.find(r"-range (\$range) -offset \$offset", ADDRESS, needed=False)
    calls += text.find(r"-offset (\$offset) -range \$range", "vivado/since/*.tcl")
    other = {"$range": "$offset", "$offset": "$range"}
    yield from text.each(kind, calls, lambda t: (other[t], f"{t}1"))
    targets = text.find(r"(-target_address_space \[find addr_spaces \$space\])", *STEPS)
    yield from text.each(kind, targets, lambda _: ("",))
