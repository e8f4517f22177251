"""Ways of using an accelerator on a board. One module a target, listed here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ..bundle import Bundle
from ..contract import Contract
from ..errors import DesignError
from ..execute import Products
from ..plan import Plan
from . import baremetal, pynq, vitis


class Target(Protocol):
    """What a target's module has."""

    def plan(self, contract: Contract, allow_negative_slack: bool) -> Plan:
        """Return the build.

        Raises DesignError where network and board do not fit together.
        """

    def bundle(
        self,
        contract: Contract,
        plan: Plan,
        products: Products,
        folder: Path,
        extra: Mapping[str, bytes],
    ) -> Bundle:
        """Write what goes to the board, with ``extra`` files (path -> content) beside it."""


TARGETS = {"pynq": pynq, "baremetal": baremetal, "vitis": vitis}
#: Target -> what of ours a run exercises.
SHIPPED = {
    "pynq": ("Tcl", "wrapper", "driver"),
    "baremetal": ("Tcl", "wrapper", "C program"),
    "vitis": ("kernel source", "link configuration", "XRT host"),
}
#: Targets whose bundles take a network's weights along, for numpy on the board's processor.
WITH_WEIGHTS = ("pynq",)
#: Target -> the bytes of samples that are drawn at most, where none are given: three seconds of a
#: serial line at 115200 baud.
DRAWN_BYTES = {"baremetal": 1 << 15}


def most_samples(name: str, contract: Contract) -> int | None:
    """Return how many samples are drawn for a target where none are given; None for no limit."""
    if name not in DRAWN_BYTES:
        return None
    return max(1, DRAWN_BYTES[name] // max(contract.inputs.bytes, contract.outputs.bytes))


def check(name: str) -> None:
    """Raise DesignError for a target that hls4ml_soc does not have."""
    if name not in TARGETS:
        raise DesignError(
            f"hls4ml_soc does not have the target {name} yet: there is {', '.join(TARGETS)}"
        )
