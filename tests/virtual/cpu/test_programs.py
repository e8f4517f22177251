"""Programs on the three boards: registers, DMA, faults."""

import pytest

from hls4ml_soc.virtual.cpu import GuestFault

ALL = ("a9", "a53", "rv32")


@pytest.mark.parametrize("kind", ALL)
def test_a_program_computes_and_answers_on_the_console(boot, kind):
    monitor = boot(kind)
    assert monitor.ask("*", 123456789, 987654321) == 123456789 * 987654321 & 0xFFFF_FFFF
    assert monitor.ask("/", 1_000_000, 7) == 1_000_000 // 7


@pytest.mark.parametrize("kind", ALL)
def test_the_dma_of_the_design_moves_memory_without_a_cache(boot, kind):
    monitor = boot(kind)
    source, sink = monitor.buffer, monitor.buffer + 0x4000
    monitor.ask("M", source, 64, 0x1000)
    monitor.transfer(source, sink, 256)
    assert monitor.register(monitor.S2MM, monitor.STATUS) == 0x1002
    assert monitor.register(monitor.S2MM, monitor.LENGTH) == 256
    assert [monitor.ask("r", sink + 4 * i) for i in (0, 1, 63)] == [0x1000, 0x1001, 0x103F]


@pytest.mark.parametrize("kind", ALL)
def test_the_identity_register_is_read_through_the_address_map(boot, kind, kinds):
    monitor = boot(kind)
    identity = kinds[kind].dma + 0xE0_0000
    assert monitor.ask("r", identity) == 0x89AB_CDEF
    assert monitor.ask("r", identity + 8) == 0x0123_4567


@pytest.mark.parametrize(
    ("kind", "address", "expected"),
    [
        (
            "a9",
            0x4999_0000,
            "GuestFault: no slave answers at 0x49990000 (nearest: identity/S_AXI "
            "0x41200000..0x4120ffff) (at PC ",
        ),
        ("a9", 0x2000_0000, "GuestFault: 32-bit read of 0x20000000: nothing answers there (at PC "),
        (
            "a53",
            0xA100_0000,
            "GuestFault: no slave answers at 0xa1000000 (nearest: dma/S_AXI_LITE "
            "0xa0400000..0xa040ffff, identity/S_AXI 0xa1200000..0xa120ffff) (at PC ",
        ),
        (
            "a53",
            0xF000_0000,
            "GuestFault: 32-bit read of 0xf0000000: nothing answers there (at PC ",
        ),
        (
            "rv32",
            0x0002_0000,
            "GuestFault: 32-bit read of 0x00020000: nothing answers there (at PC ",
        ),
    ],
)
def test_touching_nothing_is_a_fault_that_names_address_and_pc(boot, kind, address, expected):
    monitor = boot(kind)
    monitor.tell("r", address)
    text = monitor.fault()
    assert text.startswith(expected)
    assert _is_load(monitor, int(text[len(expected) :].rstrip(")"), 16))


def _is_load(monitor, pc):
    bank = monitor.board.memory.bank(pc, 4)
    word = int.from_bytes(bank.core.view[pc - bank.base : pc - bank.base + 4], "little")
    return (
        word & 0x0E10_0000 == 0x0410_0000  # A32: LDR
        or word & 0xFFC0_0000 == 0xB940_0000  # A64: LDR W
        or word & 0x7F == 0x03  # RISC-V: LOAD
    )


@pytest.mark.parametrize("kind", ALL)
def test_a_register_takes_words_only(boot, kind):
    monitor = boot(kind)
    monitor.tell("b", monitor.dma + 4)
    address = monitor.dma + 4
    assert f"8-bit read of a 32-bit register at {address:#010x}" in monitor.fault()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("a9", "GuestFault: undefined instruction (at PC "),
        ("a53", "GuestFault: undefined instruction (at PC "),
        ("rv32", "GuestFault: illegal instruction (at PC "),
    ],
)
def test_an_undefined_instruction_is_a_fault(boot, kind, expected):
    monitor = boot(kind)
    monitor.tell("u")
    assert monitor.fault().startswith(expected)


@pytest.mark.parametrize("kind", ALL)
def test_execution_off_the_map_is_a_fault(boot, kind):
    monitor = boot(kind)
    monitor.tell("x", 0xF000_0000)
    text = monitor.fault()
    assert text.startswith("GuestFault: execution at 0xf0000000: nothing answers there"), text


@pytest.mark.parametrize(
    ("parameters", "operation", "expected"),
    [
        ({"C_USE_MULDIV": 0}, "*", "a multiply instruction, which cpu is configured without"),
        ({"C_USE_MULDIV": 1}, "/", "a divide instruction, which cpu is configured without"),
    ],
)
def test_an_instruction_that_the_core_lacks_is_illegal(
    boot, factory, designs, parameters, operation, expected
):
    monitor = boot("rv32", designs.microblaze(factory, **parameters))
    assert monitor.ask("r", 0x4120_0000) == 0x89AB_CDEF
    monitor.tell(operation, 6, 7)
    assert f"GuestFault: illegal instruction: {expected} (at PC " in monitor.fault()


def test_a_core_with_a_multiplier_only_multiplies(boot, factory, designs):
    assert boot("rv32", designs.microblaze(factory, C_USE_MULDIV=1)).ask("*", 6, 7) == 42


def test_compressed_code_needs_the_extension(write_bit, factory, designs, compile_guest, boot):
    elf = compile_guest("rv32", "-mcpu=generic_rv32+m+c")
    assert (
        boot("rv32", designs.microblaze(factory, C_USE_COMPRESSION=1), elf=elf).ask("*", 6, 7) == 42
    )
    message = "^illegal instruction: a compressed instruction, which cpu is configured without "
    with pytest.raises(GuestFault, match=message):
        boot("rv32", elf=elf)


def test_memory_that_a_download_does_not_write_holds_garbage(boot, compile_guest):
    assert boot("a9").ask("z") == 0
    assert boot("a9", elf=compile_guest("a9", "-DKEEP_BSS")).ask("z") == 0xD5D5_D5D5


def test_a_run_ends_at_its_guest_time_and_goes_on(boot):
    monitor = boot("a9")
    monitor.board.stop()
    before = monitor.board.figures().seconds
    figures = monitor.board.run(30.0, guest_seconds=0.25)
    assert 0.25 <= figures.seconds - before < 0.30
    monitor.board.start()
    assert monitor.ask("*", 6, 7) == 42


def test_watched_instructions_are_counted(write_bit, factory, designs, compile_guest):
    from hls4ml_soc.virtual.cpu import BoardOptions, CpuBoard, Loader

    bit = write_bit(designs.zynq7(factory))
    with CpuBoard(bit, options=BoardOptions(unlimited=True)) as board:
        calls = []
        Loader(board).load(bit, compile_guest("a9"))
        board.watch(0x10_0000, lambda: calls.append(board.clock.instructions))
        board.start()
        board.console.expect(b"monitor\r\n", 20.0)
        assert len(calls) == 1
        assert board.figures().instructions > calls[0]
