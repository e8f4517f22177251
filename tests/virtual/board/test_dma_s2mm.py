"""TKEEP at the S2MM channel."""

from __future__ import annotations

import numpy as np
import pytest

from hls4ml_soc.hwh import MemoryRange
from hls4ml_soc.virtual.board import Dram
from hls4ml_soc.virtual.board.dma_channel import ADDRESS, CONTROL, LENGTH, ChannelParameters
from hls4ml_soc.virtual.board.dma_memory import MemoryPort
from hls4ml_soc.virtual.board.dma_s2mm import S2mm
from hls4ml_soc.virtual.board.streams import Beats


@pytest.fixture
def channel() -> S2mm:
    everything = MemoryRange("ps", "ddr", 0, 0xFFFF, "M_AXI_S2MM", "S_AXI_HP0", "MEMORY")
    parameters = ChannelParameters(0x3FFF, 32, 4, 4, False)
    s2mm = S2mm("dma S2MM", parameters, MemoryPort([everything], {"ps": Dram(0x10000)}))
    s2mm.write(CONTROL, 1)
    s2mm.write(ADDRESS, 0x100)
    s2mm.write(LENGTH, 64)
    return s2mm


def beats(keep: list[int], last: list[bool]) -> Beats:
    return Beats(bytes(range(4 * len(keep))), np.array(keep, np.uint64), np.array(last, np.bool_))


@pytest.mark.parametrize("keep, received", [(0xF, 8), (0x7, 7), (0x1, 5), (0x0, 4)])
def test_bytes_are_counted_by_tkeep(channel, keep, received):
    assert channel.push(beats([0xF, keep], [False, True])) == 2
    assert channel.read(LENGTH) == received
    assert channel.bytes_moved == received


@pytest.mark.parametrize(
    "keep, last",
    [
        ([0x7, 0xF], [False, True]),  # in the middle
        ([0xF, 0xD], [False, True]),  # a hole in the last beat
        ([0xF, 0xE], [False, True]),  # not from the first byte on
        ([0xF, 0x3], [False, False]),  # a beat that is not the last
    ],
)
def test_null_bytes_elsewhere_are_an_error(channel, keep, last):
    assert channel.push(beats(keep, last)) == 0
    assert channel.standstill() == (
        "dma S2MM halted with DMAIntErr: null bytes (TKEEP) before the end of the packet"
    )


def test_takes_no_beat_beyond_tlast(channel):
    assert channel.push(beats([0xF] * 4, [False, True, False, False])) == 2
    assert channel.room() == 0


def test_room_is_what_fits_and_one_beat_more(channel):
    assert channel.room() == 17
    channel.push(beats([0xF] * 2, [False, False]))
    assert channel.room() == 15


def test_packet_in_pieces(channel):
    assert channel.push(beats([0xF] * 2, [False, False])) == 2
    assert channel.standstill() == "dma S2MM has received 8 of 64 bytes and waits for data"
    assert channel.push(beats([0xF] * 2, [False, True])) == 2
    assert channel.read(LENGTH) == 16
