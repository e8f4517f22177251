"""Properties of objects, as get_property, list_property and filters see them."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.vivado import boards, interface, propagate
from hls4ml_soc.virtual.vivado.addressing import SlaveSegment, Space
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Pin, Segment
from hls4ml_soc.virtual.vivado.project import Part, Project, Run

_MODES = {
    "master": "Master",
    "slave": "Slave",
    "mirroredSlave": "MirroredSlave",
    "mirroredMaster": "MirroredMaster",
    "monitor": "Monitor",
    "system": "System",
}
_FILE_TYPES = {
    ".bd": "Block Designs",
    ".v": "Verilog",
    ".vh": "Verilog Header",
    ".sv": "SystemVerilog",
    ".vhd": "VHDL",
    ".vhdl": "VHDL",
    ".xdc": "XDC",
    ".xci": "IP",
    ".tcl": "TCL",
}
_DIRECTIONS = {"in": "I", "out": "O", "inout": "IO"}


def get(design: Design | None, kind: str, thing: object, name: str) -> str | None:
    """Return a property's value, None if the object has no such property. Names know no case."""
    upper = name.upper()
    if upper.startswith("CONFIG."):
        return _config(design, thing, name[7:])
    if upper == "CLASS":
        return _CLASSES.get(kind, kind)
    return _plain(design, kind, thing).get(upper)


def names(design: Design | None, kind: str, thing: object) -> list[str]:
    """List the names of all properties."""
    result = ["CLASS", *_plain(design, kind, thing)]
    if isinstance(thing, Cell) and thing.ip is not None:
        result += [f"CONFIG.{n}" for n in (*thing.ip.parameters, "Component_Name")]
    elif isinstance(thing, Pin) and design:
        result += [f"CONFIG.{n}" for n in pin_config(design, thing)]
    elif isinstance(thing, Bus) and design:
        result += [f"CONFIG.{n}" for n in interface.parameters(design, thing)]
    return sorted(result)


_CLASSES = {
    "cell": "bd_cell",
    "pin": "bd_pin",
    "port": "bd_port",
    "intf_pin": "bd_intf_pin",
    "intf_port": "bd_intf_port",
    "net": "bd_net",
    "intf_net": "bd_intf_net",
    "addr_space": "bd_addr_space",
    "addr_seg": "bd_addr_seg",
    "design": "bd_design",
}


def _config(design: Design | None, thing: object, name: str) -> str | None:
    if isinstance(thing, Cell):
        base, _, source = name.partition(".")
        if source.upper() == "VALUE_SRC" and thing.parameter_name(base):
            own = thing.parameter_name(base)
            return (
                "USER" if own in thing.user else "PROPAGATED" if own in thing.derived else "DEFAULT"
            )
        if name.lower() == "component_name" and thing.ip is not None:
            return thing.component
        return thing.value(name) if thing.parameter_name(name) else None
    if design is None:
        return None
    values: dict[str, str] = {}
    if isinstance(thing, Pin):
        values = pin_config(design, thing)
    elif isinstance(thing, Bus):
        values = interface.parameters(design, thing)
    return {k.upper(): v for k, v in values.items()}.get(name.upper())


def pin_config(design: Design, pin: Pin) -> dict[str, str]:
    """Return the parameters of a clock, reset or interrupt pin."""
    result: dict[str, str] = {}
    port = pin.cell.port(pin.name) if pin.cell and pin.cell.ip else None
    if pin.kind == "clk":
        clock = propagate.clock_at(design, pin)
        if clock and clock.hz is not None:
            result["FREQ_HZ"] = str(clock.hz)
        if clock:
            result |= {"CLK_DOMAIN": clock.domain, "PHASE": "0.000"}
        if port:
            result |= {
                "ASSOCIATED_BUSIF": ":".join(port.interfaces),
                "ASSOCIATED_RESET": ":".join(port.resets),
            }
    elif pin.kind == "rst":
        result["POLARITY"] = propagate.polarity(pin)
    elif pin.kind == "intr" and port:
        result["SENSITIVITY"] = port.sensitivity
    return {**result, **pin.config}


