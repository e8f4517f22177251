"""Ways of using an accelerator on a board. One module a target, listed here."""

from __future__ import annotations

from typing import Protocol

from ..bundle import Bundle
from ..contract import Contract
from ..execute import Products
from ..plan import Plan
from . import pynq


class Target(Protocol):
    """What a target's module has."""

    def plan(self, contract: Contract, allow_negative_slack: bool) -> Plan:
        """Return the build.

        Raises DesignError where network and board do not fit together.
        """

    def bundle(self, contract: Contract, plan: Plan, products: Products, folder: str) -> Bundle:
        """Write what goes to the board."""


TARGETS = {"pynq": pynq}
