"""The option ``--cable``: where the JTAG cable is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ModelError

#: The port that hw_server listens at by itself (UG908).
PORT = 3121


@dataclass(frozen=True)
class Cable:
    """A hw_server's ``url``, or the ``name`` of a cable on this machine; both empty for the only
    cable that is there."""

    url: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str | None) -> Cable:
        """Read the option. Raises ModelError."""
        if not text:
            return cls()
        if text.lower().startswith("tcp:"):
            found = re.fullmatch(r"(?i)tcp:([A-Za-z0-9.-]+)(?::(\d{1,5}))?", text)
            if not found or not 0 < int(found[2] or PORT) < 65536:
                raise ModelError(f"--cable {text}: write tcp:HOST or tcp:HOST:PORT of a hw_server")
            return cls(url=f"TCP:{found[1]}:{found[2] or PORT}")
        # It becomes part of a filter in Tcl.
        if not re.fullmatch(r"[A-Za-z0-9_./:-]+( [A-Za-z0-9_./:-]+)*", text):
            raise ModelError(
                f"--cable {text}: a cable's name has letters, digits, blanks and _ . / : - only"
            )
        return cls(name=text)
