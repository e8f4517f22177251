"""copy_bd_objs."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.copying import copy_all
from hls4ml_soc.virtual.vivado.design import Bus, Pin
from hls4ml_soc.virtual.vivado.session import Session, command


@command("copy_bd_objs [-prefix <arg>] [-from_design <arg>]! <parent_cell> <objects>...")
def copy_bd_objs(session: Session, a: Arguments) -> str:
    """Copy cells and ports, with the connections among them."""
    design = session.design()
    name = a.get("parent_cell").strip()
    parent = design.root if name in ("/", "") else design.cells.get("/" + name.lstrip("/"))
    if parent is None or parent.ip is not None:
        raise session.fail("BD 5-216", f"Hierarchy block '{name}' was not found.")
    things = [t for _, t in session.objects(a.list("objects"))]
    if not things:
        raise session.fail("Common 17-55", "'copy_bd_objs' expects at least one object.")
    made = copy_all(design, things, parent.path, a.get("prefix"))
    kinds = {Cell: "cell", Pin: "port", Bus: "intf_port"}
    return join_list(n for t in made for n in session.issue(kinds[type(t)], [(t.path, t)]))
