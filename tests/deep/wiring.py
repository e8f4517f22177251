"""Classes of wrong wiring: modes, clocks, resets and connections."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Place, Text
from tests.deep.names import RTL
from tests.deep.values import setting

ATTACH = r"^    (?: *)attach (\S+ \S+)$"
NET = r"^ *net (.+)$"
STEP = r"^    (\w+_\w+(?: \{.*\})?|\[setting core\]_create)$"
CONSTANT = "create_cell xilinx.com:ip:xlconstant tied\n    configure tied {CONST_VAL %d}\n    "


def loads(text: Text, pattern: str) -> Iterator[tuple[Place, Place, str]]:
    """Yield (command, load, driver) for each load of a net whose name matches."""
    for command in text.find(NET, *STEPS):
        driver, *rest = re.findall(r"\[[^\]]+\]|\S+", command.text)
        at = command.start + len(driver)
        for load in rest:
            start = text.files[command.file].index(load, at)
            at = start + len(load)
            if re.search(pattern, load):
                yield command, Place(command.file, start, at, load, command.line), driver


def wrong_modes(text: Text) -> Iterator[Mutant]:
    """Yield masters on masters, slaves on slaves, outputs on outputs, and modes that are others."""
    kind = "wrong mode"
    yield from _attached(kind, text)
    for place in text.find(r"\b[MS](?:00|%02d)_AXI\b", *STEPS):
        other = {"M": "S", "S": "M"}[place.text[0]] + place.text[1:]
        yield text.mutant(kind, (place, other))
    lists = text.find(r"\{(dma/S_AXI_LITE|dma/M_AXI_MM2S) [^}]+\}", "vivado/build.tcl")
    lists += text.find(r"(identity/S_AXI|dma/M_AXI_S2MM)\}", "vivado/build.tcl")
    swap = {"dma/S_AXI_LITE": "dma/M_AXI_MM2S", "identity/S_AXI": "dma/M_AXI_S2MM"}
    swap |= {new: old for old, new in swap.items()}
    yield from text.each(kind, lists, lambda t: (swap[t],))
    ports = [text.one(r"attach (\[ps_control\])", *STEPS), text.one(r" (\[ps_memory\])", *STEPS)]
    yield text.mutant(kind, (ports[0], "[ps_memory]"))
    yield text.mutant(kind, (ports[1], "[ps_control]"))
    for name, values in text.family.wrong_modes.items():
        place = setting(text, name)
        yield from text.each(kind, [place], lambda _, values=values: values)
    modes = text.find(r"-mode (Master)", *STEPS, needed=False)
    yield from text.each(kind, modes, lambda _: ("Slave", "Monitor", "MirroredMaster", "System"))
    yield from text.each(kind, text.find(r"C_(ALL_INPUTS(?:_2)?) 1", *STEPS), _outputs)
    yield from text.each(kind, text.find(r"c_include_sg (0)", *STEPS), lambda _: ("1",))
    yield from _directions(kind, text)


def _outputs(name: str) -> tuple[str]:
    return (name.replace("IN", "OUT"),)


def _attached(kind: str, text: Text) -> Iterator[Mutant]:
    masters = {"M_AXIS_MM2S": "start/m_axis", "m_axis": "dma/M_AXIS_MM2S"}
    slaves = {"s_axis": "dma/S_AXIS_S2MM", "S_AXIS_S2MM": "accelerator/s_axis"}
    for place in text.find(ATTACH, "vivado/steps/network.tcl", "vivado/steps/loopback.tcl"):
        master, slave = place.text.split()
        a, b = master.partition("/")[2], slave.partition("/")[2]
        other_master = masters.get(a, "dma/M_AXIS_MM2S")
        other_slave = slaves.get(b, "dma/S_AXIS_S2MM")
        if "loopback" in place.file:
            other_master = "accelerator/M_AXIS" if master.startswith("dma") else "dma/M_AXIS_MM2S"
            other_slave = "dma/S_AXIS_S2MM" if slave.startswith("acc") else "accelerator/S_AXIS"
        for pair in (
            f"{master} {other_master}",
            f"{slave} {other_slave}",
            f"{master} {master}",
            f"{slave} {slave}",
            f"{master} dma/M_AXI_MM2S",
            f"dma/S_AXI_LITE {slave}",
        ):
            yield text.mutant(kind, (place, pair))
    for place in text.find(ATTACH, text.family.file, needed=False):
        master, slave = place.text.split()
        for pair in (f"{master} {master}", f"{slave} {slave}", f"{slave} dma/M_AXI_MM2S"):
            yield text.mutant(kind, (place, pair))
    for place in text.find(r"create_bd_port -dir (\w)", text.family.file, needed=False):
        yield from text.each(kind, [place], lambda t: ("IO".replace(t, ""), "IO"))
    for place in text.find(r"create_bd_port .*?(-type \w+ )", text.family.file, needed=False):
        other = "-type rst " if "clk" in place.text else "-type clk "
        yield from text.each(kind, [place], lambda _, other=other: (other, "-type data ", ""))


def _directions(kind: str, text: Text) -> Iterator[Mutant]:
    """A net's load that is an output, its driver that is an input, ports of the RTL turned."""
    for command in text.find(NET, *STEPS):
        driver, *_ = re.findall(r"\[[^\]]+\]|\S+", command.text)
        wrong = "dma/m_axi_mm2s_aclk" if "resetn" in driver else "dma/axi_resetn"
        yield text.mutant(kind, (command, command.text.replace(driver, wrong, 1)))
        yield text.mutant(kind, (command, f"{command.text} dma/mm2s_introut"))
    for place in text.find(r"^    (input  wire|output wire|input wire)\b", RTL):
        new = "output wire" if place.text.startswith("input") else "input  wire"
        yield text.mutant(kind, (place, new))
    yield text.mutant(kind, (text.one(r"(ACTIVE_LOW)", RTL), "ACTIVE_HIGH"))


