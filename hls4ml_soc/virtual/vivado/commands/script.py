"""write_bd_tcl."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado import bd_script
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.session import Session, command


@command(
    "write_bd_tcl [-force] [-bd_name <arg>] [-no_mig_contents] [-no_ip_version] "
    "[-ignore_minor_versions] [-bd_folder <arg>] [-check_ips <arg>] [-hier_blks <arg>]! "
    "[-include_layout] [-exclude_layout] [-exclude_pfm] [-make_local]! [-no_project_wrapper] "
    "<tcl_filename>"
)
def write_bd_tcl(session: Session, a: Arguments) -> str:
    """Write a script that builds the current block design again."""
    design = session.design()
    path = session.path(a.get("tcl_filename"))
    if path.suffix != ".tcl":
        path = path.with_name(f"{path.name}.tcl")
    if path.exists() and not a.flag("force"):
        raise session.fail("BD 5-2", f"File '{path}' already exists. Use -force to overwrite it.")
    options = bd_script.Options(
        a.get("bd_name"), not a.flag("no_ip_version"), not a.flag("ignore_minor_versions")
    )
    path.write_text(bd_script.write(design, session.open_project().part, session.version, options))
    session.print(f"Wrote  : <{path}>\n")
    return str(path)
