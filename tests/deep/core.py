"""Every class for the core: its Tcl, its settings, its wrapper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.deep.mutant import Mutant, Place, Text
from tests.deep.names import misspelt

SCRIPT, SETTINGS, WRAPPER = "hls/run_hls.tcl", "hls/settings.tcl", "hls/*_soc.cpp"
#: What only Vivado HLS executes is not executed here.
VIVADO_ONLY = re.compile(r"std=c\+\+0x|config_array_partition|open_solution -reset solution1")
COMMANDS = (
    "open_project set_top add_files open_solution set_part create_clock config_compile "
    "config_schedule csynth_design export_design exit source"
).split()


def core_mutants(text: Text) -> Iterator[Mutant]:
    """Yield the mutants of all classes."""
    yield from _renamed(text)
    yield from _illegal(text)
    yield from _modes(text)
    yield from _widths(text)
    yield from _dropped(text)
    yield from text.each("wrong clock", [_setting(text, "period")], lambda _: ("4", "16", "5.333"))


def _setting(text: Text, name: str) -> Place:
    return text.one(rf"^set {name} (.+)$", SETTINGS)


def _script(text: Text, pattern: str) -> list[Place]:
    """Return places in the script that Vitis HLS executes."""
    lines = text.files[SCRIPT].split("\n")
    found = text.find(pattern, SCRIPT)
    return [place for place in found if not VIVADO_ONLY.search(lines[place.line - 1])]


def _renamed(text: Text) -> Iterator[Mutant]:
    kind = "renamed parameter"
    options = _script(
        text, r" (-(?:reset|cflags|flow_target|period|name|\w+_\w+|format|version))\b"
    )
    yield from text.each(kind, options, lambda t: [*misspelt(t)][:2])
    for name in text.find(r"^set (\w+) ", SETTINGS):
        yield text.mutant(kind, (name, name.text + "x"))
    pragmas = text.find(r"^#pragma HLS .*?\b(port|variable|depth|complete|dim)\b", WRAPPER)
    yield from text.each(kind, pragmas, lambda t: (t[:-1],))
    targets = text.find(r"(?:port|variable)=(\w+)", WRAPPER)
    yield from text.each(kind, targets, lambda t: (f"{t}_0",))
    words = text.find(r"^#pragma HLS (\w+)", WRAPPER)
    yield from text.each(kind, words, lambda t: (t[:-1],))
    yield from text.each("renamed IP", [_setting(text, "top")], lambda t: (t[:-1], "small", "x"))
    yield from text.each("renamed IP", [_setting(text, "name")], lambda t: (t[:-1], f"{t}_soc"))
    version = _script(text, r"-version (1\.0\.0)")
    yield from text.each("renamed IP", version, lambda _: ("2.0.0", "1.1.0", "1"))
    for place in text.find(r"^void (\w+)\(", WRAPPER):
        yield text.mutant("renamed IP", (place, place.text + "2"))
    for name, new in (("s_axis", "in_r"), ("m_axis", "out_r"), ("s_axis", "S_AXIS")):
        places = text.find(rf"\b{name}\b", WRAPPER)
        yield text.mutant("renamed interface", *((p, new) for p in places), what=f"{name} -> {new}")
    for place in text.find(r"(?:&|port=)([sm]_axis)\b", WRAPPER):
        yield text.mutant("renamed interface", (place, place.text + "x"))


def _illegal(text: Text) -> Iterator[Mutant]:
    kind = "illegal value"
    for name, values in {
        "part": ("banana", "{}", "7z020"),
        "period": ("banana", "{}", "0", "-10"),
        "top": ("{}", "-1"),
        "name": ("{}", "banana"),
    }.items():
        yield from text.each(kind, [_setting(text, name)], lambda _, values=values: values)
    for pattern, values in (
        (r"-name_max_length (80)", ("banana", "-1")),
        (r"-enable_dsp_full_reg=(false)", ("banana", "2")),
        (r"-format (ip_catalog)", ("banana", "xo", "sysgen")),
        (r"-flow_target (vivado)", ("banana", "{}")),
        (r"-version (1\.0\.0)", ("banana", "-1", "{}")),
        (r"std=(c\+\+14)", ("c++banana", "c++98", "c++03")),
        (r"-I(\.\./project/firmware)", ("../project", "nowhere")),
        (r"(-I\.) ", ("-Inowhere", "")),
    ):
        yield from text.each(kind, _script(text, pattern), lambda _, values=values: values)
    yield from text.each(kind, text.find(r"depth=(\d+)", WRAPPER), lambda _: ("0", "-1", "banana"))


def _modes(text: Text) -> Iterator[Mutant]:
    kind = "wrong mode"
    modes = text.find(r"#pragma HLS INTERFACE (axis) ", WRAPPER)
    yield from text.each(
        kind, modes, lambda _: ("s_axilite", "m_axi", "ap_fifo", "ap_none", "bram")
    )
    control = text.find(r"#pragma HLS INTERFACE (ap_ctrl_hs) ", WRAPPER)
    yield from text.each(kind, control, lambda _: ("ap_ctrl_none", "ap_ctrl_chain", "s_axilite"))
    lines = text.find(r"^(#pragma HLS INTERFACE axis .*\n)", WRAPPER)
    yield from text.each(kind, lines, lambda _: ("",))
    for call in text.find(r"^    \w+_(?:un)?pack\(.*\b([sm]_axis)\b", WRAPPER):
        yield text.mutant(kind, (call, {"s": "m", "m": "s"}[call.text[0]] + call.text[1:]))


def _widths(text: Text) -> Iterator[Mutant]:
    kind = "width mismatch"
    for beat in text.find(r"^typedef ap_axiu<(\d+)", WRAPPER):
        yield from text.each(kind, [beat], lambda _: ("8", "16", "32", "64", "128"))
    templates = text.find(r"soc::\w+<(\d+), ", WRAPPER)
    yield from text.each(kind, templates, lambda t: (str(int(t) // 2), str(int(t) * 2)))
    containers = text.find(r"soc::\w+<\d+, (\d+),", WRAPPER)
    yield from text.each(kind, containers, lambda _: ("8", "15", "17", "32"))
    sizes = text.find(r"soc::\w+<\d+, \d+, (\d+)", WRAPPER)
    yield from text.each(kind, sizes, lambda t: (str(int(t) - 1), str(int(t) + 1), str(2 * int(t))))
    arrays = text.find(r"\b[xy]0\[(\d+)\];", WRAPPER)
    yield from text.each(kind, arrays, lambda t: ("1", str(int(t) - 1)))
    last = text.find(r"(true)>\(y0", WRAPPER)
    yield from text.each(kind, last, lambda _: ("false",))


def _dropped(text: Text) -> Iterator[Mutant]:
    kind = "dropped connection"
    for pattern in (
        r"^(    last\.write\(end\);.*\n)",
        r"^(    soc::\w+<.*\n)",
        r"^(    \w+\(.*\);\n)",
        r"^(#pragma HLS DATAFLOW\n)",
        r"(, )end\)",
        r"(#include .*\n)",
    ):
        yield from text.each(kind, text.find(pattern, WRAPPER), lambda _: ("",))
    commands = _script(text, rf"^ *((?:{'|'.join(COMMANDS)})\b.*\n)")
    yield from text.each(kind, commands, lambda _: ("",))
    yield from text.each(kind, text.find(r"^(set \w+ .*\n)", SETTINGS), lambda _: ("",))
