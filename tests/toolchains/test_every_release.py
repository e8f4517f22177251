"""What docs/versions.md says is executed: every board as every release, or refused with its
reason."""

from pathlib import Path

import pytest

from hls4ml_soc import board, hwh
from hls4ml_soc.board import Board
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import DesignError
from hls4ml_soc.options import Options
from hls4ml_soc.toolchains import versions
from tests.networks import mlp, save

pytestmark = pytest.mark.deep

RELEASES = versions.table().releases
#: One of each family, for networks.
BOARDS = ("pynq-z2", "zcu102", "arty-a7-100")


def build(network: Path | None, name: str, release: str, out: Path) -> bool:
    """Build as a release; False if that is refused, for the reason of the table."""
    options = Options(loopback=network is None, until="build", release=release, out=out)
    family = Board.load(name).processing_system.family
    backend = None if network is None else versions.backend(release)
    try:
        report = deploy(network, name, options)
    except DesignError as error:
        assert str(error) == versions.refusal(release, family, backend) != ""
        assert not out.exists()
        return False
    assert versions.refusal(release, family, backend) == ""
    assert hwh.read(out / report.products["hwh"]).vivado == release
    facts = (out / report.products["facts"]).read_text().splitlines()
    assert facts[0] == f"vivado {release}"
    return True


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", board.names())
def test_a_board_as_a_release(name: str, release: str, tmp_path: Path) -> None:
    soft = Board.load(name).processing_system.family == "microblaze"
    possible = not soft or release >= "2024.1"
    assert build(None, name, release, tmp_path / "out") is possible


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", BOARDS)
def test_a_network_as_a_release(name: str, release: str, tmp_path: Path) -> None:
    network = save(mlp((3, 3), softmax=False), tmp_path / "net.onnx")
    hls = not "2020.2" <= release <= "2022.1"
    possible = release >= "2024.1" if name == "arty-a7-100" else hls
    assert build(network, name, release, tmp_path / "out") is possible