def dropped_clocks(text: Text) -> Iterator[Mutant]:
    """Yield clock inputs left open, tied to a constant or a reset, and clocks not switched on."""
    yield from _dropped_loads("dropped clock", text, r"clk|ACLK", tied=(0, 1))
    kind = "dropped clock"
    if text.family.clock_enable:
        yield text.mutant(kind, (text.one(text.family.clock_enable, *STEPS), "0"))
    for place in text.find(r"ASSOCIATED_BUSIF (s_axis:m_axis)", RTL):
        yield from text.each(kind, [place], lambda _: ("s_axis", "m_axis", "s_axi:m_axi"))
    for load in ("start/aclk", "accelerator/ap_clk", "dma/m_axi_s2mm_aclk"):
        place = text.one(rf" {load}\b", *STEPS)
        yield text.mutant(kind, (place, " dma/axi_resetn"), what=f"{load} forgotten for a reset")


def dropped_resets(text: Text) -> Iterator[Mutant]:
    """Yield reset inputs left open, held for ever, of the wrong polarity, or not synchronous."""
    kind = "dropped reset"
    yield from _dropped_loads(kind, text, r"reset|rst", tied=(0,))
    for command, load, driver in loads(text, r"resetn|rst_n"):
        for other in ("reset/peripheral_reset", "reset/mb_reset", "[ps_reset]"):
            if driver != other and "ext_reset" not in load.text:
                yield _moved(kind, text, command, load, other)
    if text.family.reset_enable:
        yield text.mutant(kind, (text.one(text.family.reset_enable, *STEPS), "0"))
    for pattern in (r", (ASSOCIATED_RESET aresetn)", r"(POLARITY ACTIVE_LOW)"):
        place = text.one(pattern, RTL)
        yield text.mutant(kind, (place, "POLARITY ACTIVE_HIGH" if "POL" in place.text else ""))
    for place in text.find(r"net (dma/mm2s_prmry_reset_out_n) ", *STEPS):
        yield from text.each(kind, [place], lambda _: ("reset/peripheral_aresetn", "[ps_reset]"))


def dropped_connections(text: Text) -> Iterator[Mutant]:
    """Yield connections, members of lists and whole steps left out."""
    kind = "dropped connection"
    yield from _dropped_loads(kind, text, r"^(?!.*(?:clk|ACLK|reset|rst)).*$", tied=(0, 1))
    lines = text.find(r"^( *(?:attach|connect_bd_intf_net|create_bd_port) .+\n)", *STEPS)
    lines += text.find(
        r"^    (configure .*\n|\w+_create( \[.*\])?\n)", text.family.file, needed=False
    )
    lines += text.find(r"^( *connect_bd_net .+\n)", "vivado/steps/lookup.tcl")
    yield from text.each(kind, lines, lambda _: ("",))
    calls = text.find(STEP, "vivado/build.tcl")
    for call in calls:
        if not re.search("validate|check|run$", call.text):
            yield text.mutant(kind, (call, ""))
    for place in text.find(r"\{(\S+/\S+) \S+/\S+\}", "vivado/build.tcl"):
        yield text.mutant(
            kind, (Place(place.file, place.start, place.end + 1, place.text, place.line), "")
        )
    yield from text.each(
        kind, text.find(r"\{\S+/\S+( \S+/\S+)\}", "vivado/build.tcl"), lambda _: ("",)
    )
    yield from _halves(kind, text)


