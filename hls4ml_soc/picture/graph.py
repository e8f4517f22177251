"""What a picture of a block design shows: cells with their rows, and what connects them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..hwh import EXTERNAL, End, Hwh, Interface, Module, Port

#: Where a picture begins.
PROCESSORS = ("processing_system7", "zynq_ultra_ps_e", "microblaze", "microblaze_riscv")


@dataclass(frozen=True)
class Wire:
    """A connection from one cell to another. ``kind`` is ``aximm``, ``axis``, ... or ``signal``."""

    source: End
    target: End
    kind: str


@dataclass(frozen=True)
class Cell:
    """A box. ``clocks`` are the sources of its clock pins; ``notes`` are lines below its ports."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    clocks: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """Cells that are connected by interfaces, and ``others``: clocks, resets, constants.

    ``clocks`` maps the source of each clock to its frequency in Hz, 0 where none is told.
    """

    title: str
    cells: dict[str, Cell]
    wires: tuple[Wire, ...]
    others: tuple[Cell, ...]
    clocks: dict[str, int]


def graph(design: Hwh) -> Graph:
    """Return what a picture shows of a design."""
    buses = tuple(_buses(design))
    shown = [m.name for m in design.modules.values() if _is_in(m.name, buses)]
    if not shown:
        shown = list(design.modules)
    signals = tuple(
        w for w in _signals(design) if w.source.module in shown and w.target.module in shown
    )
    wires = buses + signals
    clocks = {
        source: hertz for m in design.modules.values() for source, hertz in _clocks(design, m)
    }
    return Graph(
        f"{design.name} on {_part(design)}",
        {name: _cell(design, design.modules[name], wires, shown) for name in shown},
        wires,
        tuple(
            _cell(design, m, wires, shown) for m in design.modules.values() if m.name not in shown
        ),
        clocks,
    )


def _part(design: Hwh) -> str:
    """Write the part as people do: xc7z020clg400-1, xczu9eg-ffvb1156-2."""
    device = design.device if design.device.startswith("xc") else f"xc{design.device}"
    return f"{device}{'' if device.startswith('xc7') else '-'}{design.package}{design.speed}"


def size(count: int) -> str:
    """Write a number of bytes as people do: ``64K``, ``512M``."""
    for shift, unit in ((40, "T"), (30, "G"), (20, "M"), (10, "K")):
        if count >= 1 << shift and count % (1 << shift) == 0:
            return f"{count >> shift}{unit}"
    return f"{count} bytes"


def address(value: int) -> str:
    """Write an address in groups of four digits: ``0x4040_0000``."""
    digits = f"{value:08X}"
    digits = digits.zfill(-(-len(digits) // 4) * 4)
    return "0x" + "_".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _is_in(name: str, wires: tuple[Wire, ...]) -> bool:
    return any(name in (wire.source.module, wire.target.module) for wire in wires)


def _buses(design: Hwh) -> Iterator[Wire]:
    """Give the interface connections, monitors left out."""
    ends: dict[str, list[tuple[End, Interface, Module]]] = {}
    for module in design.modules.values():
        for interface in module.interfaces.values():
            if interface.busname and interface.type != "MONITOR":
                end = End(module.name, interface.name)
                ends.setdefault(interface.busname, []).append((end, interface, module))
    for members in ends.values():
        sources = [each for each in members if _drives(each[1], each[2])]
        for source, interface, _ in sources:
            for target, other, _ in members:
                if target != source and not other.is_source:
                    yield Wire(source, target, interface.kind)


def _drives(interface: Interface, module: Module) -> bool:
    # Vivado calls both sides of an LMB slaves; the bus has its masters at LMB_M.
    by_name = module.kind == "lmb_v10" and interface.name.startswith("LMB_Sl")
    return interface.is_source or by_name


def _signals(design: Hwh) -> Iterator[Wire]:
    """Give the single nets between cells, clocks and resets and parts of interfaces left out."""
    for module in design.modules.values():
        buses = (each for each in module.interfaces.values() if each.busname)
        inside = {pin for each in buses for pin in each.portmaps.values()}
        for port in module.ports.values():
            if port.direction != "I" or port.name in inside or _is_infrastructure(port):
                continue
            driver = design.driver(module.name, port.name)
            if driver and driver.module not in (EXTERNAL, module.name):
                yield Wire(driver, End(module.name, port.name), "signal")


def _is_infrastructure(port: Port) -> bool:
    return port.sigis in ("clk", "rst")


def _clocks(design: Hwh, module: Module) -> Iterator[tuple[str, int]]:
    for port in module.ports.values():
        if port.sigis == "clk" and port.direction == "I":
            if driver := design.driver(module.name, port.name):
                yield _end(driver), port.hertz or _frequency(design, driver)


def _frequency(design: Hwh, driver: End) -> int:
    if driver.module == EXTERNAL:
        return design.ports[driver.name].hertz
    return design.modules[driver.module].ports[driver.name].hertz


def _end(end: End) -> str:
    return f"port {end.name}" if end.module == EXTERNAL else str(end)


def _cell(design: Hwh, module: Module, wires: tuple[Wire, ...], shown: list[str]) -> Cell:
    inputs = [w.target.name for w in wires if w.target.module == module.name]
    outputs = [w.source.name for w in wires if w.source.module == module.name]
    notes = [*_addresses(design, module), *_resets(design, module), *_loose(design, module, shown)]
    return Cell(
        module.name,
        module.kind,
        tuple(sorted(set(inputs))),
        tuple(sorted(set(outputs))),
        tuple(dict.fromkeys(source for source, _ in _clocks(design, module))),
        tuple(dict.fromkeys([*_constant(module), *notes])),
    )


def _constant(module: Module) -> Iterator[str]:
    if module.kind in ("xlconstant", "ilconstant"):
        digits = -(-module.number("CONST_WIDTH") // 4)
        yield f"= 0x{module.number('CONST_VAL'):0{digits}x}"


def _addresses(design: Hwh, module: Module) -> Iterator[str]:
    """Give where masters see this cell."""
    seen: dict[tuple[int, int], list[str]] = {}
    for master in design.modules.values():
        for each in master.memory_map:
            if each.instance == module.name:
                names = seen.setdefault((each.base, each.high - each.base + 1), [])
                if master.name not in names:
                    names.append(master.name)
    for (base, length), names in sorted(seen.items()):
        yield f"{address(base)}, {size(length)}, for {', '.join(names)}"


def _resets(design: Hwh, module: Module) -> Iterator[str]:
    for port in module.ports.values():
        if port.sigis == "rst" and port.direction == "I":
            if driver := design.driver(module.name, port.name):
                yield f"reset by {_end(driver)}"


def _leaves(port: Port) -> bool:
    return any(end.module == EXTERNAL for end in port.connections)


def _loose(design: Hwh, module: Module, shown: list[str]) -> Iterator[str]:
    """Give what is connected to ports, or to what is drawn apart."""
    inside: set[str] = set()
    for interface in module.interfaces.values():
        if not interface.busname:
            continue
        pins = set(interface.portmaps.values())
        inside |= pins
        if any(_leaves(module.ports[pin]) for pin in pins & module.ports.keys()):
            yield f"{interface.name} to ports"
    for port in module.ports.values():
        if _is_infrastructure(port) or port.name in inside:
            continue
        for end in port.connections if port.direction != "I" else ():
            if end.module == EXTERNAL:
                yield f"{port.name} to port {end.name}"
        driver = design.driver(module.name, port.name) if port.direction == "I" else None
        if driver and driver.module not in shown and driver.module != module.name:
            yield f"{port.name} from {_end(driver)}"
