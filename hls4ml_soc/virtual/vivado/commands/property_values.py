"""get_property, list_property, report_property."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado import attributes
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.property_names import (
    FILE,
    FILESET,
    PROJECT,
    PROJECT_GROUPS,
)
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.project import Project
from hls4ml_soc.virtual.vivado.select import pattern
from hls4ml_soc.virtual.vivado.session import Session, command


@command("get_property [-min]! [-max]! <name> <object>")
def get_property(session: Session, a: Arguments) -> str:
    """Return a property of an object; of several objects, a list."""
    things = _things(session, a.get("object"), "get_property")
    values = [_value(session, kind, thing, a.get("name")) for kind, thing in things]
    return values[0] if len(values) == 1 else join_list(values)


def _things(session: Session, text: str, name: str) -> list[tuple[str, object]]:
    if not text.strip():
        raise session.fail("Common 17-55", f"'{name}' expects at least one object.")
    return session.objects([text], "object")


def _value(session: Session, kind: str, thing: object, name: str) -> str:
    upper = name.upper()
    if kind in ("fileset", "file") and session.project:
        own = session.project.properties.get(str(thing), {})
        if upper in own or upper in FILESET | FILE:
            return own.get(upper, "0" if upper.startswith("IS_") else "")
    value = attributes.get(session.current, kind, thing, name)
    if value is not None:
        return value
    if isinstance(thing, Cell) and thing.ip and upper in ("IP_DIR", "IP_OUTPUT_DIR", "IP_FILE"):
        folder = session.ip_folder(thing)
        return str(folder if upper != "IP_FILE" else folder / f"{thing.component}.xci")
    if isinstance(thing, Project) and (upper in PROJECT or upper.startswith(PROJECT_GROUPS)):
        return thing.properties.get("project", {}).get(upper, "")
    if upper.startswith(("CONFIG.", "STEPS.")) and not session.messages.strict:
        return ""
    label = str(getattr(thing, "path", getattr(thing, "name", thing)))
    raise session.fail("Common 17-54", f"The object '{label}' does not have a property '{name}'.")


@command("list_property [-class <arg>]! [-regexp] [<object>] [<pattern>]")
def list_property(session: Session, a: Arguments) -> str:
    """List the names of an object's properties."""
    (kind, thing), *_ = _things(session, a.get("object"), "list_property")
    text = a.get("pattern")
    if text and not a.flag("regexp") and not set("*?[") & set(text):
        # A complete name needs no look at all others: presets ask for hundreds of names.
        if isinstance(thing, Cell) and text.upper().startswith("CONFIG."):
            own = thing.parameter_name(text[7:])
            return f"CONFIG.{own}" if own else ""
    names = attributes.names(session.current, kind, thing)
    if text:
        compiled = pattern(text, regexp=a.flag("regexp"), nocase=True)
        names = [n for n in names if compiled.match(n)]
    return join_list(names)


@command(
    "report_property [-all] [-class <arg>]! [-return_string] [-file <arg>] [-append] [-regexp] "
    "[<object>] [<pattern>]"
)
def report_property(session: Session, a: Arguments) -> str:
    """Print the properties of an object."""
    (kind, thing), *_ = _things(session, a.get("object"), "report_property")
    names = attributes.names(session.current, kind, thing)
    if a.has("pattern"):
        compiled = pattern(a.get("pattern"), regexp=a.flag("regexp"), nocase=True)
        names = [n for n in names if compiled.match(n)]
    rows = [
        ("Property", "Value"),
        *((n, attributes.get(session.current, kind, thing, n) or "") for n in names),
    ]
    width = max(len(n) for n, _ in rows)
    text = "".join(f"{n:<{width}}  {v}\n" for n, v in rows)
    if a.has("file"):
        with session.path(a.get("file")).open("a" if a.flag("append") else "w") as file:
            file.write(text)
    elif a.flag("return_string"):
        return text
    else:
        session.print(text)
    return ""


@command("report_param [<pattern>]", "help")
def report_param(session: Session, a: Arguments) -> str:
    """Say that there is nothing to print."""
    session.messages.info(OWN, "the stand-in has no parameters and no help text; see UG835")
    return ""
