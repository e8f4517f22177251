"""Files that cannot be converted are refused with one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends import onnx as front_end
from hls4ml_soc.frontends.project import Settings
from tests import networks
from tests.networks import model, node, weight

W = {"w": weight(4, 3)}
GEMM = node("Gemm", "x w", "y", "fc")


def refusal(path: Path, **settings: object) -> str:
    """Return the message without the file's path in front."""
    chosen: dict[str, object] = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0}
    with pytest.raises(ModelError) as error:
        front_end.convert(path, path.parent / "project", Settings.of(**(chosen | settings)))  # type: ignore
    assert not (path.parent / "project").exists()
    return str(error.value).removeprefix(f"{path}: ")


def saved(folder: Path, net: onnx.ModelProto) -> Path:
    return networks.save(net, folder / "net.onnx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty; export the network again"),
        (b"import torch\n" * 9, "not an ONNX model; export the network as .onnx"),
        (b"\x08\x08", "not an ONNX model; export the network as .onnx"),
    ],
)
def test_files_that_are_not_onnx(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    assert refusal(path) == message


def test_a_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "net.onnx") == "no such file; give the path of an ONNX model"


def test_a_cut_file(tmp_path: Path) -> None:
    path = saved(tmp_path, networks.mlp())
    path.write_bytes(path.read_bytes()[:300])
    assert refusal(path) == "not an ONNX model; export the network as .onnx"


def test_weights_in_a_second_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    onnx.save(
        networks.mlp(), path, save_as_external_data=True, location="net.data", size_threshold=0
    )
    settings = Settings.of(name="net", part="xc7z020clg400-1", clock_ns=10.0)
    front_end.convert(path, tmp_path / "whole", settings)
    (tmp_path / "net.data").unlink()
    message = refusal(path)
    assert message.startswith("cannot be read: ")
    assert "net.data" in message


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (
            model([GEMM], {"x": ["n", 4]}, {"y": ["n", 3]}, W, opset=6),
            "opset 6 is too old; export it with opset 7 or later",
        ),
        (
            model([GEMM], {"x": ["n", 4]}, {"y": ["n", 3]}, W, opset=99),
            f"opset 99 is not known to onnx {onnx.__version__}, which ends at "
            f"{onnx.defs.onnx_opset_version()}; export it with that or an earlier one",
        ),
        (
            model([GEMM], {}, {"y": ["n", 3]}, W),
            "the network has no input",
        ),
        (
            model([GEMM], {"x": ["n", 4]}, {"y": ["n", 3]}, W, kind=TensorProto.INT64),
            "input 'x' is INT64; accepted are float32, float64, float16",
        ),
        (
            model([GEMM], {"x": [4]}, {"y": [3]}, W),
            "input 'x' has 1 dimensions; the first must be the batch, the others the shape of one "
            "sample",
        ),
        (
            model([GEMM], {"x": ["n", "width"]}, {"y": ["n", 3]}, W),
            "input 'x' has the shape (n, width); only the first dimension, the batch, may be "
            "left open: export the network with fixed sizes",
        ),
        (
            model([node("Relu", "x", "y")], {"x": ["n", 4]}, {"y": ["n", 4]}),
            "the network has no weights; there is nothing to accelerate",
        ),
        (
            model([GEMM], {"x": ["n", "time", None, 4]}, {"y": ["n", 3]}, W),
            "input 'x' has the shape (n, time, ?, 4); only the first dimension, the batch, may be "
            "left open: export the network with fixed sizes",
        ),
    ],
)
def test_networks_that_cannot_be_read(tmp_path: Path, net: onnx.ModelProto, message: str) -> None:
    assert refusal(saved(tmp_path, net)) == message


def test_a_model_without_an_opset(tmp_path: Path) -> None:
    net = networks.mlp()
    del net.opset_import[:]
    assert refusal(saved(tmp_path, net)) == "names no ONNX opset; export it with opset 13"


def test_an_inconsistent_model(tmp_path: Path) -> None:
    net = model([GEMM, node("Relu", "lost", "z")], {"x": ["n", 4]}, {"z": ["n", 3]}, W)
    message = refusal(saved(tmp_path, net))
    assert message.startswith("not a valid ONNX model: ")
    assert "lost" in message


