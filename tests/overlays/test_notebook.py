"""The notebook: a valid one, and what its cells say and draw from top to bottom."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import deploy
from hls4ml_soc.frontends.network import Relu
from hls4ml_soc.targets import notebook, numpy_network
from tests import networks

RUN = Path(__file__).with_name("run_notebook.py").read_text()


def results(lines: list[str]) -> dict:
    """The figures that its last cell prints."""
    return json.loads("\n".join(lines[lines.index("{") :]))


@pytest.fixture(scope="module")
def samples() -> dict[str, np.ndarray]:
    x = (np.eye(10, dtype=np.float32) + np.eye(10, k=1, dtype=np.float32) * 2)[np.arange(50) % 10]
    return {"input__x": x, "expected__y": x, "labels": np.arange(50) % 10}


def test_it_is_a_notebook(plain) -> None:
    import nbformat

    book = nbformat.read(plain / "accelerator.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)
    assert book.cells[0].source.startswith("# echo\n\nA network that hls4ml")


def test_on_a_virtual_board_times_are_null(echo, samples, tmp_path) -> None:
    folder = echo.bundle("samples", **samples)
    lines = echo.run(RUN, folder, str(folder / "accelerator.ipynb"), str(tmp_path))
    assert "fabric at 100 MHz" in lines
    assert lines[3].startswith("This is a virtual board. Results count: they come from")
    assert "50 of 50 samples equal hls4ml's emulation, bit for bit" in lines
    assert [line for line in lines if line.startswith("not available: ")] == [
        "not available: this bundle was made of a project whose weights it does not hold"
    ]
    assert results(lines) == {
        "virtual": True, "clock_mhz": 100.0, "samples": 50, "bit_exact": 50, "accuracy": 0.1,
        "latency_us": None, "call_us": None, "sample_us": None, "split_us": None, "race_s": None,
    }  # fmt: skip
    assert len(list(tmp_path.glob("*.png"))) == 6


def test_without_samples_it_draws_random_ones(echo, plain, tmp_path) -> None:
    lines = echo.run(RUN, plain, str(plain / "accelerator.ipynb"), str(tmp_path))
    assert "no samples.npz beside the .bit: random inputs" in lines
    assert "no labels: accuracy is not known" in lines
    told = results(lines)
    assert (told["samples"], told["bit_exact"], told["accuracy"]) == (256, None, None)


def test_on_a_board_everything_is_measured(echo, samples, tmp_path) -> None:
    """The virtual board passes itself off as a real one, and the sizes are small."""
    folder = echo.bundle("board", **samples)
    weights = {"kinds": np.array(["dense"]), "0/weight": np.eye(10, dtype="f4"), "0/bias": [0] * 10}
    np.savez(folder / "network.npz", **weights)
    begin = """
