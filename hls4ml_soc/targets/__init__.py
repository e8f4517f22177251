"""Ways of using an accelerator on a board. One module a target, listed here."""

from __future__ import annotations

from typing import Protocol

from ..bundle import Bundle
from ..contract import Contract
from ..errors import DesignError
from ..execute import Products
from ..options import UNTIL
from ..plan import Plan
from . import baremetal, pynq


class Target(Protocol):
    """What a target's module has."""

    def plan(self, contract: Contract, allow_negative_slack: bool) -> Plan:
        """Return the build.

        Raises DesignError where network and board do not fit together.
        """

    def bundle(self, contract: Contract, plan: Plan, products: Products, folder: str) -> Bundle:
        """Write what goes to the board."""


TARGETS = {"pynq": pynq, "baremetal": baremetal}


def check(name: str, until: str) -> None:
    """Raise DesignError for a target that hls4ml_soc does not have, or does not take that far."""
    if name not in TARGETS:
        raise DesignError(
            f"hls4ml_soc does not have the target {name} yet: there is {', '.join(TARGETS)}"
        )
    last = getattr(TARGETS[name], "LAST", UNTIL[-1])
    if UNTIL.index(until) > UNTIL.index(last):
        raise DesignError(
            f"the target {name} goes as far as --until {last} so far: deploy does not talk to its "
            "program yet"
        )
