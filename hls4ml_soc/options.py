"""What a user may ask for beside network and board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .frontends.tuning import Tuning

UNTIL = ("plan", "build", "bundle", "run")


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
    packing: str = "aligned"
    allow_negative_slack: bool = False
    loopback: bool = False
    profile: bool = False
    out: Path | None = None

    @property
    def builder(self) -> str:
        """Who builds: what was asked for, else the vendor's tools where a real board waits."""
        return self.tools or ("vendor" if self.host or self.port else "standin")
