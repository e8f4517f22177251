"""``v++ -l`` and ``-p``: objects and a configuration to an .xclbin for the virtual card."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.vitis_compiler import config, metadata, platforms
from hls4ml_soc.virtual.vitis_compiler.arguments import Command
from hls4ml_soc.virtual.vitis_compiler.compile import NOT_MODELLED
from hls4ml_soc.virtual.vitis_compiler.config import Connectivity, Setting
from hls4ml_soc.virtual.vitis_compiler.errors import VppError
from hls4ml_soc.virtual.vitis_compiler.kernel import Argument, Kernel
from hls4ml_soc.virtual.vitis_compiler.platforms import Platform
from hls4ml_soc.virtual.xrt import xclbin
from hls4ml_soc.virtual.xrt.errors import XclbinError
from hls4ml_soc.virtual.xrt.xclbin import Xclbin

#: Where the virtual card has the registers of its compute units, and how far they are apart.
REGISTERS, APART = 0x800000, 0x10000


@dataclass(frozen=True)
class Object:
    """What ``v++ -c`` wrote."""

    platform: str
    kernel: Kernel
    library: bytes


def link(command: Command, release: str) -> None:
    """Write the .xclbin that a command asks for. Raises VppError."""
    platform = platforms.find(command.one("--platform"), release)
    mhz = command.one("--kernel_frequency", "300")
    if not mhz.isdigit() or not 1 <= int(mhz) <= 650:
        raise VppError(f"--kernel_frequency {mhz} is no frequency in MHz")
    objects = [_object(path, platform) for path in command.files]
    if len(objects) != 1:
        raise VppError(f"{len(objects)} objects are given; the stand-in links one kernel")
    kernel = objects[0].kernel
    wanted = config.connectivity(list(_settings(command)), [kernel.name], release)
    units = wanted.units[kernel.name]
    connections = list(_connections(kernel, wanted, platform))
    places = [(name, REGISTERS + APART * number) for number, name in enumerate(units)]
    described = metadata.embedded(platform, kernel, places, connections, int(mhz))
    topology = xclbin.mem_topology(platform.all_banks)
    connected = xclbin.connectivity(connections)
    build = {"origin": "standin", "release": release, "not_known": NOT_MODELLED}
    sections = {
        "BITSTREAM": objects[0].library,
        "EMBEDDED_METADATA": described,
        "MEM_TOPOLOGY": topology,
        "CONNECTIVITY": connected,
        "IP_LAYOUT": xclbin.ip_layout([(f"{kernel.name}:{name}", at) for name, at in places]),
        "ASK_GROUP_TOPOLOGY": topology,
        "ASK_GROUP_CONNECTIVITY": connected,
        "BUILD_METADATA": json.dumps(build).encode(),
    }
    identity = xclbin.uuid_of(*sections.values())
    written = Xclbin(identity, platform.vbnv, xclbin.SW_EMU, sections)
    written.write(Path(command.one("--output")))


def package(command: Command, release: str) -> None:
    """Write the packaged .xclbin, which for a card is the linked one. Raises VppError."""
    platform = platforms.find(command.one("--platform"), release)
    if len(command.files) != 1:
        raise VppError("one linked .xclbin is packaged at a time")
    try:
        linked = Xclbin.read(command.files[0])
    except OSError as error:
        raise VppError(f"cannot read {command.files[0]}: {error.strerror}") from None
    except XclbinError as error:
        raise VppError(str(error)) from None
    if linked.vbnv != platform.vbnv:
        raise VppError(f"{command.files[0]} is for {linked.vbnv}, not for {platform.vbnv}")
    linked.write(Path(command.one("--output")))


def emconfig(command: Command, release: str) -> None:
    """Write ``emconfig.json``, which tells XRT's emulation of the card. Raises VppError."""
    platform = platforms.find(command.one("--platform"), release)
    told = metadata.emconfig(platform)
    folder = Path(command.one("--od", "."))
    (folder / "emconfig.json").write_text(json.dumps(told, indent=2) + "\n")


def _settings(command: Command) -> Iterator[Setting]:
    for path in command.options.get("--config", ()):
        yield from config.read(Path(path))
    for key in ("nk", "sp", "slr"):
        for value in command.options.get(f"--connectivity.{key}", ()):
            yield Setting("command line", key, value)


def _object(path: Path, platform: Platform) -> Object:
    try:
        with zipfile.ZipFile(path) as file:
            facts: dict[str, Any] = json.loads(file.read("kernel.json"))
            library = file.read("kernel.so")
    except (OSError, KeyError, zipfile.BadZipFile):
        raise VppError(f"{path} is no object of this stand-in: compile it with v++ -c") from None
    if facts["platform"] != platform.name:
        raise VppError(f"{path} was compiled for {facts['platform']}, not for {platform.name}")
    told = facts["kernel"]
    arguments = tuple(Argument(**each) for each in told["arguments"])
    return Object(facts["platform"], Kernel(told["name"], told["where"], arguments), library)


def _connections(
    kernel: Kernel, wanted: Connectivity, platform: Platform
) -> Iterator[tuple[int, int, int]]:
    """Give (argument, unit, bank) of every pointer."""
    pointers = {a.name: number for number, a in enumerate(kernel.arguments) if a.bundle}
    for unit, argument in wanted.banks:
        if argument not in pointers:
            raise VppError(f"sp={unit}.{argument}: {kernel.name} has no m_axi port of that name")
    for unit, die in wanted.dies.items():
        if die >= platform.slr:
            raise VppError(
                f"slr={unit}:SLR{die}: {platform.name} has SLR0 to SLR{platform.slr - 1}"
            )
    for number, unit in enumerate(wanted.units[kernel.name]):
        for argument, index in pointers.items():
            if (unit, argument) not in wanted.banks:
                raise VppError(
                    f"{unit}.{argument} has no sp: v++ would choose a memory, and the same one for "
                    "all compute units"
                )
            first, last, memory = wanted.banks[unit, argument]
            if memory != platform.memory or not first <= last < platform.banks:
                raise VppError(
                    f"sp={unit}.{argument}:{memory}[{first}:{last}]: {platform.name} has "
                    f"{platform.memory}[0:{platform.banks - 1}]"
                )
            if first != last:
                raise VppError(f"sp={unit}.{argument}: the stand-in models one bank per port")
            yield index, number, first
