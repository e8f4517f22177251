"""Wrapper, runs, reports and products."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.tcl import TclExit, join_list, split_list
from hls4ml_soc.virtual.vivado import implement
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.project import Run
from hls4ml_soc.virtual.vivado.select import chosen
from hls4ml_soc.virtual.vivado.session import Session, command

_STEPS = ("opt_design", "place_design", "route_design", "write_bitstream")


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
    path = folder / f"{design.name}_wrapper.v"
    path.write_text(implement.wrapper(design))
    session.print(f"Wrote  : <{path}>\n")
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
    "export_ip_user_files [-of_objects <arg>] [-no_script] [-sync] [-force] [-reset]",
    "create_ip_run",
    "export_simulation",
)
def export_ip_user_files(session: Session, a: Arguments) -> str:
    """Do nothing: the stand-in has no files of IPs to export."""
    return ""


@command("get_runs [-regexp] [-nocase] [-filter <arg>]! [-of_objects <arg>]! [<patterns>...]")
def get_runs(session: Session, a: Arguments) -> str:
    """Return runs."""
    runs = session.open_project().runs
    wanted = [p for word in a.list("patterns") for p in split_list(word)] or ["*"]
    found = chosen(runs, wanted, regexp=a.flag("regexp"), nocase=a.flag("nocase"))
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
    if a.has("to_step") and a.get("to_step") not in _STEPS:
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
        implement.launch(session, run, a.get("to_step"))
    return ""


@command("wait_on_runs [-timeout <arg>] [<runs>...]", "wait_on_run")
def wait_on_runs(session: Session, a: Arguments) -> str:
    """Return when the runs have ended: normally, whether they failed or not."""
    for run in _runs(session, a.list("runs")):
        if run.status == "Not started":
            raise session.fail("Vivado 12-1027", f"Run '{run.name}' has not been launched.")
        if session.fault == "crash" and not run.is_synthesis:
            session.print("Abnormal program termination (11)\n")
            raise TclExit(139)
        session.print(f"[Tue Jan  1 00:00:00 1980] {run.name} finished\n")
    return ""


@command("reset_runs [-prev_step] [-from_step <arg>] [-noclean_dir] <runs>...", "reset_run")
def reset_runs(session: Session, a: Arguments) -> str:
    """Take runs back to their beginning."""
    for run in _runs(session, a.list("runs")):
        run.status, run.progress, run.steps_done = "Not started", "0%", []
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
