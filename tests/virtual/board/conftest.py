from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def designs() -> ModuleType:
    """The factory of small designs, ``design.py``."""
    return _load("virtual_board_designs", Path(__file__).parent / "design.py")


@pytest.fixture
def bench(designs: ModuleType) -> type:
    """A fabric on a small DRAM, driven by registers."""
    return _load("virtual_board_bench", Path(__file__).parent / "bench.py").Bench
