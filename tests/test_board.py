"""Board files: those that come along, and those that are wrong."""

from pathlib import Path

import pytest

from hls4ml_soc import board, resources
from hls4ml_soc.board import Board, table
from hls4ml_soc.errors import BoardError

HERE = Path(__file__).parent
INVALID = sorted((HERE / "boards").glob("invalid-*.yaml"))


@pytest.mark.parametrize("name", board.names())
def test_every_board_that_comes_along_is_right(name: str) -> None:
    loaded = Board.load(name)
    assert loaded.name == name
    assert bool(loaded.preset) == (loaded.family not in ("microblaze", "data_centre"))
    assert loaded.target(None) == next(iter(loaded.targets))


def test_the_preset_of_the_pynq_z2_is_the_vendors() -> None:
    preset = Board.load("pynq-z2").preset
    assert len(preset) == 771
    assert preset["PCW_UIPARAM_DDR_PARTNO"] == "MT41J256M16 RE-125"
    assert preset["PCW_DDR_RAM_HIGHADDR"] == "0x1FFFFFFF"
    assert preset["PCW_CRYSTAL_PERIPHERAL_FREQMHZ"] == "50"


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_wrong_board_file_says_all_that_is_wrong(path: Path) -> None:
    lines = path.read_text().splitlines()
    expected = [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]
    assert expected
    with pytest.raises(BoardError) as error:
        Board.load(str(path))
    told = "\n".join(expected).format(file=path, folder=path.parent)
    assert str(error.value) == told


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pynqz2", "unknown board 'pynqz2' (did you mean 'pynq-z2'?)"),
        ("./nowhere.yaml", "board file ./nowhere.yaml does not exist"),
        (
            "../boards/zcu",
            "unknown board '../boards/zcu' (there is alveo-u250, alveo-u55c, arty-a7-100, "
            "arty-z7-20, kv260, pynq-z1, pynq-z2, pynq-zu, ultra96v2, zcu102, zcu104, zybo-z7-20)",
        ),
    ],
)
def test_a_board_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(BoardError) as error:
        Board.load(name)
    assert str(error.value) == message


def test_a_board_of_ones_own_is_read_by_path(tmp_path) -> None:
    (tmp_path / "presets").mkdir()
    source = resources.folder("boards")
    for name in ("pynq-z2.yaml", "presets/pynq-z2.yaml"):
        (tmp_path / name).write_text((source / name).read_text())
    assert Board.load(str(tmp_path / "pynq-z2.yaml")).preset == Board.load("pynq-z2").preset


@pytest.mark.parametrize(
    ("board", "target", "message"),
    [
        ("pynq-z2", "vitis", "pynq-z2 has no target 'vitis'; it has pynq, baremetal"),
        (
            "zcu102",
            "pynq",
            "zcu102 has no target 'pynq': PYNQ has no official image for it",
        ),
    ],
)
def test_a_target_that_the_board_does_not_have(board: str, target: str, message: str) -> None:
    with pytest.raises(BoardError) as error:
        Board.load(board).target(target)
    assert str(error.value) == message


@pytest.mark.parametrize("name", board.names())
def test_a_board_file_says_how_much_memory_its_preset_has(name: str) -> None:
    loaded = Board.load(name)
    preset, total = loaded.preset, sum(each.size for each in loaded.memory.ranges)
    if "PCW_DDR_RAM_HIGHADDR" in preset:
        assert total == int(preset["PCW_DDR_RAM_HIGHADDR"], 16) + 1
    elif preset:
        capacity, bus, chip = (
            int(preset[f"PSU__DDRC__{key}"].split()[0])
            for key in ("DEVICE_CAPACITY", "BUS_WIDTH", "DRAM_WIDTH")
        )
        assert total == capacity * bus // chip << 17


@pytest.mark.parametrize("name", board.names())
def test_the_console_is_a_uart_that_the_preset_switches_on(name: str) -> None:
    loaded = Board.load(name)
    if loaded.console and loaded.preset:
        kind, _, number = loaded.console.uart.rpartition("_")
        key = {
            "ps7_uart": f"PCW_UART{number}_PERIPHERAL_ENABLE",
            "psu_uart": f"PSU__UART{number}__PERIPHERAL__ENABLE",
        }[kind]
        assert loaded.preset[key] == "1"


def test_pins_as_the_tcl_gets_them() -> None:
    pins = Board.load("arty-a7-100").constraints()
    assert pins["clk"] == {"PACKAGE_PIN": "E3", "IOSTANDARD": "LVCMOS33", "mhz": "100"}
    assert pins["ext_reset"] == {
        "PACKAGE_PIN": "C2",
        "IOSTANDARD": "LVCMOS33",
        "active": "low",
    }
    assert list(pins) == ["clk", "ext_reset", "uart_rx", "uart_tx"]


def test_the_table_in_the_documentation_is_up_to_date() -> None:
    page = Path(__file__).parent.parent / "docs" / "boards.md"
    assert page.read_text() == table.text(), (
        "run: python -m hls4ml_soc.board.table > docs/boards.md"
    )