import sys
sys.path.insert(0, '.')
from hls4ml_overlay import accelerator, measure
accelerator.Accelerator.virtual = property(lambda self: False)
latencies_us, throughput, race = measure.latencies_us, measure.throughput, measure.race
measure.latencies_us = lambda a, x: latencies_us(a, x, 60)
measure.throughput = lambda a, x: throughput(a, x, [1, 2, 4, 8], 2)
measure.split_us = (lambda split: lambda a, x: split(a, [v[:8] for v in x], 3))(measure.split_us)
measure.race = lambda a, n, x: race(a, n, x, (1, 16), 2)
"""
    lines = echo.run(begin + RUN, folder, str(folder / "accelerator.ipynb"), str(tmp_path))
    told = results(lines)
    assert sorted(told["latency_us"]) == ["median", "p95", "p99"]
    assert told["call_us"] >= 0 and told["sample_us"] >= 0
    assert sorted(told["split_us"]) == ["1", "1024"]
    assert sorted(told["split_us"]["1"]) == ["compute", "decode", "encode", "rest", "transfer"]
    # Ten words of 16 bits take three beats of 64, at 100 MHz.
    assert told["split_us"]["1"]["transfer"] == pytest.approx(0.03)
    assert sorted(told["race_s"]) == ["1", "16"]
    assert "numpy's outputs differ from the fabric's by 0.0" in lines


def test_the_line_through_times_is_found_again(driver) -> None:
    from hls4ml_overlay import measure

    batches = 2 ** np.arange(10)
    assert measure.line(batches, 3e-4 + 2e-6 * batches) == pytest.approx((3e-4, 2e-6))
    assert measure.line(batches, 2e-6 * batches - 1e-6) == pytest.approx((0, 1.8e-6), rel=0.1)
    assert measure.line(batches, 5e-4 - 1e-8 * batches) == pytest.approx((5e-4, 0), rel=0.01)


def test_confusion_counts_labels_by_rows(driver) -> None:
    from hls4ml_overlay import measure

    outputs = np.array([[1, 0, 0], [0, 2, 1], [0, 2, 3], [4, 0, 0]])
    labels = np.array([0, 1, 1, 2])
    assert measure.confusion(outputs, labels).tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert measure.accuracy(outputs, labels) == 0.5


def test_the_numpy_network_is_the_onnx_files(driver, tmp_path) -> None:
    from hls4ml_overlay import network

    from hls4ml_soc.frontends import onnx_float

    path, images, _ = deploy.example()
    made = numpy_network.from_onnx(path)
    assert made is not None and made == numpy_network.from_onnx(path)
    (tmp_path / "network.npz").write_bytes(made)
    loaded = network.load(str(tmp_path))
    x = np.load(images).astype(np.float32)
    logits = loaded(x)
    (probabilities,) = onnx_float.evaluate(path, [x])
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert np.allclose(softmax / softmax.sum(axis=1, keepdims=True), probabilities, atol=1e-5)
    assert network.load(str(tmp_path / "nowhere")) is None


def test_a_network_on_images_is_flattened_first(driver, tmp_path) -> None:
    from hls4ml_overlay.network import Network

    path = networks.save(networks.image(), tmp_path / "image.onnx")
    with np.load(io.BytesIO(numpy_network.from_onnx(path) or b"")) as arrays:
        network = Network(arrays)
    x = networks.samples(5, 4, 4)
    assert network.kinds == ["reshape", "dense"]
    assert np.allclose(network(x), networks.evaluate(networks.image(), x)[0], atol=1e-5)


def test_what_is_no_dense_chain_has_no_numpy_network(tmp_path, monkeypatch) -> None:
    (tmp_path / "network.onnx").write_bytes(b"no onnx")
    assert numpy_network.from_onnx(tmp_path / "network.onnx") is None
    path = networks.save(networks.two_by_two(), tmp_path / "two.onnx")
    assert numpy_network.from_onnx(path) is None
    nodes = [networks.node("Gemm", "x w b", "h", "fc"), networks.node("Relu", "h", "y", "relu")]
    weights = {"w": networks.weight(4, 3), "b": networks.weight(3)}
    shapes = {"y": ["n", 3], "h": ["n", 3]}
    both = networks.model(nodes, {"x": ["n", 4]}, shapes, weights)
    assert numpy_network.from_onnx(networks.save(both, tmp_path / "both.onnx")) is None
    path = networks.save(networks.mlp(), tmp_path / "mlp.onnx")
    assert numpy_network.from_onnx(path) is not None
    monkeypatch.delitem(numpy_network._KINDS, Relu)  # a kind that numpy's side does not know
    assert numpy_network.from_onnx(path) is None


def test_a_notebook_is_made_of_cells() -> None:
    source = "# %% [markdown]\n# # Title\n#\n# Text.\n\n# %%\nx = 1\n\n\ny = 2\n\n# %%\nprint(x)\n"
    cells = json.loads(notebook.written(source))["cells"]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in cells] == [
        ("markdown", "# Title\n\nText."),
        ("code", "x = 1\n\n\ny = 2"),
        ("code", "print(x)"),
    ]
    with pytest.raises(ValueError, match="^a notebook begins with a cell: # %%$"):
        notebook.written("import this\n# %%\n")


def test_the_runner_stops_at_a_cell_that_fails(tmp_path) -> None:
    book = tmp_path / "bad.ipynb"
    book.write_text(notebook.written("# %%\nraise SystemExit('stopped')\n"))
    script = Path(__file__).with_name("run_notebook.py")
    argv = [sys.executable, str(script), str(book), str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, "stopped\n")
