"""Reports, and the products of a finished run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hls4ml_soc.virtual.vivado import implement, memory_info
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.messages import OWN
from hls4ml_soc.virtual.vivado.session import Failed, Session, command


def _exists(session: Session, path: Path) -> Failed:
    return session.fail("Common 17-176", implement.OVERWRITE.format(path))


_NOT_KNOWN = "not known to hls4ml_soc's stand-in: nothing was synthesised, placed or routed\n"


def _report(session: Session, a: Arguments, title: str, text: str) -> str:
    if not session.open_project().opened_run:
        raise session.fail("Common 17-53", implement.NO_DESIGN)
    text = f"{title}\n\n{text}"
    if a.flag("return_string"):
        return text
    if a.has("file"):
        with session.path(a.get("file")).open("a" if a.flag("append") else "w") as file:
            file.write(text)
    else:
        session.print(text)
    return ""


# Where reports go, then what each can be told (UG835); none of it matters to a stand-in.
_TO = "[-file <arg>] [-append] [-return_string] [-name <arg>] [-no_header] [-format <arg>]"
_TIMING = (
    "[-delay_type <arg>] [-max_paths <arg>] [-nworst <arg>] [-unique_pins] [-path_type <arg>] "
    "[-input_pins] [-no_pblock] [-significant_digits <arg>] [-rpx <arg>] [-warn_on_violation] "
    "[-cell <arg>] [-routable_nets] [-setup] [-hold] [-slack_lesser_than <arg>] "
)
_REPORTS = {
    "report_utilization": "[-pblocks <arg>] [-evaluate_pblock] [-exclude_child_pblocks] "
    "[-exclude_non_assigned] [-cells <arg>] [-slr] [-packthru] [-no_primitives] [-omit_locs] "
    "[-hierarchical] [-hierarchical_depth <arg>] [-hierarchical_percentages] [-pb <arg>] "
    "[-hierarchical_min_primitive_count <arg>] [-spreadsheet_file <arg>] "
    "[-spreadsheet_table <arg>] [-spreadsheet_depth <arg>]",
    "report_power": "[-no_propagation] [-hierarchical_depth <arg>] [-hier <arg>] [-vid] "
    "[-advisory] [-xpe <arg>] [-l <arg>] [-rpx <arg>]",
    "report_drc": "[-upgrade_cw] [-checks <arg>] [-ruledecks <arg>] [-ruledeck <arg>] "
    "[-waived] [-no_waivers] [-internal_only] [-rpx <arg>] [-fail_on <arg>]",
    "report_methodology": "[-cells <arg>] [-checks <arg>] [-rpx <arg>] [-slack_lesser_than <arg>] "
    "[-waived] [-no_waivers] [-fail_on <arg>]",
    "report_clock_utilization": "[-write_xdc <arg>] [-clock_roots_only] [-cells <arg>]",
    "report_route_status": "[-show_all] [-list_all_nets] [-boundary_nets] [-dump_routes] "
    "[-of_objects <arg>] [-route_type <arg>] [-ignore_cache] [-has_routing]",
    "report_cdc": "[-from <arg>] [-to <arg>] [-cells <arg>] [-details] [-summary] "
    "[-all_checks_per_endpoint] [-severity <arg>] [-no_header] [-waived] [-show_waiver]",
    "report_clock_interaction": "[-delay_type <arg>] [-setup] [-hold] [-significant_digits <arg>] "
    "[-cells <arg>] [-no_header]",
    "report_clocks": "[<clocks>...]",
    "report_clock_networks": "[-levels <arg>] [-endpoints_only] [-suppress_endpoints <arg>]",
    "report_io": "",
    "report_datasheet": "[-sort_by <arg>] [-montecarlo]",
    "report_operating_conditions": "[-voltage <arg>] [-grade] [-process] [-junction_temp]",
    "report_ssn": "[-phase]",
    "report_exceptions": "[-from <arg>] [-to <arg>] [-through <arg>] [-ignored] [-summary] "
    "[-coverage] [-ignored_objects] [-write_merged_exceptions] [-write_valid_exceptions]",
    "report_compile_order": "[-fileset <arg>] [-missing_instances] [-constraints] [-sources] "
    "[-used_in <arg>] [-of_objects <arg>]",
    "report_waivers": "[-cdc] [-drc] [-methodology] [-type <arg>] [-write_valid_waivers]",
    "report_qor_assessment": "[-max_paths <arg>] [-full_assessment_details] [-csv <arg>]",
    "report_environment": "",
    "report_pipeline_analysis": "[-cells <arg>] [-clocks <arg>] [-max_added_latency <arg>]",
    "report_control_sets": "[-hierarchical] [-hierarchical_depth <arg>] [-sort_by <arg>]",
    "report_high_fanout_nets": "[-timing] [-histogram] [-load_types] [-max_nets <arg>] "
    "[-fanout_greater_than <arg>] [-fanout_lesser_than <arg>] [-ascending] [-cells <arg>]",
    "report_design_analysis": "[-timing] [-setup] [-hold] [-show_all] [-complexity] [-congestion] "
    "[-logic_level_distribution] [-max_paths <arg>] [-hierarchical_depth <arg>] [-qor_summary] "
    "[-extend] [-routes] [-cells <arg>]",
    "report_bus_skew": "[-delay_type <arg>] [-warn_on_violation] [-max_paths <arg>] "
    "[-nworst <arg>] [-significant_digits <arg>] [-path_type <arg>] [-input_pins] [-rpx <arg>]",
    "report_qor_suggestions": "[-max_paths <arg>] [-max_strategies <arg>] [-no_split] [-csv <arg>]",
    "report_ram_utilization": "[-cells <arg>] [-detail] [-csv <arg>]",
    "report_incremental_reuse": "[-hierarchical] [-hierarchical_depth <arg>] [-cells <arg>]",
    "report_ip_status": "[-license_status] [-resource_data] [-revision <arg>] [-all]",
}


def _not_known(title: str) -> Callable[[Session, Arguments], str]:
    def handler(session: Session, a: Arguments) -> str:
        return _report(session, a, title, _NOT_KNOWN)

    return handler


for _name, _options in _REPORTS.items():
    command(f"{_name} {_TO} {_options}")(_not_known("Report"))


@command(
    f"report_timing_summary {_TO} {_TIMING} [-report_unconstrained] [-no_detailed_paths] "
    "[-check_timing_verbose] [-datasheet] [-cells <arg>]"
)
@command(
    f"report_timing {_TO} {_TIMING} [-from <arg>] [-rise_from <arg>] [-fall_from <arg>] [-to <arg>]"
    " [-rise_to <arg>] [-fall_to <arg>] [-through <arg>] [-group <arg>] [-sort_by <arg>] "
    "[-of_objects <arg>] [-no_report_unconstrained] [-slack_greater_than <arg>] [-user_ignored]"
)
def report_timing_summary(session: Session, a: Arguments) -> str:
    """Say that timing is not known; with the timing fault, that it is not met."""
    text = implement.FAULT_TIMING if session.fault == "timing" else _NOT_KNOWN
    return _report(session, a, "Timing summary", text)


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


@command("write_mem_info [-force] [-cell <arg>] [-no_partial_mmi] [-force_detect_xpm]! <file>")
def write_mem_info(session: Session, a: Arguments) -> str:
    """Write where the local memories of soft processors lie (``.mmi``), as far as it is known."""
    project = session.open_project()
    if project.opened_run != "impl_1":
        raise session.fail("Common 17-53", implement.NO_DESIGN)
    path = session.path(a.get("file"))
    if path.suffix not in ("", ".mmi"):
        raise session.fail(OWN, f"The file name '{a.get('file')}' does not end in .mmi.")
    path = path.with_suffix(".mmi")
    if path.exists() and not a.flag("force"):
        raise _exists(session, path)
    design = implement.top_design(session)
    only = a.get("cell").removeprefix(f"{implement.top_name(session, design)}/")
    if only and only not in memory_info.processors(design):
        raise session.fail(
            "Common 17-161", f"Invalid option value '{a.get('cell')}' specified for 'cell'."
        )
    path.write_bytes(memory_info.write(design, project.part, only))
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
        raise session.fail("Common 17-53", implement.NO_DESIGN)
    path = session.path(a.get("file"))
    if path.exists() and not a.flag("force"):
        raise _exists(session, path)
    implement.write_bit(session, path)
    return ""
