"""The card: what XRT's emulation asks of it, by call."""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from hls4ml_soc.virtual.xrt.errors import DeviceError
from hls4ml_soc.virtual.xrt.memory import Memory
from hls4ml_soc.virtual.xrt.unit import ComputeUnit, Register
from hls4ml_soc.virtual.xrt.wire import Fields, message
from hls4ml_soc.virtual.xrt.xclbin import Bank

#: Calls of the emulation, numbered as in ``rpc_messages.proto``.
CLOSE, LOAD, ALLOCATE, FREE, TO_CARD, FROM_CARD = 1, 3, 4, 5, 6, 7
WRITE_CONTROL, READ_CONTROL, PERFORMANCE, UNLOAD, SETUP = 9, 11, 19, 20, 28
WRITE_REGISTER, READ_REGISTER = 51, 52
#: How far the registers of a compute unit reach.
_WINDOW = 0x10000
_DONE = message((1, 1))


class Card:
    """A virtual card. ``scratch`` is a folder of its own, ``failed`` is called from any thread
    with what a program did wrong."""

    def __init__(self, scratch: Path, failed: Callable[[DeviceError], None]) -> None:
        self.memory = Memory()
        self.units: dict[int, ComputeUnit] = {}
        self.counters = {"bytes_to_card": 0, "bytes_from_card": 0, "to_card": 0, "from_card": 0}
        self._scratch, self._failed = scratch, failed
        self._calls: dict[int, Callable[[Fields], bytes]] = {
            CLOSE: lambda _: _DONE,
            LOAD: self._load,
            ALLOCATE: self._allocate,
            FREE: self._free,
            TO_CARD: self._to_card,
            FROM_CARD: self._from_card,
            WRITE_CONTROL: self._write_control,
            READ_CONTROL: self._read_control,
            PERFORMANCE: lambda _: message((1, b""), (2, b""), (3, b"")),
            UNLOAD: lambda _: _DONE,
            SETUP: lambda _: _DONE,
            WRITE_REGISTER: self._write_register,
            READ_REGISTER: self._read_register,
        }

    def call(self, number: int, fields: Fields) -> bytes:
        """Do what a call asks for and return the answer's body.

        Raises DeviceError for what a card would not stand, and for a call that is not modelled."""
        if number not in self._calls:
            raise DeviceError(f"XRT's emulation made call {number}, which is not modelled")
        return self._calls[number](fields)

    @property
    def starts(self) -> int:
        """How often compute units were started."""
        return sum(unit.starts for unit in self.units.values())

    def _load(self, fields: Fields) -> bytes:
        described, library = fields.text(1), fields.text(2)
        self.units = {}
        if described:
            root = ET.parse(described).getroot()
            self.memory.banks = [
                Bank(e.attrib["name"], int(e.attrib["base"], 0), int(e.attrib["size"], 0))
                for e in root.iter("virtual_bank")
            ]
            for kernel in root.iter("kernel"):
                self._place(kernel, Path(library))
        return _DONE

    def _place(self, kernel: ET.Element, library: Path) -> None:
        for instance in kernel.findall("instance"):
            name = instance.attrib["name"]
            remap = instance.find("addrRemap")
            assert remap is not None
            # A copy for each: compute units have nothing in common, static variables neither.
            own = self._scratch / f"{name}.so"
            shutil.copyfile(library, own)
            registers = [
                Register(
                    e.attrib["name"], int(e.attrib["offset"], 0), int(e.attrib["size"], 0),
                    _bank(kernel, name, e.attrib["name"]) if e.attrib["addressQualifier"] == "1"
                    else "", e.attrib["type"].startswith("const "),
                )
                for e in kernel.findall("arg")
            ]  # fmt: skip
            unit = ComputeUnit(name, registers, ctypes.CDLL(str(own)), self.memory, self._failed)
            self.units[int(remap.attrib["base"], 0)] = unit

    def _allocate(self, fields: Fields) -> bytes:
        self.memory.allocate(fields.number(1), fields.number(2))
        return message((1, 1), (2, b""))

    def _free(self, fields: Fields) -> bytes:
        self.memory.free(fields.number(1))
        return _DONE

    def _to_card(self, fields: Fields) -> bytes:
        data = fields.data(4)
        self.memory.write(fields.number(3), data)
        self.counters["bytes_to_card"] += len(data)
        self.counters["to_card"] += 1
        return message((1, len(data)))

    def _from_card(self, fields: Fields) -> bytes:
        data = self.memory.read(fields.number(4), fields.number(5))
        self.counters["bytes_from_card"] += len(data)
        self.counters["from_card"] += 1
        return message((1, len(data)), (2, data))

    def _write_control(self, fields: Fields) -> bytes:
        unit, offset = self._unit(fields.number(2))
        unit.write(offset, fields.data(4))
        return _DONE

    def _read_control(self, fields: Fields) -> bytes:
        unit, offset = self._unit(fields.number(2))
        return message((1, 1), (2, unit.read(offset, fields.number(3))))

    def _write_register(self, fields: Fields) -> bytes:
        unit, offset = self._unit(fields.number(1) + fields.number(2))
        unit.write(offset, fields.data(3))
        return _DONE

    def _read_register(self, fields: Fields) -> bytes:
        unit, offset = self._unit(fields.number(1) + fields.number(2))
        return message((1, 1), (2, unit.read(offset, fields.number(3))))

    def _unit(self, address: int) -> tuple[ComputeUnit, int]:
        for base, unit in self.units.items():
            if base <= address < base + _WINDOW:
                return unit, address - base
        raise DeviceError(f"no compute unit has a register at {address:#x}")


def _bank(kernel: ET.Element, unit: str, argument: str) -> str:
    for each in kernel.findall("virtual_connection"):
        if each.attrib["unit"] == unit and each.attrib["argument"] == argument:
            return each.attrib["bank"]
    raise DeviceError(f"{unit}.{argument} is connected to no bank")
