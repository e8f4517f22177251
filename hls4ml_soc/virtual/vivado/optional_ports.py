"""Ports that an IP has in some configurations, which the catalogue does not hold: they appear when
a script names them (UG586)."""

from __future__ import annotations

from dataclasses import replace

from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Pin
from hls4ml_soc.virtual.vivado.ip import Interface, Port

_DIFFERENTIAL = "xilinx.com:interface:diff_clock:1.0"
# A memory interface follows its .prj file, which the stand-in does not read.
_PORTS: dict[str, dict[str, Port]] = {
    "mig_7series": {
        "clk_ref_i": Port("clk_ref_i", "in", kind="clk"),
        "device_temp_i": Port("device_temp_i", "in", "11", "0"),
        "device_temp": Port("device_temp", "out", "11", "0"),
        **{f"ui_addn_clk_{n}": Port(f"ui_addn_clk_{n}", "out", kind="clk") for n in range(5)},
    },
}
_INTERFACES: dict[str, dict[str, Interface]] = {
    "mig_7series": {
        "SYS_CLK": Interface("SYS_CLK", _DIFFERENTIAL, "slave"),
        "CLK_REF": Interface("CLK_REF", _DIFFERENTIAL, "slave"),
        "DDR2": Interface("DDR2", "xilinx.com:interface:ddrx:1.0", "master"),
    },
}
# What an interface takes the place of.
_INSTEAD = {"SYS_CLK": ("sys_clk_i",), "CLK_REF": ("clk_ref_i",), "DDR2": ()}


def add(design: Design, kind: str, path: str) -> bool:
    """Add a pin or interface that a script names; return whether there is one of this name."""
    head, _, name = path.rpartition("/")
    cell = design.cells.get(head)
    if cell is None or cell.ip is None:
        return False
    if kind == "pin" and name in _PORTS.get(cell.ip.name, {}):
        port = _PORTS[cell.ip.name][name]
        if not cell.exists(port.when):
            return False
        cell.ip = replace(cell.ip, ports={**cell.ip.ports, name: port})
        design.pins[path] = Pin(cell, name)
    elif kind == "intf_pin" and name in _INTERFACES.get(cell.ip.name, {}):
        _add_interface(design, cell, name)
        design.buses[path] = Bus(cell, name)
    else:
        return False
    cell.changed()
    return True


def _add_interface(design: Design, cell: Cell, name: str) -> None:
    assert cell.ip is not None
    own = _INTERFACES[cell.ip.name][name]
    ports = {n: p for n, p in cell.ip.ports.items() if n not in _INSTEAD[name]}
    interfaces = {**cell.ip.interfaces, name: own}
    cell.ip = replace(cell.ip, ports=ports, interfaces=interfaces)
    cell.changed()
    for gone in _INSTEAD[name]:
        pin = design.pins.pop(f"{cell.path}/{gone}", None)
        if pin is not None:
            design.disconnect(pin)
