"""Physical constraints (XDC, UG903): which ports have a pin, and the checks that write_bitstream
makes of them."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path

from hls4ml_soc.virtual.tcl import Tcl, TclCommandError, join_list, split_list
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.hwh_wires import external_name
from hls4ml_soc.virtual.vivado.known_commands import is_known

# Their pins are fixed (processing systems) or come with the IP's own constraints (MIG's .prj).
_OWN_PINS = ("processing_system7", "zynq_ultra_ps_e", "mig_7series")
# Timing constraints are read and have no effect: the stand-in knows no timing.
_TIMING = (
    "create_clock",
    "create_generated_clock",
    "set_false_path",
    "set_clock_groups",
    "set_input_delay",
    "set_output_delay",
    "set_max_delay",
    "set_multicycle_path",
    "current_design",
)


def ports(design: Design, told: Collection[str] = ()) -> list[str]:
    """Name every port of the wrapper that needs a pin, vectors bit by bit, but for those in
    ``told``."""
    result = []
    for pin in design.pins.values():
        if pin.cell is None and pin.name not in told:
            result += _bits(pin.name, pin.bounds())
    for bus in design.buses.values():
        peer = design.peer(bus) if bus.cell is None and bus.name not in told else None
        if peer and peer.cell and peer.cell.ip and peer.cell.ip.name not in _OWN_PINS:
            for logical, port in peer.ports().items():
                result += _bits(external_name(bus, logical, peer), peer.cell.bounds(port))
    return result


def _bits(name: str, bounds: tuple[int, int] | None) -> list[str]:
    if bounds is None:
        return [name]
    return [f"{name}[{i}]" for i in range(min(bounds), max(bounds) + 1)]


def problems(
    design: Design, files: list[Path], told: Collection[str] = (), *, strict: bool = True
) -> list[tuple[str, str]]:
    """Read the files and return what is wrong: message number and text.

    Ports in ``told`` need no constraint. Where not strict, only what makes Vivado fail is wrong:
    not a port that is not there, and no command about a netlist.
    """
    known = ports(design, told)
    reader = _Reader(ports(design), strict=strict)
    for path in files:
        reader.read(path)
    found = reader.problems
    for id, kind, property in (
        ("DRC NSTD-1", "Unspecified I/O Standard", "IOSTANDARD"),
        ("DRC UCIO-1", "Unconstrained Logical Port", "PACKAGE_PIN"),
    ):
        missing = [p for p in known if property not in reader.values.get(p, {})]
        if missing:
            found.append(
                (
                    id,
                    f"{kind}: {len(missing)} out of {len(known)} logical ports have no user "
                    "assigned "
                    f"{property}. Problem ports: {', '.join(missing)}.",
                )
            )
    return found


class _Reader:
    """Executes constraint files."""

    def __init__(self, known: list[str], *, strict: bool) -> None:
        self.known = known
        self.strict = strict
        self.values: dict[str, dict[str, str]] = {}
        self.problems: list[tuple[str, str]] = []

    def read(self, path: Path) -> None:
        ignored = {name: lambda words: "" for name in _TIMING}
        tcl = Tcl(
            {"get_ports": self._ports, "set_property": self._set, **ignored},
            on_puts=lambda channel, text: None,
            unknown=self._unknown,
        )
        if tcl.source(path):
            self.problems.append(("Standin 1", f"{path}: {tcl.error_message}"))

    def _ports(self, words: list[str]) -> str:
        quiet = "-quiet" in words
        found: dict[str, None] = {}
        for name in [n for w in words if not w.startswith("-") for n in split_list(w)]:
            hits = [k for k in self.known if k == name or k.startswith(f"{name}[")]
            hits = hits or [k for k in self.known if fnmatchcase(k, name.replace("[", "[[]"))]
            if not hits and not quiet and self.strict:
                self.problems.append(("Vivado 12-584", f"No ports matched '{name}'."))
            found.update(dict.fromkeys(hits))
        return join_list(found)

    def _set(self, words: list[str]) -> str:
        if words[:1] == ["-dict"]:
            pairs, objects = split_list(words[1]), words[2:]
        else:
            pairs, objects = words[:2], words[2:]
        for name in [n for w in objects for n in split_list(w)]:
            self._assign(name, dict(zip(pairs[::2], pairs[1::2], strict=True)))
        return ""

    def _assign(self, name: str, values: dict[str, str]) -> None:
        own = self.values.setdefault(name, {})
        values = {k.upper(): v for k, v in values.items()}
        pin = values.get("PACKAGE_PIN")
        rival = next(
            (n for n, v in self.values.items() if n != name and v.get("PACKAGE_PIN") == pin), ""
        )
        if pin and rival:
            self.problems.append(("Standin 1", f"ports {rival} and {name} are both on pin {pin}"))
        own.update(values)

    def _unknown(self, words: list[str]) -> str:
        if words[0].isdigit() and len(words) == 1:
            return f"[{words[0]}]"  # led[0] without braces
        if not is_known(words[0]):
            raise TclCommandError(f'invalid command name "{words[0]}"')
        if self.strict:
            text = f"hls4ml_soc's stand-in does not model `{words[0]}` in constraints"
            raise TclCommandError(text)
        return ""
