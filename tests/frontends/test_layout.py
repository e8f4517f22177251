"""Names, order and layout of tensors: a user's arrays are those of the network file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import frontends, samples
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends.layout import FILE, Given, Layout
from hls4ml_soc.frontends.onnx_float import evaluate
from hls4ml_soc.reference import Reference
from hls4ml_soc.sources import Network
from tests import networks
from tests.frontends.layer_cases import weight
from tests.networks import model, node


def two_images() -> object:
    """Return a network of an image and a vector; the outputs, a map and a vector, are named so that
    hls4ml's alphabet is not their order."""
    nodes = [
        node("Conv", "image.1 w b", "c", "c1"),
        node("Relu", "c", "z/map"),
        node("GlobalAveragePool", "c", "g"),
        node("Flatten", "g", "f"),
        node("Gemm", "f w2 b2", "h", "fc1"),
        node("Gemm", "side w3 b2", "k", "fc2"),
        node("Add", "h k", "avector", "sum"),
    ]
    weights = {"w": weight(4, 2, 2, 3), "b": weight(4), "w2": weight(4, 3), "b2": weight(3)}
    weights["w3"] = weight(5, 3)
    inputs = {"side": ["n", 5], "image.1": ["n", 2, 4, 5]}
    return model(nodes, inputs, {"z/map": ["n", 4, 3, 3], "avector": ["n", 3]}, weights)


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Accelerator]:
    folder = tmp_path_factory.mktemp("layout")
    path = networks.save(two_images(), folder / "net.onnx")  # type: ignore[arg-type]
    settings = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0}
    project = frontends.read(path).project(
        folder / "project", **settings, precision="ap_fixed<24,8>"
    )
    return path, Accelerator.read(project)


def arrays(count: int = 5) -> dict[str, np.ndarray]:
    return {"side": networks.samples(count, 5), "image.1": networks.samples(count, 2, 4, 5)}


def test_a_note_says_what_the_network_file_has(converted: tuple[Path, Accelerator]) -> None:
    _, accelerator = converted
    layout = Layout.read(accelerator.project)
    assert layout.inputs == {
        "side": Given("side", (5,)),
        "image_1": Given("image.1", (2, 4, 5), True),
    }
    assert [given.name for given in layout.outputs.values()] == ["z/map", "avector"]
    shapes = {tensor.name: tensor.shape for tensor in accelerator.outputs}
    assert [shapes[name] for name in layout.outputs] == [(3, 3, 4), (3,)]
    assert [tensor.shape for tensor in accelerator.inputs] == [(5,), (4, 5, 2)]


def test_arrays_of_the_file_go_through_the_emulation(
    converted: tuple[Path, Accelerator], tmp_path: Path
) -> None:
    path, accelerator = converted
    layout = Layout.read(accelerator.project)
    np.savez(tmp_path / "x.npz", **arrays())
    loaded = samples.load(tmp_path / "x.npz", accelerator.inputs, layout.inputs)
    results = Reference(accelerator, tmp_path).predict([loaded[t.name] for t in accelerator.inputs])
    outputs = {t.name: y for t, y in zip(accelerator.outputs, results, strict=True)}
    wanted = evaluate(path, list(arrays().values()))
    for (name, given), float_ in zip(layout.outputs.items(), wanted, strict=True):
        np.testing.assert_allclose(given.restored(outputs[name]), float_, rtol=0, atol=2e-3)
    # The same in floating point, told in the accelerator's order and layout.
    source = Network(path, frontends.FRONT_ENDS[".onnx"])
    for fixed, exact in zip(results, source.floats(accelerator, loaded) or [], strict=True):
        assert fixed.shape == exact.shape
        np.testing.assert_allclose(fixed, exact, rtol=0, atol=2e-3)


def test_flat_samples_are_in_the_files_order(
    converted: tuple[Path, Accelerator], tmp_path: Path
) -> None:
    _, accelerator = converted
    layout = Layout.read(accelerator.project)
    given = arrays()
    np.savez(tmp_path / "x.npz", **given)
    np.savez(tmp_path / "flat.npz", **{name: x.reshape(len(x), -1) for name, x in given.items()})
    shaped, flat = (
        samples.load(tmp_path / name, accelerator.inputs, layout.inputs)
        for name in ("x.npz", "flat.npz")
    )
    assert all((shaped[name] == flat[name]).all() for name in shaped)
    assert (shaped["image_1"][:, 3, 4, 1] == given["image.1"][:, 1, 3, 4]).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"image.1": networks.samples(5, 4, 5, 2)},
            "image.1 has shape (5, 4, 5, 2); needed is (samples, 2, 4, 5)",
        ),
        ({"other": networks.samples(5, 5)}, "image.1, other, side; needed are side, image.1"),
    ],
)
def test_arrays_that_do_not_fit(
    converted: tuple[Path, Accelerator], tmp_path: Path, wrong: dict[str, np.ndarray], message: str
) -> None:
    _, accelerator = converted
    path = tmp_path / "x.npz"
    np.savez(path, **(arrays() | wrong))
    with pytest.raises(ModelError) as error:
        samples.load(path, accelerator.inputs, Layout.read(accelerator.project).inputs)
    assert message in str(error.value)


def test_a_map_and_back() -> None:
    given = Given("y", (24,), True, (2, 3, 4))
    values = np.arange(48).reshape(2, 24)
    stored = given.stored(values, (3, 4, 2))
    assert stored[1, 2, 3, 0] == 24 + 11
    assert (given.restored(stored) == values).all()


def test_a_project_of_somebody_else_has_no_note(tmp_path: Path) -> None:
    assert Layout.read(tmp_path) == Layout({}, {})
    (tmp_path / FILE).write_text(json.dumps({"inputs": {"x": {"name": "x"}}, "outputs": {}}))
    with pytest.raises(ModelError) as error:
        Layout.read(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / FILE} cannot be read: KeyError('shape'); convert the network again"
    )
