"""Classes of wrong values: illegal ones, and widths that do not fit each other."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Place, Text
from tests.deep.names import RTL, SETTINGS

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
    "BITS": ("0", "12"),
    "BEATS": ("0",),
}
#: Settings of ours with values that nothing can be built from.
OF_SETTINGS = {
    "core": ("{}", "banana", "Network"),
    "part": ("{}", "banana", "xc7z020", "xc7z020clg400", "xc7z020clg400-9"),
    "clock_mhz": ("{}", "0", "-100", "banana", "1000", "251", "100MHz"),
    "jobs": ("{}", "0", "-4", "banana", "129"),
    "control_port": ("{}", "M_AXI_GP2", "GP0", "m_axi_gp0"),
    "memory_port": ("{}", "S_AXI_HP4", "HP0", "s_axi_hp0"),
    "memory_bits": ("{}", "0", "-64", "16", "63", "2048", "banana"),
    "address_bits": ("{}", "0", "16", "65", "banana"),
    "stream_bits_in": ("{}", "0", "-64", "12", "63", "2048", "banana"),
    "stream_bits_out": ("{}", "0", "-32", "12", "33", "2048", "banana"),
    "beats_in": ("{}", "0", "-3", "banana", "1.5", "99999999999"),
    "design_id_low": ("{}", "banana", "-1", "0x123456789", "0xG"),
    "design_id_high": ("{}", "banana", "-1", "0x123456789", "0xG"),
    "memory_ranges": ("{}", "banana", "{0x00000000}", "{banana 0x20000000}", "{0x0 -1}"),
}
#: Parameters of the preset that have choices, ranges or pins as values (UG585, PG082).
PRESET = re.compile(
    r"\b(PCW_(?:\w+_PERIPHERAL_CLKSRC|MIO_\d+_(?:IOTYPE|PULLUP|SLEW|DIRECTION)"
    r"|UIPARAM_DDR_(?:PARTNO|MEMORY_TYPE|BUS_WIDTH|ECC|SPEED_BIN)|PRESET_BANK\d_VOLTAGE"
    r"|\w+_PERIPHERAL_ENABLE|USE_\w+|EN_\w+_PORT)) (\{[^}]*\}|\S+)"
)


def assigned(text: Text) -> list[tuple[Place, Place]]:
    """Return (parameter, value) of every pair in the configurations of the Tcl."""
    value = r"(?:\[[^\]]*\](?:\])?|\$\w+|\w+)"
    name = (
        r"c_[a-z_0-9]+|C_[A-Z_0-9]+|NUM_\w+|CONST_\w+|FIFO_DEPTH|BITS|BEATS|PCW_(?:\$\{\w+\}_)?\w+"
    )
    names = text.find(rf"\b({name}) +{value}", "vivado/steps/*.tcl", "vivado/families/*.tcl")
    values = text.find(
        rf"\b(?:{name}) +(\[setting \w+\]|\$\w+|\w+)", "vivado/steps/*.tcl", "vivado/families/*.tcl"
    )
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
    for name, values in OF_SETTINGS.items():
        place = setting(text, name)
        for new in values:
            yield text.mutant(kind, (place, new), what=f"{name} {place.text} -> {new}")
    code = text.files[SETTINGS]
    found = list(PRESET.finditer(code))
    for match in random.sample(found, 40):
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
        "memory_bits": powers[2:],
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
