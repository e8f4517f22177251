"""Translation tables as the caches read them."""

import struct

from hls4ml_soc.virtual.cpu.page_tables import Translation, long_descriptors, short_descriptors


class Tables:
    """Memory for tables."""

    def __init__(self):
        self.bytes = bytearray(1 << 20)

    def put(self, address, words, width):
        data = struct.pack(f"<{len(words)}{'I' if width == 4 else 'Q'}", *words)
        self.bytes[address : address + len(data)] = data

    def read(self, address, size):
        return bytes(self.bytes[address : address + size])


def test_without_tables_addresses_are_physical_and_nothing_is_cached():
    assert Translation().physical(0x1234) == 0x1234
    assert Translation().cacheable() == []


def test_sections_by_their_attributes():
    tables = Tables()
    kinds = {
        0: 0x1_5DE6,  # write-back, write-allocate
        1: 0x0_0C0A,  # TEX 0, C: write-through
        2: 0x0_1C02,  # TEX 1, neither: not cacheable
        3: 0x0_0C06,  # TEX 0, B: device
        4: 0x0_6C06,  # TEX 6, B: inner write-back
    }
    tables.put(0x4000, [i << 20 | kinds[i] for i in kinds], 4)
    translation = short_descriptors(tables.read, 0x4000 | 0x5B)
    megabyte = 1 << 20
    assert translation.cacheable() == [(0, 2 * megabyte), (4 * megabyte, 5 * megabyte)]
    assert translation.physical(3 * megabyte + 5) == 3 * megabyte + 5
    assert translation.physical(5 * megabyte) is None


def test_a_section_leads_elsewhere():
    tables = Tables()
    tables.put(0x4000 + 4 * 0x300, [0x0010_0000 | 0x1_5DE6], 4)
    translation = short_descriptors(tables.read, 0x4000)
    assert translation.physical(0x3000_0040) == 0x0010_0040
    assert translation.cacheable() == [(0x10_0000, 0x20_0000)]


def test_supersections_small_and_large_pages():
    tables = Tables()
    tables.put(0x4000 + 4 * 16, [0x0300_0000 | 1 << 18 | 0x1_5DE6] * 16, 4)
    tables.put(0x4000, [0x8000 | 1], 4)
    pages = [0] * 256
    pages[2] = 0x0005_0000 | 0x4E  # small, TEX 1, C and B
    pages[16:32] = [0x0007_0000 | 0x5 << 12 | 0x0D] * 16  # large, TEX 5, C and B
    tables.put(0x8000, pages, 4)
    translation = short_descriptors(tables.read, 0x4000)
    assert translation.physical(0x0100_0000 + 0xABCDEF) == 0x0300_0000 + 0xABCDEF
    assert translation.physical(0x2010) == 0x5_0010
    assert translation.physical(0x1_8123) == 0x7_8123
    assert translation.cacheable() == [
        (0x5_0000, 0x5_1000),
        (0x7_0000, 0x8_0000),
        (0x0300_0000, 0x0400_0000),
    ]


def test_long_descriptors_through_all_levels():
    tables = Tables()
    mair = 0x44_FF_00  # 0 device, 1 write-back, 2 non-cacheable
    tables.put(0x1000, [0x2000 | 3, 1 << 30 | 0x401, 2 << 30 | 0x705], 8)  # level 1
    tables.put(0x2000, [0x3000 | 3, 1 << 21 | 0x705, 2 << 21 | 0x709], 8)  # level 2
    tables.put(0x3000, [0x9000 | 0x707, 0, 0xB000 | 0x707], 8)  # level 3
    translation = long_descriptors(tables.read, 0x1000, 25, mair)
    assert translation.physical(0x2004) == 0xB004
    assert translation.physical(0x1000) is None
    assert translation.physical(1 << 30) == 1 << 30
    assert translation.cacheable() == [
        (0x9000, 0xA000),
        (0xB000, 0xC000),
        (2 << 20, 4 << 20),
        (2 << 30, 3 << 30),
    ]


def test_equal_neighbours_are_one_mapping():
    tables = Tables()
    tables.put(0x4000, [i << 20 | 0x1_5DE6 for i in range(512)], 4)
    translation = short_descriptors(tables.read, 0x4000)
    assert translation.cacheable() == [(0, 512 << 20)]
    assert len(translation._mappings) == 1
