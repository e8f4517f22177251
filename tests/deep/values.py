"""Classes of wrong values: illegal ones, and widths that do not fit each other."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Place, Text
from tests.deep.names import PARAMETERS, RTL, SETTINGS

#: What no parameter of a number, a choice or a bool can be.
NEVER = ("banana", "-1", "99999999999", "{}")
#: Values just outside of what the product guides allow (PG021, PG144, PG085, PG247).
OUTSIDE = {
    "c_include_sg": ("2",),
    "c_sg_length_width": ("7", "27"),
    "C_IS_DUAL": ("2",),
    "C_GPIO_WIDTH": ("0", "33"),
    "C_GPIO2_WIDTH": ("0", "33"),
    "C_ALL_INPUTS": ("2",),
    "C_ALL_INPUTS_2": ("2",),
    "CONST_WIDTH": ("0", "4097"),
    "FIFO_DEPTH": ("8", "500", "65536"),
    "NUM_CLKS": ("0", "17"),
    "C_USE_MULDIV": ("3",),
    "C_BAUDRATE": ("115201", "460800"),
    "C_DATA_BITS": ("4", "9"),
    "C_MB_DBG_PORTS": ("33",),
    "PRIM_IN_FREQ": ("5", "2000"),
    "CLKOUT1_REQUESTED_OUT_FREQ": ("1", "2000"),
    "DATA_WIDTH": ("16", "48", "2048"),
    "BITS": ("0", "12"),
    "BEATS": ("0",),
}


def assigned(text: Text) -> list[tuple[Place, Place]]:
    """Return (parameter, value) of every pair in the configurations of the Tcl."""
    value = r"(?:\[setting \w+\]|\$\w+|\w+)"
    where = ("vivado/steps/*.tcl", text.family.file)
    names = text.find(rf"\b({PARAMETERS}) +{value}", *where)
    values = text.find(rf"\b(?:{PARAMETERS}) +({value})", *where)
    return list(zip(names, values, strict=True))


def setting(text: Text, name: str) -> Place:
    """Return the value of a setting."""
    return text.one(rf"^    {name} (\{{[^}}]*\}}|\S+)", SETTINGS)


def illegal_values(text: Text, random: random.Random) -> Iterator[Mutant]:
    """Yield values that no tool may take: in the Tcl, in the settings, in the preset."""
    kind = "illegal value"
    for name, value in assigned(text):
        for new in (*NEVER, *OUTSIDE.get(name.text, ())):
            what = f"{name.text} {value.text} -> {new}"
            yield text.mutant(kind, (value, new), what=what)
    for name, values in text.family.illegal.items():
        place = setting(text, name)
        for new in values:
            yield text.mutant(kind, (place, new), what=f"{name} {place.text} -> {new}")
    if not text.family.preset:
        return
    code = text.files[SETTINGS]
    found = list(re.finditer(text.family.preset, code))
    for match in random.sample(found, min(40, len(found))):
        line = code.count("\n", 0, match.start()) + 1
        place = Place(SETTINGS, match.start(2), match.end(2), match[2], line)
        yield text.mutant(kind, (place, "banana"), what=f"{match[1]} {match[2]} -> banana")


def width_mismatches(text: Text) -> Iterator[Mutant]:
    """Yield streams, memory ports, constants and counters of another width than their peer."""
    kind = "width mismatch"
    powers = ("8", "16", "32", "64", "128", "256", "512", "1024")
    for name, values in {
        "stream_bits_in": powers,
        "stream_bits_out": powers,
        "memory_bits": text.family.wrong_bits,
        "beats_in": ("1", "2", "4", "5", "6", "16"),
    }.items():
        place = setting(text, name)
        for new in values:
            if new != place.text:
                yield text.mutant(kind, (place, new), what=f"{name} {place.text} -> {new}")
    for name, value in assigned(text):
        for new in _other_widths(name.text):
            if _number(text, new) == _number(text, value.text):
                continue
            yield text.mutant(kind, (value, new), what=f"{name.text} {value.text} -> {new}")
    yield from _of_ports(kind, text)


def _number(text: Text, value: str) -> str:
    name = re.fullmatch(r"\[setting (\w+)\](0?)", value)
    return setting(text, name[1]).text + name[2] if name else value


def _other_widths(name: str) -> tuple[str, ...]:
    if re.match(r"c_m_axi_\w+_data_width", name):
        return ("32", "128", "512", "[setting stream_bits_in]", "[setting stream_bits_out]")
    if name.endswith("tdata_width"):
        return ("8", "16", "[setting stream_bits_in]", "[setting stream_bits_out]", "128")
    if name.endswith("_DATA_WIDTH"):
        return ("32", "128", "[setting stream_bits_in]", "[setting stream_bits_out]")
    if name in ("CONST_WIDTH", "C_GPIO_WIDTH", "C_GPIO2_WIDTH"):
        return ("1", "8", "16", "31", "33", "64")
    if name == "BITS":
        return ("8", "16", "32", "128", "[setting stream_bits_out]", "[setting memory_bits]")
    if name == "BEATS":
        return ("1", "2", "4", "[setting stream_bits_in]", "[setting beats_in]0")
    return ()


def _of_ports(kind: str, text: Text) -> Iterator[Mutant]:
    """Widths in the RTL and identity constants that change place."""
    for place in text.find(r"\[(BITS(?:/8)?-1):0\] +[sm]_axis", RTL):
        for new in ("0", f"{place.text[:-2]}-2", f"2*{place.text[:-2]}-1", "31", "7"):
            yield text.mutant(kind, (place, new))
    low, high = setting(text, "design_id_low"), setting(text, "design_id_high")
    yield text.mutant(kind, (low, high.text), (high, low.text), what="design_id halves swapped")
    for place in text.find(r"\[setting design_id_(low|high)\]", *STEPS):
        new = {"low": "high", "high": "low"}[place.text]
        yield text.mutant(kind, (place, new), what=f"design_id_{place.text} -> {new}")
    for place in (low, high):
        yield text.mutant(kind, (place, place.text[:6]), what=f"{place.text} cut to 16 bits")
