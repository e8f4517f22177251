"""What a hardware hand-off file says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EXTERNAL = "External_Ports"  # what Vivado calls the instance of a port of the design itself


class HwhError(Exception):
    """A ``.hwh`` cannot be read, or does not hold what is asked of it."""


@dataclass(frozen=True)
class End:
    """One end of a net or of an interface connection: cell instance and pin or interface name."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}/{self.name}"


@dataclass(frozen=True)
class Port:
    """A pin of a cell, or a port of the design: ``I``, ``O`` or ``IO``, so many bits wide.

    ``sigis`` is ``clk``, ``rst``, ``intr``, ``data`` or whatever the IP calls it; ``hertz`` the
    frequency of a clock, 0 where none is told.
    """

    name: str
    direction: str
    width: int
    signal: str
    connections: tuple[End, ...]
    sigis: str = ""
    hertz: int = 0


@dataclass(frozen=True)
class Interface:
    """An interface of a cell.

    ``type`` is MASTER, SLAVE, INITIATOR, TARGET or MONITOR; ``portmaps`` maps logical names
    (``TLAST``) to pins; ``busname`` is equal at both ends of a connection, and empty without one.
    """

    name: str
    type: str
    vlnv: str
    busname: str
    parameters: Mapping[str, str]
    portmaps: Mapping[str, str]

    @property
    def is_source(self) -> bool:
        """Tell whether this end drives the connection."""
        return self.type in ("MASTER", "INITIATOR")

    @property
    def kind(self) -> str:
        """Name the bus: ``axis``, ``aximm``, ..."""
        return vlnv_name(self.vlnv)


@dataclass(frozen=True)
class MemoryRange:
    """A range of an address map, ``base`` to ``high`` inclusive, seen from a ``master``."""

    instance: str
    block: str
    base: int
    high: int
    master: str
    slave: str
    memtype: str

    def __contains__(self, address: int) -> bool:
        return self.base <= address <= self.high

    def __str__(self) -> str:
        return f"{self.instance}/{self.slave} {self.base:#010x}..{self.high:#010x}"


@dataclass(frozen=True)
class Register:
    """A register of a slave interface: ``offset`` in bytes, ``access`` as in IP-XACT
    (``read-write``, ``read-only``, ``write-only``), the names of its bit fields.
    """

    name: str
    interface: str
    offset: int
    access: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Module:
    """A cell of the design.

    ``name`` is the instance, ``full_name`` its path, ``kind`` the name of its IP.
    """

    name: str
    full_name: str
    vlnv: str
    kind: str
    parameters: Mapping[str, str]
    ports: Mapping[str, Port]
    interfaces: Mapping[str, Interface]
    memory_map: tuple[MemoryRange, ...]
    registers: tuple[Register, ...]

    def parameter(self, name: str) -> str:
        """Return a parameter's value; ``name`` as in the IP, any case.

        Raises HwhError if there is none.
        """
        if name in self.parameters:
            return self.parameters[name]
        for known, value in self.parameters.items():
            if known.lower() == name.lower():
                return value
        raise HwhError(f"{self.name} ({self.vlnv}) has no parameter {name}")

    def number(self, name: str) -> int:
        """Return a parameter as an integer (decimal, ``0x``, true or false). Raises HwhError."""
        text = self.parameter(name)
        if text.lower() in ("true", "false"):
            return int(text.lower() == "true")
        try:
            return int(text, 0)
        except ValueError:
            raise HwhError(f"parameter {name} of {self.name} is not a number: {text!r}") from None

    def port(self, name: str) -> Port:
        """Return a pin. Raises HwhError if there is none."""
        if name not in self.ports:
            raise HwhError(f"{self.name} ({self.vlnv}) has no pin {name}")
        return self.ports[name]

    def interface(self, name: str) -> Interface:
        """Return an interface. Raises HwhError if there is none."""
        if name not in self.interfaces:
            known = ", ".join(self.interfaces) or "none"
            raise HwhError(f"{self.name} ({self.vlnv}) has no interface {name} (it has {known})")
        return self.interfaces[name]

    def streams(self, source: bool) -> tuple[Interface, ...]:
        """Return the AXI4-Stream interfaces that drive (``source``) or take; no monitors."""
        ends = (i for i in self.interfaces.values() if i.kind == "axis" and i.type != "MONITOR")
        return tuple(i for i in ends if i.is_source == source)


@dataclass(frozen=True)
class Hwh:
    """A block design as implemented.

    ``device``, ``package`` and ``speed`` as Vivado writes them (``7z020``, ``-1``).
    """

    name: str
    arch: str
    device: str
    package: str
    speed: str
    board: str
    vivado: str
    modules: Mapping[str, Module]
    ports: Mapping[str, Port] = field(default_factory=dict)

    def module(self, name: str) -> Module:
        """Return a cell by instance name or path. Raises HwhError if there is none."""
        for module in self.modules.values():
            if name in (module.name, module.full_name, module.full_name.lstrip("/")):
                return module
        raise HwhError(f"design {self.name} has no cell {name} (it has {', '.join(self.modules)})")

    def of_kind(self, *kinds: str) -> tuple[Module, ...]:
        """Return the cells of the given IPs (``axi_dma``), in file order."""
        return tuple(m for m in self.modules.values() if m.kind in kinds)

    def peer(self, module: str, interface: str) -> End | None:
        """Return the other end of an interface connection; None if it is open or leaves the design.

        Raises HwhError if the connection has several other ends. Monitors (ILA cores) do not count.
        """
        name = self.module(module).name
        bus = self.module(name).interface(interface).busname
        others = [
            End(m.name, i.name)
            for m in self.modules.values()
            for i in m.interfaces.values()
            if bus
            and i.busname == bus
            and i.type != "MONITOR"
            and (m.name, i.name) != (name, interface)
        ]
        if len(others) > 1:
            raise HwhError(
                f"{module}/{interface} has several other ends: {', '.join(map(str, others))}"
            )
        return others[0] if others else None

    def driver(self, module: str, port: str) -> End | None:
        """Return what drives the net of a pin; None if nothing does.

        Ports of the design belong to the module ``External_Ports``. Raises HwhError for an
        unknown cell or pin.
        """
        pin = self.module(module).port(port)
        if pin.direction == "O":
            return End(self.module(module).name, port)
        return next((end for end in pin.connections if self._drives(end)), None)

    def _drives(self, end: End) -> bool:
        if end.module == EXTERNAL:
            return end.name in self.ports and self.ports[end.name].direction != "O"
        module = self.modules.get(end.module)
        # Vivado names pins of hierarchy boundaries here that are listed nowhere: no drivers.
        return (
            module is not None
            and end.name in module.ports
            and module.ports[end.name].direction != "I"
        )


def vlnv_name(vlnv: str) -> str:
    """Return the name of an IP or interface from its VLNV."""
    fields = vlnv.split(":")
    return fields[2] if len(fields) == 4 else vlnv
