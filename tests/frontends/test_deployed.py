"""Networks of several tensors and formats on virtual boards, from files as users have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.deploy import deploy
from hls4ml_soc.frontends.tuning import Tuning
from hls4ml_soc.options import Options
from tests import networks
from tests.frontends.layer_cases import CASES
from tests.frontends.test_layout import arrays, two_images

#: Formats that differ between all tensors; narrow, wide, unsigned, whole numbers, 1 to 64 bits.
FORMATS = {
    "side": Tuning({"result": "ap_int<8>"}),
    "image_1": Tuning({"result": "ap_ufixed<9,1,AP_RND,AP_SAT>"}),
    "c1": Tuning({"result": "ap_fixed<64,30>"}),
    "z_map": Tuning({"result": "ap_fixed<38,18>"}),
    "fc2": Tuning({"weight": "ap_fixed<10,2>"}),
    "sum": Tuning({"result": "ap_fixed<11,5,AP_RND_CONV,AP_SAT_SYM>"}),
}
PLACES = [("pynq-z2", "pynq"), ("arty-z7-20", "baremetal"), ("arty-a7-100", "baremetal")]


@pytest.mark.deep
@pytest.mark.parametrize(("board", "target"), PLACES)
@pytest.mark.parametrize("io_type", ["io_parallel", "io_stream"])
def test_two_inputs_and_outputs_of_different_formats(
    tmp_path: Path, board: str, target: str, io_type: str
) -> None:
    path = networks.save(two_images(), tmp_path / "net.onnx")
    given = arrays(20)
    given["side"] = np.round(given["side"] * 60).astype(np.int8)
    np.savez(tmp_path / "x.npz", **given)
    options = Options(
        target=target,
        io_type=io_type,
        precision="ap_fixed<24,8>",
        layers=FORMATS,
        input=tmp_path / "x.npz",
        out=tmp_path / "out",
    )
    report = deploy(path, board, options)
    assert (report.bit_exact, report.samples) == (20, 20)


@pytest.mark.deep
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.float64])
@pytest.mark.parametrize("precision", ["ap_fixed<16,6>", "ap_fixed<64,32>", "ap_int<9>"])
def test_callers_of_all_kinds(tmp_path: Path, kind: type, precision: str) -> None:
    path = networks.save(CASES["max_pool_flatten_dense"].network, tmp_path / "net.onnx")
    x = np.random.default_rng(0).uniform(-100, 100, (20, 3, 6, 6)).astype(np.int8).astype(kind)
    np.save(tmp_path / "x.npy", x)
    told = {"x": Tuning({"result": precision})}
    options = Options(layers=told, input=tmp_path / "x.npy", out=tmp_path / "out")
    report = deploy(path, "pynq-z2", options)
    assert (report.bit_exact, report.samples) == (20, 20)
