"""The emulation gives, bit for bit, what ``hls_model.predict`` gives."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.errors import ModelError, ToolError
from hls4ml_soc.reference import Reference
from tests import networks

DIGITS = Path(__file__).parents[1] / "examples" / "digits"


class Emulated:
    """A network converted by us, hls4ml's own model of it, and our emulation."""

    def __init__(self, folder: Path, network: Path, **settings: Any) -> None:
        from hls4ml.model.graph import ModelGraph

        written = []
        original = ModelGraph.write

        def write(graph: Any) -> None:
            written.append(graph)
            original(graph)

        ModelGraph.write = write
        try:
            chosen = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0} | settings
            self.project = frontends.read(network).project(folder / "project", **chosen)
        finally:
            ModelGraph.write = original
        self.hls_model = written[0]
        self.accelerator = Accelerator.read(self.project)
        self.scratch = folder / "scratch"
        # What an earlier compile() of the user's has left.
        (self.project / "firmware" / f"{self.accelerator.name}-0.so").touch()
        before = self.files()
        self.reference = Reference(self.accelerator, self.scratch)
        assert self.files() == before

    def files(self) -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in self.project.rglob("*")}


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Emulated:
    return Emulated(tmp_path_factory.mktemp("digits"), DIGITS / "digits.onnx", name="digits")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Emulated:
    """Two inputs and outputs, saturating streams; path and names mean something to a shell."""
    folder = tmp_path_factory.mktemp("a b;[exec ls]$x")
    net = networks.two_by_two()
    for entry in (*net.graph.node, *net.graph.input, *net.graph.output):
        for names in (getattr(entry, "input", []), getattr(entry, "output", [])):
            for i, name in enumerate(names):
                names[i] = name.replace("in_a", 'a b;[exec ls]$x"').replace("out_b", "double")
        entry.name = entry.name.replace("in_a", 'a b;[exec ls]$x"').replace("out_b", "double")
        entry.name = entry.name.replace("fc_a1", "digits").replace("fc_b1", 'puts "$x"\n')
    path = networks.save(net, folder / 'net;"$x.onnx')
    return Emulated(
        folder, path, io_type="io_stream", precision="ap_fixed<9,3,AP_RND_CONV,AP_SAT>", reuse=2
    )


def test_digits_with_float32_and_float64(digits: Emulated) -> None:
    images = np.load(DIGITS / "test_images.npy")
    digits.hls_model.compile()
    (ours,) = digits.reference.predict([images])
    assert ours.dtype == np.float64
    assert ours.shape == (360, 10)
    np.testing.assert_array_equal(ours, digits.hls_model.predict(images))
    np.testing.assert_array_equal(ours, digits.hls_model.predict(images.astype(np.float64)))


def test_digits_are_recognised(digits: Emulated) -> None:
    images, labels = np.load(DIGITS / "test_images.npy"), np.load(DIGITS / "test_labels.npy")
    (probabilities,) = networks.evaluate(onnx.load(DIGITS / "digits.onnx"), images)
    (logits,) = digits.reference.predict([images])
    assert np.mean(probabilities.argmax(axis=1) == labels) == 0.975
    assert np.mean(logits.argmax(axis=1) == labels) == 0.975
    np.testing.assert_array_equal(logits.argmax(axis=1), probabilities.argmax(axis=1))
    exponentials = np.exp(logits)
    ours = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert np.abs(ours - probabilities).max() < 0.004


def test_two_inputs_and_two_outputs_that_hls4ml_sorts_the_other_way(two: Emulated) -> None:
    text = (two.project / "hls4ml_config.yml").read_text()
    assert text.index("layer12_out:") < text.index("layer7_out:")
    assert [tensor.name for tensor in two.accelerator.inputs] == ["a_b_exec_ls_x", "in_b"]
    a, b = networks.samples(50, 4) * 8, networks.samples(50, 6) * 8
    two.hls_model._top_function_lib = ctypes.CDLL(two.reference.library._name)
    expected = two.hls_model.predict([a, b])
    ours = two.reference.predict([a, b])
    assert [y.shape for y in ours] == [(50, 3), (50, 2)]
    for y, theirs in zip(ours, expected, strict=True):
        np.testing.assert_array_equal(y, theirs)
    ends = two.accelerator.inputs[0].precision
    assert a.max() > ends.highest
    clipped = [np.clip(x, ends.lowest, ends.highest) for x in (a, b)]
    for y, same in zip(ours, two.reference.predict(clipped), strict=True):
        np.testing.assert_array_equal(y, same)


