"""Checks of pins: clocks, open inputs, widths, kinds."""

from __future__ import annotations

from collections.abc import Iterator

from hls4ml_soc.virtual.vivado.design import Design, Pin
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.propagate import is_vague

Problem = tuple[str, str]  # message number, text


# Resets whose unconnected state is the inactive one by design (PG164).
_OPTIONAL_RESETS = {("proc_sys_reset", "aux_reset_in"), ("proc_sys_reset", "mb_debug_sys_rst")}


def clocks(design: Design) -> Iterator[Problem]:
    """Find clock pins that nothing clocks."""
    missing = [
        p.path
        for p in design.pins.values()
        if p.kind == "clk"
        and p.direction == "in"
        and p.cell
        and p.cell.ip
        and not _clocked(design, p)
    ]
    if missing:
        yield (
            "BD 41-758",
            "The following clock pins are not connected to a valid clock source: \n"
            + "\n".join(missing),
        )


def _clocked(design: Design, pin: Pin) -> bool:
    source = design.source(pin)
    return source is not None and (
        source.kind == "clk" or source.cell is None or not source.direction
    )


def inputs(design: Design) -> Iterator[Problem]:
    """Find inputs and resets that nothing drives."""
    attached = {
        f"{b.cell.path}/{port}": bool(b.net)
        for b in design.buses.values()
        if b.cell and b.cell.ip and ":acc_handshake:" not in b.type
        for port in b.ports().values()
    }
    missing = []
    for pin in design.pins.values():
        if pin.cell is None and pin.direction == "out" and design.source(pin) is None:
            yield OWN, f"port {pin.path} has no source"
        if pin.direction != "in" or not pin.cell or not pin.cell.ip or pin.kind == "clk":
            continue
        if attached.get(pin.path) or design.source(pin) is not None:
            continue
        port = pin.cell.port(pin.name)
        if pin.net or (port.tie_off is None and pin.path not in attached):
            missing.append(pin.path)
        elif pin.kind == "rst" and (pin.cell.ip.name, pin.name) not in _OPTIONAL_RESETS:
            yield OWN, f"reset {pin.path} is not connected: {pin.cell.path} is never reset"
        elif _needed(pin):
            yield OWN, f"{pin.path} is not connected: the channel has inputs only"
    if missing:
        yield (
            "BD 41-759",
            "The input pins (listed below) are either not connected or do not have a source port, "
            "and they don't have a tie-off specified. These pins are tied-off to all 0's to avoid "
            "error in Implementation flow.\nPlease check your design and connect them as needed: \n"
            + "\n".join(missing),
        )


def _needed(pin: Pin) -> bool:
    """Whether an input with a tie-off makes its IP useless when it stays open."""
    assert pin.cell is not None and pin.cell.ip is not None
    return (pin.cell.ip.name, pin.name.partition("_io_i")[0]) in {
        ("axi_gpio", "gpio"),
        ("axi_gpio", "gpio2"),
    } and (
        pin.cell.value("C_ALL_INPUTS_2" if pin.name.startswith("gpio2") else "C_ALL_INPUTS") == "1"
    )


def widths(design: Design) -> Iterator[Problem]:
    """Find inputs that are wider or narrower than their source."""
    for pin in design.pins.values():
        if pin.drives or pin.net is None or not (pin.cell is None or pin.cell.ip):
            continue
        source = design.source(pin)
        if source is None:
            continue
        own, other = pin.width(), source.width()
        if own is None or other is None or own == other or pin.kind in ("clk", "rst"):
            continue
        if is_vague(design, source):
            continue
        lost = (
            "other input bits of this pin will be left unconnected"
            if own > other
            else "the others are left open"
        )
        yield (
            "BD 41-2383" if own > other else "BD 41-2384",
            f"Width mismatch when connecting input pin '{pin.path}'({own}) to pin "
            f"'{source.path}'({other}) - Only lower "
            f"order bits will be connected, and {lost}.",
        )


def kinds(design: Design) -> Iterator[Problem]:
    """Find clocks, resets and interrupts that are connected to each other."""
    for pin in design.pins.values():
        if pin.drives or pin.net is None or pin.cell is None or pin.cell.ip is None:
            continue
        source = design.source(pin)
        if (
            source is None
            or source.cell is None
            or not source.kind
            or not pin.kind
            or pin.kind == source.kind
        ):
            continue
        yield (
            "BD 41-1731",
            f"Type mismatch between connected pins: {source.path}({source.kind}) and "
            f"{pin.path}({pin.kind})",
        )
