"""Classes of renamed things: pins, interfaces, parameters, IPs."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Place, Text

#: cell/name, where the cell may be $name and the name may begin with ${port}.
PATH = (
    r"(?<![\w$/.:])((?:\$name|\$bus|\$\{bus\}_memory|[a-z]\w*)/(?:\$\{\w+\})?[A-Za-z_]\w*)"
    r"(?![\w/(])"
)
INTERFACE = re.compile(
    r"(?:[SM]\d*_AXIS?(?:_\w+)?|[sm]_axis|LMB_(?:M|Sl_0)|SLMB|BRAM_PORT[AB]?|(?:MB)?DEBUG(?:_0)?)$"
)
SPACES = ("ps/Data", "cpu/Data", "cpu/Instruction")
SETTINGS = "vivado/settings.tcl"
RTL = "vivado/rtl/sample_start.v"
#: Parameters that the steps and the families set.
PARAMETERS = (
    r"c_[a-z_0-9]+|C_[A-Z_0-9]+|NUM_\w+|CONST_\w+|FIFO_DEPTH|BITS|BEATS|SINGLE_PORT_BRAM|DATA_WIDTH"
    r"|PARITY|PRIM_\w+|CLKOUT1_\w+|USE_\w+|use_bram_block|Memory_Type"
    r"|P(?:CW|SU)_\w*(?:\$\{?\w+\}?\w*)?"
)
#: Outputs and inputs that the scripts do not use, as neighbours to be confused with.
NEIGHBOURS = {
    "dma": ["s2mm_prmry_reset_out_n", "mm2s_introut", "s2mm_introut"],
    "reset": ["peripheral_reset", "mb_reset", "bus_struct_reset", "dcm_locked", "aux_reset_in"],
    "accelerator": ["ap_done", "ap_idle"],
}


def paths(text: Text, interfaces: bool) -> list[Place]:
    """Return every path of a pin, or of an interface, in the Tcl."""
    found = [p for p in text.find(PATH, *STEPS) if "Data_" not in p.text and p.text not in SPACES]
    outside = re.compile(r"docs/|folder/|run/|project/|sources_1/|bd/|hw_handoff/|\$(run|folder)/")
    return [
        p
        for p in found
        if not outside.match(p.text)
        and not p.file.endswith("address.tcl")  # segments, see addresses.py
        and bool(INTERFACE.match(p.text.partition("/")[2])) == interfaces
    ]


def misspelt(name: str) -> Iterator[str]:
    """Yield what a slip of the keyboard makes of a name."""
    yield name[:-1]
    yield f"{name}x"
    middle = len(name) // 2
    yield name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]


def renamed_pins(text: Text) -> Iterator[Mutant]:
    """Yield paths of pins misspelt, of another cell, of a neighbour; ports of the RTL renamed."""
    yield from _renamed_paths("renamed pin", text, paths(text, interfaces=False))
    for port in text.find(r"(?:input|output)\s+wire.*?\b(\w+),?$", RTL):
        if not re.match("[sm]_axis", port.text):
            yield _everywhere("renamed pin", text, port, f"{port.text}_0")


def renamed_interfaces(text: Text) -> Iterator[Mutant]:
    """Yield the same for interfaces, and for what their names are made from."""
    kind = "renamed interface"
    yield from _renamed_paths(kind, text, paths(text, interfaces=True))
    formats = text.find(r"\b[MS]%02d_AXI\b", *STEPS)
    yield from text.each(kind, formats, lambda t: (t[:-1], t.replace("02", ""), t.lower()))
    yield from text.each(kind, text.find(r"\bset i (0)$", *STEPS), lambda _: ("1", "-1"))
    ports = text.find(r"^\s+(DDR|FIXED_IO) xilinx", text.family.file, needed=False)
    yield from text.each(kind, ports, lambda t: (t[:-1], f"{t}_0", t.lower()))
    for port in text.find(r"(?:input|output)\s+wire.*?\b(\w+),?$", RTL):
        if re.match("[sm]_axis", port.text):
            yield _everywhere(kind, text, port, f"{port.text[:6]}_x{port.text[6:]}")


def renamed_parameters(text: Text, random: random.Random) -> Iterator[Mutant]:
    """Yield parameters of IPs, properties and settings renamed, and a sample of the preset's."""
    kind = "renamed parameter"
    properties = r"(?:get|set)_property (?:CONFIG\.)?([A-Za-z_.]+)"
    found = text.find(rf"\b({PARAMETERS})(?=[ \[$])", "vivado/steps/*.tcl", text.family.file)
    found += text.find(properties, *STEPS)
    found += text.find(r"\b(?:STATS\.|\{)([WT][NH]S)\b", "vivado/steps/*.tcl")
    slips = [place for place in found if place.text not in ("board_part", "STATS.")]
    yield from text.each(kind, slips, misspelt)
    for name in text.find(r"parameter integer (\w+)", RTL):
        yield _everywhere(kind, text, name, f"{name.text}_0")
    read = text.find(r"\[setting (\w+)\]", *STEPS)
    for name in read:
        yield text.mutant(kind, (name, name.text[:-1]))
    for name in text.find(r"^    (\w+) ", SETTINGS):
        if name.text in {place.text for place in read}:
            yield text.mutant(kind, (name, f"{name.text}x"))
    preset = text.find(text.family.preset_name, SETTINGS) if text.family.preset_name else []
    for name in random.sample(preset, min(30, len(preset))):
        yield text.mutant(kind, (name, random.choice([*misspelt(name.text)])))


