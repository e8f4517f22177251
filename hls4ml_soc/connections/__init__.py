"""Ways of talking to a board. One module a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..report import Arrays


@dataclass(frozen=True)
class Run:
    """What came back: outputs by name, and what the board's own program noted (times in
    seconds)."""

    outputs: Arrays
    noted: dict[str, Any]
