"""What may be put into the parameters of a processing system, and what may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hls4ml_soc.virtual.vivado import ps_values
from hls4ml_soc.virtual.vivado.ip import Ip
from hls4ml_soc.virtual.vivado.ip_catalogue import Catalogue

ROOT = Path(__file__).parents[3]


def own(result: Any) -> list[str]:
    """Return the errors that are not echoes."""
    return [
        line.replace(str(result.folder), "@")
        for line in result.severe()
        if "[Common 17-39]" not in line
    ]


def processing_system(name: str, release: str = "2023.2") -> Ip:
    ip = Catalogue(release).find(f"xilinx.com:ip:{name}")
    assert ip is not None
    return ip


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PCW_MIO_16_PULLUP", "banana", "<Select>, disabled, enabled"),
        ("PCW_MIO_51_SLEW", "banana", "<Select>, fast, slow"),
        ("PCW_MIO_6_DIRECTION", "sideways", "<Select>, in, inout, out"),
        ("PCW_MIO_1_IOTYPE", "LVDS", "<Select>, HSTL 1.8V, LVCMOS 1.8V, LVCMOS 3.3V"),
        ("PCW_ENET1_PERIPHERAL_ENABLE", "2", "0, 1"),
        ("PCW_UIPARAM_DDR_ECC", "banana", "Disabled, Enabled"),
        ("PCW_ENET0_ENET0_IO", "GPIO", "<Select>, EMIO, MIO 16 .. 27, MIO 28 .. 39"),
        ("PCW_CAN_PERIPHERAL_CLKSRC", "banana", "ARM PLL, DDR PLL, IO PLL"),
        ("PCW_UART0_BASEADDR", "banana", "numbers"),
    ],
)
def test_value_of_a_preset_is_refused(bench: Any, name: str, value: str, allowed: str) -> None:
    result = bench.mutant("CONFIG.PCW_USE_M_AXI_GP0 1", f"CONFIG.{name} {value}")
    assert own(result)[0] == (
        f"ERROR: [IP_Flow 19-3461] Value '{value}' is out of the range for parameter "
        f"'{name}({name})' for BD Cell 'ps' . Valid values are - {allowed}"
    )
    assert result.code == 1


@pytest.mark.parametrize(
    ("ip", "name", "value"),
    [
        ("processing_system7", "PCW_ENET0_ENET0_IO", "MIO 28 .. 39"),
        ("processing_system7", "PCW_MIO_1_IOTYPE", "LVCMOS 2.5V"),
        ("processing_system7", "PCW_MIO_9_PULLUP", "Enabled"),
        ("processing_system7", "PCW_FCLK0_PERIPHERAL_DIVISOR0", "63"),
        ("processing_system7", "PCW_DDR_RAM_HIGHADDR", "0x3FFFFFFF"),
        ("processing_system7", "PCW_UIPARAM_DDR_SPEED_BIN", "LPDDR2_1066"),
        ("zynq_ultra_ps_e", "PSU__SD0__PERIPHERAL__IO", "MIO 13 .. 16 21 22"),
        ("zynq_ultra_ps_e", "PSU__DDRC__CWL", "14"),
        ("zynq_ultra_ps_e", "PSU__PCIE__DEVICE_ID", "0xD021"),
        ("zynq_ultra_ps_e", "PSU__GPIO_EMIO_WIDTH", "95"),
        ("zynq_ultra_ps_e", "PSU__DDR_QOS_HP0_RDQOS", ""),
    ],
)
def test_value_within_its_format_passes(ip: str, name: str, value: str) -> None:
    found = processing_system(ip)
    assert ps_values.allowed(found, found.parameters[name], value) == ""


@pytest.mark.parametrize("path", sorted((ROOT / "boards/presets").glob("*.yaml")), ids=str)
@pytest.mark.parametrize("release", ["2019.2", "2022.2", "2025.1"])
def test_presets_pass(path: Path, release: str) -> None:
    preset = yaml.safe_load(path.read_text())
    kind = "processing_system7" if any(n.startswith("PCW_") for n in preset) else "zynq_ultra_ps_e"
    ip = processing_system(kind, release)
    known = {n: str(v) for n, v in preset.items() if n in ip.parameters}
    assert len(known) > 100
    refused = {n: v for n, v in known.items() if ps_values.allowed(ip, ip.parameters[n], v)}
    assert refused == {}
