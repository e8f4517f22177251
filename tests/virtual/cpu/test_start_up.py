"""Start-up in the order of a debugger, and what is missing where a step is left out."""

import re

import pytest

from hls4ml_soc.virtual.cpu import CpuBoard, GuestFault, LoadError
from hls4ml_soc.virtual.cpu.board import BoardOptions
from hls4ml_soc.virtual.cpu.loader import Loader


@pytest.fixture
def board(write_bit, factory, designs, kinds):
    boards = []

    def make(kind, design=None):
        what = kinds[kind]
        bit = write_bit(design or getattr(designs, what.design)(factory), what.part)
        boards.append(CpuBoard(bit))
        return boards[-1], bit

    yield make
    for each in boards:
        each.close()


@pytest.mark.parametrize(
    ("kind", "missing"), [("a9", "ps7_init"), ("a53", "psu_init"), ("rv32", "")]
)
def test_memory_of_a_processing_system_needs_its_init(board, compile_guest, kind, missing):
    made, bit = board(kind)
    made.program(bit)
    if not missing:
        made.download(compile_guest(kind))
        return
    with pytest.raises(LoadError) as failure:
        made.download(compile_guest(kind))
    assert str(failure.value) == (
        "Memory write error at 0x100000. Blocked address. DDR controller is not initialized: "
        f"{missing} has not run"
    )


@pytest.mark.parametrize(
    ("kind", "left_out", "reason"),
    [
        (
            "a9",
            "post_config",
            "Level shifters are not enabled (SLCR.LVL_SHFTR_EN): ps7_post_config has not run",
        ),
        (
            "a53",
            "isolation_removal",
            "the fabric is isolated: psu_ps_pl_isolation_removal has not run",
        ),
        (
            "a53",
            "reset_config",
            "the fabric is held in reset: psu_ps_pl_reset_config has not run",
        ),
    ],
)
def test_the_fabric_does_not_answer_before_its_step(
    board, compile_guest, kinds, kind, left_out, reason
):
    made, bit = board(kind)
    made.program(bit)
    for step in kinds[kind].steps:
        if step != left_out:
            made.step(step)
    made.download(compile_guest(kind))
    dma = kinds[kind].dma
    made.console.write(b"r" + dma.to_bytes(4, "little") + bytes(8))
    with pytest.raises(GuestFault, match=f"^{re.escape(f'Cannot access FPGA at {dma:#010x}: ')}"):
        made.run(20.0)
    assert reason in str(made_fault(made))


def made_fault(made):
    made.start()
    assert made.wait(20.0)
    with pytest.raises(GuestFault) as failure:
        made.stop()
    return failure.value


def test_a_program_may_open_the_level_shifters_itself(board, compile_guest):
    made, bit = board("a9")
    made.program(bit)
    made.step("init")
    made.download(compile_guest("a9"))
    made.start()
    made.console.expect(b"\r\n", 20.0)
    slcr = 0xF800_0000
    writes = [(0x900, 0xF), (0x008, 0xDF0D), (0x900, 0xF), (0x240, 0), (0x004, 0x767B)]
    answers = []
    for offset, value in writes:
        address = (slcr + offset).to_bytes(4, "little")
        made.console.write(b"w" + address + value.to_bytes(4, "little") + bytes(4))
        made.console.expect(4, 20.0)
        made.console.write(b"r" + (slcr + 0x900).to_bytes(4, "little") + bytes(8))
        answers.append(int.from_bytes(made.console.expect(4, 20.0), "little"))
    assert answers == [0, 0, 15, 15, 15]  # locked at first
    made.console.write(b"r" + (0x4120_0000).to_bytes(4, "little") + bytes(8))
    assert made.console.expect(4, 20.0) == bytes.fromhex("efcdab89")