def test_a_single_sample_keeps_its_batch_dimension(two: Emulated) -> None:
    a, b = networks.samples(1, 4), networks.samples(1, 6)
    assert [y.shape for y in two.reference.predict([a, b])] == [(1, 3), (1, 2)]
    assert [y.shape for y in two.reference.predict([a[:0], b[:0]])] == [(0, 3), (0, 2)]


def test_the_float_entry_gives_the_same(digits: Emulated) -> None:
    """hls_model.predict takes it for float32; ours always goes through double."""
    samples = (networks.samples(200, 64) * np.float32(40)).astype(np.float32)
    function = digits.reference.library.digits_float
    function.argtypes, function.restype = [ctypes.c_void_p] * 2, None
    single = np.zeros((200, 10), np.float32)
    for x, y in zip(samples, single, strict=True):
        function(x.ctypes.data, y.ctypes.data)
    np.testing.assert_array_equal(single, digits.reference.predict([samples])[0])


def test_integers_slices_and_flat_arrays_are_taken(digits: Emulated) -> None:
    whole = np.arange(5 * 128).reshape(5, 128) % 3
    (expected,) = digits.reference.predict([np.ascontiguousarray(whole[:, ::2], np.float64)])
    for given in (whole[:, ::2], whole.astype(np.float64)[:, ::2]):
        np.testing.assert_array_equal(digits.reference.predict([given])[0], expected)
    tensor = replace(digits.accelerator.inputs[0], shape=(8, 8))
    reference = Reference(replace(digits.accelerator, inputs=(tensor,)), digits.scratch)
    for shape in [(5, 8, 8), (5, 64)]:
        given = whole[:, ::2].reshape(shape)
        np.testing.assert_array_equal(reference.predict([given])[0], expected)


def test_outputs_take_the_networks_shape(digits: Emulated) -> None:
    tensor = replace(digits.accelerator.outputs[0], shape=(2, 5))
    reference = Reference(replace(digits.accelerator, outputs=(tensor,)), digits.scratch)
    assert reference.predict([np.zeros((3, 64))])[0].shape == (3, 2, 5)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "0 inputs given, the network has 1: x"),
        ([np.zeros((3, 63))], "input x: has the shape (3, 63), not (N, 64)"),
        ([np.zeros(64)], "input x: has the shape (64,), not (N, 64)"),
        ([np.float32(1)], "input x: has the shape (), not (N, 64)"),
        ([np.array([["1"] * 64])], "input x: <U1 is not a numeric type"),
        (
            [np.where(np.arange(192).reshape(3, 64) == 100, np.nan, 1)],
            "input x: sample 1 has values that are not finite",
        ),
    ],
)
def test_inputs_that_are_refused(digits: Emulated, inputs: list[Any], message: str) -> None:
    with pytest.raises(ModelError) as error:
        digits.reference.predict(inputs)
    assert str(error.value) == message


def test_different_numbers_of_samples(two: Emulated) -> None:
    with pytest.raises(ModelError) as error:
        two.reference.predict([np.zeros((2, 4)), np.zeros((3, 6))])
    assert str(error.value) == "the inputs have different numbers of samples: [2, 3]"


