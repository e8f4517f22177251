"""Set the parameters of a cell, all or none: what Vivado's customization checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hls4ml_soc.virtual.vivado import ps_values
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.expression import ExpressionError, integer, number
from hls4ml_soc.virtual.vivado.ip import Parameter
from hls4ml_soc.virtual.vivado.ip_rules import disabled, problem

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

# Their choices and ranges are rewritten while one customizes; harvested instances disagree with the
# stored ones.
_LOOSE = ("processing_system7", "zynq_ultra_ps_e", "xlslice", "ilslice", "mig_7series", "clk_wiz")
# Of these, the parameters whose stored choices and ranges are those of the product guide (PG082,
# PG201).
_SURE = re.compile(
    r"PCW_FPGA[0-3]_PERIPHERAL_FREQMHZ|PCW_USE_[MS]_AXI_\w+|PCW_S_AXI_HP[0-3]_DATA_WIDTH"
    r"|PCW_EN_(CLK|RST)[0-3]_PORT|PCW_FCLK[0-3]_PERIPHERAL_CLKSRC"
    r"|PSU__USE__[MS]_AXI_GP\d|PSU__[MS]AXIGP\d__DATA_WIDTH|PSU__FPGA_PL[0-3]_ENABLE"
)


def configure(session: Session, cell: Cell, values: dict[str, str]) -> None:
    """Set ``CONFIG.`` parameters.

    If one value is refused the cell keeps its previous configuration.
    """
    # An IP of the project itself is in no design.
    design = next((d for d in session.designs.values() if cell in d.cells.values()), None)
    before = dict(cell.user)
    valid = True
    for name, value in values.items():
        if not name.upper().startswith("CONFIG."):
            raise session.fail(
                "Common 17-54", f"The object '{cell.path}' does not have a property '{name}'."
            )
        valid = _set(session, cell, name[7:], value) and valid
    cell.changed()
    if valid and cell.ip:
        try:
            text = problem(cell)
            cell.ports()
        except ExpressionError as error:
            text = str(error)
        if text:
            session.messages.report(
                "IP_Flow 19-3478", f"Validation failed for BD Cell '{cell.path[1:]}'. {text}"
            )
            valid = False
    for name in values:
        own = cell.parameter_name(name[7:])
        reason = disabled(cell, own) if valid and own and cell.ip else ""
        if own and reason and before.get(own) != cell.user.get(own):
            new = cell.user.get(own, "")
            old = before.get(own, (cell.ip.parameters[own].default if cell.ip else "") or "")
            if own in before:
                cell.user[own] = before[own]
            else:
                cell.user.pop(own, None)
            if new not in (old, cell.computed.get(own)):
                session.messages.report(
                    "IP_Flow 19-3374",
                    f"An attempt to modify the value of disabled parameter '{own}' from '{old}' "
                    f"to '{new}' has been "
                    f"ignored for IP '{cell.path[1:]}' ({reason})",
                )
    if not valid:
        cell.user = before
        session.messages.info(
            "IP_Flow 19-3438",
            f"Customization errors found on '{cell.path[1:]}'. Restoring to previous valid "
            "configuration.",
        )
    cell.changed()
    if design is None:
        return
    design.touch()
    for node in design.sync(cell):
        session.messages.report(
            "Standin 1-2",
            f"{node.path} was connected and does not exist any more with the new parameters of "
            f"{cell.path}",
        )


def _set(session: Session, cell: Cell, name: str, value: str) -> bool:
    if name.upper().endswith(".VALUE_SRC") and cell.parameter_name(name[:-10]):
        return True  # who is to decide a value: a value that is set is the user's anyway
    own = cell.parameter_name(name)
    if name.lower() == "component_name" and cell.ip is not None:
        cell.component = value
        return True
    if own is None or cell.ip is None:
        session.messages.report(
            "BD 41-1276",
            f"Cannot set the parameter {name} on {cell.path}. Parameter does not exist",
        )
        return True
    if cell.ip.opaque:
        cell.user[own] = value
        return True
    parameter = cell.ip.parameters[own]
    # Presets do set the propagated frequencies of a processing system, and real projects hold them.
    if parameter.read_only and cell.ip.name not in ("processing_system7", "zynq_ultra_ps_e"):
        session.messages.report(
            "BD 41-737", f"Cannot set the parameter {own} on {cell.path}. It is read-only."
        )
        return True
    value = value.strip()
    allowed = _allowed(cell, parameter, value)
    if allowed:
        session.messages.report(
            "IP_Flow 19-3461",
            f"Value '{value}' is out of the range for parameter '{own}({own})' for BD Cell "
            f"'{cell.path[1:]}' . "
            f"Valid values are - {allowed}",
        )
        return False
    # A choice is kept in its own spelling: 0x1 is 1, TRUE is true.
    same = [c for c in parameter.choices if c.lower() == value.lower() or _equal(c, value)]
    cell.user[own] = same[0] if same and cell.ip.name not in _LOOSE else value
    return True


def _allowed(cell: Cell, parameter: Parameter, value: str) -> str:
    """Return what would be allowed if the value is not, else nothing."""
    assert cell.ip is not None
    if parameter.name == "preset":
        value = value.removesuffix("*")  # what write_bd_tcl writes for a preset that was changed
    if parameter.name.endswith("_BOARD_INTERFACE"):
        return ""
    if cell.ip.name in ps_values.IPS and not _SURE.fullmatch(parameter.name):
        return ps_values.allowed(cell.ip, parameter, value)
    if cell.ip.name in _LOOSE and not _SURE.fullmatch(parameter.name):
        is_number = parameter.format not in ("long", "float") or value == "" or _equal(value, value)
        return "" if is_number else "numbers"
    if parameter.choices:
        same = [c for c in parameter.choices if c.lower() == value.lower() or _equal(c, value)]
        return "" if same else ", ".join(parameter.choices)
    if parameter.format == "bool":
        return "" if value.lower() in ("true", "false", "0", "1") else "true, false"
    if parameter.format not in ("long", "float"):
        return ""
    low, high = parameter.minimum, parameter.maximum
    if not _equal(value, value) or (parameter.format == "long" and integer(value) != number(value)):
        return "integers" if parameter.format == "long" else "numbers"
    if (low and number(value) < number(low)) or (high and number(value) > number(high)):
        return f"{low} to {high}"
    return ""


def _equal(a: str, b: str) -> bool:
    try:
        return number(a) == number(b)
    except ExpressionError:
        return False
