"""What the DMA sees of the program's writes, and the program of the DMA's."""

import pytest

from hls4ml_soc.virtual.cpu.cache import Cache
from hls4ml_soc.virtual.cpu.image import Image
from hls4ml_soc.virtual.cpu.memory import Bank, BoardMemory

CACHED = ("a9", "a53")
SIZE = 256


def _copy(monitor, **maintenance):
    """Fill, clean, copy by DMA, invalidate: the way of a driver, in which parts may be left out."""
    source, sink = monitor.buffer, monitor.buffer + 0x4000
    monitor.ask("M", sink, SIZE // 4, 0xDEAD)
    monitor.ask("f", sink, SIZE)
    monitor.ask("M", source, SIZE // 4, 0x1000)
    if maintenance.get("clean", True):
        monitor.ask(maintenance.get("how", "c"), source, SIZE)
    monitor.transfer(source, sink, SIZE)
    if maintenance.get("invalidate", True):
        monitor.ask("i", sink, SIZE)
    return [monitor.ask("r", sink + 4 * i) for i in (0, 1, SIZE // 4 - 1)]


GOOD, OLD = [0x1000, 0x1001, 0x103F], [0xDEAD, 0xDEAE, 0xDEEC]


@pytest.mark.parametrize("kind", CACHED)
def test_cleaned_and_invalidated_samples_arrive(boot, kind):
    monitor = boot(kind)
    monitor.ask("C", 0xFFF)
    assert _copy(monitor) == GOOD
    assert _copy(monitor, how="f") == GOOD


@pytest.mark.parametrize("kind", CACHED)
def test_the_dma_does_not_see_what_was_not_cleaned(boot, kind):
    monitor = boot(kind)
    monitor.ask("C", 0xFFF)
    assert _copy(monitor, clean=False) == [0, 0, 0]


@pytest.mark.parametrize("kind", CACHED)
def test_the_program_does_not_see_what_was_not_invalidated(boot, kind):
    monitor = boot(kind)
    monitor.ask("C", 0xFFF)
    assert _copy(monitor, invalidate=False) == OLD


@pytest.mark.parametrize("kind", CACHED)
def test_an_uncached_buffer_needs_no_care(boot, kind):
    monitor = boot(kind)
    monitor.ask("C", monitor.buffer >> 20)
    assert _copy(monitor, clean=False, invalidate=False) == GOOD


@pytest.mark.parametrize("kind", CACHED)
def test_a_loop_over_sets_and_ways_flushes_everything(boot, kind):
    monitor = boot(kind)
    monitor.ask("C", 0xFFF)
    monitor.ask("M", monitor.buffer, SIZE // 4, 0x1000)
    monitor.ask("F")
    monitor.transfer(monitor.buffer, monitor.buffer + 0x4000, SIZE)
    monitor.ask("F")
    assert monitor.ask("r", monitor.buffer + 0x4000) == 0x1000


@pytest.mark.parametrize("kind", CACHED)
def test_what_is_dirty_when_caching_ends_can_still_be_flushed(boot, kind):
    monitor = boot(kind)
    monitor.ask("C", 0xFFF)
    monitor.ask("w", monitor.buffer, 0x2222)
    monitor.ask("N")
    assert monitor.ask("r", monitor.buffer) == 0x2222
    assert _copy(monitor, clean=False, invalidate=False) == GOOD


@pytest.mark.parametrize("levels", [(32,), (32, 32)])
def test_what_is_dirty_when_caching_ends_is_not_seen_until_it_is_flushed(levels):
    bank = Bank(0, 0x4000, levels)
    for level in bank.levels[1:]:
        level.on = False
    bank.set_cacheable([(0, 0x2000)])
    bank.core.view[0:5] = b"dirty"
    bank.core.view[64:69] = b"gone!"
    bank.set_cacheable([(0x1000, 0x2000)])
    assert bytes(bank.core.view[0:5]) == bytes(5)
    bank.levels[0].invalidate(64, 96)
    bank.whole(0, "clean")
    assert bytes(bank.core.view[0:5]) == bytes(bank.load(0, 5)) == b"dirty"
    assert bytes(bank.core.view[64:69]) == bytes(5)


PL310 = 0xF8F0_2000


def test_the_l2_cache_of_zynq_needs_its_own_maintenance(boot):
    monitor = boot("a9")
    source, sink = monitor.buffer, monitor.buffer + 0x4000
    monitor.ask("C", 0xFFF)
    monitor.ask("w", PL310 + 0x100, 1)
    assert _copy(monitor) == OLD  # nothing passed the L2
    for at in range(source, source + SIZE, 32):
        monitor.ask("w", PL310 + 0x7B0, at)
    monitor.transfer(source, sink, SIZE)
    for at in range(sink, sink + SIZE, 32):
        monitor.ask("w", PL310 + 0x770, at)
    assert monitor.ask("r", PL310 + 0x770) == 0
    assert monitor.ask("r", sink) == 0xDEAD  # still in L1
    monitor.ask("i", sink, SIZE)
    assert [monitor.ask("r", sink + 4 * i) for i in (0, 1, 63)] == GOOD


def test_the_l2_cache_is_flushed_by_way(boot):
    monitor = boot("a9")
    monitor.ask("C", 0xFFF)
    monitor.ask("w", PL310 + 0x100, 1)
    monitor.ask("M", monitor.buffer, SIZE // 4, 0x1000)
    monitor.ask("c", monitor.buffer, SIZE)
    monitor.ask("w", PL310 + 0x7FC, 0x0F)
    memory = monitor.board.memory
    assert memory.load(monitor.buffer, 4) == bytes(4)
    monitor.ask("w", PL310 + 0x7FC, 0xF0)
    assert memory.load(monitor.buffer, 4) == bytes.fromhex("00100000")


def _cache(size=4096, line=32):
    return Cache(Image(size), Image(size), line)


def test_a_clean_line_is_not_written_back_over_what_the_dma_wrote():
    cache = _cache()
    for image in (cache.above, cache.below):
        image.view[64:96] = b"#" * 32
    cache.change_below(64, b"new" * 8)
    cache.flush(64, 96)
    assert cache.above.view[64:67] == b"new"
    assert cache.below.view[64:67] == b"new"


def test_a_dirty_line_is_written_back_over_what_the_dma_writes():
    cache = _cache()
    cache.above.view[70:73] = b"old"
    cache.change_below(64, b"\1" * 32)
    cache.invalidate(64, 96)
    assert bytes(cache.above.view[64:73]) == bytes(6) + b"old"


def test_a_store_to_a_stale_line_brings_the_old_line_back():
    cache = _cache()
    cache.change_below(64, b"\1" * 32)
    cache.above.view[64:66] = b"ab"
    cache.clean(64, 96)
    assert bytes(cache.below.view[64:96]) == b"ab" + bytes(30)


def test_lines_are_whole():
    cache = _cache()
    cache.above.view[0:64] = b"x" * 64
    cache.clean(0, 32)
    assert bytes(cache.below.view[0:64]) == b"x" * 32 + bytes(32)


def test_many_lines_at_once_do_as_one_by_one():
    cache = _cache()
    cache.above.view[0:4] = b"last"
    cache.change_below(0, b"\1" * 4096)
    cache.above.view[1000:1004] = b"late"
    cache.clean(0, 4096)
    cache.invalidate(0, 4096)
    view = bytes(cache.above.view)
    assert view[:32] == b"last" + bytes(28)
    assert view[32:992] == b"\1" * 960
    assert view[992:1024] == bytes(8) + b"late" + bytes(20)
    assert view[1024:] == b"\1" * 3072


def test_a_transfer_across_the_edge_of_the_cached_memory_is_split():
    bank = Bank(0x1000, 0x4000, (32,))
    memory = BoardMemory([bank])
    memory.set_cacheable([(0x2000, 0x3000)])
    bank.core.view[:] = b"c" * 0x4000
    assert bytes(memory.load(0x1FF0, 32)) == b"c" * 16 + bytes(16)
    memory.store(0x1FF0, b"d" * 32)
    assert bytes(bank.core.view[0xFF0:0x1010]) == b"d" * 16 + b"c" * 16


def test_memory_that_becomes_cached_is_in_memory_already():
    bank = Bank(0, 0x4000, (32, 32))
    bank.core.view[0:5] = b"hello"
    bank.set_cacheable([(0, 0x4000)])
    bank.core.view[0:5] = b"later"
    assert bytes(bank.load(0, 5)) == b"hello"
