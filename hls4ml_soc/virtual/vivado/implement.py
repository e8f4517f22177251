"""What stands for synthesis and implementation: checks of what goes in, and files in the places
Vivado uses.

Nothing is synthesised. A run succeeds if the block design is valid, wrapped, and the wrapper is the
top module; its bitstream holds the hand-off file and the compiled cores. No slack, utilisation or
power is ever given.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.vivado import constraints, hwh, verilog
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.project import Project, Run
from hls4ml_soc.virtual.vivado.validate import validate

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

FAULTS = ("", "synth", "impl", "timing", "license", "crash", "memory")
FAULT_TIMING = (
    "injected fault HLS4ML_SOC_VIRTUAL_FAIL=timing: timing is not met "
    "(WNS -1.000 ns, not a measurement)\n"
)
_FAULT_LINES = {
    "synth": ("Synth 8-439", "module 'injected_fault' not found (HLS4ML_SOC_VIRTUAL_FAIL=synth)"),
    "impl": (
        "Place 30-640",
        "Place Check : This design requires more Slice LUTs cells than are available in the target "
        "device (HLS4ML_SOC_VIRTUAL_FAIL=impl).",
    ),
    "license": (
        "Common 17-345",
        "A valid license was not found for feature 'Implementation' and/or device "
        "(HLS4ML_SOC_VIRTUAL_FAIL=license). Please run the Vivado License Manager for assistance "
        "in determining "
        "which features and devices are licensed for your system.",
    ),
    "memory": (
        "Common 17-179",
        "Fork failed: Cannot allocate memory (HLS4ML_SOC_VIRTUAL_FAIL=memory)",
    ),
}
_STEPS = ("opt_design", "place_design", "route_design", "write_bitstream")


def wrapper(design: Design) -> str:
    """Return the text of the HDL wrapper: it names the design, which is all the stand-in reads
    back."""
    return (
        f"// Wrapper of block design {design.name}, written by hls4ml_soc's stand-in for Vivado.\n"
        f"module {design.name}_wrapper ();\n  {design.name} {design.name}_i ();\nendmodule\n"
    )


def import_file(project: Project, path: Path) -> Path:
    """Copy a file into the project and add it."""
    target = (
        project.directory / f"{project.name}.srcs" / "sources_1" / "imports" / "hdl" / path.name
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    project.filesets["sources_1"].append(target)
    return target


def generate(session: Session, design: Design) -> Path | None:
    """Validate a design and write its hand-off file; None if it is not valid."""
    if not design.validated and not validate(session, design):
        return None
    project = session.open_project()
    path = project.generated(design.name) / "hw_handoff" / f"{design.name}.hwh"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(hwh.write(design, project.part, session.version))
    return path


def top_design(session: Session) -> Design:
    """Return the block design whose wrapper is the top module. Raises what ends the command."""
    project = session.open_project()
    top = project.properties.get("sources_1", {}).get("TOP", "")
    names: dict[str, Path] = {}
    for path in project.filesets["sources_1"]:
        if path.suffix in (".v", ".sv") and path.exists():
            names.update(dict.fromkeys(verilog.modules(path), path))
    wrappers = [
        n for n in names if n.endswith("_wrapper") and n.removesuffix("_wrapper") in session.designs
    ]
    if not top and len(wrappers) == 1:
        top = wrappers[0]  # Vivado finds the top module by itself
    if not top:
        raise session.fail(
            "Vivado 12-1017",
            "Problems encountered:\n1. No top module: the wrapper of the block design was "
            "not added to the sources.",
        )
    if top not in names:
        raise session.fail("Synth 8-3520", f"cannot find module '{top}' in the sources")
    if top not in wrappers:
        raise session.refuse(
            f"top module '{top}' is not the wrapper of a block design; the stand-in has no "
            "synthesis"
        )
    return session.designs[top.removesuffix("_wrapper")]


def launch(session: Session, run: Run, to_step: str) -> None:
    """Carry out a run; a failed run leaves its status, no error."""
    project = session.open_project()
    if not run.is_synthesis and not project.runs["synth_1"].complete:
        launch(session, project.runs["synth_1"], "")
        if not project.runs["synth_1"].complete:
            run.status, run.progress = "Not started", "0%"
            raise session.fail(
                "Vivado 12-1032", "Launching implementation needs synth_1 to be complete."
            )
    design = top_design(session)
    if generate(session, design) is None:
        raise session.fail(
            "Vivado 12-1017",
            f"Problems encountered:\n1. Block design '{design.name}' is not valid.",
        )
    run.directory.mkdir(parents=True, exist_ok=True)
    session.print(
        f"[Tue Jan  1 00:00:00 1980] Launched {run.name}...\nRun output will be captured here: "
        f"{run.directory}/"
        "runme.log\n"
    )
    fault = session.fault
    if fault in (("synth", "license") if run.is_synthesis else ("impl", "memory")):
        _fail(session, run, fault)
        return
    log = "hls4ml_soc's stand-in: nothing was run\n"
    if run.is_synthesis:
        run.status, run.steps_done = "synth_design Complete!", ["synth_design"]
    else:
        last = to_step or "route_design"
        if last == "write_bitstream" and _constraint_errors(session, run, design):
            return
        run.steps_done = list(_STEPS[: _STEPS.index(last) + 1])
        run.status = f"{last} Complete!"
        if last == "write_bitstream":
            write_bit(session, run.directory / f"{design.name}_wrapper.bit")
        if fault == "timing":
            log += FAULT_TIMING
            run.status = (
                f"{last} Complete, Failed Timing!" if last == "route_design" else run.status
            )
            run.properties |= {"STATS.WNS": "-1.000", "STATS.TNS": "-1.000"}
    run.progress = "100%"
    (run.directory / "runme.log").write_text(log)


def _constraint_errors(session: Session, run: Run, design: Design) -> bool:
    """Fail the run as write_bitstream does where a port has no pin or no voltage."""
    files = [f for f in session.open_project().filesets["constrs_1"] if f.suffix == ".xdc"]
    found = constraints.problems(design, files)
    if not found:
        return False
    lines = [f"ERROR: [{id}] {text}\n" for id, text in found]
    lines.append("ERROR: [Vivado 12-1345] Error(s) found during DRC. Bitgen not run.\n")
    run.status, run.progress = "write_bitstream ERROR", "80%"
    (run.directory / "runme.log").write_text("".join(lines))
    session.print("".join(lines))
    return True


def _fail(session: Session, run: Run, fault: str) -> None:
    """Leave a run as Vivado leaves a failed one: wait_on_run returns normally, the log tells."""
    step = "synth_design" if run.is_synthesis else "place_design"
    id, text = _FAULT_LINES[fault]
    run.status = f"{step} ERROR"
    run.progress = "0%" if run.is_synthesis else "30%"
    (run.directory / "runme.log").write_text(
        f"ERROR: [{id}] {text}\nERROR: [Common 17-39] '{step}' failed due to earlier errors.\n"
    )
    session.print(f"ERROR: [{id}] {text}\n")


def contents(session: Session, design: Design) -> dict[str, bytes]:
    """Collect what a virtual bitstream holds: hand-off file and compiled cores."""
    project = session.open_project()
    files = {
        "design.hwh": (
            project.generated(design.name) / "hw_handoff" / f"{design.name}.hwh"
        ).read_bytes()
    }
    for cell in design.cells.values():
        ip = cell.ip
        if ip is None or ip.folder is None or ip.is_module:
            continue
        core = ip.folder / "standin" / "core.so"
        if not core.is_file():
            raise session.refuse(
                f"{core} is missing: IP {ip.vlnv} was not made by hls4ml_soc's stand-in for HLS, "
                "and the virtual bitstream "
                "needs its compiled model"
            )
        files[f"cores/{ip.vlnv.replace(':', '_')}.so"] = core.read_bytes()
    return files


def write_bit(session: Session, path: Path) -> None:
    """Write the virtual bitstream."""
    project = session.open_project()
    design = top_design(session)
    try:
        bitfile.write(
            path,
            f"{design.name}_wrapper",
            project.part.name,
            session.version,
            contents(session, design),
        )
    except bitfile.BitFileError as error:
        raise session.refuse(str(error)) from error


def write_xsa(session: Session, path: Path, *, with_bit: bool) -> None:
    """Write a hardware platform: a zip as Vivado's, that says whose it is; equal designs give
    equal bytes."""
    project = session.open_project()
    design = top_design(session)
    hand_off = project.generated(design.name) / "hw_handoff" / f"{design.name}.hwh"
    if not hand_off.exists():
        raise session.fail(
            "Project 1-1042",
            "Failed to generate hpfm file: generate the block design's targets first.",
        )
    bit = project.runs["impl_1"].directory / f"{design.name}_wrapper.bit"
    if with_bit and not bit.exists():
        raise session.fail(
            "Project 1-1042", f"-include_bit needs the bitstream {bit}, which does not exist."
        )
    files = {f"{design.name}.hwh": hand_off.read_bytes()}
    if with_bit:
        files[bit.name] = bit.read_bytes()
    files["sysdef.xml"] = _sysdef(session, design, list(files))
    files["xsa.json"] = _json(session, design, project)
    files["xsa.xml"] = _xml(session, project)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name], compresslevel=6)
    path.write_bytes(buffer.getvalue())
    session.messages.info("Project 1-1914", f"Hardware platform written: {path} (stand-in)")


def _sysdef(session: Session, design: Design, names: list[str]) -> bytes:
    kinds = {".hwh": "HW_HANDOFF", ".bit": "BIT"}
    files = "".join(
        f'  <File Type="{kinds[Path(n).suffix]}" Name="{n}" BD_TYPE="DEFAULT_BD" '
        f'DESIGN_HIERARCHY="{design.name}_i"/>\n'
        for n in names
    )
    return (
        '<?xml version="1.0"?>\n<Project Version="1" Minor="0" Origin="hls4ml_soc stand-in">\n'
        f'{files}  <SYSTEMINFO TOOLVERSION="{session.version}"/>\n</Project>\n'
    ).encode()


def _json(session: Session, design: Design, project: Project) -> bytes:
    value = {
        "schemaVersion": "1.0",
        "origin": "hls4ml_soc stand-in",
        "name": design.name,
        "uniqueId": "0" * 32,
        "generatedBy": {"name": "Vivado", "version": session.version, "virtual": "hls4ml_soc"},
        "devices": [
            {"name": "fpga0", "part": {"name": project.part.name, "family": project.part.family}}
        ],
    }
    return (json.dumps(value, indent=2) + "\n").encode()


def _xml(session: Session, project: Project) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xd:repository origin="hls4ml_soc stand-in" xd:vivadoVersion="{session.version}" '
        'xmlns:xd="http://www.xilinx.com/xd">\n  <xd:component '
        f'xd:part="{project.part.name}"/>\n</xd:repository>\n'
    ).encode()
