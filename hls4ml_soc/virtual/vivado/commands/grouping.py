"""Cells moved between hierarchies."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.naming import new_path
from hls4ml_soc.virtual.vivado.regroup import dissolve, move
from hls4ml_soc.virtual.vivado.session import Session, command


def _cells(session: Session, words: list[str], name: str) -> list[Cell]:
    cells = [t for _, t in session.objects(words) if isinstance(t, Cell)]
    if not cells:
        raise session.fail("Common 17-55", f"'{name}' expects at least one object.")
    return cells


def _issue(session: Session, cells: list[Cell]) -> str:
    return join_list(session.issue("cell", [(c.path, c) for c in cells]))


@command("group_bd_cells [-prefix <arg>]! [<target_cell_name>] [<cells>...]")
def group_bd_cells(session: Session, a: Arguments) -> str:
    """Move cells into a new hierarchy; what crosses its boundary gets a pin there."""
    design = session.design()
    cells = _cells(session, a.list("cells"), "group_bd_cells")
    path = new_path(session, design, a.get("target_cell_name"), design.cells)
    group = design.cells[path] = Cell(path, None, cells[0].family)
    move(design, cells, path)
    return _issue(session, [group])


@command("move_bd_cells [-prefix <arg>]! [<parent_cell>] [<cells>...]")
def move_bd_cells(session: Session, a: Arguments) -> str:
    """Move cells into a hierarchy that exists."""
    design = session.design()
    cells = _cells(session, a.list("cells"), "move_bd_cells")
    name = a.get("parent_cell").strip()
    parent = design.root if name in ("/", "") else design.cells.get("/" + name.lstrip("/"))
    if parent is None or parent.ip is not None:
        raise session.fail("BD 5-216", f"Hierarchy block '{name}' was not found.")
    if any(f"{parent.path}/".startswith(f"{c.path}/") for c in cells):
        raise session.refuse(f"move_bd_cells cannot move a hierarchy into itself: {parent.path}")
    move(design, [c for c in cells if c.parent != parent.path], parent.path)
    return _issue(session, cells)


@command("ungroup_bd_cells [-prefix <arg>]! [<cells>...]")
def ungroup_bd_cells(session: Session, a: Arguments) -> str:
    """Replace hierarchies by what they hold."""
    design = session.design()
    for cell in _cells(session, a.list("cells"), "ungroup_bd_cells"):
        if cell.ip is not None:
            raise session.fail("BD 5-216", f"'{cell.path}' is no hierarchy.")
        dissolve(design, cell)
    return ""
