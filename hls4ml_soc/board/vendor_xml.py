"""The XML board files of Vivado's board store, format 2.x (UG895, "Board Interface File")."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ..errors import BoardError


@dataclass(frozen=True)
class PartPin:
    """A pin of the package."""

    loc: str
    iostandard: str


@dataclass(frozen=True)
class Interface:
    """An interface of the FPGA on the board. ``ports`` maps logical ports to component pins, of
    one pin each; ``kind`` is the third part of its type."""

    name: str
    kind: str
    parameters: dict[str, str]
    ports: dict[str, str]

    @property
    def frequency(self) -> float:
        """The frequency of a clock in Hz, 0 where none is given."""
        try:
            return float(self.parameters.get("frequency", "0"))
        except ValueError:
            return 0.0


@dataclass(frozen=True)
class VendorBoard:
    """What a folder of the board store says: one FPGA, its interfaces and pins, presets of IPs."""

    folder: Path
    vendor: str
    name: str
    title: str
    version: str
    part: str
    interfaces: list[Interface]
    pins: dict[str, PartPin]
    presets: list[tuple[str, dict[str, str]]]  # (IP, parameters without CONFIG.)

    @property
    def board_part(self) -> str:
        """The board as ``set_property board_part`` names it, without a revision."""
        return f"{self.vendor}:{self.name}:part0"


def read(folder: Path) -> VendorBoard:
    """Read the files of a board.

    Raises BoardError for a folder that holds none, ElementTree.ParseError for broken XML.
    """
    root = _root(folder / "board.xml", "board")
    parts = [c for c in root.iter("component") if c.get("type") == "fpga"]
    if len(parts) != 1 or not parts[0].get("part_name"):
        raise BoardError(f"{folder}/board.xml names {len(parts)} FPGAs, not one")
    (part,) = parts
    pins = folder / part.get("pin_map_file", "part0_pins.xml")
    presets = folder / root.get("preset_file", "preset.xml")
    return VendorBoard(
        folder=folder,
        vendor=root.get("vendor", ""),
        name=root.get("name", ""),
        title=root.get("display_name", root.get("name", "")),
        version=(root.findtext("file_version") or "").strip(),
        part=part.get("part_name", ""),
        interfaces=[_interface(each) for each in part.iter("interface")],
        pins=_pins(pins) if pins.is_file() else {},
        presets=_presets(presets) if presets.is_file() else [],
    )


def _root(path: Path, tag: str) -> ElementTree.Element:
    if not path.is_file():
        raise BoardError(
            f"{path} does not exist: name the folder of a vendor's board files, with board.xml, "
            "part0_pins.xml and preset.xml"
        )
    root = ElementTree.parse(path).getroot()
    if root.tag != tag:
        raise BoardError(f"{path} is not a vendor's board file: it holds <{root.tag}>, not <{tag}>")
    return root


def _interface(node: ElementTree.Element) -> Interface:
    kind = node.get("type", "").split(":")
    ports = {}
    for port in node.iter("port_map"):
        pins = [pin.get("component_pin", "") for pin in port.iter("pin_map")]
        if len(pins) == 1:
            ports[port.get("logical_port", "")] = pins[0]
    parameters = {p.get("name", ""): p.get("value", "") for p in node.iter("parameter")}
    return Interface(node.get("name", ""), kind[2] if len(kind) > 2 else "", parameters, ports)


def _pins(path: Path) -> dict[str, PartPin]:
    return {
        pin.get("name", ""): PartPin(pin.get("loc", ""), pin.get("iostandard", ""))
        for pin in _root(path, "part_info").iter("pin")
    }


def _presets(path: Path) -> list[tuple[str, dict[str, str]]]:
    found = []
    for ip in _root(path, "ip_presets").iter("ip"):
        # The ZCU102's file has a blank behind a name.
        values = {
            each.get("name", "").strip().removeprefix("CONFIG."): each.get("value", "").strip()
            for each in ip.iter("user_parameter")
        }
        found.append((ip.get("name", ""), values))
    return found
