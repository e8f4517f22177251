"""Commands around a design that matter little to a stand-in: boards, parts, runs and projects that
scripts ask for or switch between."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import boards, store
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.commands.lookup import filtered
from hls4ml_soc.virtual.vivado.project import Part, Run
from hls4ml_soc.virtual.vivado.session import Session, command


@command("open_project [-read_only] [-quiet] <file>")
def open_project(session: Session, a: Arguments) -> str:
    """Open a project that a run of the stand-in has made, this or an earlier one."""
    if session.project is not None:
        raise session.fail(
            "Common 17-53", f"User Exception: Project {session.project.name} is already open."
        )
    path = session.path(a.get("file")).with_suffix(".xpr")
    known = session.closed.get(path)
    if known is not None:
        session.project, session.designs = known
    elif not path.is_file():
        raise session.fail("Common 17-55", f"'{a.get('file')}' file or directory does not exist.")
    elif not store.load(session, path):
        raise session.not_modelled(f"open_project of {path.name}, which Vivado wrote")
    assert session.project is not None
    session.current = next(iter(session.designs.values()), None)
    return join_list(session.issue("project", [(session.project.name, session.project)]))


@command("get_parts [-regexp] [-nocase] [-filter <arg>]! [-of_objects <arg>]! [<patterns>...]")
def get_parts(session: Session, a: Arguments) -> str:
    """Return the parts of exact names."""
    found = [(p, Part.find(p)) for p in a.list("patterns")]
    return " ".join(session.issue("part", [(n, p) for n, p in found if p]))


@command(
    "get_board_parts [-regexp] [-nocase] [-latest_file_version] [-latest_hw_revision] [-filter "
    "<arg>] [-of_objects <arg>]! [<patterns>...]",
    "get_boards",
)
def get_board_parts(session: Session, a: Arguments) -> str:
    """Return nothing, since no board files are installed; where lenient, the boards by name."""
    if session.messages.strict:
        return ""
    names = [b for p in a.list("patterns") or ["*"] for b in boards.match(p)]

    names = filtered(session, a, names, lambda n, key: boards.properties(n).get(key))
    return join_list(session.issue("board", [(n, n) for n in names]))


@command("current_run [-synthesis] [-implementation] [<run>]")
def current_run(session: Session, a: Arguments) -> str:
    """Return the run that works on the design."""
    runs = session.open_project().runs
    name = a.get("run") or ("synth_1" if a.flag("synthesis") else "impl_1")
    if name not in runs:
        raise session.fail("Common 17-161", f"Invalid option value '{name}' specified for 'run'.")
    return join_list(session.issue("run", [(name, runs[name])]))


@command(
    "create_run [-constrset <arg>] [-parent_run <arg>] [-part <arg>] -flow <arg> [-strategy <arg>] "
    "[-report_strategy <arg>] [-pr_config <arg>]! [-dfx_config <arg>]! <name>"
)
def create_run(session: Session, a: Arguments) -> str:
    """Add a run, a synthesis unless it has a parent."""
    project = session.open_project()
    name = a.get("name")
    if name in project.runs:
        raise session.fail("Common 17-53", f"User Exception: Run '{name}' already exists.")
    folder = project.directory / f"{project.name}.runs" / name
    run = project.runs[name] = Run(name, folder, not a.has("parent_run"))
    return join_list(session.issue("run", [(name, run)]))


@command("set_part <part>")
def set_part(session: Session, a: Arguments) -> str:
    """Choose the project's part."""
    session.issue("project", [("", session.open_project())])
    return session.call("set_property", ["PART", a.get("part"), session.open_project().name])


@command("reset_property [<name>] [<objects>...]")
def reset_property(session: Session, a: Arguments) -> str:
    """Forget what was set on a port or an interface."""
    for _, thing in session.objects(a.list("objects")):
        config = getattr(thing, "config", None)
        if not isinstance(config, dict):
            raise session.not_modelled(f"reset_property of {getattr(thing, 'path', thing)}")
        config.pop(a.get("name").upper().removeprefix("CONFIG."), None)
    return ""


@command(
    "get_report_configs [-of_objects <arg>] [-regexp] [-nocase] [-filter <arg>] [<patterns>...]"
)
@command(
    "create_report_config [-report_name <arg>] [-report_type <arg>] [-steps <arg>] [-runs <arg>]"
)
@command("create_dashboard [-title <arg>] [<name>]")
@command("move_dashboard_gadget [-name <arg>] [-row <arg>] [-col <arg>] [<gadgets>...]")
@command("delete_dashboard_gadgets [<gadgets>...]")
@command("update_module_reference [<ips>...]")
@command(
    "config_ip_cache [-import_from_project] [-use_cache_location <arg>] [-disable_cache] [-export] "
    "[-purge] [-disable_for_ip] [-get_id] [-ignore_version] [<ips>...]"
)
def nothing(session: Session, a: Arguments) -> str:
    """Do nothing: the stand-in has no such reports, caches or copies."""
    session.open_project()
    return ""


@command("create_dashboard_gadget [-name <arg>] [-type <arg>] [-row <arg>] [-col <arg>]")
def create_dashboard_gadget(session: Session, a: Arguments) -> str:
    """Remember a part of a window, which scripts of write_project_tcl go on to describe."""
    session.open_project().properties.setdefault("gadgets", {})[a.get("name")] = a.get("type")
    return join_list(session.issue("gadget", [(a.get("name"), a.get("name"))]))


@command("get_dashboard_gadgets [-regexp] [-nocase] [-filter <arg>] [<patterns>...]")
def get_dashboard_gadgets(session: Session, a: Arguments) -> str:
    """Return such parts of windows."""
    known = session.open_project().properties.get("gadgets", {})
    wanted = [n for word in a.list("patterns") for n in split_list(word)] or list(known)
    return join_list(session.issue("gadget", [(n, n) for n in wanted if n in known]))
