"""What is known to fail before a tool is started."""

from dataclasses import replace
from pathlib import Path

import pytest

from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board, Console, MemoryRange
from hls4ml_soc.contract import Contract
from hls4ml_soc.errors import DesignError
from hls4ml_soc.fixed_point import FixedPoint

ARTY = Board.load("arty-a7-100")


def network(elements: int = 64, clock_ns: float = 10.0) -> Accelerator:
    """An accelerator whose sources nobody reads."""

    class Network(Accelerator):
        def digest(self) -> str:
            return "nothing"

    word = FixedPoint.parse("ap_fixed<16,6>")
    return Network(
        name="net",
        io_type="io_parallel",
        inputs=(Tensor("x", (elements,), word, "input_t"),),
        outputs=(Tensor("y", (10,), word, "result_t"),),
        clock_ns=clock_ns,
        part=ARTY.part,
        backend="Vitis",
        namespace="",
        project=Path("project"),
    )


def told(board: Board, accelerator: Accelerator) -> list[str]:
    with pytest.raises(DesignError) as error:
        BlockDesign(Contract(accelerator, board)).checked()
    return error.value.problems


def test_a_design_that_fits_is_left_alone() -> None:
    assert BlockDesign(Contract(network(), ARTY)).check() == []


def test_a_sample_has_to_fit_the_buffer() -> None:
    # 65536 words of 16 bits are all of the 128 KiB; the outputs need some of it, too.
    assert told(ARTY, network(65536)) == [
        "one sample takes 131072 bytes in and 24 bytes out; the memory of arty-a7-100 has 131072"
    ]
    assert BlockDesign(Contract(network(65536 - 12), ARTY)).check() == []


def test_local_memory_and_buffer_have_to_fit_the_part() -> None:
    system = replace(ARTY.processing_system, local_memory_kib=512)
    assert told(replace(ARTY, processing_system=system), network()) == [
        "local memory and buffer take 320 block RAMs of 18 kbit; the part has 270"
    ]


@pytest.mark.parametrize(
    ("clock_ns", "problems"),
    [
        (10.0, []),
        (25.0, []),  # 40 MHz: 40e6 / (16 * 11) = 227273, -1.4 %
        (
            100.0,
            [
                "console: 230400 baud at 10 MHz is off by -9.6%, more than 3%: choose a lower rate",
            ],
        ),
        (
            250.0,
            [
                "4 MHz is below what the clock generator makes (4.69 MHz, DS181)",
                "console: 230400 baud at 4 MHz is off by +8.5%, more than 3%: choose a lower rate",
            ],
        ),
    ],
)
def test_the_rate_of_the_uart_at_the_clock(clock_ns: float, problems: list[str]) -> None:
    assert BlockDesign(Contract(network(clock_ns=clock_ns), ARTY)).check() == problems


def test_everything_is_told_at_once() -> None:
    board = replace(
        ARTY,
        memory=replace(ARTY.memory, bits=8, ranges=(MemoryRange(0xC0000000, 0x1000),)),
        console=Console("uart", 460800, 16),
    )
    rates = "110, 300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 128000, 230400"
    assert told(board, network(4096)) == [
        "arty-a7-100: a memory port of 8 bits; microblaze has 32, 64, 128, 256, 512",
        f"arty-a7-100: console: an AXI UARTLite cannot do 460800 baud; it has {rates} (PG142)",
        "x: elements of 16 bits do not fit the 8-bit memory port of arty-a7-100: choose a narrower "
        "format",
        "y: elements of 16 bits do not fit the 8-bit memory port of arty-a7-100: choose a narrower "
        "format",
        "one sample takes 4096 bytes in and 10 bytes out; the memory of arty-a7-100 has 4096",
        "console: 460800 baud at 100 MHz is off by -3.1%, more than 3%: choose a lower rate",
    ]


def test_a_sample_has_to_fit_one_transfer() -> None:
    board = Board.load("zcu102")
    assert told(board, network(1 << 25)) == [
        "one sample of 67108864 bytes in does not fit the DMA's 26-bit length register"
    ]
