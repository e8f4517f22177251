"""The networks as bundles, built by the stand-ins and kept for the next time."""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.deploy import deploy
from hls4ml_soc.options import Options

from . import networks

#: Enough of a network for a call to be a call.
SMALL = (4, 3)


def jet_tagger(folder: Path) -> Path:
    """Return the folder of the jet tagger for PYNQ, its bundle and project within."""
    return _build(folder, "jet", networks.JET_TAGGER, "pynq-z2", "pynq")


def small(folder: Path, board: str, target: str) -> Path:
    """Return the folder of a small network for a target."""
    return _build(folder, "small", SMALL, board, target)


def _build(folder: Path, name: str, sizes: tuple[int, ...], board: str, target: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    network = networks.perceptron(folder / f"{name}.onnx", sizes)
    out = folder / f"{name}-{target}"
    print(f"{out.name}: built the first time, half a minute", flush=True)
    deploy(
        network,
        board,
        Options(until="bundle", target=target, precision=networks.PRECISION, out=out),
    )
    return out
