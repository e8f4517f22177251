"""Reports, and the products of a finished run."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.vivado import implement, memory_info
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.session import Failed, Session, command

_NO_DESIGN = (
    "User Exception: No open design. Please open an elaborated, synthesized or implemented design "
    "before executing this command."
)


def _exists(session: Session, path: Path) -> Failed:
    return session.fail(
        "Common 17-176",
        "Overwrite of existing file isn't enabled. Please specify -force to overwrite file "
        f"[{path}]",
    )


_NOT_KNOWN = "not known to hls4ml_soc's stand-in: nothing was synthesised, placed or routed\n"


def _report(session: Session, a: Arguments, title: str, text: str) -> str:
    if not session.open_project().opened_run:
        raise session.fail("Common 17-53", _NO_DESIGN)
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
        raise _exists(session, path)
    implement.write_xsa(session, path, with_bit=a.flag("include_bit"))
    return str(path)


@command("write_mem_info [-force] [-force_detect_xpm]! <file>")
def write_mem_info(session: Session, a: Arguments) -> str:
    """Write where the local memories of soft processors lie (``.mmi``), as far as it is known."""
    project = session.open_project()
    if project.opened_run != "impl_1":
        raise session.fail("Common 17-53", _NO_DESIGN)
    path = session.path(a.get("file"))
    if path.exists() and not a.flag("force"):
        raise _exists(session, path)
    path.write_bytes(memory_info.write(implement.top_design(session), project.part))
    return ""


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
        raise session.fail("Common 17-53", _NO_DESIGN)
    path = session.path(a.get("file"))
    if path.exists() and not a.flag("force"):
        raise _exists(session, path)
    implement.write_bit(session, path)
    return ""
