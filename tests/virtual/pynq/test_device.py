"""The real pynq package on a virtual board."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import numpy as np
import pynq
import pytest

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board import BusFault
from hls4ml_soc.virtual.pynq.design import DownloadError, device_of
from hls4ml_soc.virtual.pynq.package import global_state

DMA = 0x4040_0000


@pytest.fixture
def loaded(board, write_bit, designs):
    """A board with the loopback design, and its overlay."""
    device = board()
    return device, pynq.Overlay(write_bit(designs.loopback()))


def as_if_real(path):
    """Take the mark of a virtual bitstream off a file."""
    data = Path(path).read_bytes().replace(b"Virtual=hls4ml_soc", b"Comment=hls4ml_soc")
    Path(path).write_bytes(data)
    return path


def loop(overlay, source, target):
    overlay.dma.recvchannel.transfer(target)
    overlay.dma.sendchannel.transfer(source)
    overlay.dma.sendchannel.wait()
    overlay.dma.recvchannel.wait()


def test_transfer(loaded):
    _, overlay = loaded
    source, target = pynq.allocate((50, 20), np.int16), pynq.allocate((50, 20), np.int16)
    source[:] = np.arange(1000).reshape(50, 20)
    loop(overlay, source, target)
    np.testing.assert_array_equal(target, np.arange(1000).reshape(50, 20))
    assert overlay.dma.recvchannel.transferred == 2000


def test_transfer_of_whole_pages(loaded):
    _, overlay = loaded
    source, target = pynq.allocate(8192, "u1"), pynq.allocate(8192, "u1")
    source[:] = 9
    loop(overlay, source, target)
    assert target.tolist() == [9] * 8192


def test_board_and_registers(loaded):
    device, overlay = loaded
    assert (device.name, device.arch) == ("Pynq-Z2", "armv7l")
    assert device.has_capability("VIRTUAL")
    assert sorted(overlay.ip_dict) == ["dma", "identity", "ps"]
    assert overlay.identity.read(0) == 0x89AB_CDEF
    assert overlay.identity.read(8) == 0x0123_4567
    assert pynq.MMIO(DMA, 8).read(4) == 1  # halted: the driver of the DMA comes with its first use
    assert overlay.is_loaded()


def test_clock_is_what_the_design_asks_for_and_can_be_set(loaded):
    device, _ = loaded
    assert pynq.Clocks.fclk0_mhz == 50.0
    assert device.read_registers(0xF800_0170, 4) == (4 << 20 | 5 << 8).to_bytes(4, "little")
    assert pynq.Clocks.cpu_mhz == 650.0
    pynq.Clocks.fclk0_mhz = 125
    assert pynq.Clocks.fclk0_mhz == 125.0


# Buffers


def test_missing_flush_sends_what_was_in_memory(loaded):
    device, overlay = loaded
    source, target = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    source[:] = 7
    source.flush()
    source[:] = 8
    # The driver of pynq flushes; the registers alone do not.
    mmio = overlay.dma.mmio
    mmio.write(0x48, target.physical_address)
    mmio.write(0x58, 64)
    mmio.write(0x18, source.physical_address)
    mmio.write(0x28, 64)
    target.invalidate()
    assert target.tolist() == [7] * 8


def test_fresh_buffers_differ_between_processor_and_memory(loaded):
    _, overlay = loaded
    source, target = pynq.allocate(8, "u1"), pynq.allocate(8, "u1")
    assert source.tolist() == [0x6B] * 8
    source.invalidate()
    assert source.tolist() == [0xD5] * 8
    assert target.tolist() == [0x6B] * 8


def test_missing_invalidate_shows_old_data(loaded):
    _, overlay = loaded
    source, target = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    source[:] = 7
    overlay.dma.recvchannel.transfer(target)
    overlay.dma.sendchannel.transfer(source)
    overlay.dma.sendchannel.wait()
    assert overlay.dma.recvchannel.idle
    assert target.tolist() == [0x6B6B6B6B6B6B6B6B] * 8
    overlay.dma.recvchannel.wait()
    assert target.tolist() == [7] * 8


def test_flush_and_invalidate_of_a_slice_touch_nothing_else(loaded):
    device, _ = loaded
    buffer = pynq.allocate(16, "u1")
    buffer[:] = range(16)
    buffer[4:8].flush()
    assert bytes(device._dram.view(buffer.physical_address, 9)) == (
        b"\xd5\xd5\xd5\xd5\x04\x05\x06\x07\xd5"
    )
    buffer[:] = 0
    buffer[6:10].invalidate()
    assert buffer.tolist() == [0] * 6 + [6, 7, 0xD5, 0xD5] + [0] * 6


def test_buffers_are_page_aligned_and_apart(loaded):
    buffers = [pynq.allocate(size, "u1") for size in (1, 10_000, 5)]
    addresses = [buffer.physical_address for buffer in buffers]
    assert addresses == [0x1680_0000, 0x1680_2000, 0x1680_5000]


def test_freed_pages_are_used_again(loaded):
    first, second = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    first.freebuffer()
    held = [pynq.allocate(size, "u1") for size in (9000, 8, 8)]
    assert second.physical_address == 0x1680_2000
    assert [b.physical_address for b in held] == [0x1680_4000, 0x1680_0000, 0x1680_7000]


def test_dropped_and_left_buffers_are_freed(loaded):
    address = pynq.allocate(8, "u8").physical_address
    with pynq.allocate(8, "u8") as buffer:
        assert buffer.physical_address == address
    assert pynq.allocate(8, "u8").physical_address == address


def test_use_of_a_freed_buffer(loaded):
    _, overlay = loaded
    buffer = pynq.allocate(8, "u8")
    buffer.freebuffer()
    for use in (buffer.flush, buffer.invalidate):
        with pytest.raises(BusFault) as fault:
            use()
        assert str(fault.value) == (
            f"{use.__name__} of the buffer at 0x16800000, which has been freed"
        )


def test_dma_into_a_freed_buffer(loaded):
    _, overlay = loaded
    source, target = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    overlay.dma.recvchannel.transfer(target)
    target.freebuffer()
    with pytest.raises(BusFault) as fault:
        overlay.dma.sendchannel.transfer(source)
    assert str(fault.value) == (
        "DMA touches 64 bytes at 0x16802000, which belong to no buffer: freed too early, or a "
        "wrong address or length"
    )


def test_wrong_address(loaded):
    _, overlay = loaded
    overlay.dma.mmio.write(0x18, 0x1000_0000)
    with pytest.raises(BusFault, match="^DMA touches 64 bytes at 0x10000000, "):
        overlay.dma.mmio.write(0x28, 64)


def test_address_that_the_dma_does_not_reach(loaded):
    _, overlay = loaded
    overlay.dma.mmio.write(0x18, 0x4000_0000)
    overlay.dma.mmio.write(0x28, 64)
    assert overlay.dma.sendchannel.error
    assert overlay.dma.mmio.read(4) == 0x4041
    # The channel has halted before wait() looks at it, as on the board.
    with pytest.raises(RuntimeError, match="^DMA channel not started$"):
        overlay.dma.sendchannel.wait()


def test_memory_runs_out_as_on_the_board(loaded):
    held = [pynq.allocate(64 << 20, "u1") for _ in range(2)]
    with pytest.raises(RuntimeError) as failure:
        pynq.allocate(1, "u1")
    assert str(failure.value) == "BO allocation failed: Cannot allocate memory"
    del held
    assert pynq.allocate(128 << 20, "u1").nbytes == 128 << 20


def test_no_buffers_before_the_first_overlay(board):
    board()
    with pytest.raises(RuntimeError, match="^Overlay is not downloaded$"):
        pynq.allocate(8, "u8")


def test_memory_of_the_processing_system_is_a_part_of_the_overlay(loaded):
    _, overlay = loaded
    assert overlay.mem_dict["PSDDR"]["size"] == 512 << 20
    assert (overlay.PSDDR.base_address, overlay.PSDDR.size) == (0, 512 << 20)
    assert overlay.PSDDR.allocate((2, 3), np.uint8).shape == (2, 3)


# Bus faults


def test_fabric_before_any_download(board):
    device = board()
    with pytest.raises(BusFault) as fault:
        pynq.MMIO(DMA, 8, device=device).read(0)
    assert str(fault.value) == (
        "access to 0x40400000, but no bitstream has been downloaded: on silicon the processor hangs"
    )


def test_address_without_a_slave(loaded):
    with pytest.raises(BusFault, match="^no slave answers at 0x43c00000 "):
        pynq.MMIO(0x43C0_0000, 8).write(0, 1)


def test_memory_can_be_read_word_by_word(loaded):
    device, _ = loaded
    buffer = pynq.allocate(4, "u4")
    mmio = pynq.MMIO(buffer.physical_address, 16)
    mmio.write(4, 0x1234)
    buffer.invalidate()
    assert buffer[1] == 0x1234
    assert mmio.read(4) == 0x1234
    mmio.write(0, b"\x01\0\0\0\x02\0\0\0")
    assert mmio.read(4) == 2


# Bitstreams


def test_bitstream_for_another_part(board, write_bit, designs):
    device = board()
    path = write_bit(designs.loopback(), part="xc7z010clg400-1")
    with pytest.raises(DownloadError) as refusal:
        pynq.Overlay(path)
    assert str(refusal.value) == (
        f"{path}: bitstream is for 7z010clg400, this board has xc7z020clg400-1"
    )
    assert device.fabric is None


@pytest.mark.parametrize("part", ["7z020clg400", "xc7z020clg400-2"])
def test_speed_grade_is_nothing_that_silicon_tells(board, write_bit, designs, part):
    board()
    assert pynq.Overlay(write_bit(designs.loopback(), part=part)).is_loaded()


@pytest.mark.parametrize(
    "part, device",
    [
        ("7z020clg400", "7z020clg400"),
        ("xc7z020clg400-1", "7z020clg400"),
        ("xczu9eg-ffvb1156-2-e", "zu9eg-ffvb1156"),
        ("XCK26-SFVC784-2LV-C", "k26-sfvc784"),
    ],
)
def test_device_and_package_of_a_part(part, device):
    assert device_of(part) == device


def test_virtual_bitstream_without_a_design(board, write_bit, designs):
    board()
    path = write_bit(designs.loopback())
    bitfile.write(Path(path), "soc_wrapper", "xc7z020clg400-1", "2023.2", {})
    with pytest.raises(DownloadError) as refusal:
        pynq.Overlay(path)
    assert str(refusal.value) == f"{path}: a virtual bitstream without design.hwh"


def test_bitstream_of_a_real_device(board, write_bit, designs):
    board()
    path = as_if_real(write_bit(designs.loopback()))
    with pytest.raises(DownloadError) as refusal:
        pynq.Overlay(path)
    assert str(refusal.value) == (
        f"{path}: a virtual board cannot execute a bitstream of a real device. Use one that the "
        "stand-in tools wrote, or give the compiled core of each IP (--cores VLNV=core.so) to run "
        "the .hwh beside it"
    )


@pytest.mark.parametrize("download", [True, False])
def test_truncated_bitstream(board, write_bit, designs, download):
    board()
    path = write_bit(designs.loopback())
    Path(path).write_bytes(Path(path).read_bytes()[:200])
    with pytest.raises(bitfile.BitFileError, match="announces .* bytes of data, the file has"):
        pynq.Overlay(path, download=download)


def test_missing_hwh(board, write_bit, designs, tmp_path):
    board()
    path = write_bit(designs.loopback())
    (tmp_path / "soc.hwh").unlink()
    with pytest.raises(RuntimeError, match="^Unable to find metadata for bitstream$"):
        pynq.Overlay(path)


def test_hardware_is_what_is_in_the_bitstream_not_beside_it(board, write_bit, designs):
    board()
    moved = designs.loopback()
    moved.cells["ps"].ranges[0] = ("dma", 0x4340_0000, 0x4340_FFFF, "M_AXI_GP0", "S", "REGISTER")
    overlay = pynq.Overlay(write_bit(moved, beside=designs.loopback()))
    with pytest.raises(BusFault, match="^no slave answers at 0x40400000 "):
        _ = overlay.dma


def test_metadata_is_never_that_of_another_file(board, write_bit, designs):
    board()
    path = write_bit(designs.loopback())
    pynq.Overlay(path)
    renamed = designs.loopback()
    renamed.cells["ps"].ranges[1] = (
        "identity", 0x4130_0000, 0x4130_FFFF, "M_AXI_GP0", "S_AXI", "REGISTER",
    )  # fmt: skip
    write_bit(designs.loopback(), beside=renamed)
    assert pynq.Overlay(path).ip_dict["identity"]["phys_addr"] == 0x4130_0000


def test_memory_port_that_the_image_has_set_otherwise(board, write_bit, designs):
    board()
    design = designs.loopback()
    design.cells["ps"].parameters["PCW_S_AXI_HP0_DATA_WIDTH"] = 32
    path = write_bit(design)
    with pytest.raises(DownloadError) as refusal:
        pynq.Overlay(path)
    assert str(refusal.value) == (
        "ps/S_AXI_HP0 is 32 bits wide in this design; the PYNQ image has set it to 64: data would "
        "be lost"
    )


def test_fabric_that_cannot_work_names_the_file(board, write_bit, designs):
    device = board()
    pynq.Overlay(write_bit(designs.loopback(), name="first"))
    path = write_bit(designs.loopback(dma={"c_include_sg": 1}))
    with pytest.raises(DownloadError) as refusal:
        pynq.Overlay(path)
    assert str(refusal.value) == (
        f"{path}: no model of dma (xilinx.com:ip:axi_dma:7.1): scatter-gather mode is not "
        "modelled (set c_include_sg to 0)"
    )
    assert device.fabric is None  # the first design is gone
    assert not global_state.global_state_file_exists()


def test_partial_bitstream(board, write_bit, designs):
    board()
    path = write_bit(designs.loopback())
    with pytest.raises(DownloadError, match="partial bitstreams have no model$"):
        pynq.Bitstream(path, partial=True).download()


def test_loaded_design_survives_its_overlay_object(loaded, write_bit, designs):
    device, overlay = loaded
    mark = overlay.timestamp
    again = pynq.Overlay(overlay.bitfile_name, download=False)
    assert again.is_loaded()
    assert device.statistics.downloads == 1
    source, target = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    source[:] = 3
    loop(again, source, target)
    assert target.tolist() == [3] * 8
    assert device.timestamp == pynq.PL.timestamp == mark


def test_what_is_loaded_is_told_as_pynq_tells_it(loaded):
    _, overlay = loaded
    assert pynq.PL.bitfile_name == overlay.bitfile_name
    assert pynq.PL.timestamp == overlay.timestamp != ""
    assert global_state.global_state_file_exists()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        state = global_state.load_global_state()
    assert state.bitfile_name == overlay.bitfile_name
    assert state.bitfile_hash == global_state.bitstream_hash(overlay.bitfile_name)
    assert "site-packages" not in global_state.STATE_DIR


def test_nothing_is_left_on_disk(board, write_bit, designs):
    device = board()
    pynq.Overlay(write_bit(designs.loopback()))
    folder = Path(global_state.STATE_DIR)
    assert any(folder.iterdir())
    board()  # replaces the active device, the last that holds on to the first
    pynq.Clocks.set_device(None)
    del device
    gc.collect()
    assert not folder.exists()


def test_download_clears_the_fabric_but_not_the_buffers(loaded):
    device, overlay = loaded
    source, target = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    source[:] = 5
    overlay.dma.sendchannel.transfer(source)  # nobody receives: stays in flight
    overlay.download()
    assert pynq.MMIO(DMA, 8).read(4) == 1
    overlay = pynq.Overlay(overlay.bitfile_name, download=False)
    loop(overlay, source, target)
    assert target.tolist() == [5] * 8


# Cores


def test_core_comes_out_of_the_bitstream(board, write_bit, designs, monkeypatch):
    class Core(designs.SumCore):
        def __init__(self, library, **wiring):
            assert library.read_bytes() == b"the compiled core"
            super().__init__(**wiring)

    monkeypatch.setattr("hls4ml_soc.virtual.board.compiled.CompiledCore", Core)
    device = board(stalling=True)
    path = write_bit(designs.accelerator(), cores={designs.CORE_VLNV: b"the compiled core"})
    overlay = pynq.Overlay(path)
    source, target = pynq.allocate((3, 4), "u8"), pynq.allocate((3, 2), "u8")
    source[:] = np.arange(12).reshape(3, 4)
    loop(overlay, source, target)
    assert target.tolist() == [[6, 0], [22, 1], [38, 2]]
    core = device.fabric.paths[0].stages[0].model.core
    assert core.stalling and not core.free_running


def test_real_bitstream_with_cores_given(board, write_bit, designs, monkeypatch, tmp_path):
    class Core(designs.SumCore):
        def __init__(self, library, **wiring):
            assert library == tmp_path / "core.so"
            super().__init__(**wiring)

    monkeypatch.setattr("hls4ml_soc.virtual.board.compiled.CompiledCore", Core)
    (tmp_path / "core.so").write_bytes(b"")
    device = board(cores={designs.CORE_VLNV: tmp_path / "core.so"})
    overlay = pynq.Overlay(as_if_real(write_bit(designs.accelerator())))
    source, target = pynq.allocate(4, "u8"), pynq.allocate(2, "u8")
    source[:] = 2
    loop(overlay, source, target)
    assert target.tolist() == [8, 0]
    assert not device.fabric.paths[0].stages[0].model.core.stalling


def test_core_that_is_none(board, write_bit, designs):
    board()
    path = write_bit(designs.accelerator(), cores={designs.CORE_VLNV: b"no library"})
    with pytest.raises(DownloadError) as refusal:
        pynq.Overlay(path)
    assert str(refusal.value).startswith(f"{path}: /tmp/")
    assert "xilinx.com_hls_digits_soc_1.0.so: no IP core" in str(refusal.value)


def test_what_waits_is_told_at_the_end(loaded):
    device, overlay = loaded
    overlay.dma.sendchannel.transfer(pynq.allocate(8, "u8"))
    device.unload()
    assert device.statistics.standstill == (
        "dma MM2S has sent 0 of 64 bytes, and nobody takes more"
    )


def test_counts(loaded):
    device, overlay = loaded
    source, target = pynq.allocate(8, "u8"), pynq.allocate(8, "u8")
    loop(overlay, source, target)
    reads, writes = device.statistics.reads, device.statistics.writes
    pynq.MMIO(DMA, 8).write(0, b"\x01\0\0\0" * 1)
    pynq.MMIO(DMA, 8).read(4)
    assert (device.statistics.reads, device.statistics.writes) == (reads + 1, writes + 1)
    device.unload()
    assert device.statistics.as_dict()["transfers"] == {
        "dma MM2S": {"started": 1, "bytes": 64},
        "dma S2MM": {"started": 1, "bytes": 64},
    }
