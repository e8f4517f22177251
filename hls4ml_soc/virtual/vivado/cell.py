"""A configured IP in a block design: values of its parameters, and the ports and interfaces that
follow from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from hls4ml_soc.virtual.vivado.axi_signals import MEMORY_MAPPED, PS8_MASTERS, STREAM
from hls4ml_soc.virtual.vivado.expression import ExpressionError, Value, evaluate, integer, truth
from hls4ml_soc.virtual.vivado.ip import Block, Interface, Ip, Port

_Item = TypeVar("_Item", Port, Interface)

# Interfaces whose ports are called after them where no port map says otherwise, and the ends of
# these names.
_CONVENTIONAL = {
    "xilinx.com:interface:aximm:1.0": MEMORY_MAPPED,
    "xilinx.com:interface:axis:1.0": STREAM,
}


# Parameters of the clocking wizard that name its ports (PG065).
CLOCK_NAMES = {
    "clk_in1": "PRIMARY_PORT",
    "clk_in2": "SECONDARY_PORT",
    **{f"clk_out{n}": f"CLK_OUT{n}_PORT" for n in range(1, 8)},
    "locked": "LOCKED_PORT",
}


class Cell:
    """A cell. Without an IP it is a hierarchy."""

    def __init__(self, path: str, ip: Ip | None, family: str) -> None:
        """``family`` is the device family that IPs see as C_FAMILY, for example ``zynq``."""
        self.path = path
        self.ip = ip
        self.family = family
        self.user: dict[str, str] = {}
        self.derived: dict[str, str] = {}  # by propagation
        self.computed: dict[str, str] = {}  # by the IP's own rules, whatever the user wrote
        self.component = ""  # Component_Name
        self._cache: dict[str, object] = {}
        # What the IP's own scripts compute from its parameters; set once, asked whenever they
        # change.
        self.rules: Callable[[Cell], dict[str, str]] | None = None

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        """Path of the hierarchy that holds it; empty for the top."""
        return self.path.rpartition("/")[0]

    @property
    def instance(self) -> str:
        """Name in a netlist: the path with underscores."""
        return self.path[1:].replace("/", "_")

    # --- parameters

    def changed(self) -> None:
        """Forget what followed from the old values."""
        self._cache.clear()
        if self.rules is not None:
            self.computed = self.rules(self)
            self._cache.clear()

    def parameter_name(self, name: str) -> str | None:
        """Return a parameter's name in its own spelling; None if there is none."""
        if self.ip is None:
            return None
        if self.ip.opaque:
            return {n.lower(): n for n in self.user}.get(name.lower(), name)
        names = self._names()
        return names.get(name.lower())

    def value(self, name: str) -> str:
        """Return a user parameter's value: the computed, the user's, the propagated, the
        default."""
        own = self.parameter_name(name)
        if own is None or self.ip is None:
            raise ExpressionError(f"{self.path} has no parameter '{name}'")
        if own in self.computed:
            return self.computed[own]
        if own in self.user:
            return self.user[own]
        if own in self.derived:
            return self.derived[own]
        return "" if self.ip.opaque else self.ip.parameters[own].default or ""

    def model_value(self, name: str) -> Value:
        """Return a model parameter's value."""
        assert self.ip is not None
        if name == "C_FAMILY":
            return self.family
        for own in (self.derived, self.computed):
            if name in own:
                return own[name]
        rule = self.ip.model.get(name)
        if rule:
            return evaluate(rule, self.lookup)
        return self.value(name)

    def lookup(self, name: str) -> Value:
        """Answer an expression's question."""
        kind, _, key = name.rpartition(".")
        if kind == "MODELPARAM_VALUE":
            try:
                return self.model_value(key)
            except ExpressionError:
                return self.model_value(key.upper())
        if kind == "PARAM_VALUE":
            return self.value(key)
        if key in ("ARCHITECTURE", "C_FAMILY"):
            return self.family
        raise ExpressionError(f"{self.path}: unknown name '{name}' in an expression")

    def _names(self) -> dict[str, str]:
        if "names" not in self._cache:
            assert self.ip is not None
            self._cache["names"] = {n.lower(): n for n in self.ip.parameters}
        return self._cache["names"]  # type: ignore[return-value]

    # --- ports and interfaces

    def exists(self, condition: str | None) -> bool:
        """Evaluate a condition; one that cannot be evaluated counts as false."""
        if condition is None:
            return True
        try:
            return truth(evaluate(condition, self.lookup))
        except (ExpressionError, KeyError):
            return False

    def ports(self) -> dict[str, Port]:
        """Return the ports that exist with the present parameters."""
        if "ports" not in self._cache:
            assert self.ip is not None
            ports = self._repeated(self.ip.ports)
            if self.ip.name == "smartconnect":
                for i in range(1, integer(self.value("NUM_CLKS"))):
                    ports[f"aclk{i}"] = replace(ports["aclk"], name=f"aclk{i}")
                ports["aclk"] = replace(ports["aclk"], resets=("aresetn",))
            if self.ip.name == "axi_interconnect":
                ports["ACLK"] = replace(ports["ACLK"], resets=("ARESETN",))
                for name in [n for n in ports if re.fullmatch(r"[SM]\d\d_ACLK", n)]:
                    ports[name] = replace(
                        ports[name],
                        interfaces=(f"{name[:3]}_AXI",),
                        resets=(f"{name[:3]}_ARESETN",),
                    )
            if self.ip.name == "clk_wiz":
                names = {n: self.value(parameter) or n for n, parameter in CLOCK_NAMES.items()}
                ports = {
                    names.get(n, n): replace(p, name=names.get(n, n)) for n, p in ports.items()
                }
            self._cache["ports"] = {n: p for n, p in ports.items() if self.exists(p.when)}
        return self._cache["ports"]  # type: ignore[return-value]

    def port(self, name: str) -> Port:
        """Return one existing port."""
        return self.ports()[name]

    def interfaces(self) -> dict[str, Interface]:
        """Return the interfaces that exist with the present parameters."""
        if "interfaces" not in self._cache:
            assert self.ip is not None
            found = self._repeated(self.ip.interfaces)
            self._cache["interfaces"] = {n: i for n, i in found.items() if self.exists(i.when)}
        return self._cache["interfaces"]  # type: ignore[return-value]

    def interface(self, name: str) -> Interface:
        """Return one existing interface."""
        return self.interfaces()[name]

    def _repeated(self, items: dict[str, _Item]) -> dict[str, _Item]:
        """Multiply what exists as often as a parameter says: S00_AXI, S01_AXI ..."""
        assert self.ip is not None
        result = dict(items)
        for first, parameter in self.ip.repeat:
            count = integer(self.value(parameter))
            own = {n: i for n, i in items.items() if n.startswith(first + "_")}
            for n in own:
                del result[n]
            for index in range(count):
                prefix = f"{first[0]}{index:02d}"
                for n, item in own.items():
                    name = prefix + n[len(first) :]
                    result[name] = replace(item, name=name)
        return result

    def bounds(self, name: str) -> tuple[int, int] | None:
        """Return the bounds of a port; None for a scalar or where it follows what is connected."""
        port = self.port(name)
        if not port.left:
            return None
        try:
            return integer(evaluate(port.left, self.lookup)), integer(
                evaluate(port.right or "0", self.lookup)
            )
        except ExpressionError:
            return None

    def is_elastic(self, name: str) -> bool:
        """Whether a port is as wide as what is connected, or its width is unknown to the
        catalogue."""
        port = self.port(name)
        return port.left == "" or (port.left is not None and self.bounds(name) is None)

    def port_map(self, name: str) -> dict[str, str]:
        """Map an interface's logical signals to ports: as declared, else by the names'
        convention."""
        if self.ip is not None and self.ip.opaque:
            return {}
        interface = self.interface(name)
        ports = self.ports()
        result = {k: v for k, v in interface.ports.items() if v in ports}
        if not interface.ports:
            start = self._port_prefix(interface).lower() + "_"
            ends = _CONVENTIONAL.get(interface.type)
            result = {
                n[len(start) :].upper(): n
                for n, p in ports.items()
                if n.lower().startswith(start)
                and (n[len(start) :].lower() in ends if ends else p.kind not in ("clk", "rst"))
            }
        if interface.type.startswith("xilinx.com:interface:gpio:"):
            names = {s: f"{name.lower()}_io_{s}" for s in "iot"}
            result = {f"TRI_{s.upper()}": port for s, port in names.items() if port in ports}
        return result

    def _port_prefix(self, interface: Interface) -> str:
        """Return what the names of an interface's ports begin with."""
        assert self.ip is not None
        if self.ip.name != "zynq_ultra_ps_e":
            return interface.name
        return PS8_MASTERS.get(interface.name) or interface.memory_map or interface.name

    # --- memory maps

    def blocks(self, bus: str) -> list[Block]:
        """Return the address blocks behind a slave interface, base and range as numbers."""
        assert self.ip is not None
        reference = self.interface(bus).memory_map
        memory_map = self.ip.maps.get(reference or "")
        if memory_map is None or not self.exists(memory_map.when):
            return []
        result = []
        for block in memory_map.blocks:
            try:
                base, size = (integer(evaluate(t, self.lookup)) for t in (block.base, block.range))
            except ExpressionError:
                continue
            result.append(replace(block, base=str(base), range=str(size)))
        return result

    def space_width(self, space: str) -> int:
        """Return the address width of an address space in bits."""
        assert self.ip is not None
        try:
            return integer(evaluate(self.ip.spaces[space].width, self.lookup))
        except ExpressionError:
            return 32
