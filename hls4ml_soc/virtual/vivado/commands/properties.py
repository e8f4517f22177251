"""set_property."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import split_list
from hls4ml_soc.virtual.vivado import attributes, boards
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.naming import new_path
from hls4ml_soc.virtual.vivado.commands.property_names import (
    CELL,
    FILE,
    FILESET,
    FILESET_GROUPS,
    PROJECT,
    PROJECT_GROUPS,
    RUN,
    RUN_GROUPS,
)
from hls4ml_soc.virtual.vivado.configure import configure
from hls4ml_soc.virtual.vivado.design import Bus, Net, Pin, Segment
from hls4ml_soc.virtual.vivado.project import Part, Project, Run
from hls4ml_soc.virtual.vivado.rename import rename
from hls4ml_soc.virtual.vivado.session import Session, command


@command("set_property [-dict <arg>] [<name>] [<value>] [<objects>...]")
def set_property(session: Session, a: Arguments) -> str:
    """Set one property, or with -dict several at once, of objects."""
    if a.has("dict"):
        words = [a.get(n) for n in ("name", "value") if a.has(n)] + a.list("objects")
        pairs = split_list(a.get("dict"))
        if len(pairs) == 1 and not session.messages.strict:
            pairs = split_list(pairs[0])  # a list in a list, as published scripts have it
        if len(pairs) % 2:
            raise session.fail(
                "Common 17-163",
                "Missing value in the list given to option 'dict', please type "
                "'set_property -help' for usage info.",
            )
        values = dict(zip(pairs[::2], pairs[1::2], strict=True))
    else:
        for name in ("name", "value"):
            if not a.has(name):
                raise session.fail(
                    "Common 17-163",
                    f"Missing value for option '{name}', please type "
                    "'set_property -help' for usage info.",
                )
        words = a.list("objects")
        values = {a.get("name"): a.get("value")}
    if not any(w.strip() for w in words):
        raise session.fail("Common 17-55", "'set_property' expects at least one object.")
    for kind, thing in session.objects(words):
        _set(session, kind, thing, values)
    return ""


def _set(session: Session, kind: str, thing: object, values: dict[str, str]) -> None:
    if isinstance(thing, Cell):
        plain = [n for n in values if not n.upper().startswith("CONFIG.")]
        for name in plain:
            _set_cell(session, thing, name, values[name])
        if len(plain) < len(values):
            configure(session, thing, {n: v for n, v in values.items() if n not in plain})
    elif isinstance(thing, (Pin, Bus)):
        for name, value in values.items():
            _set_node(session, thing, name, value)
    elif isinstance(thing, Project):
        for name, value in values.items():
            _set_project(session, thing, name, value)
    elif isinstance(thing, Segment):
        for name, value in values.items():
            _set_segment(session, thing, name.upper(), value)
    else:
        _set_other(session, kind, thing, values)


def _set_cell(session: Session, cell: Cell, name: str, value: str) -> None:
    """Rename a cell, or keep a property that only platforms, simulation or drawing use."""
    upper = name.upper()
    if upper == "NAME":
        path = new_path(session, session.design(), f"{cell.parent}/{value}", session.design().cells)
        rename(session.design(), cell, path)
    elif upper not in CELL and not upper.startswith(("PFM.", "HDL_ATTRIBUTE.", "USER_COMMENTS.")):
        _unknown(session, name, cell.path)


def _set_node(session: Session, node: Pin | Bus, name: str, value: str) -> None:
    design = session.design()
    upper = name.upper()
    if upper.startswith("CONFIG."):
        key = upper[7:]
        known = attributes.names(design, "", node)
        plain = isinstance(node, Pin) and node.cell is None and node.kind not in ("rst", "undef")
        if (
            (plain and key == "POLARITY")
            or f"CONFIG.{key}" not in [k.upper() for k in known]
            and key
            not in (
                "FREQ_HZ",
                "CLK_DOMAIN",
                "PHASE",
                "ASSOCIATED_BUSIF",
                "ASSOCIATED_RESET",
                "ASSOCIATED_CLKEN",
                "POLARITY",
                "SENSITIVITY",
                "INSERT_VIP",
                "PROTOCOL",
                "DATA_WIDTH",
                "ADDR_WIDTH",
                "TDATA_NUM_BYTES",
                "HAS_TLAST",
                "HAS_TKEEP",
                "NUM_READ_OUTSTANDING",
                "NUM_WRITE_OUTSTANDING",
                "MAX_BURST_LENGTH",
                "READ_WRITE_MODE",
            )
        ):
            session.messages.report(
                "BD 41-1276",
                f"Cannot set the parameter {key} on {node.path}. Parameter does not exist",
            )
            return
        node.config[key] = value
        design.touch()
    elif upper.startswith(("PFM.", "HDL_ATTRIBUTE.")) or upper in CELL:
        return
    elif upper == "NAME" and (node.cell is None or node.cell.ip is None):
        table: dict[str, Pin] | dict[str, Bus] = (
            design.pins if isinstance(node, Pin) else design.buses
        )
        del table[node.path]
        node.name = value
        table[node.path] = node  # type: ignore[assignment]
        design.touch()
    else:
        _unknown(session, name, node.path)


def _unknown(session: Session, name: str, path: str) -> None:
    """Refuse a property; where the stand-in is lenient, say that it is not modelled.

    Vivado has many more than the model, and a script that works sets only those that exist.
    """
    if session.messages.strict:
        raise session.fail(
            "Common 17-54", f"The object '{path}' does not have a property '{name}'."
        )
    session.messages.report(
        "Standin 1-6", f"hls4ml_soc's stand-in does not model property {name} of '{path}'"
    )


def _set_project(session: Session, project: Project, name: str, value: str) -> None:
    upper = name.upper()
    if upper == "IP_REPO_PATHS":
        project.repositories = [session.path(p) for p in split_list(value)]
    elif upper == "PART":
        part = Part.find(value)
        if part is None:
            raise session.fail("Coretcl 2-106", f"Specified part could not be found: '{value}'.")
        project.part = part
    elif upper == "BOARD_PART":
        _set_board(session, project, value)
    elif upper in PROJECT or upper.startswith(PROJECT_GROUPS):
        project.properties.setdefault("project", {})[upper] = value
    else:
        _unknown(session, name, project.name)


def _set_board(session: Session, project: Project, value: str) -> None:
    """Refuse a board as a Vivado without board files; where lenient, take its name."""
    if session.messages.strict or value.count(":") < 2:
        raise session.fail(
            "Board 49-71",
            f"The board_part definition was not found for {value}. The project's "
            "board_part property was not set, but the project's part property was set to "
            f"{project.part.name}.",
        )
    project.board_part = value
    found = Part.find(boards.part(value))
    if found is not None:
        project.part = found
    session.messages.report(
        "Standin 1-8",
        f"hls4ml_soc's stand-in has no board files: of board '{value}' only the name is taken, "
        f"and the part is {project.part.name}",
    )


def _set_segment(session: Session, segment: Segment, name: str, value: str) -> None:
    from hls4ml_soc.virtual.vivado.commands.address import place, size_of

    if name == "OFFSET":
        place(session, segment, size_of(session, value, "offset"), segment.range)
    elif name == "RANGE":
        place(session, segment, segment.offset, size_of(session, value, "range"))
    else:
        _unknown(session, name, segment.path)


def _set_other(session: Session, kind: str, thing: object, values: dict[str, str]) -> None:
    project = session.open_project()
    for name, value in values.items():
        upper = name.upper()
        if kind == "gadget":
            continue  # drawn by nobody
        if kind == "fileset" and upper == "IP_REPO_PATHS":
            _set_project(session, project, name, value)
        elif kind == "fileset" and (upper in FILESET or upper.startswith(FILESET_GROUPS)):
            project.properties.setdefault(str(thing), {})[upper] = value
        elif kind == "file" and (upper in FILE or upper == "PFM_NAME"):
            project.properties.setdefault(str(thing), {})[upper] = value
        elif isinstance(thing, Net) and upper.startswith("HDL_ATTRIBUTE."):
            continue
        elif isinstance(thing, Run) and (upper in RUN or upper.startswith(RUN_GROUPS)):
            thing.properties[upper] = value
        else:
            _unknown(session, name, str(getattr(thing, "name", thing)))
