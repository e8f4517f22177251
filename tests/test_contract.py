"""The contract between hardware and software."""

from dataclasses import replace
from pathlib import Path

import pytest

from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board, Pin
from hls4ml_soc.contract import Contract, Stream
from hls4ml_soc.errors import DesignError
from hls4ml_soc.fixed_point import FixedPoint

BOARD = Board.load("pynq-z2")


def tensor(name: str, shape: tuple[int, ...], precision: str) -> Tensor:
    return Tensor(name, shape, FixedPoint.parse(precision), f"{name}_t")


class Net(Accelerator):
    """An accelerator whose sources nobody reads."""

    def digest(self) -> str:
        return f"sources of {self.name}"


def net(**changes) -> Net:
    values = {
        "name": "net",
        "io_type": "io_parallel",
        "inputs": (tensor("x", (8, 8), "ap_fixed<16,6>"),),
        "outputs": (tensor("y", (10,), "ap_fixed<16,6>"),),
        "clock_ns": 10.0,
        "part": BOARD.part,
        "backend": "Vitis",
        "namespace": "",
        "project": Path("project"),
    }
    return Net(**{**values, **changes})


@pytest.mark.parametrize(
    ("size", "precision", "packing", "bits", "container", "beats"),
    [
        (64, "ap_fixed<16,6>", "aligned", 64, 16, 16),
        (10, "ap_fixed<16,6>", "aligned", 64, 16, 3),
        (2, "ap_fixed<16,6>", "aligned", 32, 16, 1),  # fits one narrower beat
        (3, "ap_fixed<16,6>", "aligned", 64, 16, 1),
        (1, "ap_fixed<6,2>", "aligned", 8, 8, 1),
        (5, "ap_fixed<38,18>", "aligned", 64, 64, 5),
        (16, "ap_ufixed<1,1>", "aligned", 64, 8, 2),
        (16, "ap_ufixed<1,1>", "dense", 16, 1, 1),
        (10, "ap_fixed<6,2>", "dense", 64, 6, 1),
        (11, "ap_fixed<6,2>", "dense", 64, 6, 2),  # ten to a beat, four bits free
        (5, "ap_fixed<38,18>", "dense", 64, 38, 5),
    ],
)
def test_the_width_of_a_stream(size, precision, packing, bits, container, beats) -> None:
    stream = Stream.of((tensor("x", (size,), precision),), packing, 64)
    (port,) = stream.ports
    assert (stream.bits, port.container_bits, stream.beats) == (bits, container, beats)
    assert stream.bytes == beats * bits // 8


def test_tensors_follow_each_other_and_each_starts_on_a_beat() -> None:
    stream = Stream.of(
        (tensor("a", (9,), "ap_fixed<16,6>"), tensor("b", (3,), "ap_uint<8>")), "aligned", 64
    )
    assert [(p.lanes, p.beats) for p in stream.ports] == [(4, 3), (8, 1)]
    assert stream.padding == 4 * 8 - (9 * 2 + 3)


def test_the_description_says_all_that_software_needs() -> None:
    described = Contract(net(), BOARD).describe()
    assert described.pop("design_id") == Contract(net(), BOARD).design_id
    assert described == {
        "format": 1,
        "name": "net",
        "part": "xc7z020clg400-1",
        "clock_mhz": 100.0,
        "packing": "aligned",
        "stream_bits": {"in": 64, "out": 64},
        "memory": [{"base": 0, "size": 0x20000000}],
        "cells": {"dma": "dma", "identity": "identity"},
        "inputs": [
            {
                "name": "x",
                "shape": [8, 8],
                "precision": "ap_fixed<16,6,AP_TRN,AP_WRAP,0>",
                "container_bits": 16,
                "beats": 16,
            }
        ],
        "outputs": [
            {
                "name": "y",
                "shape": [10],
                "precision": "ap_fixed<16,6,AP_TRN,AP_WRAP,0>",
                "container_bits": 16,
                "beats": 3,
            }
        ],
    }


@pytest.mark.parametrize(
    ("clock_ns", "mhz"),
    [(10.0, 100.0), (20.0, 50.0), (2.0, 200.0), (3.0, 200.0), (6.0, 166.666667)],
)
def test_the_clock_is_the_networks_as_far_as_the_board_goes(clock_ns: float, mhz: float) -> None:
    assert Contract(net(clock_ns=clock_ns), BOARD).clock_mhz == mhz


def test_the_id_is_of_network_contract_and_hardware_and_of_nothing_else() -> None:
    same = Contract(net(project=Path("/elsewhere")), BOARD).design_id
    others = [
        Contract(net(name="other"), BOARD),
        Contract(net(clock_ns=20.0), BOARD),
        Contract(net(outputs=(tensor("y", (10,), "ap_fixed<8,6>"),)), BOARD),
        Contract(net(), BOARD, packing="dense"),
        Contract(net(), replace(BOARD, preset=BOARD.preset | {"PCW_UART0_BAUD_RATE": "9600"})),
        Contract(net(), replace(BOARD, memory=replace(BOARD.memory, port="S_AXI_HP2"))),
        Contract(net(), replace(BOARD, pins={"clk": Pin("E3", "LVCMOS33")})),
    ]
    ids = {contract.design_id for contract in others}
    assert same == Contract(net(), BOARD).design_id
    assert same == Contract(net(), replace(BOARD, title="another", path=Path("x"))).design_id
    assert same not in ids and len(ids) == len(others)
    assert len(same) == 18 and int(same, 16)


def test_every_problem_is_told_at_once() -> None:
    narrow = replace(BOARD, memory=replace(BOARD.memory, bits=32))
    wide = net(
        backend="Quartus",
        inputs=(tensor("x", (1 << 25,), "ap_fixed<16,6>"),),
        outputs=(tensor("y", (10,), "ap_fixed<38,18>"),),
    )
    with pytest.raises(DesignError) as error:
        BlockDesign(Contract(wide, narrow)).checked()
    assert str(error.value).splitlines() == [
        "y: elements of 64 bits do not fit the 32-bit memory port of pynq-z2: choose a narrower "
        "format",
        "one sample of 67108864 bytes in does not fit the DMA's 26-bit length register",
        "the hls4ml project is for the backend Quartus; convert the network with backend='Vitis'",
    ]
