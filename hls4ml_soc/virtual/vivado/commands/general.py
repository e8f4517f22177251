"""Messages, version, parameters of the tool, and what only matters in the GUI."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado.arguments import Arguments
from hls4ml_soc.virtual.vivado.messages import CRITICAL, ERROR, INFO, STATUS, WARNING
from hls4ml_soc.virtual.vivado.session import Session, command

_SEVERITIES = (ERROR, CRITICAL, WARNING, STATUS, INFO)


@command("version [-short]")
def version(session: Session, a: Arguments) -> str:
    """Return the release; the long form says what this is."""
    if a.flag("short"):
        return session.version
    return f"Vivado v{session.version} (64-bit)\nhls4ml_soc's stand-in: no synthesis, no timing"


@command(
    "set_msg_config [-id <arg>] [-string <arg>] [-severity <arg>] [-limit <arg>] [-new_severity "
    "<arg>]"
    " [-suppress] [-regexp]! [-ruleid <arg>]"
)
def set_msg_config(session: Session, a: Arguments) -> str:
    """Change the severity of messages, or suppress them."""
    new = _severity(session, a.get("new_severity"), "new_severity")
    severity = _severity(session, a.get("severity"), "severity")
    if not (a.has("id") or a.has("string") or a.has("severity")):
        raise session.fail(
            "Common 17-69", "Command failed: one of -id, -string, -severity is required."
        )
    if a.flag("suppress"):
        session.messages.configure(a.get("id") or None, a.get("string") or None, severity, None)
    elif new:
        session.messages.configure(a.get("id") or None, a.get("string") or None, severity, new)
    return ""


def _severity(session: Session, text: str, option: str) -> str | None:
    if not text:
        return None
    upper = text.upper().replace("_", " ")
    upper = CRITICAL if upper == "CRITICAL" else upper
    if upper not in _SEVERITIES:
        raise session.fail(
            "Common 17-161", f"Invalid option value '{text}' specified for '{option}'."
        )
    return upper


@command(
    "reset_msg_config [-id <arg>] [-string <arg>] [-severity <arg>] [-limit] [-suppress] "
    "[-default_severity]"
)
def reset_msg_config(session: Session, a: Arguments) -> str:
    """Undo set_msg_config."""
    session.messages.reset(a.get("id") or None)
    return ""


@command(
    "get_msg_config [-id <arg>]! [-string <arg>]! [-severity <arg>] [-rules]! [-limit]! [-count]"
)
def get_msg_config(session: Session, a: Arguments) -> str:
    """Count the messages of a severity so far."""
    severity = _severity(session, a.get("severity"), "severity")
    if severity is None or not a.flag("count"):
        raise session.not_modelled("get_msg_config without -severity and -count")
    return str(session.messages.counts.get(severity, 0))


@command("reset_msg_count [<pattern>]")
def reset_msg_count(session: Session, a: Arguments) -> str:
    """Forget how many messages there were."""
    session.messages.counts.clear()
    return "1"


@command("send_msg_id <id> <severity> <msg>", "common::send_msg_id")
def send_msg_id(session: Session, a: Arguments) -> str:
    """Print a message of the script's own; one of severity ERROR fails."""
    severity = _severity(session, a.get("severity"), "severity") or INFO
    session.messages.report(a.get("id"), a.get("msg"), severity)
    return ""


@command("common::send_gid_msg [-ssname <arg>] [-id <arg>] [-severity <arg>] <msg>", "send_gid_msg")
def send_gid_msg(session: Session, a: Arguments) -> str:
    """Print a message of the script's own, as write_bd_tcl writes it from 2020.1 on."""
    severity = _severity(session, a.get("severity"), "severity") or INFO
    session.messages.report(f"{a.get('ssname')} {a.get('id')}", a.get("msg"), severity)
    return ""


# First parts of the names of the tool's parameters (UG835 list_param; public scripts).
_PARAMETERS = (
    "general.", "messaging.", "board.", "synth.", "tcl.", "bd.", "ips.", "project.", "ipi.",
    "hd.", "place.", "route.", "physynth.", "power.", "runs.", "simulator.", "labtools.", "xicom.",
    "compiler.", "drc.", "timing.", "logicopt.", "dsa.", "chipscope.", "platform.", "pfm.",
    "bitgen.", "netlist.", "noc.", "sta.", "iconstr.", "core_container.", "pwropt.", "dcp.",
)  # fmt: skip


@command("get_param <name>")
def get_param(session: Session, a: Arguments) -> str:
    """Return a parameter of the tool: those that scripts ask for."""
    return {"general.maxThreads": "8"}.get(a.get("name"), "")


@command("set_param <name> <value>")
def set_param(session: Session, a: Arguments) -> str:
    """Set a parameter of the tool; the model has none that change its results."""
    if not a.get("name").startswith(_PARAMETERS):
        raise session.fail("Common 17-54", f"Invalid parameter '{a.get('name')}'.")
    return a.get("value")


@command("startgroup [-try]", "endgroup", "start_gui", "stop_gui")
def startgroup(session: Session, a: Arguments) -> str:
    """Do nothing: undo groups and windows have no effect in batch mode."""
    return ""