def _plain(design: Design | None, kind: str, thing: object) -> dict[str, str]:
    if isinstance(thing, Cell):
        kind_name = "hier" if thing.ip is None else "module" if thing.ip.is_module else "ip"
        vlnv = {} if thing.ip is None else {"VLNV": thing.ip.vlnv}
        return {"NAME": thing.name, "PATH": thing.path or "/", "TYPE": kind_name, **vlnv}
    if isinstance(thing, Pin):
        bounds = thing.bounds()
        width = (
            {"LEFT": str(bounds[0]), "RIGHT": str(bounds[1])}
            if bounds
            else {"LEFT": "", "RIGHT": ""}
        )
        inside = (
            any(thing.name in b.ports().values() for b in design.buses_of(thing.cell))
            if design and thing.cell
            else False
        )
        return {
            "NAME": thing.name,
            "PATH": thing.path,
            "DIR": _DIRECTIONS.get(thing.direction, ""),
            "TYPE": thing.kind or "undef",
            "INTF": "TRUE" if inside else "FALSE",
            **width,
        }
    if isinstance(thing, Bus):
        head, _, version = thing.type.rpartition(":")
        return {
            "NAME": thing.name,
            "PATH": thing.path,
            "MODE": _MODES.get(thing.mode, thing.mode),
            "VLNV": f"{head}_rtl:{version}",
        }
    if isinstance(thing, Net):
        return {"NAME": thing.name, "PATH": thing.path}
    if isinstance(thing, Segment):
        return {
            "NAME": thing.name,
            "PATH": thing.path,
            "OFFSET": f"0x{thing.offset:08X}",
            "RANGE": f"0x{thing.range:08X}",
            "EXCLUDED": str(int(thing.excluded)),
            "USAGE": thing.block.usage,
        }
    if isinstance(thing, SlaveSegment):
        return {
            "NAME": thing.block.name,
            "PATH": thing.path,
            "OFFSET": "",
            "RANGE": f"0x{thing.size:08X}",
            "USAGE": thing.block.usage,
            "ACCESS": thing.block.access,
        }
    if isinstance(thing, Space):
        size = min(1 << thing.width, 1 << 64)
        return {"NAME": thing.name, "PATH": thing.path, "OFFSET": "0x0", "RANGE": f"0x{size:X}"}
    if isinstance(thing, Design):
        return {
            "NAME": thing.name,
            "VALIDATED": str(int(thing.validated)),
            "FILE_NAME": f"{thing.name}.bd",
        }
    if isinstance(thing, Run):
        return {
            "NAME": thing.name,
            "STATUS": thing.status,
            "PROGRESS": thing.progress,
            "DIRECTORY": str(thing.directory),
            "CURRENT_STEP": thing.steps_done[-1] if thing.steps_done else "",
            "NEEDS_REFRESH": "0",
            "IS_SYNTHESIS": str(int(thing.is_synthesis)),
            "IS_IMPLEMENTATION": str(int(not thing.is_synthesis)),
            "STATS.WNS": "",
            "STATS.TNS": "",
            "STATS.WHS": "",
            "STATS.THS": "",
            "STATS.TPWS": "",
            "STATS.FAILED_NETS": "",
            **thing.properties,
        }
    if isinstance(thing, Project):
        own = thing.properties.get("project", {})
        return {
            "NAME": thing.name,
            "DIRECTORY": str(thing.directory),
            "PART": thing.part.name,
            "BOARD_PART": thing.board_part,
            "IP_REPO_PATHS": " ".join(str(p) for p in thing.repositories),
            "TARGET_LANGUAGE": "Verilog",
            "SIMULATOR_LANGUAGE": "Mixed",
            "DEFAULT_LIB": "xil_defaultlib",
            **own,
        }
    if isinstance(thing, Part):
        return {
            "NAME": thing.name,
            "FAMILY": thing.family,
            "DEVICE": thing.device,
            "PACKAGE": thing.package,
        }
    if kind == "ipdef":
        parts = dict(
            zip(("VENDOR", "LIBRARY", "NAME", "VERSION"), str(thing).split(":"), strict=True)
        )
        context = {
            "DESIGN_TOOL_CONTEXTS": "HDL IPI",
            "UPGRADE_VERSIONS": "",
            "STATUS": "Production",
        }
        return {"VLNV": str(thing), "IS_LOCKED": "0", **context, **parts}
    if kind == "board":
        return boards.properties(str(thing))
    if isinstance(thing, Path):
        return {"NAME": str(thing), "FILE_TYPE": _FILE_TYPES.get(thing.suffix, "unknown")}
    return {"NAME": str(thing)}
