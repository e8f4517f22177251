"""Block designs, their cells and their boundary."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado import opaque, store, verilog, vhdl
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.naming import new_path
from hls4ml_soc.virtual.vivado.commands.project import entity_source, module_source
from hls4ml_soc.virtual.vivado.design import Design, Net, Node, Pin
from hls4ml_soc.virtual.vivado.ip import Ip
from hls4ml_soc.virtual.vivado.ip_rules import attach
from hls4ml_soc.virtual.vivado.session import Session, command
from hls4ml_soc.virtual.vivado.validate import validate

# Families whose devices hold what an IP drives.
_FAMILIES = {
    "processing_system7": ("zynq",),
    "zynq_ultra_ps_e": ("zynquplus",),
    "mig_7series": ("zynq", "artix7", "kintex7", "virtex7", "spartan7"),
}


@command(
    "create_bd_design [-dir <arg>] [-cell <arg>]! [-bdsource <arg>]! [-boundary_from_container "
    "<arg>]! <name>"
)
def create_bd_design(session: Session, a: Arguments) -> str:
    """Create an empty block design and make it the current one."""
    project = session.open_project()
    name = a.get("name")
    if name in session.designs:
        raise session.fail("BD 5-9", f"Block design '{name}' already exists.")
    session.current = session.designs[name] = Design(name)
    path = project.sources(name) / f"{name}.bd"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}\n")
    project.filesets["sources_1"].append(path)
    session.print(f"Wrote  : <{path}>\n")
    return str(path)


@command("current_bd_design [<design>]")
def current_bd_design(session: Session, a: Arguments) -> str:
    """Return or choose the current block design."""
    if a.get("design"):
        if a.get("design") not in session.designs:
            raise session.fail("BD 5-1", f"Block design '{a.get('design')}' is not open.")
        session.current = session.designs[a.get("design")]
    design = session.design()
    return join_list(session.issue("design", [(design.name, design)]))


@command("open_bd_design <name>")
def open_bd_design(session: Session, a: Arguments) -> str:
    """Make a block design of this project the current one."""
    name = Path(a.get("name")).stem
    if name not in session.designs:
        raise session.fail("BD 5-1", f"Block design '{a.get('name')}' was not found.")
    session.current = session.designs[name]
    session.current.closed = False
    return join_list(session.issue("design", [(name, session.current)]))


@command("close_bd_design <name>")
def close_bd_design(session: Session, a: Arguments) -> str:
    """Close a block design."""
    if a.get("name") not in session.designs:
        raise session.fail("BD 5-1", f"Block design '{a.get('name')}' is not open.")
    session.designs[a.get("name")].closed = True
    return ""


@command("save_bd_design [<name>]")
def save_bd_design(session: Session, a: Arguments) -> str:
    """Write the block design's file."""
    design = session.design()
    path = store.save_design(session, design)
    design.saved = True
    session.print(f"Wrote  : <{path}>\n")
    return str(path)


@command("validate_bd_design [-force] [-design <arg>] [-assign_dfx_addressing] [-include_pfm]")
def validate_bd_design(session: Session, a: Arguments) -> str:
    """Check the design; propagate parameters first."""
    validate(session, session.design())
    return ""


@command(
    "regenerate_bd_layout [-hierarchy <arg>] [-layout_file <arg>] [-layout_string <arg>] [-routing]"
)
def regenerate_bd_layout(session: Session, a: Arguments) -> str:
    """Do nothing: the stand-in draws nothing."""
    session.design()
    return ""


@command("current_bd_instance [<instance>]")
def current_bd_instance(session: Session, a: Arguments) -> str:
    """Return or choose the hierarchy that names are relative to."""
    design = session.design()
    if a.has("instance"):
        name = a.get("instance").strip().rstrip("/")
        path = name if name.startswith("/") or not name else f"{design.instance}/{name}"
        if name in (".", ".."):
            path = design.instance if name == "." else design.instance.rpartition("/")[0]
        if path and (path not in design.cells or design.cells[path].ip is not None):
            raise session.fail("BD 5-216", f"Hierarchy block '{name}' was not found.")
        design.instance = path
    return design.instance or "/"


