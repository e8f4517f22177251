"""Definitions from Verilog, IP-XACT and the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc.virtual.vivado import ipxact, verilog
from hls4ml_soc.virtual.vivado.ip import Interface, Parameter, Port
from hls4ml_soc.virtual.vivado.ip_catalogue import Catalogue

HERE = Path(__file__).parent


def test_module_header() -> None:
    ip = verilog.read(HERE / "start.v", "sample_start")
    assert ip.vlnv == "xilinx.com:module_ref:sample_start:1.0"
    assert ip.parameters == {
        "BITS": Parameter("BITS", "64", "long"),
        "BEATS": Parameter("BEATS", "1", "long"),
    }
    assert ip.ports["aclk"] == Port(
        "aclk", "in", kind="clk", interfaces=("s_axis", "m_axis"), resets=("aresetn",)
    )
    assert ip.ports["aresetn"] == Port("aresetn", "in", kind="rst", polarity="ACTIVE_LOW")
    assert ip.ports["m_axis_tkeep"] == Port("m_axis_tkeep", "out", "PARAM_VALUE.BITS/8-1", "0")
    assert ip.ports["s_axis_tvalid"] == Port("s_axis_tvalid", "in")
    assert {n: (i.type, i.mode) for n, i in ip.interfaces.items()} == {
        "s_axis": ("xilinx.com:interface:axis:1.0", "slave"),
        "m_axis": ("xilinx.com:interface:axis:1.0", "master"),
    }
    assert ip.interfaces["s_axis"].ports["TLAST"] == "s_axis_tlast"


def _module(folder: Path, text: str) -> Any:
    (folder / "m.v").write_text(text)
    return verilog.read(folder / "m.v", "m")


def test_attributes_name_interfaces(tmp_path: Path) -> None:
    ip = _module(
        tmp_path,
        """/* module m (); */ module m (
        (* X_INTERFACE_INFO = "xilinx.com:interface:gpio_rtl:1.0 LED TRI_O" *) output reg [3:0] led,
        (* X_INTERFACE_INFO = "xilinx.com:signal:interrupt:1.0 irq INTERRUPT",
           X_INTERFACE_PARAMETER = "XIL_INTERFACENAME irq, SENSITIVITY EDGE_RISING" *) output irq,
        input rst, input loose_tdata, inout [7:0] pad); endmodule""",
    )
    assert ip.interfaces == {
        "LED": Interface("LED", "xilinx.com:interface:gpio:1.0", "master", ports={"TRI_O": "led"})
    }
    assert ip.ports["irq"] == Port("irq", "out", kind="intr", sensitivity="EDGE_RISING")
    assert ip.ports["rst"] == Port("rst", "in", kind="rst", polarity="ACTIVE_HIGH")
    assert ip.ports["pad"] == Port("pad", "inout", "7", "0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("module n (); endmodule", "no module 'm' with an ANSI port list"),
        ("module m (a); input a; endmodule", "cannot read port 'a'"),
        ("module m #(parameter) (input a); endmodule", "cannot read parameter 'parameter'"),
    ],
)
def test_headers_beyond_it(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(verilog.VerilogError) as caught:
        _module(tmp_path, text)
    assert str(caught.value) == f"{tmp_path}/m.v: {message}"


def test_component(benches: Any, tmp_path: Path) -> None:
    ip = ipxact.read(benches.ip_xact.write(tmp_path / "ip") / "component.xml")
    assert (ip.vlnv, ip.display_name) == ("xilinx.com:hls:digits_soc:1.0", "Digits_soc")
    assert ip.revisions == {"": "2113862048"}
    assert sorted(ip.interfaces) == ["ap_ctrl", "m_axis", "s_axis"]
    assert ip.ports["ap_clk"].interfaces == ("s_axis", "m_axis")
    assert ip.ports["ap_rst_n"] == Port("ap_rst_n", "in", kind="rst", polarity="ACTIVE_LOW")
    assert ip.ports["m_axis_TDATA"] == Port("m_axis_TDATA", "out", "63", "0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a/>", "not an IP-XACT 1685-2009 component"),
        ("<a>", "no element found: line 1, column 3"),
    ],
)
def test_what_is_no_component(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "component.xml").write_text(text)
    with pytest.raises(ipxact.IpXactError) as caught:
        ipxact.read(tmp_path / "component.xml")
    assert str(caught.value) == f"{tmp_path}/component.xml: {message}"


@pytest.mark.parametrize(
    ("vlnv", "version", "found"),
    [
        ("xilinx.com:ip:axi_dma", "2019.2", "xilinx.com:ip:axi_dma:7.1"),
        ("xilinx.com:ip:axi_dma:7.*", "2023.2", "xilinx.com:ip:axi_dma:7.1"),
        ("xilinx.com:ip:axi_dma:7.0", "2023.2", None),
        ("axi_dma", "2023.2", None),
        ("xilinx.com:ip:zynq_ultra_ps_e", "2020.1", "xilinx.com:ip:zynq_ultra_ps_e:3.3"),
        ("xilinx.com:ip:zynq_ultra_ps_e", "2022.1", "xilinx.com:ip:zynq_ultra_ps_e:3.4"),
        ("xilinx.com:ip:zynq_ultra_ps_e", "2024.1", "xilinx.com:ip:zynq_ultra_ps_e:3.5"),
        ("xilinx.com:ip:microblaze_riscv", "2023.2", None),
        ("xilinx.com:inline_hdl:ilconcat:1.0", "2025.2", "xilinx.com:inline_hdl:ilconcat:1.0"),
        ("xilinx.com:inline_hdl:ilconcat", "2023.2", None),
    ],
)
def test_catalogue_by_release(vlnv: str, version: str, found: str | None) -> None:
    ip = Catalogue(version).find(vlnv)
    assert (ip.vlnv if ip else None) == found


def test_every_catalogue_entry_loads_and_tells_its_source() -> None:
    catalogue = Catalogue("2025.2")
    for vlnv in catalogue.vlnvs():
        ip = catalogue.load(vlnv)
        assert ip.vlnv == vlnv
        assert ip.source
        assert ip.ports
