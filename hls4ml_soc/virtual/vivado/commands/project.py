"""Projects and their files."""

from __future__ import annotations

import glob
import shutil
from pathlib import Path

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import attributes, store
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.commands.lookup import filtered
from hls4ml_soc.virtual.vivado.messages import ERROR
from hls4ml_soc.virtual.vivado.project import Part, Project
from hls4ml_soc.virtual.vivado.select import chosen
from hls4ml_soc.virtual.vivado.session import Session, command

_DEFAULT_PART = "xc7vx485tffg1157-1"  # Vivado's, where a project names none
_KNOWN = {
    ".v",
    ".sv",
    ".vh",
    ".svh",
    ".vhd",
    ".vhdl",
    ".xdc",
    ".tcl",
    ".bd",
    ".xci",
    ".mem",
    ".coe",
    ".prj",
    ".elf",
}


@command(
    "create_project [-part <arg>] [-force] [-in_memory] [-ip]! [-rtl_kernel]! [<name>] [<dir>]"
)
def create_project(session: Session, a: Arguments) -> str:
    """Create a project folder."""
    if session.project is not None:
        raise session.fail(
            "Common 17-53", f"User Exception: Project {session.project.name} is already open."
        )
    name = a.get("name", "project_1")
    directory = session.path(a.get("dir", "."))
    part = Part.find(a.get("part", _DEFAULT_PART))
    if part is None and a.has("part"):
        raise session.fail(
            "Coretcl 2-106", f"Specified part could not be found: '{a.get('part')}'."
        )
    if part is None:
        raise session.refuse(
            f"the project names no part, and {_DEFAULT_PART} is not one the stand-in knows; give "
            "-part"
        )
    if not a.flag("in_memory"):
        if (directory / f"{name}.xpr").exists() and not a.flag("force"):
            raise session.fail(
                "Common 17-53",
                "User Exception: Project already exists on disk, please use '-force' option to "
                "overwrite: "
                f"'{directory / name}.xpr'.",
            )
        if (
            directory != session.path(".")
            and a.flag("force")
            and (directory / f"{name}.xpr").exists()
        ):
            shutil.rmtree(directory)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.xpr").write_text(f"hls4ml_soc stand-in project {name} {part.name}\n")
    session.project = Project(name, directory, part, session.release)
    return join_list(session.issue("project", [(name, session.project)]))


@command("current_project [<project>]")
def current_project(session: Session, a: Arguments) -> str:
    """Return the open project."""
    project = session.open_project()
    return join_list(session.issue("project", [(project.name, project)]))


@command("get_projects [-regexp] [-nocase] [-filter <arg>]! [<patterns>...]")
def get_projects(session: Session, a: Arguments) -> str:
    """Return the open project, if any."""
    return current_project(session, a) if session.project else ""


@command("close_project [-delete]")
def close_project(session: Session, a: Arguments) -> str:
    """Close the project."""
    project = session.open_project()
    store.save(session)
    session.closed[project.directory / f"{project.name}.xpr"] = (project, session.designs)
    session.project, session.designs = None, {}
    session.current = None
    return ""


@command(
    "add_files [-fileset <arg>] [-of_objects <arg>]! [-norecurse] [-copy_to <arg>]! [-force] "
    "[-scan_for_includes]"
    " [<files>...]"
)
def add_files(session: Session, a: Arguments) -> str:
    """Add files, or what is in folders, to a file set."""
    project = session.open_project()
    fileset = _fileset(session, a)
    added = []
    for text in [f for word in a.list("files") for f in split_list(word)]:
        path = session.path(text)
        if not path.exists():
            session.messages.report(
                "Common 17-55" if session.messages.strict else "filemgmt 56-12",
                f"'{text}' file or directory does not exist.",
                ERROR,
            )
            continue
        found = [path]
        if path.is_dir():
            deep = "*" if a.flag("norecurse") else "**/*"
            found = sorted(p for p in path.glob(deep) if p.is_file() and p.suffix in _KNOWN)
        for file in found:
            if file in project.filesets[fileset]:
                session.messages.report(
                    "filemgmt 20-348",
                    f"Importing the appropriate files for fileset: '{fileset}': '{file}' is added "
                    "already.",
                )
            else:
                project.filesets[fileset].append(file)
                added.append(file)
    return join_list(session.issue("file", [(str(f), f) for f in added]))


@command(
    "import_files [-fileset <arg>] [-force] [-norecurse] [-flat] [-relative_to <arg>] [<files>...]"
)
def import_files(session: Session, a: Arguments) -> str:
    """Copy files into the project and add the copies."""
    project = session.open_project()
    fileset = _fileset(session, a)
    folder = project.directory / f"{project.name}.srcs" / fileset / "imports"
    added = []
    wanted = [f for word in a.list("files") for f in split_list(word)]
    if not a.list("files"):
        # Without a file: all that are outside of the project.
        outside = [f for f in project.filesets[fileset] if project.directory not in f.parents]
        project.filesets[fileset] = [f for f in project.filesets[fileset] if f not in outside]
        wanted = [str(f) for f in outside]
    for text in wanted:
        path = session.path(text)
        if not path.is_file():
            raise session.fail("Common 17-55", f"'{text}' file or directory does not exist.")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / path.name
        shutil.copyfile(path, target)
        project.filesets[fileset].append(target)
        added.append(target)
    return join_list(session.issue("file", [(str(f), f) for f in added]))


