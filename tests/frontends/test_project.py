"""The hls4ml project that the front end writes, and what `read` takes for what."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import frontends
from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends import checks
from tests import networks
from tests.networks import model, node, weight

PART = "xc7z020clg400-1"


def convert(net: object, folder: Path, **settings: object) -> Path:
    """Write the project of `net` into ``folder/project`` and return that folder."""
    path = networks.save(net, folder / "net.onnx")  # type: ignore[arg-type]
    chosen: dict[str, object] = {"name": "net", "part": PART, "clock_ns": 10.0}
    return frontends.read(path).project(folder / "project", **(chosen | settings))


def defines(folder: Path) -> dict[str, str]:
    text = (folder / "firmware" / "defines.h").read_text()
    return {name: kind for kind, name in re.findall(r"typedef (.+) (\w+);", text)}


def test_a_dense_network(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = convert(networks.mlp((6, 5, 3)), tmp_path)
    assert folder == tmp_path / "project"
    assert capfd.readouterr() == ("", "")
    assert (folder / "conversion.log").read_text() == (
        f"converted from {tmp_path / 'net.onnx'}\n"
        "'softmax' (Softmax) is left to the host: the outputs are its inputs\n"
    )
    header = (folder / "firmware" / "net.h").read_text()
    assert "void net(\n    input_t x[6],\n    result_t layer4_out[3]\n);" in header
    tcl = (folder / "project.tcl").read_text()
    for line in ('set backend "vitis"', f'set part "{PART}"', "set clock_period 10\n"):
        assert line in tcl
    types = defines(folder)
    # 16 x 16 bits, 6 products: 35 bits and the bias; exact, so the Relu sees the true sum.
    assert types["fc1_result_t"] == types["fc1_accum_t"] == "ap_fixed<36,16>"
    for name in ("input_t", "result_t", "layer3_t", "fc1_weight_t", "fc1_bias_t"):
        assert types[name] == "ap_fixed<16,6>"


def test_what_hls4ml_says_goes_to_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hls4ml.model.graph import ModelGraph

    def write(graph: object) -> None:
        print("WARNING: something")
        print("something else", file=sys.stderr)
        warnings.warn("a deprecation", DeprecationWarning, stacklevel=1)

    monkeypatch.setattr(ModelGraph, "write", write)
    folder = convert(networks.mlp(softmax=False), tmp_path)
    assert capfd.readouterr() == ("", "")
    assert (folder / "conversion.log").read_text() == (
        f"converted from {tmp_path / 'net.onnx'}\nWARNING: something\nsomething else\n"
    )


def test_settings_reach_the_project(tmp_path: Path) -> None:
    folder = convert(
        networks.mlp((8, 8, 4)),
        tmp_path,
        name="jets",
        clock_ns=6.25,
        precision="ap_fixed<12,4,AP_RND,AP_SAT>",
        reuse=4,
        io_type="io_stream",
        backend="Vivado",
    )
    tcl = (folder / "project.tcl").read_text()
    for line in ('set project_name "jets"', 'set backend "vivado"', "set clock_period 6.25\n"):
        assert line in tcl
    header = (folder / "firmware" / "jets.h").read_text()
    assert "hls::stream<input_t> &x,\n    hls::stream<result_t> &layer4_out\n" in header
    types = defines(folder)
    assert types["input_t"] == "nnet::array<ap_fixed<12,4,AP_RND,AP_SAT,0>, 8*1>"
    assert types["result_t"] == "nnet::array<ap_fixed<12,4,AP_RND,AP_SAT,0>, 4*1>"
    parameters = (folder / "firmware" / "parameters.h").read_text()
    factors = re.findall(r"reuse_factor = (\d+);\n *static const unsigned n_z", parameters)
    assert factors == ["4", "4"]
    assert "nnet::DenseResource_rf_leq_nin<" in parameters
    assert "nnet::DenseLatency<" not in parameters


def test_weights_are_rounded_to_nearest(tmp_path: Path) -> None:
    values = np.array([[0.18748, -0.18748], [0.03125, 0.09376]], np.float32)
    nodes = [node("Gemm", "x w b", "y")]
    weights = {"w": values, "b": values[1]}
    net = model(nodes, {"x": ["n", 2]}, {"y": ["n", 2]}, weights)
    folder = convert(net, tmp_path, precision="ap_fixed<8,4>")
    written = (folder / "firmware" / "weights" / "w2.txt").read_text()
    # Multiples of 1/16; a tie, 1/32, goes to the even one.
    assert [float(number) for number in written.split(",")] == [0.1875, -0.1875, 0, 0.125]
    written = (folder / "firmware" / "weights" / "b2.txt").read_text()
    assert [float(number) for number in written.split(",")] == [0, 0.125]


def test_a_dense_layer_between_dense_layers_and_outputs_keep_the_format(tmp_path: Path) -> None:
    nodes = [
        node("Gemm", "x v", "a", "first"),
        node("Gemm", "a v", "b", "second"),
        node("Relu", "b", "c", "relu"),
    ]
    shape = ["n", 4]
    net = model(nodes, {"x": shape}, {"b": shape, "c": shape}, {"v": weight(4, 4)})
    types = defines(convert(net, tmp_path))
    assert "first_result_t" not in types
    assert [types[f"layer{i}_t"] for i in (2, 3, 4)] == ["ap_fixed<16,6>"] * 3


def test_the_same_network_gives_the_same_files(tmp_path: Path) -> None:
    found = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        folder = convert(networks.mlp(), tmp_path / place)
        files = {}
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "conversion.log":
                text = path.read_text().replace(str(tmp_path / place), "")
                stamp = re.sub(r"^(Stamp: |LIB_STAMP=)'?[0-9a-fe+.]+'?$", r"\1", text, flags=re.M)
                files[str(path.relative_to(folder))] = stamp
        found.append(files)
    assert found[0] == found[1]
    assert len(found[0]) > 50


def test_a_project_is_written_again_but_nothing_else_is_touched(tmp_path: Path) -> None:
    folder = convert(networks.mlp((4, 4, 4, 2)), tmp_path)
    assert (folder / "firmware" / "weights" / "w6.txt").is_file()
    convert(networks.mlp((4, 2)), tmp_path)
    assert not (folder / "firmware" / "weights" / "w6.txt").exists()
    (folder / "conversion.log").unlink()
    with pytest.raises(ModelError) as error:
        convert(networks.mlp((4, 2)), tmp_path)
    assert str(error.value) == (
        f"{folder}: holds other files; name an empty folder for the project"
    )
    assert (folder / "project.tcl").is_file()


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "project").touch()
    with pytest.raises(ModelError) as error:
        convert(networks.mlp((4, 2)), tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'project'}: is a file; name a folder for the hls4ml project"
    )


def test_reuse_factors_are_those_of_hls4ml() -> None:
    from hls4ml.backends import get_backend

    backend = get_backend("Vitis")
    for shape in [(1, 1), (6, 5), (4, 12), (12, 4), (7, 3), (16, 10)]:
        valid = [n for n in range(1, 200) if checks._reusable(shape, n)]
        assert valid == backend.get_valid_reuse_factors(*shape)


def test_pools_that_streams_do_not_have(tmp_path: Path) -> None:
    pool = node("MaxPool", "c", "y", "wide", kernel_shape=[3, 3], strides=[2, 2])
    nodes = [node("Conv", "x w", "c", "conv"), pool]
    shapes = {"x": ["n", 1, 6, 6]}, {"y": ["n", 2, 2, 2]}
    net = model(nodes, *shapes, {"w": weight(2, 1, 2, 2)})
    convert(net, tmp_path)
    with pytest.raises(ModelError) as error:
        convert(net, tmp_path, io_type="io_stream")
    assert str(error.value) == (
        "io type 'io_stream': 'wide' pools windows of (3, 3) with strides (2, 2) and padding "
        "((0, 0), (0, 0)): hls4ml 1.3 only pools windows that touch and have no padding there; "
        "use io_parallel"
    )


@pytest.mark.parametrize(
    ("group", "reuse", "what"),
    [
        (2, 2, "'conv' is depthwise, with strategy Resource"),
        (1, 16, "'conv' has reuse factor 16, more than its 8 inputs of a window"),
    ],
)
def test_convolutions_that_parallel_io_does_not_have(
    tmp_path: Path, group: int, reuse: int, what: str
) -> None:
    nodes = [node("Conv", "x w", "y", "conv", group=group)]
    shapes = {"x": ["n", 2, 6, 6]}, {"y": ["n", 2, 5, 5]}
    net = model(nodes, *shapes, {"w": weight(2, 2 // group, 2, 2)})
    convert(net, tmp_path, reuse=reuse, io_type="io_stream")
    with pytest.raises(ModelError) as error:
        convert(net, tmp_path, reuse=reuse)
    assert str(error.value) == (
        f"io type 'io_parallel': {what}: hls4ml 1.3 does not compute that; use io_stream, or set "
        "these layers' reuse and strategy in the recipe"
    )


def test_what_read_takes_for_what(tmp_path: Path) -> None:
    folder = convert(networks.mlp((4, 2)), tmp_path)
    source = frontends.read(folder)
    assert source.is_project
    assert source.project(tmp_path / "elsewhere") == folder
    assert not (tmp_path / "elsewhere").exists()
    upper = networks.save(networks.mlp((4, 2)), tmp_path / "NET.ONNX")
    assert not frontends.read(upper).is_project


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "a folder, but no hls4ml project"),
        ("lost.onnx", "no such file or folder"),
        ("net.tflite", "not a network this reads"),
    ],
)
def test_what_read_refuses(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "net.tflite").touch()
    with pytest.raises(ModelError) as error:
        frontends.read(tmp_path / name)
    assert str(error.value) == (
        f"{tmp_path / name}: {message}; accepted are .h5, .keras, .onnx, .pt2 files and hls4ml "
        "project folders"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "net.pt",
            "it does not tell a PyTorch network's inputs: write the network with torch.export.save("
            "torch.export.export(module.eval(), (example,)), 'net.pt2')",
        ),
    ],
)
def test_what_read_has_a_hint_for(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(ModelError) as error:
        frontends.read(tmp_path / name)
    assert str(error.value).endswith(f"hls4ml project folders; {hint}")


def test_hls4ml_and_onnx_are_imported_only_when_needed() -> None:
    import subprocess

    code = "import sys, hls4ml_soc.frontends as f; print({'onnx', 'hls4ml'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout == "set()\n"
