"""The IP catalogue."""

from __future__ import annotations

import re

from hls4ml_soc.virtual.tcl import join_list, split_list
from hls4ml_soc.virtual.vivado import attributes, ipxact
from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.commands.lookup import filtered
from hls4ml_soc.virtual.vivado.messages import ERROR
from hls4ml_soc.virtual.vivado.select import chosen
from hls4ml_soc.virtual.vivado.session import Session, command


@command(
    "update_ip_catalog [-rebuild] [-add_ip <arg>]! [-delete_ip <arg>]! [-disable_ip <arg>] "
    "[-repo_path <arg>]"
    " [-update_module_ref] [-scan_changes]"
)
def update_ip_catalog(session: Session, a: Arguments) -> str:
    """Look for IPs in the repositories that ``ip_repo_paths`` names."""
    project = session.open_project()
    for folder in project.repositories:
        if not folder.is_dir():
            session.messages.report(
                "IP_Flow 19-2248",
                f"Failed to load user IP repository '{folder}'; Can't find the specified path.",
                ERROR if session.messages.strict else "WARNING",
            )
    try:
        found = session.catalogue.scan([f for f in project.repositories if f.is_dir()])
    except ipxact.IpXactError as error:
        raise session.fail("IP_Flow 19-193", f"Failed to load IP: {error}") from error
    project.scanned = list(project.repositories)
    session.messages.info("IP_Flow 19-234", "Refreshing IP repositories")
    for folder in project.repositories:
        own = [ip for ip in found if ip.folder and ip.folder.is_relative_to(folder)]
        if not own:
            session.messages.report(
                "IP_Flow 19-3656",
                f"If you move the project, the path for repository '{folder}' may "
                "become invalid; it holds no IP.",
                "WARNING",
            )
        session.messages.info("IP_Flow 19-1704", f"Loaded user IP repository '{folder}'.")
    return ""


@command(
    "get_ipdefs [-regexp] [-nocase] [-all] [-filter <arg>] [-of_objects <arg>]! [<patterns>...]"
)
def get_ipdefs(session: Session, a: Arguments) -> str:
    """Return IP definitions of the catalogue."""
    names = chosen(
        session.catalogue.vlnvs(),
        a.list("patterns") or ["*"],
        regexp=a.flag("regexp"),
        nocase=a.flag("nocase"),
    )

    names = filtered(session, a, names, lambda n, key: attributes.get(None, "ipdef", n, key))
    if not names:
        wanted = a.list("patterns") if not a.has("filter") else _named(a.get("filter"))
        names = [v for v in wanted if len(wanted) == 1 and session.takes_opaque(v)]
    return join_list(session.issue("ipdef", [(n, n) for n in names]))


def _named(expression: str) -> list[str]:
    """Return the VLNV of the one IP that a filter asks for by name, where it tells no vendor."""
    asked = re.findall(r'(?:VLNV|NAME)\s*(?:=~|==)\s*[{"]?([^"&|(){}\s]+)', expression, re.I)
    words = [p for text in asked for p in text.split(":") if p and not set("*?") & set(p)]
    plain = [t.strip("*") for t in asked if ":" not in t]
    names = words if len(words) == 1 else plain
    return [f"xilinx.com:ip:{n}:1.0" for n in names if n.isidentifier()]


@command(
    "get_ips [-regexp] [-nocase] [-filter <arg>] [-all] [-exclude_bd_ips] [-of_objects <arg>]! "
    "[<patterns>...]"
)
def get_ips(session: Session, a: Arguments) -> str:
    """Return the IPs of block designs by component name."""
    cells = {
        c.component: c
        for d in session.designs.values()
        for c in d.cells.values()
        if c.ip and not c.ip.is_module
    }
    cells |= session.project.ips if session.project else {}
    names = chosen(
        cells,
        [p for w in a.list("patterns") for p in split_list(w)] or ["*"],
        regexp=a.flag("regexp"),
        nocase=a.flag("nocase"),
    )
    names = filtered(session, a, names, lambda n, key: attributes.get(None, "ip", cells[n], key))
    return join_list(session.issue("cell", [(n, cells[n]) for n in names]))