def _halves(kind: str, text: Text) -> Iterator[Mutant]:
    """Streams of which one side goes elsewhere, and signals that the RTL does not have."""
    other = {"start/m_axis": "dma/M_AXIS_MM2S", "start/s_axis": "accelerator/s_axis"}
    for place in text.find(r"attach (?:\S+ )?(start/[sm]_axis)", "vivado/steps/network.tcl"):
        yield text.mutant(kind, (place, other[place.text]))
    for place in text.find(r"^(    (?:input|output) .*[sm]_axis_t\w+,\n)", RTL):
        yield text.mutant(kind, (place, ""), what=f"without {place.text.split()[-1]}")
    for place in text.find(r"^ +(?:DDR|FIXED_IO) .+\n", text.family.file, needed=False):
        yield text.mutant(kind, (place, ""))


def _dropped_loads(kind: str, text: Text, pattern: str, tied: tuple[int, ...]) -> Iterator[Mutant]:
    """Each load left out, tied to a constant, and each net left out that has only such loads."""
    seen = set()
    for command, load, driver in loads(text, pattern):
        rest = command.text.replace(f" {load.text}", "", 1)
        line = _line(text, command)
        if rest == driver:
            yield text.mutant(kind, (line, ""), what=f"{load.text} left open")
        else:
            yield text.mutant(kind, (command, rest), what=f"{load.text} left open")
        for value in tied:
            yield _moved(kind, text, command, load, f"tied{value}")
        if rest != driver and command.start not in seen:
            seen.add(command.start)
            yield text.mutant(kind, (line, ""), what=f"without net {command.text}")


def _moved(kind: str, text: Text, command: Place, load: Place, driver: str) -> Mutant:
    """Give a load another driver; ``tied0`` and ``tied1`` are constants."""
    rest = command.text.replace(f" {load.text}", "", 1)
    before = ""
    name = driver
    if driver.startswith("tied"):
        before, name = CONSTANT % int(driver[4:]), "tied/dout"
        for each in ("$name", "$bus", "${bus}"):
            if each in load.text and "tied_" not in before:
                before = before.replace("tied", f"tied_{each}")
                name = f"tied_{each}/dout"
    keep = f"net {rest}\n    " if " " in rest and not rest.endswith("]") else ""
    line = _line(text, command)
    new = f"    {keep}{before}net {name} {load.text}\n"
    return text.mutant(kind, (line, new), what=f"{load.text} driven by {driver}")


def _line(text: Text, place: Place) -> Place:
    code = text.files[place.file]
    start = code.rindex("\n", 0, place.start) + 1
    end = code.index("\n", place.end) + 1
    return Place(place.file, start, end, code[start:end], place.line)


def wrong_clocks(text: Text) -> Iterator[Mutant]:
    """Yield loads on another clock of the same and of another frequency, and frequencies that are
    not those of the contract."""
    kind = "wrong clock"
    pattern, enabled, pin = text.family.second_clock
    second = text.one(pattern, *STEPS)
    for mhz in ("[setting clock_mhz]", "50"):
        on = (second, enabled.format(mhz=mhz))
        for command, load, driver in loads(text, r"(?i)clk"):
            if driver != "[ps_clock]":
                continue
            rest = command.text.replace(f" {load.text}", "", 1)
            keep = f"net {rest}\n    " if rest != "[ps_clock]" else ""
            line = _line(text, command)
            new = (line, f"    {keep}net {pin} {load.text}\n")
            moved = _merged(text, on, new)
            yield text.mutant(kind, *moved, what=f"{load.text} on {pin} at {mhz}")
    yield from _frequencies(kind, text)


def _merged(text: Text, *edits: tuple[Place, str]) -> list[tuple[Place, str]]:
    """Return edits, those within one another applied to the larger one's new text."""
    (small, new_small), (large, new_large) = edits
    if small.file == large.file and large.start <= small.start and small.end <= large.end:
        return [(large, new_large.replace(small.text, new_small))]
    return [(large, new_large), (small, new_small)]


def _frequencies(kind: str, text: Text) -> Iterator[Mutant]:
    place = setting(text, "clock_mhz")
    for new in text.family.frequencies:
        yield text.mutant(kind, (place, new), what=f"clock_mhz {place.text} -> {new}")
    asked = text.one(text.family.frequency, *STEPS)
    yield from text.each(kind, [asked], lambda t: ("200", "50", f"[expr {{2 * {t}}}]"))
    pattern, others = text.family.clock_pin
    yield from text.each(kind, [text.one(pattern, *STEPS)], lambda _: others)
    clocks = text.one(r"NUM_CLKS (1)", *STEPS)
    yield from text.each(kind, [clocks], lambda _: ("2", "3"))
    for pattern, new in (
        (r"PCW_(EN_CLK0)_PORT 1", "EN_CLK1"),
        (r"PCW_(FPGA0)_PERIPHERAL_FREQMHZ", "FPGA1"),
        (r"PSU__(FPGA_PL0)_ENABLE", "FPGA_PL1"),
        (r"CRL_APB__(PL0)_REF_CTRL__FREQMHZ", "PL1"),
    ):
        for place in text.find(pattern, text.family.file, needed=False):
            yield text.mutant(kind, (place, new))
