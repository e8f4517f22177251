"""The flow without a project: sources are read into memory, and each step is a command (UG892)."""

from __future__ import annotations

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import implement
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.project import Part, Project
from hls4ml_soc.virtual.vivado.session import Session, command

_STEPS = ("synth_design", "opt_design", "place_design", "route_design")


def in_memory(session: Session) -> Project:
    """Return the open project; where there is none, one that only memory holds."""
    if session.project is None:
        part = Part.find("xc7z020clg400-1")
        assert part is not None
        session.project = Project("project_1", session.path(".Xil"), part, session.release)
    return session.project


@command("read_verilog [-library <arg>] [-sv] <files>...")
@command("read_vhdl [-library <arg>] [-vhdl2008] [-vhdl2019] <files>...")
@command("read_mem <files>...")
@command("read_ip [-force] <files>...")
@command("read_edif <files>...")
@command("read_bd <files>...")
def read_sources(session: Session, a: Arguments) -> str:
    """Add source files."""
    return _read(session, a, "sources_1")


@command("read_xdc [-cells <arg>] [-ref <arg>] [-unmanaged] [-mode <arg>] [-no_add] <files>...")
def read_xdc(session: Session, a: Arguments) -> str:
    """Add constraints."""
    return _read(session, a, "constrs_1")


def _read(session: Session, a: Arguments, fileset: str) -> str:
    project = in_memory(session)
    added = []
    for text in [f for word in a.list("files") for f in split_list(word)]:
        path = session.path(text)
        if not path.is_file():
            raise session.fail("Common 17-55", f"'{text}' file or directory does not exist.")
        if path not in project.filesets[fileset]:
            project.filesets[fileset].append(path)
        added.append(path)
    return join_list(session.issue("file", [(str(f), f) for f in added]))


@command(
    "synth_design [-name <arg>] [-part <arg>] [-constrset <arg>] [-top <arg>] "
    "[-include_dirs <arg>] [-generic <arg>] [-verilog_define <arg>] [-vhdl_define <arg>] "
    "[-flatten_hierarchy <arg>] [-gated_clock_conversion <arg>] [-directive <arg>] [-rtl] [-lint] "
    "[-file <arg>] [-dataflow_debug] [-bufg <arg>] [-no_lc] [-shreg_min_size <arg>] [-mode <arg>] "
    "[-fsm_extraction <arg>] [-rtl_skip_mlo] [-rtl_skip_ip] [-rtl_skip_constraints] "
    "[-keep_equivalent_registers] [-resource_sharing <arg>] [-cascade_dsp <arg>] "
    "[-control_set_opt_threshold <arg>] [-incremental_mode <arg>] [-max_bram <arg>] "
    "[-max_uram <arg>] [-max_dsp <arg>] [-max_bram_cascade_height <arg>] "
    "[-max_uram_cascade_height <arg>] [-retiming] [-no_retiming] [-no_srlextract] [-assert] "
    "[-no_timing_driven] [-sfcu] [-debug_log] [-global_retiming <arg>] [-srl_style <arg>]"
)
def synth_design(session: Session, a: Arguments) -> str:
    """Open the design of the sources, after what a stand-in can check: that there is a top."""
    project = in_memory(session)
    if a.has("part"):
        part = Part.find(a.get("part"))
        if part is None:
            raise session.fail(
                "Coretcl 2-106", f"Specified part could not be found: '{a.get('part')}'."
            )
        project.part = part
    known = implement.modules(project)
    top = a.get("top") or project.properties.get("sources_1", {}).get("TOP", "")
    if not top and len(known) == 1:
        (top,) = known
    if not top:
        raise session.fail(
            "Synth 8-3520", "Please specify the top module (-top): it was not found by itself."
        )
    if top.lower() not in {k.lower() for k in known}:
        raise session.fail("Synth 8-3520", f"cannot find module '{top}' in the sources")
    project.properties.setdefault("sources_1", {})["TOP"] = top
    design = top.removesuffix("_wrapper")
    if design in session.designs and implement.generate(session, session.designs[design]) is None:
        raise session.fail("Synth 8-439", f"block design '{design}' is not valid")
    project.opened_run, project.steps_done = "synth_1", ["synth_design"]
    return join_list(session.issue("opened", [(a.get("name", top), project.runs["synth_1"])]))


