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
from hls4ml_soc.virtual.vivado import hwh, verilog, vhdl
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.project import Project
from hls4ml_soc.virtual.vivado.validate import validate

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

NO_DESIGN = (
    "User Exception: No open design. Please open an elaborated, synthesized or implemented design "
    "before executing this command."
)
OVERWRITE = "Overwrite of existing file isn't enabled. Please specify -force to overwrite file [{}]"
FAULTS = ("", "synth", "impl", "timing", "license", "crash", "memory")
FAULT_TIMING = (
    "injected fault HLS4ML_SOC_VIRTUAL_FAIL=timing: timing is not met "
    "(WNS -1.000 ns, not a measurement)\n"
)


def wrapper(design: Design, language: str = "Verilog") -> str:
    """Return the text of the HDL wrapper: it names the design, which is all the stand-in reads
    back."""
    if language == "VHDL":
        return (
            f"-- Wrapper of block design {design.name}, written by hls4ml_soc's stand-in for "
            f"Vivado.\nentity {design.name}_wrapper is\nend {design.name}_wrapper;\n"
            f"architecture structure of {design.name}_wrapper is\nbegin\n"
            f"  {design.name}_i : entity work.{design.name};\nend structure;\n"
        )
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
    names = modules(project)
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
        return _inside(session, top)
    return session.designs[top.removesuffix("_wrapper")]


def modules(project: Project) -> list[str]:
    """List the Verilog modules and VHDL entities of the sources."""
    found: list[str] = []
    for path in project.filesets["sources_1"]:
        if path.suffix in (".v", ".sv") and path.exists():
            found += verilog.modules(path)
        elif path.suffix in (".vhd", ".vhdl") and path.exists():
            found += vhdl.entities(path)
    return found


def _inside(session: Session, top: str) -> Design:
    """Return what is known of a top module of the user's own: a block design inside, or nothing.

    Strict, such a design cannot be run: the virtual board would miss what is around.
    """
    if session.messages.strict:
        raise session.refuse(
            f"top module '{top}' is not the wrapper of a block design; the stand-in has no "
            "synthesis"
        )
    if top not in session.opaque:
        session.opaque.add(top)
        session.messages.report(
            "Standin 1-5",
            f"hls4ml_soc's stand-in does not model top module '{top}': it is neither synthesised "
            "nor checked, and its bitstream works on no board",
        )
    if len(session.designs) == 1:
        return next(iter(session.designs.values()))
    return session.designs.get(top) or Design(top)


def top_name(session: Session, design: Design) -> str:
    """Return the name of the top module, after which products are called."""
    set_by_user = session.open_project().properties.get("sources_1", {}).get("TOP", "")
    return set_by_user or f"{design.name}_wrapper"


def contents(session: Session, design: Design) -> dict[str, bytes]:
    """Collect what a virtual bitstream holds: hand-off file and compiled cores."""
    project = session.open_project()
    hand_off = project.generated(design.name) / "hw_handoff" / f"{design.name}.hwh"
    if not hand_off.exists():
        generate(session, design)
    files = {"design.hwh": hand_off.read_bytes()}
    for cell in design.cells.values():
        ip = cell.ip
        if ip is not None and ip.opaque:
            session.messages.report(
                "Standin 1-5", f"{cell.path}: the virtual bitstream holds no model of {ip.vlnv}"
            )
        if ip is None or ip.folder is None or ip.is_module:
            continue
        core = ip.folder / "standin" / "core.so"
        if not core.is_file() and not session.messages.strict:
            session.messages.report(
                "Standin 1-5", f"{cell.path}: the virtual bitstream holds no model of {ip.vlnv}"
            )
            continue
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
            top_name(session, design),
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
    bit = project.runs["impl_1"].directory / f"{top_name(session, design)}.bit"
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