@command("remove_files [-fileset <arg>] <files>...")
def remove_files(session: Session, a: Arguments) -> str:
    """Take files out of the project."""
    project = session.open_project()
    for text in [f for word in a.list("files") for f in split_list(word)]:
        path = session.path(text)
        for files in project.filesets.values():
            if path in files:
                files.remove(path)
    return ""


def _fileset(session: Session, a: Arguments) -> str:
    name = a.get("fileset", "sources_1")
    if name not in session.open_project().filesets:
        raise session.fail(
            "Common 17-161", f"Invalid option value '{name}' specified for 'fileset'."
        )
    return name


@command(
    "get_files [-regexp] [-nocase] [-filter <arg>] [-compile_order <arg>]! [-used_in <arg>]! "
    "[-of_objects <arg>]"
    " [-norecurse] [-all] [<patterns>...]"
)
def get_files(session: Session, a: Arguments) -> str:
    """Return the files whose path, or end of path, matches."""
    project = session.open_project()
    files = {str(f): f for f in project.files()}
    if a.has("of_objects"):
        sets = [
            o for k, o in session.objects([a.get("of_objects")], "of_objects") if k == "fileset"
        ]
        files = {str(f): f for s in sets for f in project.filesets[str(s)]}
    wanted = a.list("patterns") or ["*"]
    found = []
    for text in [t for word in wanted for t in split_list(word)]:
        for name, path in files.items():
            tails = [
                "/".join(path.parts[-n:]).replace("//", "/") for n in range(1, len(path.parts) + 1)
            ]
            plain = not a.flag("regexp") and ("./" in text or "//" in text)
            wanted_text = str(session.path(text)) if plain else text
            hit = text == "*" or chosen(
                tails, [wanted_text], regexp=a.flag("regexp"), nocase=a.flag("nocase")
            )
            if hit and name not in found:
                found.append(name)
    found = filtered(session, a, found, lambda n, key: file_property(session, files[n], key))
    if not found:
        session.messages.report("Vivado 12-818", f"No files matched '{' '.join(wanted)}'")
    return join_list(session.issue("file", [(f, files[f]) for f in found]))


@command("update_compile_order [-force_gui] [-fileset <arg>]")
def update_compile_order(session: Session, a: Arguments) -> str:
    """Check the file set's name; the order is found anew whenever it matters."""
    _fileset(session, a)
    return ""


@command(
    "get_filesets [-regexp] [-nocase] [-filter <arg>] [-of_objects <arg>]! [<patterns>...]",
    "get_fileset",
)
def get_filesets(session: Session, a: Arguments) -> str:
    """Return file sets."""
    names = list(session.open_project().filesets)
    found = chosen(
        names, a.list("patterns") or ["*"], regexp=a.flag("regexp"), nocase=a.flag("nocase")
    )
    found = filtered(session, a, found, _fileset_property)
    return join_list(session.issue("fileset", [(n, n) for n in found]))


def _fileset_property(name: str, key: str) -> str | None:
    kinds = {"constrs": "Constrs", "sim": "SimulationSrcs", "utils": "Utils"}
    kind = kinds.get(name.partition("_")[0], "DesignSrcs")
    return {"NAME": name, "FILESET_TYPE": kind}.get(key)


def file_property(session: Session, path: Path, key: str) -> str | None:
    """Return a property of a file: what was set, else what its name tells."""
    own = session.open_project().properties.get(str(path), {})
    return own.get(key) or attributes.get(None, "file", path, key)


@command("current_fileset [-constrset] [-simset] [-srcset] [<fileset>]")
def current_fileset(session: Session, a: Arguments) -> str:
    """Return the current file set of a kind."""
    session.open_project()
    name = "constrs_1" if a.flag("constrset") else "sim_1" if a.flag("simset") else "sources_1"
    return join_list(session.issue("fileset", [(name, name)]))


@command("create_fileset [-constrset] [-simset] [-blockset]! [-clone_properties <arg>]! <name>")
def create_fileset(session: Session, a: Arguments) -> str:
    """Create a file set."""
    session.open_project().filesets.setdefault(a.get("name"), [])
    return join_list(session.issue("fileset", [(a.get("name"), a.get("name"))]))


def module_source(session: Session, module: str) -> Path | None:
    """Return the project file that defines a module."""
    from hls4ml_soc.virtual.vivado import verilog

    for path in session.open_project().filesets["sources_1"]:
        if path.suffix in (".v", ".sv") and path.exists() and module in verilog.modules(path):
            return path
    return None


def entity_source(session: Session, entity: str) -> Path | None:
    """Return the project file that defines a VHDL entity."""
    from hls4ml_soc.virtual.vivado import vhdl

    for path in session.open_project().filesets["sources_1"]:
        if path.suffix in (".vhd", ".vhdl") and path.exists():
            if entity.lower() in (e.lower() for e in vhdl.entities(path)):
                return path
    return None


def expand(session: Session, text: str) -> list[Path]:
    """Return the files that a path with wildcards names."""
    return [Path(p) for p in sorted(glob.glob(str(session.path(text))))]