def test_an_input_that_is_no_tensor(tmp_path: Path) -> None:
    net = model([GEMM], {"x": ["n", 4]}, {"y": ["n", 3]}, W)
    sequence = onnx.helper.make_tensor_sequence_value_info("x", TensorProto.FLOAT, ["n", 4])
    net.graph.input[0].CopyFrom(sequence)
    assert refusal(saved(tmp_path, net)) == (
        "input 'x' is not a tensor; accepted are float32, float64, float16"
    )


def test_weights_among_the_inputs_as_of_ir_version_3(tmp_path: Path) -> None:
    net = model([GEMM], {"x": ["n", 4], "w": [4, 3]}, {"y": ["n", 3]}, W)
    net.ir_version = 3
    settings = Settings.of(name="net", part="xc7z020", clock_ns=10.0)
    front_end.convert(saved(tmp_path, net), tmp_path / "project", settings)
    header = (tmp_path / "project" / "firmware" / "net.h").read_text()
    assert "input_t x[4],\n    result_t layer2_out[3]\n" in header


def broken(change: Callable[[np.ndarray], None]) -> onnx.ModelProto:
    net = networks.mlp((4, 3, 2), softmax=False)
    for tensor in net.graph.initializer:
        array = onnx.numpy_helper.to_array(tensor).copy()
        change(array.reshape(-1))
        tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
    return net


def test_every_weight_that_is_not_finite_is_reported(tmp_path: Path) -> None:
    def change(values: np.ndarray) -> None:
        values[1] = np.nan if len(values) > 3 else -np.inf

    assert refusal(saved(tmp_path, broken(change))) == (
        "1 of 12 weights of 'fc1' are NaN or infinite; 1 of 3 biases of 'fc1' are NaN or infinite; "
        "1 of 6 weights of 'fc2' are NaN or infinite; 1 of 2 biases of 'fc2' are NaN or infinite"
    )


def test_weights_out_of_range_are_reported_not_wrapped(tmp_path: Path) -> None:
    def change(values: np.ndarray) -> None:
        if len(values) == 12:
            values[:2] = [1.996, -2.4]
        elif len(values) == 6:
            # The ends of the range of ap_fixed<10,2>, and what rounds to them.
            values[:3] = [511 / 256, 1.9973, -2.001]

    assert refusal(saved(tmp_path, broken(change)), precision="ap_fixed<10,2>") == (
        "1 of 12 weights of 'fc1' do not fit ap_fixed<10,2,AP_TRN,AP_WRAP,0>, for instance -2.4; "
        "choose a precision with more integer bits"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"precision": "float"}, "precision 'float' is no number format"),
        (
            {"precision": "ap_fixed<16,6,AP_RND,AP_WRAP_SM>"},
            "precision ap_fixed<16,6,AP_RND,AP_WRAP_SM,0>: hls4ml 1.3 cannot write AP_WRAP_SM",
        ),
        ({"name": "my net"}, "project name 'my net': must be a letter followed by "),
        ({"name": "while"}, "project name 'while': must be a letter followed by "),
        ({"part": "xc7z020; rm"}, "part 'xc7z020; rm': not a part name such as xc7z020clg400-1"),
        ({"clock_ns": 0.0}, "clock period 0.0: must be a positive number of ns"),
        ({"clock_ns": float("nan")}, "clock period nan: must be a positive number of ns"),
        ({"reuse": 0}, "reuse factor 0: must be 1 or more"),
        ({"io_type": "io_serial"}, "io type 'io_serial': accepted are io_parallel, io_stream"),
        ({"backend": "Quartus"}, "backend 'Quartus': accepted are Vitis, Vivado"),
        (
            {"reuse": 4},
            "reuse factor 4: not possible in fc1, fc2; possible in every layer: 1",
        ),
    ],
)
def test_settings_that_are_not_honoured(
    tmp_path: Path, settings: dict[str, object], message: str
) -> None:
    assert refusal(saved(tmp_path, networks.mlp()), **settings).startswith(message)


def test_weights_of_the_wrong_size_are_named(tmp_path: Path) -> None:
    network = model([GEMM], {"x": ["n", 4]}, {"y": ["n", 3]}, W)
    network.graph.initializer[0].raw_data += b"\0"
    said = refusal(networks.save(network, tmp_path / "net.onnx"))
    assert said.startswith("tensor 'w' of the network is damaged: ")
