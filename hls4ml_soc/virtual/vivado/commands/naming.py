"""Names of new objects."""

from __future__ import annotations

from collections.abc import Collection

from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.session import Failed, Session

# Words that neither Verilog (IEEE 1364) nor VHDL (IEEE 1076) allows as a name; the wrapper and the
# netlist of a block design are written in one of the two.
_KEYWORDS = frozenset(
    (
        "abs access after alias all always and architecture array assert assign attribute "
        "automatic begin block body buf buffer bus case casex casez cell component config "
        "configuration constant deassign default defparam design disable disconnect downto "
        "edge else elsif end endcase endfunction endmodule endtask entity event exit file "
        "for force forever fork function generate generic genvar group guarded if impure in "
        "include inertial initial inout input instance integer is join label library linkage "
        "literal localparam loop map mod module nand negedge new next nor not null of on "
        "open or others out output package parameter port posedge postponed primitive "
        "procedure process pulldown pullup pure range real record reg register reject "
        "release rem repeat report return rol ror scalared select severity shared signal "
        "signed sla sll specify sra srl strong0 strong1 subtype supply0 supply1 table task "
        "then time to tran transport tri tri0 tri1 triand trior trireg type unaffected units "
        "unsigned until use variable vectored wait wand weak0 weak1 when while wire with wor "
        "xnor xor"
    ).split()
)


def new_path(
    session: Session,
    design: Design,
    name: str,
    taken: Collection[str],
    others: Collection[str] = (),
) -> str:
    """Return the path of a new object.

    ``taken`` are the objects of its kind, ``others`` those of another kind that share its name
    space in the netlist. Raises what ends the command if the name cannot be used.
    """
    path = name if name.startswith("/") else f"{design.instance}/{name}"
    parent, _, last = path.rpartition("/")
    if not last.replace("_", "a").isalnum() or not (last[0].isalpha() or last[0] == "_"):
        raise session.fail(
            "BD 41-74", f"Invalid name '{name}': letters, digits and underscores only."
        )
    if parent and (parent not in design.cells or design.cells[parent].ip is not None):
        raise session.fail("BD 5-216", f"Hierarchy block '{parent}' was not found.")
    if path in taken:
        raise session.fail(
            "BD 41-95", f"Name '{last}' is already in use, please choose another one."
        )
    if last.lower() in _KEYWORDS:
        session.messages.report(
            "Standin 1-3", f"'{last}' is a word of Verilog or VHDL: the netlist cannot use it"
        )
    if path in others:
        session.messages.report(
            "Standin 1-4",
            f"a cell and a port are both called '{last}': in the netlist they share a name space",
        )
    if session.messages.failed:
        raise Failed
    return path
