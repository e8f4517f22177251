from __future__ import annotations

from types import ModuleType

import pytest

from tests.virtual.board import bench as benches
from tests.virtual.board import design


@pytest.fixture(scope="session")
def designs() -> ModuleType:
    """The factory of small designs, ``design.py``."""
    return design


@pytest.fixture
def bench() -> type:
    """A fabric on a small DRAM, driven by registers."""
    return benches.Bench
