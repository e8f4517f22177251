"""Wrapper, runs, reports and products."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.tcl import TclExit, join_list, split_list
from hls4ml_soc.virtual.vivado import attributes, implement, launch
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.commands.lookup import filtered
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.messages import WARNING
from hls4ml_soc.virtual.vivado.project import Run
from hls4ml_soc.virtual.vivado.select import chosen
from hls4ml_soc.virtual.vivado.session import Failed, Session, command


def _design_of(session: Session, words: list[str]) -> Design:
    files = [t for k, t in session.objects(words, "files") if k == "file"]
    if len(files) != 1 or not isinstance(files[0], Path) or files[0].suffix != ".bd":
        raise session.fail("Vivado 12-106", "make_wrapper takes one block design file.")
    name = files[0].stem
    if name not in session.designs:
        raise session.fail("BD 5-1", f"Block design '{name}' is not open.")
    return session.designs[name]


@command(
    "make_wrapper [-top] [-testbench]! [-inst_template]! [-fileset <arg>] [-import] [-force] "
    "<files>..."
)
def make_wrapper(session: Session, a: Arguments) -> str:
    """Write the HDL wrapper of a block design and return its path."""
    if not a.flag("top"):
        raise session.fail(
            "Common 17-163",
            "Missing value for option 'top', please type 'make_wrapper -help' for usage info.",
        )
    design = _design_of(session, a.list("files"))
    project = session.open_project()
    folder = project.generated(design.name) / "hdl"
    folder.mkdir(parents=True, exist_ok=True)
    language = project.properties.get("project", {}).get("TARGET_LANGUAGE", "Verilog")
    vhdl = language.upper() == "VHDL"
    path = folder / f"{design.name}_wrapper.{'vhd' if vhdl else 'v'}"
    path.write_text(implement.wrapper(design, "VHDL" if vhdl else "Verilog"))
    session.print(f"Wrote  : <{path}>\n")
    if session.release == (2020, 2) and not session.messages.strict:
        # The scripts of PYNQ 2.7, which are of this release, take it from the old place.
        old = project.sources(design.name) / "hdl"
        old.mkdir(parents=True, exist_ok=True)
        (old / path.name).write_text(path.read_text())
    if a.flag("import"):
        path = implement.import_file(project, path)
    return join_list(session.issue("file", [(str(path), path)]))


@command("generate_target [-force] [<name>] [<objects>...]")
def generate_target(session: Session, a: Arguments) -> str:
    """Generate the outputs of a block design: validate it and write the hand-off file."""
    for kind, thing in session.objects(a.list("objects")):
        if kind == "file" and isinstance(thing, Path) and thing.suffix == ".bd":
            implement.generate(session, session.designs[thing.stem])
    return ""


@command(
    "export_simulation [-simulator <arg>] [-of_objects <arg>] [-ip_user_files_dir <arg>] "
    "[-ipstatic_source_dir <arg>] [-lib_map_path <arg>] [-script_name <arg>] [-directory <arg>] "
    "[-runtime <arg>] [-define <arg>] [-generic <arg>] [-include <arg>] [-absolute_path] "
    "[-export_source_files] [-32bit] [-force] [-use_ip_compiled_libs]"
)
@command(
    "export_ip_user_files [-of_objects <arg>] [-ip_user_files_dir <arg>] "
    "[-ipstatic_source_dir <arg>] [-lib_map_path <arg>] [-no_script] [-sync] [-force] [-reset]"
)
def export_ip_user_files(session: Session, a: Arguments) -> str:
    """Do nothing: the stand-in has no files of IPs to export."""
    return ""


@command("create_ip_run [-force] <objects>...")
def create_ip_run(session: Session, a: Arguments) -> str:
    """Create a synthesis run for every IP of a block design, or for single IPs."""
    project = session.open_project()
    names = []
    for kind, thing in session.objects(a.list("objects")):
        if isinstance(thing, Cell):
            names.append(thing.component)
        elif kind == "file" and isinstance(thing, Path) and thing.stem in session.designs:
            cells = session.designs[thing.stem].cells.values()
            names += [c.component for c in cells if c.ip is not None]
        elif isinstance(thing, Path):
            names.append(thing.stem)
    made = []
    for name in [f"{n}_synth_1" for n in names]:
        folder = project.directory / f"{project.name}.runs" / name
        made.append((name, project.runs.setdefault(name, Run(name, folder, True))))
    return join_list(session.issue("run", made))


@command("get_runs [-regexp] [-nocase] [-filter <arg>] [-of_objects <arg>]! [<patterns>...]")
def get_runs(session: Session, a: Arguments) -> str:
    """Return runs."""
    runs = session.open_project().runs
    wanted = [p for word in a.list("patterns") for p in split_list(word)] or ["*"]
    found = chosen(runs, wanted, regexp=a.flag("regexp"), nocase=a.flag("nocase"))
    found = filtered(session, a, found, lambda n, key: attributes.get(None, "run", runs[n], key))
    if not found:
        session.messages.report("Vivado 12-818", f"No runs matched '{' '.join(wanted)}'", "WARNING")
    return join_list(session.issue("run", [(n, runs[n]) for n in found]))


def _runs(session: Session, words: list[str]) -> list[Run]:
    runs = session.open_project().runs
    names = [n for word in words for n in split_list(word)]
    for name in names:
        if name not in runs:
            raise session.fail(
                "Common 17-161", f"Invalid option value '{name}' specified for 'runs'."
            )
    if not names:
        raise session.fail("Common 17-55", "'launch_runs' expects at least one object.")
    return [runs[n] for n in names]


@command(
    "launch_runs [-jobs <arg>] [-scripts_only]! [-lsf <arg>]! [-sge <arg>]! "
    "[-cluster_configuration <arg>]!"
    " [-dir <arg>]! [-to_step <arg>] [-next_step]! [-host <arg>]! [-remote_cmd <arg>]! [-email_to "
    "<arg>]!"
    " [-email_all]! [-pre_launch_script <arg>]! [-post_launch_script <arg>]! [-custom_script "
    "<arg>]! [-force]"
    " <runs>..."
)
def launch_runs(session: Session, a: Arguments) -> str:
    """Run synthesis or implementation, as far as a stand-in can: it checks what goes in and
    writes what comes out."""
    jobs = a.get("jobs", "1")
    if not jobs.isdigit() or not 1 <= int(jobs) <= 128:
        raise session.fail("Common 17-161", f"Invalid option value '{jobs}' specified for 'jobs'.")
    if a.has("to_step") and a.get("to_step") not in launch.STEPS:
        raise session.fail(
            "Common 17-161", f"Invalid option value '{a.get('to_step')}' specified for 'to_step'."
        )
    for run in _runs(session, a.list("runs")):
        if (
            run.complete
            and not a.flag("force")
            and not (a.has("to_step") and a.get("to_step") not in run.steps_done)
        ):
            raise session.fail(
                "Vivado 12-1017",
                f"Problems encountered:\n1. Run '{run.name}' is complete; reset_run first.",
            )
        if run.running:
            raise session.fail(
                "Vivado 12-1017",
                f"Problems encountered:\n1. Run '{run.name}' is running; wait_on_run first.",
            )
        launch.launch(session, run, a.get("to_step"))
    return ""


@command("wait_on_runs [-timeout <arg>] [<runs>...]", "wait_on_run")
def wait_on_runs(session: Session, a: Arguments) -> str:
    """Carry the runs to their end.

    Failed ones are a warning up to 2023.2, and an error from 2024.1 on (logs of 2021.2, 2022.2 and
    of 2024.1, 2025.1; those of 2023 are not at hand).
    """
    failed = []
    for run in _runs(session, a.list("runs")):
        if run.status == "Not started":
            raise session.fail("Vivado 12-1027", f"Run '{run.name}' has not been launched.")
        if session.fault == "crash" and not run.is_synthesis:
            session.print("Abnormal program termination (11)\n")
            raise TclExit(139)
        launch.finish(session, run)
        session.print(f"[Tue Jan  1 00:00:00 1980] {run.name} finished\n")
        if not run.complete:
            failed.append(f"'{run.name}'")
    if failed and session.release >= (2024, 1):
        session.fail("Vivado 12-13638", f"Failed runs(s) : {', '.join(failed)}")
        # Under this name whichever of the two was called.
        raise Failed("ERROR: [Common 17-39] 'wait_on_runs' failed due to earlier errors.")
    if failed:
        session.messages.report("Vivado 12-8222", f"Failed run(s) : {', '.join(failed)}", WARNING)
    return ""


@command("reset_runs [-prev_step] [-from_step <arg>] [-noclean_dir] <runs>...", "reset_run")
def reset_runs(session: Session, a: Arguments) -> str:
    """Take runs back to their beginning."""
    for run in _runs(session, a.list("runs")):
        run.reset()
    return ""


@command("open_run [-name <arg>] [-pr_config <arg>]! <run>")
def open_run(session: Session, a: Arguments) -> str:
    """Open a finished run, so that reports can be made."""
    (run,) = _runs(session, [a.get("run")])
    if not run.complete:
        raise session.fail(
            "Vivado 12-1024", f"Run '{run.name}' has not completed; its status is '{run.status}'."
        )
    session.open_project().opened_run = run.name
    return join_list(session.issue("opened", [(run.name, run)]))


@command("close_design")
def close_design(session: Session, a: Arguments) -> str:
    """Close what open_run opened."""
    session.open_project().opened_run = ""
    return ""
