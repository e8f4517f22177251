"""What XRT reads of a linked kernel: the XML of EMBEDDED_METADATA, and ``emconfig.json``.

Elements and attributes are those that XRT 2.13 reads (xclbin_parser, common_em).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from hls4ml_soc.virtual.vitis_compiler.kernel import Kernel
from hls4ml_soc.virtual.vitis_compiler.platforms import Platform

_CONTROL = {"name": "S_AXI_CONTROL", "mode": "slave", "range": "0x1000", "dataWidth": "32",
            "portType": "addressable", "base": "0x0"}  # fmt: skip
_POINTER, _SCALAR = "1", "0"


def embedded(
    platform: Platform,
    kernel: Kernel,
    units: Sequence[tuple[str, int]],
    connections: Sequence[tuple[int, int, int]],
    mhz: int,
) -> bytes:
    """Return the XML of a kernel with compute units (name, base address) at a frequency.

    ``connections`` are (argument, unit, bank): XRT reads them from a section of their own, which
    its emulation does not show the virtual card."""
    vendor, board, name, _ = platform.vbnv.split(":")
    project = ET.Element("project", name="hls4ml_soc")
    whole = ET.SubElement(project, "platform", vendor=vendor, boardid=board, name=name,
                          featureRomTime="0")  # fmt: skip
    ET.SubElement(whole, "version", major="1", minor="0")
    ET.SubElement(whole, "description")
    device = ET.SubElement(whole, "device", name="fpga0", fpgaDevice=platform.device, addrWidth="0")
    core = ET.SubElement(
        device, "core", name="OCL_REGION_0", target="bitstream", type="clc_region",
        clockFreq=f"{mhz}MHz", numComputeUnits="60",
    )  # fmt: skip
    clocks = ET.SubElement(core, "kernelClocks")
    for clock in ("KERNEL_CLK", "DATA_CLK"):
        ET.SubElement(clocks, "clock", port=clock, frequency=f"{mhz}MHz")
    element = _kernel(core, kernel, units)
    for argument, unit, bank in connections:
        ET.SubElement(element, "virtual_connection", argument=kernel.arguments[argument].name,
                      unit=units[unit][0], bank=platform.all_banks[bank].tag)  # fmt: skip
    for each in platform.all_banks:
        ET.SubElement(project, "virtual_bank", name=each.tag, base=f"{each.base:#x}",
                      size=f"{each.size:#x}")  # fmt: skip
    return bytes(ET.tostring(project, "utf-8", xml_declaration=True))


def _kernel(core: ET.Element, kernel: Kernel, units: Sequence[tuple[str, int]]) -> ET.Element:
    element = ET.SubElement(
        core, "kernel", name=kernel.name, language="c", vlnv=f"xilinx.com:hls:{kernel.name}:1.0",
        preferredWorkGroupSizeMultiple="0", workGroupSize="1", interrupt="true",
        hwControlProtocol="ap_ctrl_chain",
    )  # fmt: skip
    ET.SubElement(element, "port", _CONTROL)
    for port in sorted({each.port for each in kernel.arguments if each.bundle}):
        ET.SubElement(element, "port", name=port, mode="master", range="0xFFFFFFFFFFFFFFFF",
                      dataWidth="512", portType="addressable", base="0x0")  # fmt: skip
    for number, each in enumerate(kernel.arguments):
        size = f"{each.size:#x}"
        ET.SubElement(
            element, "arg", name=each.name, id=str(number), port=each.port, size=size,
            addressQualifier=_POINTER if each.bundle else _SCALAR, offset=f"{each.offset:#x}",
            hostOffset="0x0", hostSize=size, type=each.type,
        )  # fmt: skip
    for name, base in units:
        instance = ET.SubElement(element, "instance", name=name)
        ET.SubElement(instance, "addrRemap", base=f"{base:#x}", range="0x10000",
                      port="S_AXI_CONTROL")  # fmt: skip
    for size in ("compileWorkGroupSize", "maxWorkGroupSize"):
        ET.SubElement(element, size, x="1", y="1", z="1")
    return element


def emconfig(platform: Platform) -> dict[str, Any]:
    """Return what XRT's emulation wants to know of the card."""
    banks = [{"Size": f"{platform.bank_mib}MB"} for _ in range(platform.banks)]
    if platform.bank_mib % 1024 == 0:
        banks = [{"Size": f"{platform.bank_mib // 1024}GB"} for _ in range(platform.banks)]
    device = {
        "Name": platform.vbnv,
        "HalMajorVersion": "1",
        "HalMinorVersion": "0",
        "DataAlignment": "4096",
        "DdrBanks": banks,
        "NumDevices": "1",
        "OclFreqency": "300",
        "FeatureRom": {},
    }
    return {
        "Version": {"FileVersion": "2.0", "ToolVersion": "2022.1"},
        "Platform": {"Boards": [{"Devices": [device]}]},
    }
