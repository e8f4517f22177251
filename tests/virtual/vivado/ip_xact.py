"""A component.xml as Vitis HLS writes it for a core with two AXI4-Streams and ap_ctrl_hs."""

from __future__ import annotations

from pathlib import Path

_NAMES = (
    'xmlns:xilinx="http://www.xilinx.com" '
    'xmlns:spirit="http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def write(folder: Path, name: str = "digits_soc", bits_in: int = 64, bits_out: int = 64) -> Path:
    """Write component.xml and the compiled model beside it; return the folder."""
    (folder / "standin").mkdir(parents=True)
    (folder / "standin" / "core.so").write_bytes(b"\x7fELF compiled model")
    (folder / "component.xml").write_text(component(name, bits_in, bits_out))
    return folder


def component(name: str, bits_in: int, bits_out: int) -> str:
    """Return the text of component.xml."""
    busses = (
        _stream("s_axis", "slave", bits_in)
        + _stream("m_axis", "master", bits_out)
        + _signal(
            "ap_clk",
            "clock",
            "CLK",
            {"ASSOCIATED_BUSIF": "s_axis:m_axis", "ASSOCIATED_RESET": "ap_rst_n"},
        )
        + _signal("ap_rst_n", "reset", "RST", {"POLARITY": "ACTIVE_LOW"})
        + _bus(
            "ap_ctrl",
            "xilinx.com:interface:acc_handshake:1.0",
            "slave",
            {s: f"ap_{s}" for s in ("start", "done", "idle", "ready")},
            {},
        )
    )
    ports = "".join(
        _port(n, d)
        for n, d in (
            ("ap_clk", "in"),
            ("ap_rst_n", "in"),
            ("ap_start", "in"),
            ("ap_done", "out"),
            ("ap_idle", "out"),
            ("ap_ready", "out"),
        )
    )
    for stream, bits, ahead in (("s_axis", bits_in, "in"), ("m_axis", bits_out, "out")):
        back = "out" if ahead == "in" else "in"
        for signal, width in (
            ("TDATA", bits),
            ("TKEEP", bits // 8),
            ("TSTRB", bits // 8),
            ("TLAST", 1),
        ):
            ports += _port(f"{stream}_{signal}", ahead, width)
        ports += _port(f"{stream}_TVALID", ahead) + _port(f"{stream}_TREADY", back)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<spirit:component {_NAMES}>\n'
        "<spirit:vendor>xilinx.com</spirit:vendor>\n<spirit:library>hls</spirit:library>\n"
        f"<spirit:name>{name}</spirit:name>\n<spirit:version>1.0</spirit:version>\n"
        f"<spirit:busInterfaces>{busses}</spirit:busInterfaces>\n"
        f"<spirit:model><spirit:ports>{ports}</spirit:ports></spirit:model>\n"
        "<spirit:parameters><spirit:parameter><spirit:name>Component_Name</spirit:name>"
        "<spirit:value "
        f'spirit:resolve="user">{name}_v1_0</spirit:value></spirit:parameter></spirit:parameters>\n'
        "<spirit:vendorExtensions><xilinx:coreExtensions><xilinx:displayName>Digits_soc</xilinx:displayName>"
        "<xilinx:coreRevision>2113862048</xilinx:coreRevision></xilinx:coreExtensions></spirit:vendorExtensions>\n"
        "</spirit:component>\n"
    )


def _port(name: str, direction: str, width: int = 0) -> str:
    vector = (
        f"<spirit:vector><spirit:left>{width - 1}</spirit:left>"
        "<spirit:right>0</spirit:right></spirit:vector>"
        if width
        else ""
    )
    return (
        f"<spirit:port><spirit:name>{name}</spirit:name><spirit:wire><spirit:direction>{direction}</spirit:direction>"
        f"{vector}</spirit:wire></spirit:port>\n"
    )


def _bus(name: str, vlnv: str, mode: str, ports: dict[str, str], parameters: dict[str, str]) -> str:
    vendor, library, kind, version = vlnv.split(":")
    maps = "".join(
        f"<spirit:portMap><spirit:logicalPort><spirit:name>{k}</spirit:name></spirit:logicalPort>"
        f"<spirit:physicalPort><spirit:name>{v}</spirit:name></spirit:physicalPort></spirit:portMap>"
        for k, v in ports.items()
    )
    values = "".join(
        f"<spirit:parameter><spirit:name>{k}</spirit:name><spirit:value>{v}</spirit:value></spirit:parameter>"
        for k, v in parameters.items()
    )
    return (
        f"<spirit:busInterface><spirit:name>{name}</spirit:name><spirit:busType "
        f'spirit:vendor="{vendor}" '
        f'spirit:library="{library}" spirit:name="{kind}" spirit:version="{version}"/>'
        f"<spirit:{mode}/><spirit:portMaps>{maps}</spirit:portMaps><spirit:parameters>{values}</spirit:parameters>"
        "</spirit:busInterface>\n"
    )


def _signal(name: str, kind: str, logical: str, parameters: dict[str, str]) -> str:
    return _bus(name, f"xilinx.com:signal:{kind}:1.0", "slave", {logical: name}, parameters)


def _stream(name: str, mode: str, bits: int) -> str:
    signals = ("TDATA", "TKEEP", "TSTRB", "TLAST", "TVALID", "TREADY")
    parameters = {
        "TDATA_NUM_BYTES": str(bits // 8),
        "TUSER_WIDTH": "0",
        "TDEST_WIDTH": "0",
        "TID_WIDTH": "0",
        "HAS_TREADY": "1",
        "HAS_TSTRB": "1",
        "HAS_TKEEP": "1",
        "HAS_TLAST": "1",
    }
    return _bus(
        name, "xilinx.com:interface:axis:1.0", mode, {s: f"{name}_{s}" for s in signals}, parameters
    )
