"""Board files: those that come along, and those that are wrong."""

from pathlib import Path

import pytest

from hls4ml_soc import board, resources
from hls4ml_soc.board import Board
from hls4ml_soc.errors import BoardError

HERE = Path(__file__).parent
INVALID = sorted((HERE / "boards").glob("invalid-*.yaml"))


@pytest.mark.parametrize("name", board.names())
def test_every_board_that_comes_along_is_right(name: str) -> None:
    loaded = Board.load(name)
    assert loaded.name == name
    assert loaded.preset
    assert loaded.target(None) in loaded.targets


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
        ("pynq-z3", "unknown board 'pynq-z3' (did you mean 'pynq-z2'?)"),
        ("./nowhere.yaml", "board file ./nowhere.yaml does not exist"),
        ("../boards/zcu", "unknown board '../boards/zcu' (there is pynq-z2)"),
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


def test_a_target_that_the_board_does_not_have() -> None:
    with pytest.raises(BoardError, match="^pynq-z2 has no target 'vitis'; it has pynq$"):
        Board.load("pynq-z2").target("vitis")