def _step(session: Session, name: str, before: str) -> str:
    project = session.open_project()
    if not project.opened_run:
        raise session.fail("Common 17-53", implement.NO_DESIGN)
    if before not in project.steps_done:
        raise session.fail("Common 17-69", f"Command failed: {name} needs a design after {before}.")
    project.steps_done.append(name)
    if name == "route_design":
        project.opened_run = "impl_1"
    return ""


_OPTIONS = {
    "opt_design": "[-retarget] [-propconst] [-sweep] [-bram_power_opt] [-remap] [-aggressive_remap]"
    " [-resynth_area] [-resynth_seq_area] [-directive <arg>] [-muxf_remap] [-hier_fanout_limit "
    "<arg>] [-bufg_opt] [-mbufg_opt] [-shift_register_opt] [-dsp_register_opt] [-control_set_merge]"
    " [-merge_equivalent_drivers] [-carry_remap] [-debug_log] [-property_opt_only]",
    "power_opt_design": "",
    "place_design": "[-directive <arg>] [-no_timing_driven] [-timing_summary] [-unplace] "
    "[-post_place_opt] [-no_psip] [-sll_align_opt] [-net_delay_weight <arg>] [-no_bufg_opt] "
    "[-ultrathreads] [-no_fanout_opt]",
    "phys_opt_design": "[-fanout_opt] [-placement_opt] [-routing_opt] [-slr_crossing_opt] "
    "[-rewire] [-insert_negative_edge_ffs] [-critical_cell_opt] [-dsp_register_opt] "
    "[-bram_register_opt] [-uram_register_opt] [-bram_enable_opt] [-shift_register_opt] "
    "[-hold_fix] [-aggressive_hold_fix] [-retime] [-force_replication_on_nets <arg>] "
    "[-directive <arg>] [-critical_pin_opt] [-clock_opt] [-path_groups <arg>] [-tns_cleanup]",
    "route_design": "[-unroute] [-release_memory] [-nets <arg>] [-physical_nets] [-pins <arg>] "
    "[-directive <arg>] [-tns_cleanup] [-no_timing_driven] [-preserve] [-delay] [-auto_delay] "
    "[-max_delay <arg>] [-min_delay <arg>] [-timing_summary] [-finalize] [-ultrathreads] "
    "[-eco] [-no_psir]",
}
_BEFORE = {"phys_opt_design": "place_design", "route_design": "place_design"}


def _register(name: str, options: str) -> None:
    def handler(session: Session, a: Arguments) -> str:
        return _step(session, name, _BEFORE.get(name, "synth_design"))

    command(f"{name} {options}")(handler)


for _name, _text in _OPTIONS.items():
    _register(_name, _text)


_WRITTEN = {
    "write_checkpoint": "[-cell <arg>] [-logic_function_stripped] [-encrypt] [-key <arg>] "
    "[-incremental_synth]",
    "write_verilog": "[-cell <arg>] [-mode <arg>] [-lib] [-port_diff_buffers] "
    "[-write_all_overrides] [-keep_vcc_gnd] [-rename_top <arg>] [-sdf_anno <arg>] "
    "[-sdf_file <arg>] [-include_xilinx_libs] [-include_unisim] [-logic_function_stripped] "
    "[-process_corner <arg>] [-nolib]",
    "write_vhdl": "[-cell <arg>] [-mode <arg>] [-lib] [-rename_top <arg>] [-write_all_overrides]",
    "write_edif": "[-pblocks <arg>] [-cell <arg>] [-security_mode <arg>] "
    "[-logic_function_stripped]",
    "write_xdc": "[-no_fixed_only] [-constraints <arg>] [-cell <arg>] [-sdc] [-no_tool_comments] "
    "[-exclude_timing] [-exclude_physical] [-write_all_properties] [-type <arg>]",
    "write_debug_probes": "[-cell <arg>] [-no_partial_ltxfile] [-verbose]",
    "write_sdf": "[-cell <arg>] [-process_corner <arg>] [-rename_top <arg>] [-mode <arg>]",
    "write_csv": "",
}


def _register_file(name: str, options: str) -> None:
    def handler(session: Session, a: Arguments) -> str:
        if not session.open_project().opened_run:
            raise session.fail("Common 17-53", implement.NO_DESIGN)
        path = session.path(a.get("file"))
        if path.exists() and not a.flag("force"):
            raise session.fail("Common 17-176", implement.OVERWRITE.format(path))
        path.write_text(f"# {name} of hls4ml_soc's stand-in: nothing was synthesised\n")
        return str(path)

    command(f"{name} [-force] {options} <file>")(handler)


for _name, _text in _WRITTEN.items():
    _register_file(_name, _text)
