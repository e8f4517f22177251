"""What a user may ask for beside network and board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ModelError
from .frontends.tuning import Tuning
from .packing import PACKINGS

UNTIL = ("plan", "build", "bundle", "run")
TOOLS = ("standin", "vendor")


@dataclass(frozen=True)
class Options:
    """The options of ``hls4ml-soc deploy``, whose ``--help`` says what each does.

    None is "not given", where that makes a difference.
    """

    until: str = "run"
    target: str | None = None
    tools: str | None = None
    host: str | None = None
    identity: Path | None = None
    jump: str | None = None
    accept_new_host_key: bool = False
    port: str | None = None
    cable: str | None = None
    no_program: bool = False
    compute_units: int | None = None
    release: str | None = None
    input: Path | None = None
    expect: Path | None = None
    labels: Path | None = None
    precision: str | None = None
    reuse: int | None = None
    io_type: str | None = None
    layers: Mapping[str, Tuning] | None = None
    hls4ml: Mapping[str, Any] | None = None
    packing: str | None = None
    allow_negative_slack: bool = False
    loopback: bool = False
    profile: bool = False
    out: Path | None = None

    def __post_init__(self) -> None:
        """Raise ModelError for what is none of the choices, and for a place without a name."""
        for name, choices in (("until", UNTIL), ("tools", TOOLS), ("packing", PACKINGS)):
            value = getattr(self, name)
            if value is not None and value not in choices:
                raise ModelError(f"{name} {value!r}: write {', '.join(choices)}")
        for name in ("host", "port"):
            if getattr(self, name) == "":
                raise ModelError(f"--{name} is empty: name a board's")

    @property
    def builder(self) -> str:
        """Who builds: what was asked for, else the vendor's tools where a real board waits."""
        return self.tools or ("vendor" if self.host or self.port else "standin")