@command(
    "create_bd_cell [-vlnv <arg>] [-type <arg>] [-reference <arg>] [-from_bd <arg>]! [-revision "
    "<arg>]!"
    " [-define <arg>]! <name>"
)
def create_bd_cell(session: Session, a: Arguments) -> str:
    """Add an IP, a module of the project's sources, or a hierarchy."""
    design = session.design()
    kind = a.get("type", "ip")
    if kind not in ("ip", "module", "hier", "inline_hdl", "block", "container"):
        raise session.fail("BD 41-161", f"Invalid cell type '{kind}'.")
    if kind in ("block", "container"):
        raise session.not_modelled(f"create_bd_cell -type {kind}")
    ip = (
        _ip(session, a)
        if kind in ("ip", "inline_hdl")
        else _module(session, a)
        if kind == "module"
        else None
    )
    path = new_path(session, design, a.get("name"), design.cells, design.pins)
    cell = Cell(path, ip, session.open_project().part.family)
    cell.component = f"{design.name}_{cell.instance}_0"
    design.cells[path] = cell
    if ip is not None:
        attach(cell)
    design.sync(cell)
    design.touch()
    return join_list(session.issue("cell", [(path, cell)]))


def _ip(session: Session, a: Arguments) -> Ip:
    if not a.get("vlnv"):
        raise session.fail("BD 41-74", f"Please specify VLNV when creating IP cell {a.get('name')}")
    project = session.open_project()
    vlnv = a.get("vlnv")
    ip = session.catalogue.find(vlnv)
    if ip is None and session.takes_opaque(vlnv):
        return opaque.definition(vlnv if vlnv.count(":") == 3 else f"{vlnv}:1.0")
    if ip is None:
        if project.repositories != project.scanned:
            session.messages.info(
                "IP_Flow 19-234",
                "ip_repo_paths was changed; update_ip_catalog has not been run since.",
            )
        raise session.fail("BD 5-390", f"IP definition not found for VLNV: {vlnv}")
    if project.part.family not in _FAMILIES.get(ip.name, (project.part.family,)):
        raise session.fail(
            "BD 41-1712",
            f"The specified IP '{ip.vlnv}' does not support the current part '{project.part.name}'",
        )
    return ip


def _module(session: Session, a: Arguments) -> Ip:
    name = a.get("reference")
    if not name:
        raise session.fail(
            "BD 41-74", f"Please specify -reference when creating module cell {a.get('name')}"
        )
    source = module_source(session, name)
    entity = None if source else entity_source(session, name)
    if source is None and entity is None:
        session.messages.report(
            "filemgmt 56-195",
            f"Could not find the module '{name}' in the project's sources.",
            "ERROR",
        )
        raise session.fail(
            "BD 41-1699", f"Unable to add reference type cell for reference-module '{name}'"
        )
    try:
        return vhdl.read(entity, name) if entity else verilog.read(source or Path(), name)
    except verilog.VerilogError as error:
        if session.takes_opaque(f"xilinx.com:module_ref:{name}:1.0", str(error)):
            return opaque.definition(f"xilinx.com:module_ref:{name}:1.0")
        session.messages.report(
            "IP_Flow 19-4668", f"Failed to infer definition from module '{name}': {error}", "ERROR"
        )
        raise session.fail(
            "BD 41-1699", f"Unable to add reference type cell for reference-module '{name}'"
        ) from error


@command("can_resolve_reference <name>")
def can_resolve_reference(session: Session, a: Arguments) -> str:
    """Say whether a module of the project's sources can be made a cell."""
    found = module_source(session, a.get("name")) or entity_source(session, a.get("name"))
    return "1" if found else "0"


@command("delete_bd_objs <objects>...")
def delete_bd_objs(session: Session, a: Arguments) -> str:
    """Delete cells, ports, nets or address segments."""
    design = session.design()
    if not any(w.strip() for w in a.list("objects")):
        if not session.messages.strict:
            return ""  # published scripts delete what their lookups do not find
        raise session.fail("Common 17-55", "'delete_bd_objs' expects at least one object.")
    for kind, thing in session.objects(a.list("objects")):
        if isinstance(thing, Cell):
            design.remove_cell(thing)
        elif isinstance(thing, Net):
            for node in list(thing.nodes):
                thing.remove(node)
            design.nets.pop(thing.path, None)
            design.bus_nets.pop(thing.path, None)
        elif isinstance(thing, Node) and (thing.cell is None or thing.cell.ip is None):
            design.disconnect(thing)
            (design.pins if isinstance(thing, Pin) else design.buses).pop(thing.path)
        elif kind == "addr_seg" and str(getattr(thing, "path", "")) in design.segments:
            del design.segments[thing.path]  # type: ignore[attr-defined]
        else:
            raise session.refuse(f"delete_bd_objs cannot delete {getattr(thing, 'path', thing)}")
    design.touch()
    return ""
