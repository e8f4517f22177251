"""Board files made of a vendor's, in the format of Vivado's board store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hls4ml_soc.board import Board, MemoryRange, Pin, vendor
from hls4ml_soc.cli import main
from hls4ml_soc.errors import BoardError

STORE = Path(__file__).parent / "board_store"


def imported(name: str, folder: Path) -> tuple[Path, list[str]]:
    draft = vendor.draft(STORE / name / "board.xml")
    path = folder / f"{draft.name}.yaml"
    draft.write(path)
    return path, draft.missing


def test_a_zynq_board_lacks_nothing_but_its_pynq_name(tmp_path: Path) -> None:
    path, missing = imported("zynq", tmp_path)
    assert missing == ["targets: 'pynq: {device: NAME}', first, if PYNQ has an image for the board"]
    made = Board.load(str(path))
    assert made.name == "small-zynq"
    assert made.title == 'Small "Zynq" board'
    assert made.board_part == "example.org:Small_Zynq:part0"
    assert made.processing_system.family == "zynq7"
    assert made.memory.ranges == (MemoryRange(0, 0x20000000),)
    assert made.console and made.console.uart == "ps7_uart_1"
    assert made.resources == Board.load("pynq-z2").resources
    # In the vendor's order, without blanks around names, without what is commented out.
    assert list(made.preset.items()) == [
        ("PCW_DDR_RAM_HIGHADDR", "0x1FFFFFFF"),
        ("PCW_UART1_PERIPHERAL_ENABLE", "1"),
        ("PCW_UART1_UART1_IO", "MIO 48 .. 49"),
        ("PCW_UIPARAM_DDR_PARTNO", "MT41J256M16 RE-125"),
    ]


def test_what_a_file_does_not_say_is_listed_and_the_board_not_read(tmp_path: Path) -> None:
    path, missing = imported("mpsoc", tmp_path)
    assert missing == [
        "console: which of psu_uart_0, psu_uart_1 goes to the host; may be left out",
        "targets: 'pynq: {device: NAME}', first, if PYNQ has an image for the board",
        "resources: lut, ff, dsp and bram_18k of the part's data sheet",
    ]
    with pytest.raises(BoardError) as error:
        Board.load(str(path))
    assert str(error.value) == f"{path}:1: 'resources' is missing"

    path.write_text(path.read_text() + "resources: {lut: 1, ff: 1, dsp: 1, bram_18k: 1}\n")
    assert Board.load(str(path)).memory.ranges == (
        MemoryRange(0, 0x80000000),
        MemoryRange(0x800000000, 0x80000000),
    )


def test_a_board_without_a_processing_system_gets_a_soft_one(tmp_path: Path) -> None:
    path, missing = imported("fabric", tmp_path)
    assert missing == []
    made = Board.load(str(path))
    assert made.processing_system.family == "microblaze"
    assert made.pins == {
        "clk": Pin("E3", "LVCMOS33", mhz=50.0),
        "ext_reset": Pin("C12", "LVCMOS18", active="high"),
        "uart_rx": Pin("C4", "LVCMOS33"),
        "uart_tx": Pin("D4", "LVCMOS33"),
    }
    assert not (tmp_path / "presets").exists()


def changed(name: str, folder: Path, file: str, old: str, new: str) -> Path:
    """Copy a board with one text replaced."""
    shutil.copytree(STORE / name, folder / name)
    path = folder / name / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return folder / name


def test_a_pin_that_is_not_there_is_to_be_filled_in(tmp_path: Path) -> None:
    folder = changed("fabric", tmp_path, "part0_pins.xml", 'name="reset"', 'name="rst"')
    draft = vendor.draft(folder)
    assert draft.missing == ["pins: ext_reset"]
    assert "ext_reset" not in draft.text


def test_memory_of_unknown_size_is_to_be_filled_in(tmp_path: Path) -> None:
    folder = changed("zynq", tmp_path, "preset.xml", "0x1FFFFFFF", "1 GB")
    assert vendor.draft(folder).missing[0] == (
        "memory: the ranges; the preset does not say how large the DDR memory is"
    )


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "message"),
    [
        (
            "fabric",
            "board.xml",
            'name="frequency"',
            'name="period"',
            "{folder}/board.xml has neither a preset of a processing system nor a single-ended "
            "oscillator: no family can serve the board",
        ),
        (
            "fabric",
            "board.xml",
            'type="fpga"',
            'type="chip"',
            "{folder}/board.xml names 0 FPGAs, not one",
        ),
        (
            "zynq",
            "preset.xml",
            'name="clk_wiz"',
            'name="processing_system7"',
            "{folder}/preset.xml has several presets of a processing system: write the board file "
            "by hand, see docs/add-a-board.md",
        ),
        (
            "zynq",
            "preset.xml",
            "</ip_presets>",
            "",
            "{folder}: not XML: no element found: line 22, column 0",
        ),
        (
            "zynq",
            "part0_pins.xml",
            "</pins>\n</part_info>",
            "</pins></part_info><x/>",
            "{folder}: not XML: junk after document element: line 5, column 19",
        ),
    ],
)
def test_files_that_cannot_be_used(name, file, old, new, message, tmp_path: Path) -> None:
    folder = changed(name, tmp_path, file, old, new)
    with pytest.raises(BoardError) as error:
        vendor.draft(folder)
    assert str(error.value) == message.format(folder=folder)


def test_a_preset_alone_is_not_enough(tmp_path: Path) -> None:
    shutil.copy(STORE / "zynq" / "preset.xml", tmp_path)
    with pytest.raises(BoardError) as error:
        vendor.draft(tmp_path / "preset.xml")
    assert str(error.value) == (
        f"{tmp_path}/board.xml does not exist: name the folder of a vendor's board files, with "
        "board.xml, part0_pins.xml and preset.xml"
    )


def test_some_other_xml(tmp_path: Path) -> None:
    (tmp_path / "board.xml").write_text("<html/>")
    with pytest.raises(BoardError) as error:
        vendor.draft(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}/board.xml is not a vendor's board file: it holds <html>, not <board>"
    )


def test_the_command(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["boards", "--import", str(STORE / "zynq" / "preset.xml")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "wrote small-zynq.yaml",
        "wrote presets/small-zynq.yaml",
        "to fill in: targets: 'pynq: {device: NAME}', first, if PYNQ has an image for the board",
    ]
    assert main(["boards", "./small-zynq.yaml"]) == 0
    assert "small-zynq" in capsys.readouterr().out

    assert main(["boards", "--import", str(STORE / "zynq")]) == 2
    assert capsys.readouterr().err == (
        "error: small-zynq.yaml exists already: move it away, or name another with --out\n"
    )
    assert main(["boards", "pynq-z2", "--out", "x.yaml"]) == 2
    assert capsys.readouterr().err == "error: --out goes with --import\n"
    assert main(["boards", "pynq-z2", "--import", "x.xml"]) == 2
    assert capsys.readouterr().err == (
        "error: --import takes no board: the vendor's file names it\n"
    )
