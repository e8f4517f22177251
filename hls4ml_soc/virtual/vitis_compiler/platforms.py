"""The platforms that the stand-in knows: memories, dies and part of a card.

Sizes are not checked against the data sheets (DS962, DS965, DS978); names are those that AMD gives
the platforms' releases; base addresses are the virtual card's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hls4ml_soc.virtual.vitis_compiler.errors import VppError
from hls4ml_soc.virtual.xrt.xclbin import Bank


@dataclass(frozen=True)
class Platform:
    """A card's platform: ``banks`` of ``bank_mib`` MiB of ``memory``, ``slr`` dies; ``until`` is
    the last release of Vitis that has it."""

    name: str
    device: str
    memory: str
    banks: int
    bank_mib: int
    slr: int
    until: str

    @property
    def all_banks(self) -> list[Bank]:
        """Return the banks, one after the other."""
        size = self.bank_mib << 20
        return [Bank(f"{self.memory}[{n}]", n * size, size) for n in range(self.banks)]

    @property
    def vbnv(self) -> str:
        """Return vendor:board:name:version, as XRT knows the platform."""
        vendor, board, *name, first, last = self.name.split("_")
        return f"{vendor}:{board}:{'_'.join(name)}:{first}.{last}"


@cache
def _known() -> dict[str, Platform]:
    table = json.loads(Path(__file__).with_name("platforms.json").read_text())
    return {name: Platform(name, **facts) for name, facts in table.items()}


def find(name: str, release: str) -> Platform:
    """Return a platform. Raises VppError for one that is not known, or that a release has not."""
    known = _known()
    if name not in known:
        raise VppError(
            f"[v++ 60-1258] no platform was found that matches '{name}'; the stand-in models "
            f"{', '.join(known)}"
        )
    if release > known[name].until:
        raise VppError(f"{name} is not supported by Vitis {release}: {known[name].until} at most")
    return known[name]
