"""Commands around a design that matter little to a stand-in: boards, parts, runs and projects that
scripts ask for or switch between."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list
from hls4ml_soc.virtual.vivado import boards
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.commands.lookup import filtered
from hls4ml_soc.virtual.vivado.project import Part, Run
from hls4ml_soc.virtual.vivado.session import Session, command


@command("open_project [-read_only] [-quiet] <file>")
def open_project(session: Session, a: Arguments) -> str:
    """Open again what this run has closed; no project outlives the stand-in."""
    path = session.path(a.get("file"))
    known = session.closed.get(path.with_suffix(".xpr"))
    if known is None:
        raise session.not_modelled(f"open_project of {path.name}, which this run did not create")
    session.project, session.designs = known
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
@command("update_module_reference [<ips>...]")
@command("config_ip_cache [-import_from_project] [-use_cache_location <arg>] [-disable_cache]")
def nothing(session: Session, a: Arguments) -> str:
    """Do nothing: the stand-in has no such reports, caches or copies."""
    session.open_project()
    return ""
