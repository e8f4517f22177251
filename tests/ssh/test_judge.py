"""Which machine is fit for which board: every sentence, without a machine."""

from dataclasses import replace

import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.connections.ssh import judge

BOARD = judge.Machine(
    machine="armv7l",
    model="TUL PYNQ-Z2",
    compatible=["tul,pynq-z2", "xlnx,zynq-7000"],
    name="Pynq-Z2",
    environment=True,
    xrt="/usr",
    pynq="3.1.2",
    python="3.10.4",
    user="xilinx",
    root=False,
    sudo=True,
    home="/home/xilinx",
    writable=True,
    disk_free=1 << 30,
    memory_free=300 << 20,
    cma_free=100 << 20,
)
LARGE = replace(
    BOARD, machine="aarch64", compatible=["xlnx,zynqmp-zcu104", "xlnx,zynqmp"], name="ZCU104"
)


@pytest.mark.parametrize(
    ("machine", "board"),
    [
        (BOARD, "pynq-z2"),
        (replace(BOARD, pynq="2.7.0"), "pynq-z2"),
        (replace(BOARD, name="PYNQ_Z2"), "pynq-z2"),
        (replace(BOARD, name="", model="", compatible=[]), "pynq-z2"),
        (replace(BOARD, memory_free=None, cma_free=None), "pynq-z2"),
        (LARGE, "zcu104"),
        (replace(LARGE, pynq="4.0.0"), "zcu104"),
    ],
)
def test_fit(machine, board: str) -> None:
    assert judge.problems(machine, Board.load(board), "x@y") == []


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            {"machine": "x86_64", "model": "", "compatible": [], "environment": False},
            ["this machine is x86_64, pynq-z2 is armv7l: check --host and --board"],
        ),
        (
            {"machine": "aarch64", "model": "ZynqMP ZCU104"},
            ["this machine is aarch64 (ZynqMP ZCU104), pynq-z2 is armv7l: check --host and "
             "--board"],
        ),
        (
            {"compatible": ["raspberrypi,2", "brcm,bcm2836"]},
            ["this machine is no xlnx,zynq-7000, its device tree says raspberrypi,2, brcm,bcm2836: "
             "check --host and --board"],
        ),
        (
            {"name": "Pynq-Z1"},
            ["this board calls itself 'Pynq-Z1', pynq-z2 is 'Pynq-Z2': check --board; for an image "
             "of your own, put `pynq: {device: Pynq-Z1}` under targets in a board file"],
        ),
        (
            {"environment": False, "xrt": "", "pynq": ""},
            ["no PYNQ here (/etc/profile.d/pynq_venv.sh is missing): write the PYNQ image of this "
             "board, 2.7 to 3.1, to its SD card (https://www.pynq.io/boards.html)"],
        ),
        (
            {"pynq": ""},
            ["no PYNQ here (the package pynq in its environment is missing): write the PYNQ image "
             "of this board, 2.7 to 3.1, to its SD card (https://www.pynq.io/boards.html)"],
        ),
        (
            {"xrt": ""},
            ["the environment of PYNQ does not set XILINX_XRT, without which it finds no device: "
             "is /etc/profile.d/xrt_setup.sh missing? Put `export XILINX_XRT=/usr` there"],
        ),
        (
            {"pynq": "4.0.0", "python": "3.12.3"},
            ["PYNQ 4.0.0 (Python 3.12.3) does not suit pynq-z2, it takes 2.7 to 3.1 (4.0 dropped "
             "Zynq-7000): write that image to the SD card"],
        ),
        (
            {"pynq": "2.6.2"},
            ["PYNQ 2.6.2 (Python 3.10.4) does not suit pynq-z2, it takes 2.7 to 3.1: write that "
             "image to the SD card"],
        ),
        (
            {"writable": False, "disk_free": 3 << 20, "memory_free": 9 << 20, "cma_free": 0},
            ["/home/xilinx cannot be written by 'xilinx': is the SD card mounted read-only "
             "(`mount | grep ' / '`), as after an error of the card? Restart the board",
             "only 3 MB of disk are free, 64 MB are wanted: remove files, or grow the partition to "
             "the whole card",
             "only 9 MB of memory are free, 48 MB are wanted: shut down notebooks",
             "only 0 MB of memory for DMA are free (CmaFree), 8 MB are wanted: shut down notebooks "
             "that hold buffers, or restart the board"],
        ),
    ],
)  # fmt: skip
def test_unfit(changes, sentences) -> None:
    found = judge.problems(replace(BOARD, **changes), Board.load("pynq-z2"), "x@y")
    assert found == [f"x@y: {sentence}" for sentence in sentences]


def test_a_newer_pynq_is_refused_where_nothing_was_dropped() -> None:
    (problem,) = judge.problems(replace(LARGE, pynq="4.1.0"), Board.load("zcu104"), "x@y")
    assert problem == (
        "x@y: PYNQ 4.1.0 (Python 3.10.4) does not suit zcu104, it takes 2.7 to 4.0: write that "
        "image to the SD card"
    )


def test_a_model_tells_that_it_is_one() -> None:
    assert not BOARD.virtual
    assert replace(BOARD, compatible=[*BOARD.compatible, "hls4ml_soc,virtual"]).virtual