def test_the_fabric_is_empty_before_it_is_configured(board, compile_guest):
    made, _ = board("a9")
    made.step("init")
    made.step("post_config")
    made.download(compile_guest("a9"))
    made.console.write(b"r" + (0x4040_0000).to_bytes(4, "little") + bytes(8))
    with pytest.raises(GuestFault, match="^access to 0x40400000: the fabric is not configured "):
        made.run(20.0)


def test_without_a_download_there_is_nothing_to_run(board):
    with pytest.raises(LoadError, match="^no program has been downloaded$"):
        board("a9")[0].run(1.0)


def test_a_step_of_another_family_is_refused(board):
    with pytest.raises(
        LoadError,
        match=re.escape(
            "no start-up step isolation_removal on this board (it has init, post_config)"
        ),
    ):
        board("a9")[0].step("isolation_removal")
    with pytest.raises(LoadError, match=r"no start-up step init on this board \(it has none\)"):
        board("rv32")[0].step("init")


def test_a_program_for_another_processor_is_refused(board, compile_guest):
    made, _ = board("a9")
    made.step("init")
    elf = compile_guest("a53")
    with pytest.raises(LoadError) as failure:
        made.download(elf)
    assert str(failure.value) == (
        f"{elf}: a program for AArch64, and this board's processor is Arm"
    )


def test_a_program_that_does_not_fit_is_refused(board, compile_guest):
    made, _ = board("rv32")
    elf = compile_guest("rv32", load=0x1_FFF0)
    with pytest.raises(LoadError, match="bytes at 0x0001fff0 are not all memory$"):
        made.download(elf)


def test_a_file_that_is_no_program_is_refused(board, tmp_path):
    made, _ = board("rv32")
    path = tmp_path / "text.elf"
    for content, expected in (
        (b"hello", "not a little-endian ELF file"),
        (b"\x7fELF\x01\x01\x01" + bytes(5), "the ELF file ends early"),
    ):
        path.write_bytes(content)
        with pytest.raises(LoadError) as failure:
            made.download(path)
        assert str(failure.value) == f"{path}: {expected}"
    with pytest.raises(LoadError, match="No such file or directory$"):
        made.download(tmp_path / "missing.elf")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"C_USE_DCACHE": 1}, "cpu: the data cache of MicroBlaze V has no model"),
    ],
)
def test_a_soft_processor_without_a_model_is_refused(board, factory, designs, parameters, expected):
    with pytest.raises(LoadError) as failure:
        board("rv32", designs.microblaze(factory, **parameters))
    assert str(failure.value) == expected


def test_a_design_without_a_uart_is_refused(board, factory, designs):
    design = designs.zynq7(factory)
    design.cells["ps"].parameters["PCW_UART0_PERIPHERAL_ENABLE"] = 0
    with pytest.raises(LoadError) as failure:
        board("a9", design)
    assert str(failure.value) == (
        "the design has no UART: neither of the processing system's is enabled"
    )


@pytest.mark.parametrize(("wired", "heard"), [("psu_uart_1", b""), ("psu_uart_0", b"monitor")])
def test_only_one_uart_is_on_the_connector(
    write_bit, factory, designs, kinds, compile_guest, wired, heard
):
    """The guest talks to UART 0; both have pins, and the board says which of them go outside."""
    design = designs.zynqmp(factory)
    design.cells["ps"].parameters["PSU__UART1__PERIPHERAL__ENABLE"] = 1
    bit = write_bit(design, kinds["a53"].part)
    with CpuBoard(bit, options=BoardOptions(unlimited=True, uart=wired)) as board:
        Loader(board).load(bit, compile_guest("a53"))
        board.run(guest_seconds=0.001)
        assert board.console.read().strip() == heard


def test_a_connector_without_its_uart_is_refused(write_bit, factory, designs, kinds):
    bit = write_bit(designs.zynqmp(factory), kinds["a53"].part)
    with pytest.raises(LoadError, match="no UART1, which this board's connector is wired to$"):
        CpuBoard(bit, options=BoardOptions(uart="psu_uart_1"))
