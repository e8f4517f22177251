"""Names of Vivado's commands, whether the stand-in has an answer to them or not (UG835)."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).with_name("vivado_commands.txt")
_NAMES = frozenset(
    name
    for line in _FILE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for name in line.split()
)
_NAMESPACES = ("ipx::", "xhub::", "hsi::", "bd::", "ipgui::", "tclapp::", "vitis::", "debug::")


def is_known(name: str) -> bool:
    """Say whether Vivado has a command of this name."""
    plain = name.removeprefix("::")
    return plain in _NAMES or plain.startswith(_NAMESPACES)
