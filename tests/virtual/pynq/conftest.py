from __future__ import annotations

from types import ModuleType

import pytest

from hls4ml_soc.virtual.pynq.design import BoardOptions
from hls4ml_soc.virtual.pynq.device import VirtualDevice, install
from tests.virtual.board import design as factory


@pytest.fixture(scope="session")
def designs() -> ModuleType:
    """The factory of small designs, ``../board/design.py``."""
    return factory


@pytest.fixture
def write_bit(tmp_path):
    """Write NAME.bit and NAME.hwh; ``beside`` is the design in the .hwh if it is another one."""

    def write(design, name="soc", part="xc7z020clg400-1", cores=None, beside=None):
        path = factory.write_bit(tmp_path / f"{name}.bit", design, part, cores, design.vivado)
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
