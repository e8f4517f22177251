"""A script that builds a block design again (write_bd_tcl)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.design import Bus, Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.project import Part

_DIRECTIONS = {"in": "I", "out": "O", "inout": "IO"}
_START = """if {{ [get_projects -quiet] eq "" }} {{
   create_project project_1 myproj -part {part}
}}
set design_name {name}
if {{ [get_files -quiet ${{design_name}}.bd] ne "" }} {{
   error "Design <$design_name> already exists in your project."
}}
create_bd_design $design_name
current_bd_design $design_name
"""


@dataclass(frozen=True)
class Options:
    """How a script names designs and IPs."""

    name: str = ""  # of the design, if not its own
    versions: bool = True  # whether a VLNV has a version
    minor_versions: bool = True


def write(design: Design, part: Part, version: str, options: Options) -> str:
    """Return the script."""
    head = (
        f"# Block design {design.name}, written by hls4ml_soc's stand-in for Vivado {version}.\n"
        + _START.format(part=part.name, name=options.name or design.name)
    )
    return f"{head}{body(design, options)}validate_bd_design\nsave_bd_design\n"


def body(design: Design, options: Options) -> str:
    """Return what a script does in an empty design."""
    parts = [
        _boundary(design),
        *(_cell(design, c, options) for c in sorted(design.cells.values(), key=_depth)),
        *_nets(design),
        *_addresses(design),
        "current_bd_instance /",
    ]
    return "".join(f"{p}\n" for p in parts if p)


def _depth(cell: Cell) -> int:
    return cell.path.count("/")


def _config(node: Node, command: str) -> str:
    if not node.config:
        return ""
    values = [w for k, v in node.config.items() for w in (f"CONFIG.{k}", v)]
    return f"set_property -dict {join_list([join_list(values)])} [{command} {node.path}]\n"


def _pin(pin: Pin, command: str) -> str:
    bounds = f" -from {pin.left} -to {pin.right or 0}" if pin.left is not None else ""
    kind = f" -type {pin.own_kind}" if pin.own_kind else ""
    return f"{command} -dir {_DIRECTIONS[pin.own_direction]}{bounds}{kind} {pin.path}"


def _bus(bus: Bus, command: str) -> str:
    head, _, version = bus.own_type.rpartition(":")
    mode = bus.own_mode[:1].upper() + bus.own_mode[1:]
    return f"{command} -mode {mode} -vlnv {head}_rtl:{version} {bus.path}"


def _boundary(design: Design) -> str:
    lines = []
    for bus in (b for b in design.buses.values() if b.cell is None):
        lines += [_bus(bus, "create_bd_intf_port"), _config(bus, "get_bd_intf_ports")]
    for pin in (p for p in design.pins.values() if p.cell is None):
        lines += [_pin(pin, "create_bd_port"), _config(pin, "get_bd_ports")]
    return "\n".join(line.rstrip("\n") for line in lines if line)


def _cell(design: Design, cell: Cell, options: Options) -> str:
    ip = cell.ip
    if ip is None:
        lines = [f"create_bd_cell -type hier {cell.path}"]
        lines += [_bus(b, "create_bd_intf_pin") for b in design.buses_of(cell)]
        lines += [_pin(p, "create_bd_pin") for p in design.nodes_of(cell)]
        return "\n".join(lines)
    if ip.is_module:
        lines = [f"create_bd_cell -type module -reference {ip.name} {cell.path}"]
    else:
        kind = "inline_hdl" if ":inline_hdl:" in ip.vlnv else "ip"
        lines = [f"create_bd_cell -type {kind} -vlnv {_vlnv(ip.vlnv, options)} {cell.path}"]
    if cell.user:
        pairs = "".join(
            f"  {join_list([f'CONFIG.{k}'])} {join_list([v])} \\\n" for k, v in cell.user.items()
        )
        lines.append(f"set_property -dict [list \\\n{pairs}] [get_bd_cells {cell.path}]")
    for node in (*design.nodes_of(cell), *design.buses_of(cell)):
        command = "get_bd_pins" if isinstance(node, Pin) else "get_bd_intf_pins"
        lines.append(_config(node, command).rstrip("\n"))
    return "\n".join(line for line in lines if line)


def _vlnv(vlnv: str, options: Options) -> str:
    head, _, version = vlnv.rpartition(":")
    if not options.versions:
        return head
    return vlnv if options.minor_versions else f"{head}:{version.partition('.')[0]}.*"


def _nets(design: Design) -> Iterator[str]:
    scope = ""
    for net in sorted((*design.bus_nets.values(), *design.nets.values()), key=lambda n: n.scope):
        if net.scope != scope:
            scope = net.scope
            yield f"current_bd_instance {scope or '/'}"
        yield from _connect(net)


def _connect(net: Net) -> Iterator[str]:
    buses = [n for n in net.nodes if isinstance(n, Bus)]
    if buses:
        # Whoever only watches comes after the two that are connected.
        buses.sort(key=lambda b: b.mode == "monitor")
        name = f"connect_bd_intf_net -intf_net {net.name}"
        yield f"{name} {' '.join(_get(b) for b in buses[:2])}"
        yield from (f"{name} {_get(buses[0])} {_get(b)}" for b in buses[2:])
        return
    ends = " \\\n  ".join(_get(n) for n in net.nodes)
    yield f"connect_bd_net -net {net.name} \\\n  {ends}"


def _get(node: Node) -> str:
    kind = "intf_" if isinstance(node, Bus) else ""
    return f"[get_bd_{kind}{'pins' if node.cell else 'ports'} {node.path}]"


def _addresses(design: Design) -> Iterator[str]:
    if design.segments:
        yield "current_bd_instance /"
    for own in design.segments.values():
        space = f"-target_address_space [get_bd_addr_spaces {own.space_path}]"
        slave = f"[get_bd_addr_segs {own.slave_path}]"
        if own.excluded:
            yield f"exclude_bd_addr_seg {space} {slave}"
        else:
            yield (
                f"assign_bd_address -offset 0x{own.offset:08X} -range 0x{own.range:08X} "
                f"{space} {slave} -force"
            )
