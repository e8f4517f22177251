"""What travels along connections: clock frequency and domain, widths, reset polarity (UG994,
"parameter propagation")."""

from __future__ import annotations

from dataclasses import dataclass

from hls4ml_soc.virtual.vivado import memory_controllers, ps7
from hls4ml_soc.virtual.vivado.cell import CLOCK_NAMES, Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Pin
from hls4ml_soc.virtual.vivado.expression import ExpressionError, number

SWITCHES = ("smartconnect", "axi_interconnect")
AXIS = "xilinx.com:interface:axis:1.0"
AXIMM = "xilinx.com:interface:aximm:1.0"


@dataclass(frozen=True)
class Clock:
    """A clock: who makes it, how fast it is (None: not known to the stand-in), its domain's
    name."""

    source: Pin
    hz: int | None
    domain: str


def clock_at(design: Design, pin: Pin) -> Clock | None:
    """Return the clock that a pin carries; None if nothing drives it."""
    source = pin if pin.drives else design.source(pin)
    if source is None:
        return None
    return Clock(source, _hertz(source), f"{design.name}_{_domain(source)}")


def _domain(source: Pin) -> str:
    return f"{source.cell.instance}_0_{source.name}" if source.cell else source.name


def _hertz(source: Pin) -> int | None:
    own = source.config.get("FREQ_HZ")
    if own:
        return int(number(own))
    cell = source.cell
    if cell is None:
        return 100_000_000  # Vivado's default for a clock port
    if cell.ip is None:
        return None
    try:
        if cell.ip.name == "processing_system7":
            return ps7.clock_hz(cell, source.name)
        if cell.ip.name == "zynq_ultra_ps_e" and source.name.startswith("pl_clk"):
            control = f"PSU__CRL_APB__PL{source.name[-1]}_REF_CTRL"
            return round(
                float(
                    number(
                        cell.value(f"{control}__ACT_FREQMHZ") or cell.value(f"{control}__FREQMHZ")
                    )
                )
                * 1e6
            )
        if cell.ip.name == "clk_wiz":
            for n in range(1, 8):
                if cell.value(CLOCK_NAMES[f"clk_out{n}"]) == source.name:
                    return round(float(number(cell.value(f"CLKOUT{n}_REQUESTED_OUT_FREQ"))) * 1e6)
    except ExpressionError:
        return None
    return None


def clock_pins(design: Design, cell: Cell) -> dict[str, tuple[str, ...]]:
    """Map every clock input of a cell to the interfaces that it clocks."""
    assert cell.ip is not None
    result = {}
    for pin in design.nodes_of(cell):
        if pin.kind == "clk" and pin.direction == "in":
            own = pin.config.get("ASSOCIATED_BUSIF")
            port = cell.port(pin.name)
            result[pin.name] = tuple(own.split(":")) if own is not None else port.interfaces
    if len(result) == 1 and cell.ip.folder is None:
        # Vendor IPs name all their interfaces; the catalogue holds the association of one instance.
        (name,) = result
        result[name] = tuple(cell.interfaces())
    return result


def clock_of(design: Design, bus: Bus) -> Clock | None:
    """Return the clock of an interface; None if no clock pin names it or nothing drives that
    pin."""
    cell = bus.cell
    if cell is None or cell.ip is None:
        return None
    pins = clock_pins(design, cell)
    if cell.ip.name == "smartconnect":
        clocks = [clock_at(design, design.pins[f"{cell.path}/{n}"]) for n in pins]
        peer = design.peer(bus)
        other = (
            clock_of(design, peer)
            if peer and peer.cell and peer.cell.ip and peer.cell.ip.name not in SWITCHES
            else None
        )
        same = [c for c in clocks if c and other and c.source is other.source]
        return same[0] if same else clocks[0]
    for name, interfaces in pins.items():
        if bus.name.lower() in (i.lower() for i in interfaces):
            return clock_at(design, design.pins[f"{cell.path}/{name}"])
    return None


def has_clock_pin(design: Design, bus: Bus) -> bool:
    """Say whether a clock pin of the cell names the interface."""
    assert bus.cell is not None and bus.cell.ip is not None
    if bus.cell.ip.name == "smartconnect":
        return True
    return any(
        bus.name.lower() in (i.lower() for i in b) for b in clock_pins(design, bus.cell).values()
    )


def polarity(pin: Pin) -> str:
    """Return ACTIVE_LOW or ACTIVE_HIGH for a reset pin."""
    if "POLARITY" in pin.config:
        return pin.config["POLARITY"]
    if pin.cell is None or pin.cell.ip is None:
        return "ACTIVE_LOW"
    if pin.cell.ip.name == "proc_sys_reset" and pin.name in ("ext_reset_in", "aux_reset_in"):
        parameter = {"ext_reset_in": "C_EXT_RESET_HIGH", "aux_reset_in": "C_AUX_RESET_HIGH"}[
            pin.name
        ]
        return "ACTIVE_HIGH" if pin.cell.value(parameter) == "1" else "ACTIVE_LOW"
    return pin.cell.port(pin.name).polarity


def propagate(design: Design) -> None:
    """Let parameters follow connections where the user has not set them, until nothing changes:
    a width may travel through several cells."""
    for _ in range(_LONGEST):
        if not _pass(design):
            break


_LONGEST = 20  # cells in a row that a parameter travels through


def _pass(design: Design) -> bool:
    changed = False
    for cell in design.cells.values():
        if cell.ip is None:
            continue
        found = _resets(design, cell) | _streams(design, cell) | _concat(design, cell)
        found |= memory_controllers.depth(design, cell) | _interrupts(design, cell)
        if cell.ip.name == "axi_dma":
            found |= _dma(design, cell, found)
        new = {k: v for k, v in found.items() if k not in cell.user and cell.derived.get(k) != v}
        if new:
            cell.derived.update(new)
            cell.changed()
            design.sync(cell)
            changed = True
    return changed


