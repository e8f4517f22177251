"""Messages in Vivado's form, and how severe each is: in Vivado, and for the stand-in when it is
strict."""

from __future__ import annotations

import re
from collections.abc import Callable

ERROR, CRITICAL, WARNING, STATUS, INFO = "ERROR", "CRITICAL WARNING", "WARNING", "STATUS", "INFO"

# Vivado's severity, and the strict one: what leaves a design that builds and does not work is
# refused.
SEVERITY: dict[str, tuple[str, str]] = {
    "BD 5-229": (WARNING, WARNING),  # no address segments matched
    "BD 5-230": (WARNING, WARNING),  # no cells matched
    "BD 5-231": (WARNING, WARNING),  # no address spaces matched
    "BD 5-232": (WARNING, WARNING),  # no interface pins matched
    "BD 5-233": (WARNING, WARNING),  # no interface nets matched
    "BD 5-234": (WARNING, WARNING),  # no interface ports matched
    "BD 5-235": (WARNING, WARNING),  # no pins matched
    "BD 5-236": (WARNING, WARNING),  # no ports matched
    "BD 5-237": (WARNING, WARNING),  # no nets matched
    "BD 41-235": (WARNING, ERROR),  # width mismatch, no propagation
    "BD 41-2383": (CRITICAL, ERROR),  # width mismatch, input wider
    "BD 41-2384": (WARNING, ERROR),  # width mismatch, input narrower
    "BD 41-737": (CRITICAL, ERROR),  # read-only parameter
    "BD 41-759": (CRITICAL, ERROR),  # input without a driver
    "BD 41-967": (CRITICAL, ERROR),  # interface without a clock
    "BD 41-1276": (CRITICAL, ERROR),  # no such parameter
    "BD 41-1306": (WARNING, WARNING),  # a pin of an interface is connected by itself
    "BD 41-1348": (CRITICAL, ERROR),  # asynchronous reset source
    "BD 41-1356": (CRITICAL, ERROR),  # slave without an address
    "BD 41-1731": (CRITICAL, ERROR),  # pins of different types connected
    "IP_Flow 19-3374": (WARNING, ERROR),  # change of a disabled parameter is dropped
    "IP_Flow 19-4830": (INFO, INFO),
    "Project 1-19": (CRITICAL, ERROR),  # file not found
    "filemgmt 20-348": (WARNING, WARNING),  # file added twice
    "filemgmt 56-12": (CRITICAL, ERROR),  # file is not there
    "Standin 1-2": (WARNING, ERROR),  # new parameters take away what was connected
    "Standin 1-3": (WARNING, ERROR),  # a name that HDL does not allow
    "Standin 1-4": (WARNING, ERROR),  # a cell and a port of one name
    "Standin 1-6": (WARNING, ERROR),  # a property that is not modelled
    "Standin 1-7": (WARNING, ERROR),  # mapped to addresses that do not reach the slave's memory
    "Standin 1-8": (WARNING, ERROR),  # a board's preset, or its files, that are not at hand
    "Standin 1-5": (WARNING, ERROR),  # an IP that is not modelled
    "Standin 1-9": (WARNING, ERROR),  # a segment mapped twice into one address space
    "Vivado 12-818": (WARNING, WARNING),  # no files matched
    "Vivado 12-584": (WARNING, WARNING),  # no ports matched
}
_DEFAULT = (ERROR, ERROR)
# The stand-in's own ids, for what Vivado either does not check or reports under a number we do not
# know.
OWN = "Standin 1"


class Messages:
    """Print and count messages; remember what scripts change about them."""

    def __init__(self, emit: Callable[[str], None], *, strict: bool = True) -> None:
        """``emit`` receives whole lines."""
        self._emit = emit
        self.strict = strict
        self.counts: dict[str, int] = {}
        self.failed = False  # an error since the running command began
        self.quiet = False
        self.quiet_run = False  # while something is built again that was reported before
        self.last = ""  # the line printed last
        self._rules: list[tuple[str | None, str | None, str | None, str | None]] = []

    def configure(
        self, id: str | None, text: str | None, severity: str | None, new: str | None
    ) -> None:
        """Change the severity of messages by id, text or severity; ``new`` None suppresses them."""
        self._rules.append((id, text, severity, new))

    def reset(self, id: str | None) -> None:
        """Undo changes for an id, or all."""
        self._rules = [r for r in self._rules if id is not None and r[0] != id]

    def report(self, id: str, text: str, severity: str | None = None) -> None:
        """Print one message. One that the table calls an error makes the running command fail."""
        own = severity or SEVERITY.get(id, _DEFAULT)[1 if self.strict else 0]
        if own == ERROR:
            self.failed = True
        shown: str | None = own
        for rule_id, rule_text, rule_severity, new in self._rules:
            if rule_id not in (None, id) or rule_severity not in (None, own):
                continue
            if rule_text is None or rule_text in text:
                shown = new
        if self.quiet or self.quiet_run or shown is None:
            return
        self.counts[shown] = self.counts.get(shown, 0) + 1
        self.last = f"{shown}: [{id}] {text}"
        self._emit(self.last + "\n")

    def info(self, id: str, text: str) -> None:
        """Print an INFO message."""
        self.report(id, text, INFO)


def short_address(value: int) -> str:
    """Write an address as Vivado's messages do: 0x4040_0000."""
    digits = f"{value:08X}"
    digits = digits.zfill(-(-len(digits) // 4) * 4)
    return "0x" + "_".join(re.findall("....", digits))


def short_size(value: int) -> str:
    """Write a size as Vivado's messages do: 64K, 512M, 4G."""
    for unit, name in ((1 << 40, "T"), (1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K")):
        if value >= unit and value % unit == 0:
            return f"{value // unit}{name}"
    return str(value)
