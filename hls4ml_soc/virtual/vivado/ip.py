"""What is known of an IP before it is configured: ports, interfaces, parameters, memory maps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Port:
    """A port of the IP's module; ``left`` and ``right`` are expressions, ``kind`` is clk, rst,
    intr or empty."""

    name: str
    direction: str
    left: str | None = None
    right: str | None = None
    when: str | None = None
    tie_off: str | None = None
    kind: str = ""
    interfaces: tuple[str, ...] = ()  # a clock's: those it clocks
    resets: tuple[str, ...] = ()  # a clock's: those synchronous to it
    polarity: str = ""
    sensitivity: str = ""


@dataclass(frozen=True)
class Interface:
    """A bus interface: type without the ``_rtl`` of its abstraction, mode master, slave,
    mirroredSlave ..."""

    name: str
    type: str
    mode: str
    when: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    memory_map: str | None = None
    address_space: str | None = None
    ports: dict[str, str] = field(
        default_factory=dict
    )  # logical name -> port, where no convention tells


@dataclass(frozen=True)
class Parameter:
    """A user parameter and what may be put into it."""

    name: str
    default: str | None = None
    format: str = "string"
    choices: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    read_only: bool = False  # only propagation sets it
    propagates: bool = False  # propagation sets it unless the user has


@dataclass(frozen=True)
class Register:
    """A register of an address block; fields are name -> (bit offset, width, access)."""

    name: str
    offset: str
    access: str = "read-write"
    reset: str = "0x0"
    size: str = "32"
    fields: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True)
class Block:
    """An address block of a memory map; base and range are expressions."""

    name: str
    base: str
    range: str
    usage: str = "memory"
    access: str = "read-write"
    registers: tuple[Register, ...] = ()


@dataclass(frozen=True)
class MemoryMap:
    """What a slave interface shows to masters."""

    name: str
    blocks: tuple[Block, ...]
    when: str | None = None


@dataclass(frozen=True)
class AddressSpace:
    """What a master can address."""

    name: str
    range: str
    width: str = "32"
    when: str | None = None


@dataclass(frozen=True)
class Ip:
    """An IP definition: from the catalogue, an IP repository or a module's source."""

    vlnv: str
    source: str
    ports: dict[str, Port]
    interfaces: dict[str, Interface]
    parameters: dict[str, Parameter]
    model: dict[str, str] = field(
        default_factory=dict
    )  # model parameter -> expression, or "" for the namesake
    spaces: dict[str, AddressSpace] = field(default_factory=dict)
    maps: dict[str, MemoryMap] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    repeat: tuple[tuple[str, str], ...] = ()  # (prefix of the first, parameter that counts)
    folder: Path | None = None  # of component.xml
    display_name: str = ""
    opaque: bool = False  # not modelled: its definition grows with what a script names

    @property
    def name(self) -> str:
        """The IP's name, third part of its VLNV."""
        return self.vlnv.split(":")[2]

    @property
    def version(self) -> str:
        """The IP's version, last part of its VLNV."""
        return self.vlnv.split(":")[3]

    @property
    def is_module(self) -> bool:
        """Whether it is a module reference."""
        return self.vlnv.split(":")[1] == "module_ref"
