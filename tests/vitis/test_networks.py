"""Networks through the whole target: kernel, link, bundle, host, and hls4ml's own emulation."""

from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.connections.xrt import Xrt
from hls4ml_soc.contract import Contract
from hls4ml_soc.errors import LinkError, ModelError, ToolError
from hls4ml_soc.reference import Reference
from hls4ml_soc.report import compare
from tests.networks import mlp, samples, save, two_by_two

from .conftest import Build, build

XRT = Xrt(flags="-O0")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all runs: the host is compiled there once."""
    return tmp_path_factory.mktemp("runs")


def made(network: Path, folder: Path, board: str, packing: str, units: int, **more: str) -> Build:
    loaded = Board.load(board)
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"name": "net", "part": loaded.part, "clock_ns": 4.0, **more}
    frontends.read(network).project(folder / "project", **settings)
    contract = Contract(Accelerator.read(folder / "project"), loaded, packing, units)
    return build(contract, folder)


def check(built: Build, inputs: list[np.ndarray], scratch: Path) -> None:
    accelerator = built.contract.accelerator
    expected = Reference(accelerator, built.folder / "reference").predict(inputs)
    given = {t.name: x for t, x in zip(accelerator.inputs, inputs, strict=True)}
    remarks: list[str] = []
    run = XRT.run(built.bundle, built.contract.board, given, scratch, remarks.append)
    outputs = {t.name: y for t, y in zip(accelerator.outputs, expected, strict=True)}
    compared = compare(run.outputs, outputs)
    assert (compared.bit_exact, compared.first) == (len(inputs[0]), None)
    assert remarks == [f"on {run.noted['runtime']}"]
    assert run.noted["compute_units"] == len(built.contract.units)
    assert run.noted["latency_us"] == [] and run.noted["clock_mhz"] is None


def test_a_stream_network(tmp_path: Path, scratch: Path) -> None:
    network = save(mlp((6, 5, 3), softmax=False), tmp_path / "net.onnx")
    built = made(network, tmp_path / "out", "alveo-u55c", "aligned", 3, io_type="io_stream")
    check(built, [samples(40, 6)], scratch)
    # Nothing of a run enters the bundle.
    assert Bundle.read(built.bundle.folder).manifest["compute_units"] == 3


@pytest.mark.deep
def test_several_tensors_densely_packed(tmp_path: Path, scratch: Path) -> None:
    network = save(two_by_two(), tmp_path / "net.onnx")
    built = made(
        network,
        tmp_path / "out",
        "alveo-u250",
        "dense",
        2,
        precision="ap_fixed<13,5,AP_RND,AP_SAT>",
    )
    check(built, [samples(25, 4), samples(25, 6, seed=2)], scratch)


def test_what_the_connection_refuses(loopback: Build, words: np.ndarray, scratch: Path) -> None:
    board, bundle = loopback.contract.board, loopback.bundle

    def fails(xrt: Xrt, x: np.ndarray, error: type[Exception]) -> str:
        with pytest.raises(error) as raised:
            xrt.run(bundle, board, {"sent": x}, scratch, lambda remark: None)
        return str(raised.value)

    assert fails(XRT, words.astype(complex), ModelError) == (
        "sent: complex128 is no array of real numbers"
    )
    assert fails(XRT, np.full((2, 256), (1 << 53) + 1), ModelError) == (
        "sent: integers beyond 2**53 are not computed on"
    )
    told = fails(XRT, words[:, :4], ModelError)
    assert told.startswith("alveo-u250 (virtual): ")
    assert "an array of shape (50, 4) was given; (samples, 256) is needed\n  log: " in told
    endless = fails(Xrt(flags="-O0", deadline=0.0001), words, ModelError)
    assert "--deadline 0.0001: a number of seconds from 0.001 to 1000000 is needed" in endless


def test_a_card_needs_xrt(loopback: Build, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    card, board = Xrt(device=0), loopback.contract.board
    assert (card.name, card.virtual, XRT.virtual) == ("xrt", False, True)
    monkeypatch.delenv("XILINX_XRT", raising=False)
    with pytest.raises(LinkError) as raised:
        card.check(board, "vitis")
    assert str(raised.value) == (
        "alveo-u250: XILINX_XRT is not set: source /opt/xilinx/xrt/setup.sh, or leave out "
        "--tools vendor for the virtual card"
    )
    monkeypatch.setenv("XILINX_XRT", str(tmp_path))
    with pytest.raises(ToolError) as missing:
        card.check(board, "vitis")
    assert str(missing.value) == f"{tmp_path} has no headers of XRT's C++ API (xrt/xrt_bo.h)"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as compiler:
        XRT.check(board, "vitis")
    assert str(compiler.value) == (
        "the host is compiled with make, which is missing; on Debian and Ubuntu: sudo apt-get "
        "install make"
    )
