"""Edits that change no meaning: they have to pass without a sound, and bit for bit."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Place, Text
from tests.deep.values import setting

KIND = "meaning preserved"
ADDRESS = "vivado/steps/address.tcl"


def preserving(text: Text, random: random.Random) -> Iterator[Mutant]:
    """Yield every kind of harmless edit."""
    yield from _releases(text)
    yield from _layout(text)
    yield from _order(text, random)
    yield from _cells(text)
    yield from _addresses(text)
    yield from _values(text)


def _releases(text: Text) -> Iterator[Mutant]:
    place = text.one(r"^(puts) ", "vivado/build.tcl")
    for release in text.family.releases:
        for design in dict.fromkeys(design for design, _ in text.family.setups):
            what = f"{design} by Vivado {release}"
            yield text.mutant(KIND, (place, "puts"), what=what, design=design, version=release)


def _layout(text: Text) -> Iterator[Mutant]:
    """Comments, blank lines and indentation."""
    for name, code in text.files.items():
        if name.startswith("vivado/") and name.endswith(".tcl") and "settings" not in name:
            new = re.sub(
                r"^(?=proc |foreach |if |source )", "# a word about it\n\n", code, flags=re.M
            )
            yield _whole(text, f"{name}: comments and blank lines", {name: new})
    rtl = text.files["vivado/rtl/sample_start.v"]
    whole = Place("vivado/rtl/sample_start.v", 0, len(rtl), rtl, 1)
    wordy = "// head\n" + rtl.replace("\n    ", "\n      ").replace(" wire ", "   wire  ")
    yield text.mutant(KIND, (whole, wordy), what="indentation of the RTL")


def _order(text: Text, random: random.Random) -> Iterator[Mutant]:
    """Loads of a net, ends of a connection, members of lists, lines that do not need each other."""
    for place in text.find(r"^ *net \S+ (\S+ \S+.*)$|^ *net \[\w+\] (\S+ \S+.*)$", *STEPS):
        loads = place.text.split()
        if len(loads) > 1 and "[" not in place.text:
            yield text.mutant(KIND, (place, " ".join(reversed(loads))))
    attached = text.find(r"^ *attach (\S+ \S+)$", "vivado/steps/network.tcl")
    for place in attached:
        yield text.mutant(KIND, (place, " ".join(reversed(place.text.split()))))
    for _ in range(3):
        mixed = random.sample(attached, len(attached))
        edits = [(old, new.text) for old, new in zip(attached, mixed, strict=True)]
        yield text.mutant(KIND, *edits, what="order of the streams")
    lists = text.find(r"connect_\w+ \{(\S+ \S+)\}", "vivado/build.tcl")
    for place in lists:
        yield text.mutant(KIND, (place, " ".join(reversed(place.text.split()))))
    steps = {
        p.text: p for p in text.find(r"^    (\w+_create|connect_\w+ \{.*\})$", "vivado/build.tcl")
    }
    if text.family.name == "microblaze":
        return  # the memory's SmartConnect hangs from the control's
    control, memory = (steps[name] for name in steps if name.startswith("connect"))
    yield text.mutant(KIND, (control, memory.text), (memory, control.text), what="order of steps")


def _whole(text: Text, what: str, files: dict[str, str]) -> Mutant:
    """Return a mutant of several places, built in the first setup."""
    design, version = text.family.setups[0]
    return Mutant(KIND, what, files, design, version, family=text.family.name)


def _cells(text: Text) -> Iterator[Mutant]:
    """Cells that no software asks for, renamed everywhere."""
    for name in text.family.cells:
        before = r"create_cell (?:\[.*\]|\S+)|_create|sample_start|configure|cell"
        pattern = rf"(?:(?<=[\s{{])|(?<=^))({name})(?=/[\w\[$])|(?:{before}) ({name})\b"
        pattern += rf"|^ +({name}) \[setting"
        places = []
        for file in sorted(text.files):
            if file.startswith("vivado/") and file.endswith(".tcl") and "settings" not in file:
                for match in re.finditer(pattern, text.code[file], re.M):
                    group = next(n for n in (1, 2, 3) if match[n])
                    places.append(Place(file, *match.span(group), name, 0))
        edits = [(place, f"{name}_0") for place in places]
        yield _whole(text, f"cell {name} renamed", text.edited(*edits))


def _addresses(text: Text) -> Iterator[Mutant]:
    dma, identity = (
        text.one(rf"{cell}/Reg (0x\w+)", ADDRESS) for cell in ("dma/S_AXI_LITE", "identity/S_AXI")
    )
    for place, values in zip((dma, identity), text.family.legal, strict=True):
        yield from text.each(KIND, [place], lambda _, values=values: values)
    yield text.mutant(KIND, (dma, identity.text), (identity, dma.text), what="addresses exchanged")
    for size in text.find(r"/Reg 0x\w+ (0x\w+)", ADDRESS):
        yield from text.each(KIND, [size], lambda _: ("0x1000", "0x20000"))


def _values(text: Text) -> Iterator[Mutant]:
    """Other legal values, other spellings, versions said in full."""
    for name in ("design_id_low", "design_id_high"):
        place = setting(text, name)
        yield text.mutant(KIND, (place, str(int(place.text, 16))))
        yield text.mutant(KIND, (place, place.text.lower()))
    for name, values in {
        "jobs": ("1", "8"),
        "allow_negative_slack": ("1", "true"),
        **text.family.harmless,
    }.items():
        for new in values:
            yield text.mutant(KIND, (setting(text, name), new))
    for pattern, values in {
        r"c_sg_length_width (26)": ("23", "14"),
        r"FIFO_DEPTH (512)": ("16", "1024", "32768"),
        r"create_cell (xilinx\.com:ip:axi_dma)": ("xilinx.com:ip:axi_dma:7.1",),
        r"create_cell (xilinx\.com:ip:proc_sys_reset)": ("xilinx.com:ip:proc_sys_reset:5.0",),
    }.items():
        places = text.find(pattern, *STEPS, needed=False)
        yield from text.each(KIND, places, lambda _, values=values: values)
    if text.family.name == "zynq7":
        yield from _core(text)


def _core(text: Text) -> Iterator[Mutant]:
    """What HLS reads, once: it is the same for every family."""
    depth = text.one(r"depth=(512)", "hls/*_soc.cpp")
    yield from text.each(KIND, [depth], lambda _: ("16", "2048"))
    script = text.one(r"^(set_part \$part\n)create_clock", "hls/run_hls.tcl")
    clock = text.one(r"^(create_clock .*\n)", "hls/run_hls.tcl")
    yield text.mutant(KIND, (script, clock.text), (clock, script.text), what="order of commands")
