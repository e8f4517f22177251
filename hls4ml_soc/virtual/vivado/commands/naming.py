"""Names of new objects."""

from __future__ import annotations

from collections.abc import Collection

from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.session import Session


def new_path(session: Session, design: Design, name: str, taken: Collection[str]) -> str:
    """Return the path of a new object. Raises what ends the command if the name cannot be used."""
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
    return path
