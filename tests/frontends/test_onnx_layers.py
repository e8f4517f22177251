"""Every kind of layer of plain ONNX: hls4ml's emulation of it against ONNX's own reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.frontends.layout import Layout
from hls4ml_soc.frontends.onnx_float import evaluate
from hls4ml_soc.reference import Reference
from tests import networks
from tests.frontends.layer_cases import CASES

#: Some of each kind for every day, the others for the long run.
QUICK = {
    ("conv2d_padding_stride", "io_stream"),
    ("max_pool_flatten_dense", "io_parallel"),
    ("residual", "io_stream"),
    ("lstm_last", "io_parallel"),
    ("torch_step", "io_parallel"),
    ("shape_computed", "io_stream"),
}


def computed(path: Path, folder: Path, io_type: str, x: np.ndarray) -> np.ndarray:
    """Return what the emulation of a network file gives, in the file's own layout."""
    settings = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0, "io_type": io_type}
    project = frontends.read(path).project(folder, **settings, precision="ap_fixed<24,8>")
    accelerator, layout = Accelerator.read(project), Layout.read(project)
    (tensor,) = accelerator.inputs
    stored = layout.inputs[tensor.name].stored(x, tensor.shape)
    (result,) = Reference(accelerator, folder.with_name("scratch")).predict([stored])
    (tensor,) = accelerator.outputs
    return layout.outputs[tensor.name].restored(result)


@pytest.mark.parametrize(
    ("name", "io_type"),
    [
        pytest.param(name, io, marks=() if (name, io) in QUICK else pytest.mark.deep)
        for name in CASES
        for io in ("io_parallel", "io_stream")
    ],
)
def test_layer(name: str, io_type: str, tmp_path: Path) -> None:
    network, tolerance = CASES[name]
    path = networks.save(network, tmp_path / "net.onnx")
    shape = [dim.dim_value for dim in network.graph.input[0].type.tensor_type.shape.dim[1:]]
    x = np.random.default_rng(0).uniform(-1, 1, (6, *shape)).astype(np.float32)
    (wanted,) = evaluate(path, [x])
    given = computed(path, tmp_path / "project", io_type, x)
    assert given.shape == wanted.shape
    # Not all alike: else a network of zeros would pass.
    assert np.ptp(wanted) > 5 * tolerance
    np.testing.assert_allclose(given, wanted, rtol=0, atol=tolerance)
