"""What limits a design, by estimate, and what to change next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc import estimate
from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.fixed_point import FixedPoint


def tensor(name: str, size: int, precision: str) -> Tensor:
    return Tensor(name, (size,), FixedPoint.parse(precision), f"{name}_t")


def contract(
    *inputs: tuple[int, str], outputs: int = 1, board: str = "pynq-z2", **options: Any
) -> Contract:
    accelerator = Accelerator(
        name="net",
        io_type="io_parallel",
        inputs=tuple(tensor(f"x{i}", *given) for i, given in enumerate(inputs)),
        outputs=(tensor("y", outputs, "ap_fixed<16,6>"),),
        clock_ns=10.0,
        part="xc7z020clg400-1",
        backend="Vitis",
        namespace="",
        project=Path("project"),
    )
    return Contract(accelerator, Board.load(board), **options)


def hls(interval: list[int] | None, latency: list[int] | None) -> dict[str, Any]:
    return {"interval_cycles": interval, "latency_cycles": latency}


def test_a_stream_that_limits_without_figures_of_hls() -> None:
    made = estimate.cycles(contract((64, "ap_fixed<4,2>")), "pynq", None)
    assert str(made) == (
        "estimate: input stream limits at 8 beats per sample, at most 12,500,000 per second at "
        "100 MHz; the network's own interval is not known; dense packing would give 4; a call "
        "costs the processor 85 us, which batches of more than 1,063 outweigh"
    )
    assert made.as_dict() == {
        "beats": {"in": 8, "out": 1},
        "network_interval_cycles": None,
        "latency_cycles": None,
        "dma_cycles": 73,
        "call_us": 85.0,
        "interval_cycles": 8,
        "limit": "input stream",
        "per_second": 12.5e6,
        "advice": "dense packing would give 4",
    }
    assert made.single_us == pytest.approx(85 + (73 + 9) / 100)


def test_a_network_that_limits() -> None:
    figures = hls([12, 20], [40, 47])
    made = estimate.cycles(contract((64, "ap_fixed<4,2>")), "baremetal", figures)
    assert str(made) == (
        "estimate: network limits at 20 cycles per sample, 5,000,000 per second at 100 MHz; a "
        "lower --reuse would bring the network's interval down; a call costs the processor 17.5 "
        "us, which batches of more than 88 outweigh"
    )
    assert (made.interval, made.latency) == (20, 47)
    assert made.single_us == pytest.approx(17.5 + (73 + 47) / 100)


@pytest.mark.parametrize("figures", [hls(None, None), hls([8, 8], None), None])
def test_a_network_that_keeps_up(figures: Any) -> None:
    """HLS writes ``undef`` for loops without bounds."""
    made = estimate.cycles(contract((64, "ap_fixed<4,2>"), packing="dense"), "pynq", figures)
    known = figures is not None and figures["interval_cycles"] is not None
    assert made.limit == ("network" if known else "input stream")
    assert made.interval == (8 if known else 4)


@pytest.mark.parametrize(
    ("given", "limit", "beats", "advice"),
    [
        (contract((1, "ap_fixed<16,6>")), "input stream", 1, ""),
        (contract((16, "ap_fixed<16,6>")), "input stream", 4, "narrower numbers would give fewer"),
        (contract((20, "ap_fixed<12,6>")), "input stream", 5, "dense packing would give 4"),
        (
            contract((20, "ap_fixed<12,6>"), packing="dense"),
            "input stream",
            4,
            "narrower numbers would give fewer",
        ),
        (
            contract((4, "ap_fixed<8,6>"), outputs=20),
            "output stream",
            5,
            "narrower numbers would give fewer",
        ),
        (
            contract((1, "ap_fixed<16,6>"), (2, "ap_fixed<16,6>")),
            "input stream",
            2,
            "every tensor takes a beat of its own: one instead would share them",
        ),
    ],
)
def test_what_to_change_next(given: Contract, limit: str, beats: int, advice: str) -> None:
    made = estimate.cycles(given, "pynq", None)
    assert (made.limit, made.interval, made.advice) == (limit, beats, advice)


def test_compute_units_share_the_work() -> None:
    given = contract((64, "ap_fixed<16,6>"), board="alveo-u250", compute_units=3)
    made = estimate.cycles(given, "vitis", hls([6, 6], [9, 9]))
    assert made.units == 3
    assert made.per_second == pytest.approx(3e8 / 6)
    assert "network limits at 6 cycles" in str(made)


def test_one_beat() -> None:
    made = estimate.cycles(contract((1, "ap_fixed<16,6>")), "pynq", None)
    assert "input stream limits at 1 beat per sample" in str(made)
