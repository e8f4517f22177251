"""IPs outside of block designs: create_ip and what follows it."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado import opaque
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.ip_rules import attach
from hls4ml_soc.virtual.vivado.session import Session, command


@command(
    "create_ip [-vlnv <arg>] [-vendor <arg>] [-library <arg>] [-name <arg>] [-version <arg>] "
    "-module_name <arg> [-dir <arg>] [-force] [-allow_recursion]!"
)
def create_ip(session: Session, a: Arguments) -> str:
    """Add a customised IP to the project."""
    project = session.open_project()
    name = a.get("module_name")
    vlnv = a.get("vlnv")
    if not vlnv:
        parts = [a.get("vendor", "xilinx.com"), a.get("library", "ip"), a.get("name")]
        vlnv = ":".join([*parts, *([a.get("version")] if a.has("version") else [])])
    if name in project.ips and not a.flag("force"):
        raise session.fail("IP_Flow 19-3460", f"IP '{name}' already exists in the project.")
    ip = session.catalogue.find(vlnv)
    if ip is None and session.takes_opaque(vlnv):
        ip = opaque.definition(vlnv if vlnv.count(":") == 3 else f"{vlnv}:1.0")
    if ip is None:
        raise session.fail("Coretcl 2-1132", f"No IP matching VLNV '{vlnv}' was found.")
    cell = project.ips[name] = Cell(f"/{name}", ip, project.part.family)
    cell.component = name
    attach(cell)
    folder = project.directory / f"{project.name}.srcs" / "sources_1" / "ip" / name
    if a.has("dir"):
        folder = session.path(a.get("dir")) / name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.xci"
    path.write_text(f"hls4ml_soc's stand-in: {ip.vlnv} {name}\n")
    if path not in project.filesets["sources_1"]:
        project.filesets["sources_1"].append(path)
    return join_list(session.issue("cell", [(name, cell)]))


@command("synth_ip [-force] <objects>...")
@command("upgrade_ip [-srcset <arg>] [-vlnv <arg>] [-log <arg>] [<objects>...]")
@command("reset_target [<name>] [<objects>...]")
@command("upgrade_bd_cells [-latest <arg>] <objects>...")
def on_ips(session: Session, a: Arguments) -> str:
    """Check that the objects exist; there is nothing to synthesise or to upgrade."""
    session.objects(a.list("objects"))
    return ""
