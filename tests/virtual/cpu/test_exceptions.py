"""A program with exception vectors learns what it did; the board tells as well."""

import struct

import pytest


@pytest.fixture
def trap(boot, compile_guest):
    """Boot with vectors, give a command, return kind, PC and address as the program sees them."""

    def trap_(kind, operation, address=0):
        monitor = boot(kind, elf=compile_guest(kind, "-DVECTORS"))
        monitor.tell(operation, address, 0x1234)
        told = struct.unpack("<III", monitor.console.expect(13, 20.0)[1:])
        monitor.board.stop()
        (fault,) = monitor.board.core.exceptions
        assert told[1] == fault.pc
        return *told, fault

    return trap_


@pytest.mark.parametrize(
    ("kind", "operation", "number"),
    [
        ("a9", "r", 4),
        ("a9", "w", 4),
        ("a53", "r", 0x25),
        ("a53", "w", 0x25),
        ("rv32", "r", 5),
        ("rv32", "w", 7),
    ],
)
def test_an_access_that_nothing_answers_is_a_data_abort(trap, kinds, kind, operation, number):
    where = kinds[kind].dma + 0x10_0000
    seen, _, address, fault = trap(kind, operation, where)
    assert (seen, address) == (number, where)
    assert fault.reason.startswith(f"no slave answers at {where:#010x} (nearest: dma/S_AXI")


@pytest.mark.parametrize(("kind", "number"), [("a9", 4), ("a53", 0x25), ("rv32", 5)])
def test_so_is_one_outside_everything(trap, kind, number):
    seen, _, address, fault = trap(kind, "r", 0xD000_0000)
    assert (seen, address) == (number, 0xD000_0000)
    assert fault.reason == "32-bit read of 0xd0000000: nothing answers there"


@pytest.mark.parametrize(("kind", "number"), [("a9", 1), ("a53", 0), ("rv32", 2)])
def test_an_undefined_instruction_is_one(trap, kind, number):
    assert trap(kind, "u")[0] == number


def test_a_multiply_that_the_core_lacks_is_one(boot, compile_guest, factory, designs):
    design = designs.microblaze(factory, C_USE_MULDIV=0)
    monitor = boot("rv32", design, elf=compile_guest("rv32", "-DVECTORS"))
    monitor.tell("*", 6, 7)
    cause, pc, word = struct.unpack("<III", monitor.console.expect(13, 20.0)[1:])
    assert cause == 2
    assert word & 0xFE00_707F == 0x0200_0033  # mul
    (fault,) = monitor.board.core.exceptions
    assert str(fault) == (
        "illegal instruction: a multiply instruction, which cpu is configured without "
        f"(at PC {pc:#010x})"
    )


def test_what_hangs_a_processor_is_no_exception(boot, compile_guest):
    monitor = boot("a9", elf=compile_guest("a9", "-DVECTORS"))
    monitor.ask("w", 0xF800_0008, 0xDF0D)
    monitor.ask("w", 0xF800_0900, 0)
    monitor.tell("r", 0x4040_0000)
    assert monitor.fault().startswith("GuestFault: Cannot access FPGA at 0x40400000: Level shifter")
