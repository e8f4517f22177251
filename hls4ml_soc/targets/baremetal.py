"""A program without an operating system beside the accelerator: so far its hardware only."""

from __future__ import annotations

from pathlib import Path

from ..block_design import BlockDesign
from ..bundle import Bundle
from ..contract import Contract
from ..errors import DesignError
from ..execute import Products
from ..plan import Plan

#: How far ``deploy`` goes.
LAST = "build"


def plan(contract: Contract, allow_negative_slack: bool = False) -> Plan:
    """Return the build of the hardware.

    Raises DesignError where network and board do not fit together.
    """
    return BlockDesign(contract, allow_negative_slack).checked().plan()


def bundle(contract: Contract, plan: Plan, products: Products, folder: Path) -> Bundle:
    """Raise DesignError: there is no program to bundle."""
    raise DesignError(f"{contract.board.name}: the target baremetal has no program yet")
