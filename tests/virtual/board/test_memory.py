from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board import BusFault, Dram
from hls4ml_soc.virtual.board.processor import zynq7, zynqmp


def test_dram_keeps_what_is_written():
    dram = Dram(1 << 30, base=0x8000_0000)
    dram.write_word(0x8000_0010, 0x1122_3344)
    assert dram.read_word(0x8000_0010) == 0x1122_3344
    assert bytes(dram.view(0x8000_000F, 3)) == b"\x00\x44\x33"


@pytest.mark.parametrize("address, size", [(0x7FFF_FFFC, 4), (0x8000_0FFD, 4), (0x8000_1000, 1)])
def test_dram_ends_where_it_ends(address, size):
    with pytest.raises(BusFault) as fault:
        Dram(0x1000, base=0x8000_0000).view(address, size)
    assert str(fault.value) == f"{size} bytes at {address:#010x}: the memory ends at 0x80000fff"


def test_zynq7_clock_registers_after_boot():
    assert [zynq7().blocks[0xF800_0000].read(at) for at in (0x100, 0x104, 0x108, 0x120)] == [
        26 << 12, 21 << 12, 20 << 12, 0x1F00_0200,
    ]  # fmt: skip
    slcr, offset = zynq7().block(0xF800_0170)
    assert offset == 0x170
    control = slcr.read(offset)
    assert 50 * ((slcr.read(0x108) >> 12) & 0x7F) / (control >> 8 & 0x3F) / (control >> 20) == 100
    slcr.write(offset, 1)
    assert slcr.read(offset) == 1


def test_dram_is_read_up_to_its_last_word():
    assert Dram(0x1000).read_word(0xFFC) == 0


def test_zynqmp_width_registers_are_there():
    afi, offset = zynqmp().block(0xFD38_0014)
    assert (afi.read(offset), offset) == (0, 0x14)


def test_zynqmp_clock_registers_after_boot():
    crl, offset = zynqmp().block(0xFF5E_00C0)
    assert crl.read(0x20) >> 8 & 0x7F == 45
    assert crl.read(offset) == 0x0101_0F00


def test_ports_into_the_fabric():
    assert [
        a for a in (0x3FFF_FFFF, 0x4000_0000, 0xBFFF_FFFF, 0xC000_0000) if zynq7().is_fabric(a)
    ] == [
        0x4000_0000,
        0xBFFF_FFFF,
    ]
    assert zynqmp().is_fabric(0xA000_0000) and not zynqmp().is_fabric(0x7FFF_FFFF)


def test_rest_of_the_processing_system_has_no_model():
    with pytest.raises(BusFault) as fault:
        zynq7().block(0xE000_1000)
    assert str(fault.value) == "nothing has a model at 0xe0001000 in the processing system"
