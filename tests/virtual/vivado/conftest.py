from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("vivado_bench", Path(__file__).with_name("bench.py"))
assert _SPEC and _SPEC.loader
_BENCH = importlib.util.module_from_spec(_SPEC)


@pytest.fixture(scope="session")
def benches() -> Any:
    """The bench's module: tests are imported by path and cannot import each other."""
    import sys

    sys.modules["vivado_bench"] = _BENCH  # dataclasses look their module up
    assert _SPEC and _SPEC.loader
    _SPEC.loader.exec_module(_BENCH)
    return _BENCH


@pytest.fixture
def bench(benches: Any, tmp_path: Path) -> Any:
    """A fresh bench."""
    return benches.Bench(tmp_path)