def renamed_ips(text: Text) -> Iterator[Mutant]:
    """Yield VLNVs with each of their parts wrong, and with another IP that exists."""
    kind = "renamed IP"
    others = ("axi_timer", "axis_register_slice", "axi_bram_ctrl", "xlslice")
    places = text.find(r"create_cell (xilinx\.com:ip:\w+)", *STEPS)
    yield from text.each(kind, places, _wrong_vlnvs)
    for number, place in enumerate(places):
        yield text.mutant(kind, (place, f"xilinx.com:ip:{others[number % len(others)]}"))
        neighbour = places[(number + 1) % len(places)].text
        yield text.mutant(kind, (place, neighbour))
    core = text.one(r"^    vlnv (\S+)", SETTINGS)
    yield from text.each(kind, [core], lambda t: [t[:-1] + "9", *_wrong_vlnvs(t[:-4])])
    repository = text.one(r"^    ip_repository (\S+)", SETTINGS)
    yield from text.each(kind, [repository], lambda t: (t[:-1], t[3:], "../hls/none", "{}"))
    interface = text.find(r"(?:DDR|FIXED_IO) (xilinx\S+)", text.family.file, needed=False)
    yield from text.each(kind, interface, lambda t: (t.replace("_rtl", ""), t[:-1] + "7", t[1:]))
    module = text.find(r"-reference (\w+)", *STEPS) + text.find(r"^module (\w+)", RTL)
    yield from text.each(kind, module, misspelt)
    family = text.one(r"^    family (\w+)", SETTINGS)
    yield from text.each(kind, [family], lambda t: (t[:-1], text.family.other, t.upper()))


def _wrong_vlnvs(vlnv: str) -> Iterator[str]:
    vendor, library, name = vlnv.split(":")[:3]
    yield f"amd.com:{library}:{name}"
    yield f"{vendor}:{'user' if library != 'user' else 'ip'}:{name}"
    yield f"{vendor}:{library}:{name[:-1]}"
    yield f"{vendor}:{library}:{name.upper()}"
    yield f"{vendor}:{library}:{name}:99.0"


def _renamed_paths(kind: str, text: Text, places: list[Place]) -> Iterator[Mutant]:
    names: dict[str, list[str]] = {
        cell: list(more) for cell, more in (NEIGHBOURS | text.family.neighbours).items()
    }
    for place in places:
        cell, _, name = place.text.partition("/")
        if "$" not in cell:
            names.setdefault(cell, []).append(name)
    for place in places:
        cell, _, name = place.text.partition("/")
        new = [f"{cell}/{each}" for each in (*misspelt(name), name.swapcase())]
        new.append(f"{cell[:-1]}/{name}")
        pool = list(dict.fromkeys(names.get(cell, [])))
        if name in pool:
            at = pool.index(name)
            new += [f"{cell}/{pool[(at + step) % len(pool)]}" for step in (1, 2, 3)]
        yield from text.each(kind, [place], lambda _, new=new: new)


def _everywhere(kind: str, text: Text, place: Place, new: str) -> Mutant:
    """Rename in the whole file, which stays right in itself."""
    places = text.find(rf"\b{re.escape(place.text)}\b", place.file)
    return text.mutant(kind, *((each, new) for each in places), what=f"{place.text} -> {new}")
