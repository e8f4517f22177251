"""The example, on all three processors and by every compiler: as exact as hls4ml's emulation."""

from __future__ import annotations

from pathlib import Path

import pytest

from hls4ml_soc import deploy
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.options import Options
from tests.baremetal import lab

PROCESSOR = {"pynq-z2": "cortex-a9", "zcu102": "cortex-a53", "arty-a7-100": "rv32im"}
EXAMPLE = Path(__file__).parents[2] / "examples" / "digits"


@pytest.mark.deep
@pytest.mark.parametrize("name", lab.BOARDS)
def test_all_digits_come_back_exact_by_every_compiler(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = EXAMPLE / "test_images.npy"
    options = Options(target="baremetal", input=images, out=tmp_path)
    for compiler in lab.compilers(PROCESSOR[name]):
        monkeypatch.setenv("HLS4ML_SOC_CC", compiler.choice)
        report = deploy.deploy(EXAMPLE / "digits.onnx", name, options)
        assert (report.samples, report.bit_exact) == (360, 360)
        versions = Bundle.read(tmp_path / "bundle").manifest["versions"]
        assert versions["cc"].startswith(f"{compiler.choice} ")
