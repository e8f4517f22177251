"""Board files from the vendors' own: ``board.xml``, ``part0_pins.xml``, ``preset.xml`` (UG895).

What those do not say is left out of the result and listed: the file is read only once it is
complete."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .. import resources
from ..errors import BoardError
from . import description as board
from .vendor_xml import Interface, VendorBoard, read

#: IP of a processing system -> family.
_FAMILIES = {"processing_system7": "zynq7", "zynq_ultra_ps_e": "zynqmp"}
#: 2 GiB of DDR lie at 0, the rest from 0x8_0000_0000 on (UG1085, address map).
_DDR_LOW, _DDR_HIGH = 0x80000000, 0x800000000


@dataclass(frozen=True)
class Draft:
    """A board file to be completed: its name, text, the preset's text if there is one, what to
    fill in."""

    name: str
    text: str
    preset: str
    missing: list[str]

    def write(self, path: Path) -> list[Path]:
        """Write board file and preset, the latter below ``presets`` beside it; return both paths.

        Raises BoardError where one exists.
        """
        files = {path: self.text}
        if self.preset:
            files[path.parent / "presets" / f"{self.name}.yaml"] = self.preset
        for each in files:
            if each.exists():
                raise BoardError(f"{each} exists already: move it away, or name another with --out")
        for each, text in files.items():
            each.parent.mkdir(parents=True, exist_ok=True)
            each.write_text(text, encoding="utf-8")
        return list(files)


def draft(path: Path) -> Draft:
    """Make a board file of a vendor's: ``path`` is any of its XML files or their folder.

    Raises BoardError for what is not such a file, and for boards that no family can serve.
    """
    try:
        vendor = read(path if path.is_dir() else path.parent)
    except ElementTree.ParseError as error:
        raise BoardError(f"{path}: not XML: {error}") from None
    name = re.sub(r"[^a-z0-9]+", "-", vendor.name.lower()).strip("-")
    processors = {ip: values for ip, values in vendor.presets if ip in _FAMILIES}
    if len(processors) != len([ip for ip, _ in vendor.presets if ip in _FAMILIES]):
        raise BoardError(
            f"{vendor.folder}/preset.xml has several presets of a processing system: write the "
            "board file by hand, see docs/add-a-board.md"
        )
    missing: list[str] = []
    preset: dict[str, str] = {}
    if processors:
        ((ip, preset),) = processors.items()
        body = list(_processing_system(name, _FAMILIES[ip], preset, missing))
    else:
        body = list(_soft(vendor, missing))
    body += _resources(vendor.part, missing)
    lines = [
        "version: 1",
        f"title: {json.dumps(vendor.title)}",
        f"part: {vendor.part}",
        f"board_part: {vendor.board_part}    # newest installed revision; never required",
        *body,
    ]
    return Draft(name, "\n".join(lines) + "\n", _preset_text(vendor, preset), missing)


def _processing_system(
    name: str, family: str, preset: dict[str, str], missing: list[str]
) -> Iterator[str]:
    """Yield what follows from the preset of a processing system."""
    port, memory, bits, address, cpu, clock, most = {
        "zynq7": ("M_AXI_GP0", "S_AXI_HP0", 64, 32, "cortex-a9", "FCLK_CLK0", 200),
        "zynqmp": ("M_AXI_HPM0_FPD", "S_AXI_HP0_FPD", 128, 40, "cortex-a53", "pl_clk0", 250),
    }[family]
    preset_file = f"presets/{name}.yaml"
    yield f"processing_system: {{family: {family}, preset: {preset_file}, control: {port}}}"
    yield f"clock: {{source: {clock}, mhz: 100, max_mhz: {most}}}    # max_mhz: a guess, see docs"
    size = _ddr7(preset) if family == "zynq7" else _ddr8(preset)
    ranges = _ranges(size) if size else ""
    if not size:
        missing.append("memory: the ranges; the preset does not say how large the DDR memory is")
    yield f"memory: {{port: {memory}, bits: {bits}, address_bits: {address}, ranges: [{ranges}]}}"
    uarts = _uarts(family, preset)
    if len(uarts) == 1:
        yield f"console: {{uart: {uarts[0]}, baud: 115200, max_baud: 921600, fifo: 64}}"
    elif uarts:
        missing.append(f"console: which of {', '.join(uarts)} goes to the host; may be left out")
    yield f"targets: {{baremetal: {{cpu: {cpu}}}}}"
    missing.append("targets: 'pynq: {device: NAME}', first, if PYNQ has an image for the board")


def _soft(vendor: VendorBoard, missing: list[str]) -> Iterator[str]:
    """Yield what a board without a processing system gets: MicroBlaze V.

    Raises BoardError where it cannot be clocked.
    """
    clocks = [i for i in vendor.interfaces if i.kind == "clock_rtl" and i.frequency]
    if not clocks:
        raise BoardError(
            f"{vendor.folder}/board.xml has neither a preset of a processing system nor a "
            "single-ended oscillator: no family can serve the board"
        )
    pins = {"clk": _pin(vendor, clocks[0], "CLK", f", mhz: {clocks[0].frequency / 1e6:g}")}
    for reset in [i for i in vendor.interfaces if i.kind == "reset_rtl"][:1]:
        active = "high" if reset.parameters.get("rst_polarity") == "1" else "low"
        pins["ext_reset"] = _pin(vendor, reset, "RST", f", active: {active}")
    for uart in [i for i in vendor.interfaces if i.kind == "uart_rtl"][:1]:
        pins["uart_rx"] = _pin(vendor, uart, "RxD", "")
        pins["uart_tx"] = _pin(vendor, uart, "TxD", "")
    for name in ("ext_reset", "uart_rx", "uart_tx"):
        if not pins.get(name):
            missing.append(f"pins: {name}")
    yield "processing_system: {family: microblaze, isa: rv32im, local_memory_kib: 64}"
    yield "clock: {source: clk, mhz: 100, max_mhz: 100}"
    yield "memory: {bits: 64, address_bits: 32, ranges: [{base: 0xC0000000, size: 0x10000}]}"
    yield "pins:"
    yield from (f"  {name}: {pin}" for name, pin in pins.items() if pin)
    yield "console: {uart: uart, baud: 115200, fifo: 16}"
    yield "targets: {baremetal: {cpu: microblaze-riscv}}"


def _pin(vendor: VendorBoard, interface: Interface, port: str, more: str) -> str:
    pin = vendor.pins.get(interface.ports.get(port, ""))
    return f"{{loc: {pin.loc}, iostandard: {pin.iostandard}{more}}}" if pin else ""


def _resources(part: str, missing: list[str]) -> list[str]:
    """Return the resources line of a board that has the same device."""
    for name in board.names():
        text = (resources.folder("boards") / f"{name}.yaml").read_text(encoding="utf-8")
        match = re.search(r"^part: *(\S+)", text, re.MULTILINE)
        if match and _device(match.group(1)) == _device(part):
            r = board.Board.load(name).resources
            return [
                f"resources: {{lut: {r.lut}, ff: {r.ff}, dsp: {r.dsp}, bram_18k: {r.bram_18k}}}"
                f"    # as {name}"
            ]
    missing.append("resources: lut, ff, dsp and bram_18k of the part's data sheet")
    return []


def _device(part: str) -> str:
    """Return a part number without package, speed and temperature."""
    match = re.match(r"xc7[a-z]\d+[a-z]?(?=[a-z]{2,3}\d)|[^-]+", part)
    return match.group() if match else part


def _ddr7(preset: dict[str, str]) -> int:
    high = preset.get("PCW_DDR_RAM_HIGHADDR", "")
    return int(high, 0) + 1 if re.fullmatch(r"0[xX][0-9A-Fa-f]+", high) else 0


def _ddr8(preset: dict[str, str]) -> int:
    """Return the bytes of DDR: capacity of a chip x chips on the bus x ranks."""
    numbers = {
        key: re.match(r"\d+", preset.get(f"PSU__DDRC__{key}", ""))
        for key in ("DEVICE_CAPACITY", "BUS_WIDTH", "DRAM_WIDTH")
    }
    capacity, bus, chip = (int(m.group()) if m else 0 for m in numbers.values())
    ranks = 1 << int(preset.get("PSU__DDRC__RANK_ADDR_COUNT", "0") or 0)
    return capacity * (1 << 20) // 8 * (bus // chip) * ranks if capacity and bus and chip else 0


def _ranges(size: int) -> str:
    parts = [(0, min(size, _DDR_LOW))]
    if size > _DDR_LOW:
        parts.append((_DDR_HIGH, size - _DDR_LOW))
    return ", ".join(f"{{base: 0x{base:x}, size: 0x{length:x}}}" for base, length in parts)


def _uarts(family: str, preset: dict[str, str]) -> list[str]:
    """Return the UARTs that the preset switches on, as the vendor's software calls them."""
    name, key = {
        "zynq7": ("ps7_uart", "PCW_UART{}_PERIPHERAL_ENABLE"),
        "zynqmp": ("psu_uart", "PSU__UART{}__PERIPHERAL__ENABLE"),
    }[family]
    return [f"{name}_{n}" for n in (0, 1) if preset.get(key.format(n)) == "1"]


def _preset_text(vendor: VendorBoard, preset: dict[str, str]) -> str:
    if not preset:
        return ""
    head = (
        f"# Processing system preset of {vendor.title}: every user parameter of the vendor's board "
        f"file.\n# Source: {vendor.board_part}:{vendor.version}. Names without their CONFIG. "
        "prefix.\n"
    )
    return head + "".join(f"{key}: {json.dumps(value)}\n" for key, value in preset.items())
