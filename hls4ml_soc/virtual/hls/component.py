"""Write component.xml, the IP-XACT 1685-2009 description of a packaged core, as Vitis HLS does."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from hls4ml_soc.virtual.hls.interface import Interface, StreamPort

SPIRIT = "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"
XILINX = "http://www.xilinx.com"
_FIFO_IN = (("RD_DATA", "dout", "in"), ("EMPTY_N", "empty_n", "in"), ("RD_EN", "read", "out"))
_FIFO_OUT = (("WR_DATA", "din", "out"), ("FULL_N", "full_n", "in"), ("WR_EN", "write", "out"))
_LITE = (
    ("AWADDR", "in", 4), ("AWVALID", "in", 0), ("AWREADY", "out", 0), ("WDATA", "in", 32),
    ("WSTRB", "in", 4), ("WVALID", "in", 0), ("WREADY", "out", 0), ("BRESP", "out", 2),
    ("BVALID", "out", 0), ("BREADY", "in", 0), ("ARADDR", "in", 4), ("ARVALID", "in", 0),
    ("ARREADY", "out", 0), ("RDATA", "out", 32), ("RRESP", "out", 2), ("RVALID", "out", 0),
    ("RREADY", "in", 0),
)  # fmt: skip

Wire = tuple[str, str, int]  # name, direction, width; 0: no vector


class Component:
    """Collect bus interfaces and ports of one core."""

    def __init__(self, vlnv: Sequence[str]) -> None:
        """Begin with vendor, library, name and version."""
        ET.register_namespace("spirit", SPIRIT)
        ET.register_namespace("xilinx", XILINX)
        self.root = ET.Element(_tag("component"))
        for key, value in zip(("vendor", "library", "name", "version"), vlnv, strict=True):
            _text(self.root, key, value)
        self.buses = ET.SubElement(self.root, _tag("busInterfaces"))
        self.wires: list[Wire] = []

    def bus(
        self, name: str, kind: str, mode: str, signals: Sequence[tuple[str, Wire]],
        parameters: Sequence[tuple[str, str]] = (), library: str = "interface",
    ) -> None:  # fmt: skip
        """Add a bus interface: its signals as (logical name, wire), and its parameters."""
        bus = ET.SubElement(self.buses, _tag("busInterface"))
        _text(bus, "name", name)
        for element, suffix in (("busType", ""), ("abstractionType", "_rtl")):
            words = {"vendor": "xilinx.com", "library": library, "name": kind + suffix}
            attributes = {_tag(k): v for k, v in {**words, "version": "1.0"}.items()}
            ET.SubElement(bus, _tag(element), attributes)
        ET.SubElement(bus, _tag(mode))
        maps = ET.SubElement(bus, _tag("portMaps"))
        for logical, wire in signals:
            port_map = ET.SubElement(maps, _tag("portMap"))
            _text(ET.SubElement(port_map, _tag("logicalPort")), "name", logical)
            _text(ET.SubElement(port_map, _tag("physicalPort")), "name", wire[0])
            self.wires.append(wire)
        if parameters:
            listed = ET.SubElement(bus, _tag("parameters"))
            for key, value in parameters:
                parameter = ET.SubElement(listed, _tag("parameter"))
                _text(parameter, "name", key)
                identity = f"BUSIFPARAM_VALUE.{name.upper()}.{key}"
                _text(parameter, "value", value).set(_tag("id"), identity)

    def text(self, description: str) -> str:
        """Return the document."""
        model = ET.SubElement(self.root, _tag("model"))
        ports = ET.SubElement(model, _tag("ports"))
        for name, direction, width in self.wires:
            port = ET.SubElement(ports, _tag("port"))
            _text(port, "name", name)
            wire = ET.SubElement(port, _tag("wire"))
            _text(wire, "direction", direction)
            if width:
                vector = ET.SubElement(wire, _tag("vector"))
                _text(vector, "left", str(width - 1))
                _text(vector, "right", "0")
        _text(self.root, "description", description)
        ET.indent(self.root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(self.root, "unicode") + "\n"


def component_text(
    vlnv: Sequence[str], interface: Interface, ports: Sequence[StreamPort], description: str
) -> str:
    """Return component.xml of a core with these stream ports."""
    component = Component(vlnv)
    axis = [p.name for p in ports if p.mode == "axis"]
    if interface.by_registers:
        wires = [(n, (f"s_axi_control_{n}", d, w)) for n, d, w in _LITE]
        component.bus("s_axi_control", "aximm", "slave", wires, (("DATA_WIDTH", "32"),))
        axis.insert(0, "s_axi_control")
    clock = (("ASSOCIATED_BUSIF", ":".join(axis)), ("ASSOCIATED_RESET", "ap_rst_n"))
    component.bus("ap_clk", "clock", "slave", [("CLK", ("ap_clk", "in", 0))], clock, "signal")
    low = (("POLARITY", "ACTIVE_LOW"),)
    component.bus("ap_rst_n", "reset", "slave", [("RST", ("ap_rst_n", "in", 0))], low, "signal")
    if interface.by_registers:
        level = (("SENSITIVITY", "LEVEL_HIGH"),)
        wire = [("INTERRUPT", ("interrupt", "out", 0))]
        component.bus("interrupt", "interrupt", "master", wire, level, "signal")
    elif interface.control != "ap_ctrl_none":
        names = [("start", "in"), ("done", "out"), ("idle", "out"), ("ready", "out")]
        if interface.control == "ap_ctrl_chain":
            names.insert(2, ("continue", "in"))
        handshake = [(n, (f"ap_{n}", d, 0)) for n, d in names]
        component.bus("ap_ctrl", "acc_handshake", "slave", handshake)
    for port in ports:
        _stream(component, port)
    return component.text(description)


def _stream(component: Component, port: StreamPort) -> None:
    if port.mode == "ap_fifo":
        width = sum(port.signals.values())
        fifo = [
            (logical, (f"{port.name}_{wire}", direction, width if "DATA" in logical else 0))
            for logical, wire, direction in (_FIFO_OUT if port.is_output else _FIFO_IN)
        ]
        kind = "acc_fifo_write" if port.is_output else "acc_fifo_read"
        component.bus(port.name, kind, "master", fifo)
        return
    forward, back = ("out", "in") if port.is_output else ("in", "out")
    present = [(s, w) for s, w in port.signals.items() if w]
    signals = [(s, (f"{port.name}_{s}", forward, w)) for s, w in present]
    signals.insert(1, ("TVALID", (f"{port.name}_TVALID", forward, 0)))
    signals.insert(2, ("TREADY", (f"{port.name}_TREADY", back, 0)))
    widths = {s: str(port.signals[s]) for s in ("TDEST", "TID", "TUSER")}
    has = {s: str(int(port.signals[s] > 0)) for s in ("TSTRB", "TKEEP", "TLAST")}
    parameters = [("TDATA_NUM_BYTES", str(port.signals["TDATA"] // 8))]
    parameters += [(f"{s}_WIDTH", w) for s, w in widths.items()]
    parameters += [("HAS_TREADY", "1"), *((f"HAS_{s}", h) for s, h in has.items())]
    mode = "master" if port.is_output else "slave"
    component.bus(port.name, "axis", mode, signals, parameters)


def _tag(name: str) -> str:
    return f"{{{SPIRIT}}}{name}"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name))
    child.text = text
    return child
