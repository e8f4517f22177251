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


_NOT_KNOWN = "not known to hls4ml_soc's stand-in: nothing was synthesised, placed or routed\n"


def _report(session: Session, a: Arguments, title: str, text: str) -> str:
    if not session.open_project().opened_run:
        raise session.fail(
            "Common 17-53",
            "User Exception: No open design. Please open an elaborated, synthesized or "
            "implemented design before executing this command.",
        )
    text = f"{title}\n\n{text}"
    if a.flag("return_string"):
        return text
    if a.has("file"):
        with session.path(a.get("file")).open("a" if a.flag("append") else "w") as file:
            file.write(text)
    else:
        session.print(text)
    return ""


@command(
    "report_timing_summary [-file <arg>] [-append] [-return_string] [-delay_type <arg>] "
    "[-max_paths <arg>]"
    " [-nworst <arg>] [-report_unconstrained] [-warn_on_violation] [-no_detailed_paths] [-name "
    "<arg>]"
    " [-setup] [-hold] [-check_timing_verbose] [-significant_digits <arg>]",
    "report_timing",
)
def report_timing_summary(session: Session, a: Arguments) -> str:
    """Say that timing is not known; with the timing fault, that it is not met."""
    text = implement.FAULT_TIMING if session.fault == "timing" else _NOT_KNOWN
    return _report(session, a, "Timing summary", text)


@command(
    "report_utilization [-file <arg>] [-append] [-return_string] [-hierarchical] "
    "[-hierarchical_depth <arg>]"
    " [-cells <arg>] [-name <arg>] [-pb <arg>]",
    "report_power",
    "report_drc",
    "report_methodology",
    "report_clock_utilization",
    "report_route_status",
    "report_cdc",
    "report_clock_interaction",
)
def report_utilization(session: Session, a: Arguments) -> str:
    """Say that it is not known."""
    return _report(session, a, "Report", _NOT_KNOWN)


@command(
    "get_timing_paths [-from <arg>] [-to <arg>] [-delay_type <arg>] [-setup] [-hold] [-max_paths "
    "<arg>]"
    " [-nworst <arg>] [-slack_lesser_than <arg>] [-group <arg>] [-unique_pins]"
)
def get_timing_paths(session: Session, a: Arguments) -> str:
    """Return no path: the stand-in knows none."""
    return ""


@command(
    "write_hw_platform [-fixed] [-force] [-include_bit] [-include_sim_content]! [-minimal] [-hw] "
    "[-hw_emu]!"
    " [-rp <arg>]! [-static]! <file>"
)
def write_hw_platform(session: Session, a: Arguments) -> str:
    """Write the hardware platform (``.xsa``), marked as the stand-in's."""
    if session.release < (2019, 2):
        raise session.fail(
            "Common 17-170", "write_hw_platform does not exist before 2019.2; use write_hwdef."
        )
    path = session.path(a.get("file"))
    if path.suffix != ".xsa":
        raise session.fail(
            "Project 1-1922", f"The file name '{a.get('file')}' does not end in .xsa."
        )
    if path.exists() and not a.flag("force"):
        raise session.fail(
            "Common 17-176",
            f"Overwrite of existing file isn't enabled. Please specify -force to overwrite "
            f"file [{path}]",
        )
    implement.write_xsa(session, path, with_bit=a.flag("include_bit"))
    return str(path)


@command("validate_hw_platform [<file>]")
def validate_hw_platform(session: Session, a: Arguments) -> str:
    """Check that the platform file exists."""
    if not session.path(a.get("file")).exists():
        raise session.fail("Common 17-55", f"'{a.get('file')}' file or directory does not exist.")
    return ""


@command(
    "write_bitstream [-force] [-bin_file]! [-mask_file]! [-logic_location_file]! "
    "[-no_binary_bitfile]!"
    " [-reference_bitfile <arg>]! [-cell <arg>]! <file>"
)
def write_bitstream(session: Session, a: Arguments) -> str:
    """Write the bitstream of the open implementation."""
    project = session.open_project()
    if project.opened_run != "impl_1":
        raise session.fail(
            "Common 17-53",
            "User Exception: No open design. Please open an elaborated, synthesized or "
            "implemented design before executing this command.",
        )
    path = session.path(a.get("file"))
    if path.exists() and not a.flag("force"):
        raise session.fail(
            "Common 17-176",
            f"Overwrite of existing file isn't enabled. Please specify -force to overwrite "
            f"file [{path}]",
        )
    implement.write_bit(session, path)
    return ""