@pytest.fixture
def project(digits: Emulated, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of the digits project, to be spoilt."""
    yield Path(shutil.copytree(digits.project, tmp_path / "project"))


def test_a_library_is_built_once(
    digits: Emulated, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = project / "build_lib.sh"
    script.write_text(re.sub(r"LIB_STAMP=\w+", "LIB_STAMP=1234abcd", script.read_text()))
    monkeypatch.setenv("PATH", os.devnull)
    again = Reference(Accelerator.read(project), digits.scratch)
    assert again.predict([np.zeros((2, 64))])[0].shape == (2, 10)
    with (project / "firmware" / "digits.cpp").open("a") as source:
        source.write("// changed\n")
    with pytest.raises(ToolError) as error:
        Reference(Accelerator.read(project), digits.scratch)
    assert str(error.value) == "bash is missing; it compiles hls4ml's emulation: install it"


def test_no_compiler(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bash").symlink_to("/bin/bash")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as error:
        Reference(Accelerator.read(project), tmp_path / "scratch")
    assert str(error.value) == "g++ is missing; it compiles hls4ml's emulation: install it"


def build_log(folder: Path) -> Path:
    (log,) = (folder / "scratch" / "emulation").glob("*/build.log")
    return log


@pytest.mark.parametrize("set_e", ["set -e\n", ""])
def test_a_compiler_error(project: Path, tmp_path: Path, set_e: str) -> None:
    """Before 1.3 build_lib.sh had no ``set -e``."""
    script = project / "build_lib.sh"
    script.write_text(script.read_text().replace("set -e\n", set_e))
    source = project / "firmware" / "digits.cpp"
    source.write_text("int zero = 0;\n#error no such network\nint one = two;\n")
    with pytest.raises(ToolError) as error:
        Reference(Accelerator.read(project), tmp_path / "scratch")
    assert str(error.value) == (
        "hls4ml's emulation does not compile: firmware/digits.cpp:2:2: error: #error no such "
        f"network; see {build_log(tmp_path)}"
    )


def test_a_build_script_that_fails_without_an_error(project: Path, tmp_path: Path) -> None:
    (project / "build_lib.sh").write_text("touch firmware/digits-1.so\nexit 7\n")
    with pytest.raises(ToolError) as error:
        Reference(Accelerator.read(project), tmp_path / "scratch")
    assert str(error.value) == (
        f"hls4ml's emulation does not compile: build_lib.sh ended with 7; see {build_log(tmp_path)}"
    )


@pytest.mark.parametrize("file", ["digits_bridge.cpp", "build_lib.sh", "firmware/weights/b4.txt"])
def test_a_missing_file_is_an_error_not_the_end_of_the_process(
    project: Path, tmp_path: Path, file: str
) -> None:
    (project / file).unlink()
    with pytest.raises(ModelError) as error:
        Reference(Accelerator.read(project), tmp_path / "scratch")
    assert str(error.value) == f"{project / file}: missing; let hls4ml write the project again"


def test_a_folder_that_the_build_script_cannot_take(project: Path, tmp_path: Path) -> None:
    scratch = tmp_path / 'a"b'
    with pytest.raises(ToolError) as error:
        Reference(Accelerator.read(project), scratch)
    message = re.sub("emulation/[0-9a-f]{16}:", "emulation:", str(error.value))
    assert message == (
        f"{scratch / 'emulation'}: hls4ml's build_lib.sh cannot work in a folder whose "
        "path has a quote, a backslash or a line end; choose another output folder"
    )


def test_a_project_that_changes_while_its_emulation_is_loaded(
    project: Path, digits: Emulated
) -> None:
    weights = project / "firmware" / "weights" / "b6.txt"
    bias, *others = weights.read_text().split(",")
    weights.write_text(",".join([str(float(bias) + 1), *others]))
    changed = Reference(Accelerator.read(project), digits.scratch)
    zeros = np.zeros((1, 64))
    difference = changed.predict([zeros])[0] - digits.reference.predict([zeros])[0]
    np.testing.assert_array_equal(difference, [[1] + [0] * 9])
    shutil.rmtree(changed._folder)
    np.testing.assert_array_equal(
        changed.predict([zeros])[0] - digits.reference.predict([zeros])[0], difference
    )


def test_a_project_whose_weights_lie_beneath_the_current_folder(
    digits: Emulated, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As hls4ml wrote them before 1.1, where the path was not compiled in."""
    helpers = project / "firmware" / "nnet_utils" / "nnet_helpers.h"
    helpers.write_text(helpers.read_text().replace("WEIGHTS_DIR", "WEIGHTS_FOLDER"))
    monkeypatch.chdir(tmp_path)
    images = np.load(DIGITS / "test_images.npy")[:5]
    reference = Reference(Accelerator.read(project), Path("scratch"))
    ours, expected = reference.predict([images]), digits.reference.predict([images])
    np.testing.assert_array_equal(ours, expected)
    assert Path.cwd() == tmp_path
