"""Class of wrong pins: the board file's pins, and the constraints that are made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.deep.mutant import Mutant, Place, Text
from tests.deep.names import SETTINGS, misspelt

CONSTRAINTS = "vivado/steps/constraints.tcl"
PORTS = ("clk", "ext_reset", "uart_rx", "uart_tx")


def wrong_pins(text: Text) -> Iterator[Mutant]:
    """Yield pins that are missing, double, misspelt or none, where the family has pins."""
    if text.family.name != "microblaze":
        return
    kind = "wrong pin"
    for number, port in enumerate(PORTS):
        whole = _one(text, rf"[ {{]({port} \{{[^}}]*\}})")
        other = _one(text, rf"\b{PORTS[number - 1]} \{{PACKAGE_PIN (\w+)")
        yield text.mutant(kind, (whole, ""), what=f"{port} left out")
        name = Place(whole.file, whole.start, whole.start + len(port), port, whole.line)
        yield from text.each(kind, [name], misspelt)
        yield text.mutant(kind, (name, port.upper()))
        facts = whole.text.partition("{")[2].rstrip("}").split()
        for key, value in zip(facts[::2], facts[1::2], strict=True):
            place = _one(text, rf"\b{port} \{{[^}}]*?({key} {re.escape(value)})")
            yield text.mutant(kind, (place, ""), what=f"{key} of {port} left out")
            yield text.mutant(
                kind, (place, f"{key[:-1]} {value}"), what=f"{key} of {port} misspelt"
            )
            yield text.mutant(kind, (place, f"{key} {{}}"), what=f"{key} of {port} empty")
            if key == "PACKAGE_PIN":
                new = f"{key} {other.text}"
                yield text.mutant(kind, (place, new), what=f"{port} on another port's pin")
            if key in ("mhz", "active"):
                for wrong in ("banana", "-100", "0"):
                    yield text.mutant(kind, (place, f"{key} {wrong}"), what=f"{port} {key} {wrong}")
    words = text.find(r"\b(PACKAGE_PIN|IOSTANDARD|get_ports|set_property)\b", CONSTRAINTS)
    yield from text.each(kind, [w for w in words if not w.line == 1], misspelt)
    for pattern in (r"^(    add_files -fileset.*\n)", r"^(    puts \$file .*\n)",
                    r"^(    close \$file\n)", r"^(        lappend lines .*\n)",
                    r"^(        set lines \[concat.*\n)", r"(-fileset constrs_1 )",
                    r"^(    set file \[open.*\n)"):  # fmt: skip
        yield text.mutant(kind, (text.one(pattern, CONSTRAINTS), ""))
    for pattern, new in (
        (r"get_ports \{(\$name)\}", "x_$name"),
        (r"-fileset (constrs_1)", "sources_1"),
        (r"\[dict get \$facts (\$property)\] ", "IOSTANDARD"),
        (r"open (pins\.xdc)", "pin.xdc"),
    ):
        yield text.mutant(kind, (text.one(pattern, CONSTRAINTS), new))


def _one(text: Text, pattern: str) -> Place:
    """Return the first match: names of ports stand among the settings as well."""
    return text.find(pattern, SETTINGS)[0]