def _resets(design: Design, cell: Cell) -> dict[str, str]:
    assert cell.ip is not None
    if cell.ip.name != "proc_sys_reset":
        return {}
    result = {}
    for name, parameter in (
        ("ext_reset_in", "C_EXT_RESET_HIGH"),
        ("aux_reset_in", "C_AUX_RESET_HIGH"),
    ):
        source = design.source(design.pins[f"{cell.path}/{name}"])
        if source is not None:
            result[parameter] = str(int(polarity(source) == "ACTIVE_HIGH"))
    return result


def _concat(design: Design, cell: Cell) -> dict[str, str]:
    assert cell.ip is not None
    if cell.ip.name not in ("xlconcat", "ilconcat", "xlslice"):
        return {}
    result = {}
    for pin in design.nodes_of(cell):
        source = design.source(pin) if pin.direction == "in" else None
        width = source.width() if source else None
        if width and pin.name.startswith("In"):
            result[f"IN{pin.name[2:]}_WIDTH"] = str(width)
    return result


# Interrupt inputs of processing systems that become as wide as their source, and the parameter that
# says how wide.
_INTERRUPTS = {
    ("processing_system7", "IRQ_F2P"): "PCW_NUM_F2P_INTR_INPUTS",
    ("zynq_ultra_ps_e", "pl_ps_irq0"): "PSU__NUM_F2P0__INTR__INPUTS",
    ("zynq_ultra_ps_e", "pl_ps_irq1"): "PSU__NUM_F2P1__INTR__INPUTS",
}


def _interrupts(design: Design, cell: Cell) -> dict[str, str]:
    assert cell.ip is not None
    result = {}
    for (ip, name), parameter in _INTERRUPTS.items():
        pin = design.pins.get(f"{cell.path}/{name}") if ip == cell.ip.name else None
        source = design.source(pin) if pin else None
        width = source.width() if source else None
        if width:
            result[parameter] = str(width)
    return result


# Parameters that say how many bytes a stream input has, by IP and interface.
_STREAM_BYTES = {
    ("axis_data_fifo", "S_AXIS"): "TDATA_NUM_BYTES",
    ("axis_register_slice", "S_AXIS"): "TDATA_NUM_BYTES",
    ("axis_dwidth_converter", "S_AXIS"): "S_TDATA_NUM_BYTES",
    ("axis_subset_converter", "S_AXIS"): "S_TDATA_NUM_BYTES",
}


def is_known(design: Design, bus: Bus) -> bool:
    """Say whether the signals of a stream are known: not if they follow, through FIFOs and
    converters, what a cell that is not modelled gives."""
    seen: list[Bus] = []
    while bus.cell is not None and bus.cell.ip is not None and bus not in seen:
        seen.append(bus)
        if bus.cell.ip.opaque:
            return False
        if bus.cell.ip.name not in {ip for ip, _ in _STREAM_BYTES}:
            return True
        before = design.peer(design.buses[f"{bus.cell.path}/S_AXIS"])
        if before is None:
            return True
        bus = before
    return True


def is_vague(design: Design, pin: Pin) -> bool:
    """Say whether a concatenation's width is not known: an input comes from a cell that is not
    modelled, and its width was not set."""
    cell = pin.cell
    if cell is None or cell.ip is None or cell.ip.name not in ("xlconcat", "ilconcat"):
        return False
    for own in design.nodes_of(cell):
        source = design.source(own) if own.direction == "in" else None
        unset = f"IN{own.name[2:]}_WIDTH" not in cell.user
        if source and unset and (source.width() is None or is_vague(design, source)):
            return True
    return False


def _streams(design: Design, cell: Cell) -> dict[str, str]:
    assert cell.ip is not None
    result = {}
    for (ip, name), parameter in _STREAM_BYTES.items():
        if ip == cell.ip.name:
            peer = design.peer(design.buses[f"{cell.path}/{name}"])
            size = stream_bytes(peer) if peer else None
            if size:
                result[parameter] = str(size)
                if ip in ("axis_data_fifo", "axis_register_slice") and peer:
                    for flag in ("TLAST", "TKEEP", "TSTRB"):
                        result[f"HAS_{flag}"] = str(int(flag in peer.ports()))
    return result


def _dma(design: Design, cell: Cell, found: dict[str, str]) -> dict[str, str]:
    """Let the S2MM stream be as wide as its source, the memory side at least as wide (PG021)."""
    bus = design.buses.get(f"{cell.path}/S_AXIS_S2MM")
    peer = design.peer(bus) if bus else None
    size = stream_bytes(peer) if peer else None
    if size is None:
        return {}
    stream = cell.user.get("c_s_axis_s2mm_tdata_width", str(size * 8))
    return {
        "c_s_axis_s2mm_tdata_width": stream,
        "c_m_axi_s2mm_data_width": str(max(32, int(stream))),
    }


def stream_bytes(bus: Bus) -> int | None:
    """Return TDATA_NUM_BYTES of an AXI4-Stream; None if it is not known."""
    if bus.cell is None or bus.cell.ip is None:
        return (
            int(number(bus.config["TDATA_NUM_BYTES"])) if "TDATA_NUM_BYTES" in bus.config else None
        )
    port = bus.ports().get("TDATA")
    if port is None:
        return None
    bounds = bus.cell.bounds(port)
    return (abs(bounds[0] - bounds[1]) + 8) // 8 if bounds else None
