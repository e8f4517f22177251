"""Projects on disk, for a later run: what a project consists of, and scripts of its block designs.

A real project file is XML and a real block design JSON of Vivado's own; these are the stand-in's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from hls4ml_soc.virtual.tcl import Tcl, TclError
from hls4ml_soc.virtual.vivado import bd_script
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.project import Part, Project, Run

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

_ORIGIN = "hls4ml_soc's stand-in for Vivado"


def save_design(session: Session, design: Design) -> Path:
    """Write the file of a block design and return its path."""
    project = session.open_project()
    path = project.sources(design.name) / f"{design.name}.bd"
    cells = {
        c.path: {"vlnv": c.ip.vlnv if c.ip else "hier", "parameters": c.user}
        for c in design.cells.values()
    }
    content = {
        "origin": _ORIGIN,
        "design": design.name,
        "cells": cells,
        "script": bd_script.body(design, bd_script.Options()),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def save(session: Session) -> None:
    """Write the project and its block designs."""
    project = session.project
    if project is None or not (project.directory / f"{project.name}.xpr").exists():
        return  # of memory only
    for design in session.designs.values():
        if not design.saved:
            save_design(session, design)
    content = {
        "origin": _ORIGIN,
        "part": project.part.name,
        "board_part": project.board_part,
        "repositories": [str(p) for p in project.repositories],
        "filesets": {n: [str(f) for f in files] for n, files in project.filesets.items()},
        "properties": project.properties,
        "runs": {
            r.name: [r.is_synthesis, r.status, r.progress, r.steps_done, r.properties]
            for r in project.runs.values()
        },
    }
    text = json.dumps(content, indent=1) + "\n"
    (project.directory / f"{project.name}.xpr").write_text(text)


def load(session: Session, path: Path) -> bool:
    """Open a project of an earlier run; return whether the file is one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8", errors="replace"))
        part = Part.find(content["part"])
    except (OSError, ValueError, KeyError):
        return False
    if part is None:
        return False
    project = Project(path.stem, path.parent, part, session.release)
    project.board_part = content["board_part"]
    project.repositories = [Path(p) for p in content["repositories"]]
    project.filesets = {n: [Path(f) for f in files] for n, files in content["filesets"].items()}
    project.properties = content["properties"]
    for name, (synthesis, status, progress, steps, properties) in content["runs"].items():
        run = Run(name, path.parent / f"{path.stem}.runs" / name, synthesis)
        run.status, run.progress, run.steps_done = status, progress, steps
        run.properties = properties
        project.runs[name] = run
    session.project, session.designs, session.current = project, {}, None
    session.catalogue.scan([f for f in project.repositories if f.is_dir()])
    project.scanned = list(project.repositories)
    for file in [f for f in project.filesets["sources_1"] if f.suffix == ".bd" and f.is_file()]:
        _load_design(session, file)
    return True


def _load_design(session: Session, path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    design = Design(content.get("design", path.stem))
    session.designs[design.name] = session.current = design
    script = path.with_suffix(".tcl")
    script.write_text(content.get("script", ""))
    output, session.messages.quiet_run = session.messages.quiet_run, True
    try:
        tcl = Tcl(session.commands(), on_puts=lambda channel, text: None)
        outer, session.tcl = session.tcl, tcl
        if tcl.source(script, cwd=path.parent):
            raise TclError(f"{path}: {tcl.error_message}")
    finally:
        session.tcl = outer
        session.messages.quiet_run = output
        script.unlink()
    design.saved, design.closed = True, True
