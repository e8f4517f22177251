"""Print the tables of the stand-in's documentation from the tables of its code.

python -m hls4ml_soc.virtual.vivado.tables
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from hls4ml_soc.virtual.vivado import messages, presence
from hls4ml_soc.virtual.vivado.tool import RELEASES

_ROW = re.compile(r'^    "(?P<id>[^"]+)": \([^)]*\),(?:  # (?P<text>.*))?$', re.M)


def severities() -> str:
    """Return the severity table: what Vivado makes of a message, and what the strict stand-in
    does."""
    source = Path(messages.__file__).read_text(encoding="utf-8")
    says = {m["id"]: m["text"] or "" for m in _ROW.finditer(source)}
    rows = ["| message | means | Vivado, `--lenient` | strict |", "|---|---|---|---|"]
    for id, (vivado, strict) in messages.SEVERITY.items():
        rows.append(f"| {id} | {says.get(id, '')} | {vivado} | {strict} |")
    return "\n".join(rows)


def releases() -> str:
    """Return the presence table: IPs and options that not every release has."""
    rows = [
        f"| | {' | '.join(RELEASES)} |",
        f"|---|{'---|' * len(RELEASES)}",
    ]
    for key in sorted({*presence.IP_SINCE, *presence.IP_UNTIL}):
        marks = ["x" if presence.has_ip(presence.numbers(r), key) else "" for r in RELEASES]
        rows.append(f"| {key} | {' | '.join(marks)} |")
    for (command, option), since in presence.OPTION_SINCE.items():
        marks = ["x" if presence.numbers(r) >= presence.numbers(since) else "" for r in RELEASES]
        rows.append(f"| {command} -{option} | {' | '.join(marks)} |")
    return "\n".join(rows)


def document() -> str:
    """Return both tables as they stand in docs/stand-in.md."""
    return f"### Severities\n\n{severities()}\n\n### Releases\n\n{releases()}\n"


if __name__ == "__main__":
    sys.stdout.write(document())
