from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.pynq.design import BoardOptions
from hls4ml_soc.virtual.pynq.device import VirtualDevice, install


@pytest.fixture(scope="session")
def designs() -> ModuleType:
    """The factory of small designs, ``../board/design.py``."""
    path = Path(__file__).parents[1] / "board" / "design.py"
    spec = importlib.util.spec_from_file_location("virtual_pynq_designs", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["virtual_pynq_designs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def write_bit(tmp_path):
    """Write NAME.bit and NAME.hwh; ``beside`` is the design in the .hwh if it is another one."""

    def write(design, name="soc", part="xc7z020clg400-1", cores=None, beside=None):
        contents = {"design.hwh": design.text().encode()}
        for vlnv, data in (cores or {}).items():
            contents[f"cores/{vlnv.replace(':', '_')}.so"] = data
        path = tmp_path / f"{name}.bit"
        bitfile.write(path, "soc_wrapper", part, "2023.2", contents)
        path.with_suffix(".hwh").write_text((beside or design).text())
        return str(path)

    return write


@pytest.fixture
def board():
    """Make the active device; options as for BoardOptions."""

    def make(**options):
        device = VirtualDevice(BoardOptions(**options))
        install(device)
        return device

    return make
