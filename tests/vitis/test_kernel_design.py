"""Plans of kernels: link configuration, command lines, and what is refused."""

from dataclasses import replace

import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.errors import DesignError
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.targets import vitis


def contract(board: str, units: int = 0, **changes: object) -> Contract:
    loaded = Board.load(board)
    return Contract(replace(Loopback.on(loaded), **changes), loaded, "aligned", units)


def connectivity(board: str, units: int) -> list[str]:
    text = vitis.plan(contract(board, units)).files["link/link.cfg"]
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_units_on_ddr_have_a_bank_and_a_die_each() -> None:
    assert connectivity("alveo-u250", 2) == [
        "[connectivity]",
        "nk=loopback_soc:2",
        "sp=loopback_soc_1.in:DDR[0]",
        "sp=loopback_soc_1.out:DDR[0]",
        "slr=loopback_soc_1:SLR0",
        "sp=loopback_soc_2.in:DDR[1]",
        "sp=loopback_soc_2.out:DDR[1]",
        "slr=loopback_soc_2:SLR1",
    ]


def test_units_on_hbm_have_a_channel_for_each_port_while_there_are_enough() -> None:
    lines = connectivity("alveo-u55c", 17)
    used = [line.rpartition(":")[2] for line in lines if line.startswith("sp=")]
    assert used[:4] == ["HBM[0]", "HBM[1]", "HBM[2]", "HBM[3]"]
    assert len(set(used[:32])) == 32
    assert used[32:] == ["HBM[0]", "HBM[1]"]
    assert lines[-1] == "slr=loopback_soc_17:SLR1"


def test_the_board_says_how_many_units_there_are() -> None:
    made = contract("alveo-u250")
    assert made.units == tuple(f"loopback_soc_{n}" for n in (1, 2, 3, 4))
    assert made.describe()["kernel"] == {"name": "loopback_soc", "compute_units": list(made.units)}
    assert "cells" not in made.describe()


def test_the_command_lines() -> None:
    plan = vitis.plan(contract("alveo-u55c", 1))
    platform = "--platform xilinx_u55c_gen3x16_xdma_3_202210_1"
    assert [str(step) for step in plan.steps] == [
        f"kernel$ v++ -c -t hw {platform} --hls.clock 300000000:loopback_soc -k loopback_soc -I. "
        "-o loopback_soc.xo loopback_soc.cpp",
        f"link$ v++ -l -t hw {platform} --kernel_frequency 300 --config link.cfg "
        "-o loopback_soc.xclbin ../kernel/loopback_soc.xo",
        "package$ v++ -p --config package.cfg -o loopback_soc.xclbin ../link/loopback_soc.xclbin",
        f"emulation$ emconfigutil {platform} --od .",
    ]


def test_equal_contracts_have_equal_plans_and_units_change_the_identity() -> None:
    one, two = contract("alveo-u250", 1), contract("alveo-u250", 2)
    assert vitis.plan(one).digest() == vitis.plan(contract("alveo-u250", 1)).digest()
    assert vitis.plan(one).digest() != vitis.plan(two).digest()
    assert one.design_id != two.design_id


@pytest.mark.parametrize(
    ("made", "slack", "message"),
    [
        (
            contract("alveo-u250", 61),
            False,
            "61 compute units: it must be 1 to 60",
        ),
        (
            contract("alveo-u250"),
            True,
            "--allow-negative-slack does not apply: v++ lowers the kernel's clock by itself where "
            "timing is not met",
        ),
        (
            contract("pynq-z2"),
            False,
            "pynq-z2 is no data-centre card: its board file has no 'data_centre'",
        ),
    ],
)
def test_what_cannot_be_built(made: Contract, slack: bool, message: str) -> None:
    with pytest.raises(DesignError) as error:
        vitis.plan(made, slack)
    assert str(error.value) == message


def test_compute_units_are_for_cards() -> None:
    assert contract("pynq-z2", 2).check() == [
        "pynq-z2 is no data-centre card: it has no compute units"
    ]
