"""What docs/versions.md says is executed: every board as every release, or refused with its
reason."""

import shutil
import sys
from pathlib import Path

import pytest

from hls4ml_soc import board, hwh
from hls4ml_soc import deploy as story
from hls4ml_soc.board import Board
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import DesignError
from hls4ml_soc.options import Options
from hls4ml_soc.toolchains import versions
from tests.networks import mlp, save

pytestmark = pytest.mark.deep

RELEASES = versions.table().releases
#: Those that the example is built as, for every board.
CHOSEN = ("2019.2", "2020.1", "2022.2", "2023.2", "2024.1", "2025.1")
EVERY = [name for name in board.names() if Board.load(name).family != "data_centre"]
#: One of each family, for networks as the other releases.
BOARDS = ("pynq-z2", "zcu102", "arty-a7-100")
#: Why there is nothing to build: the exact sentence.
TOO_OLD = "MicroBlaze V cannot be built with Vivado {}: MicroBlaze V came with Vivado 2024.1"
NO_HLS = (
    "no network can be built with release {}: hls4ml's backend Vivado needs Vivado HLS, whose last "
    "release is 2020.1, and its backend Vitis needs Vitis HLS 2022.2 or later; use 2020.1 or "
    "2022.2, or --loopback, which needs no HLS"
)

#: A g++ that keeps what it has compiled. The stand-in for HLS promises that equal sources give
#: equal bytes in every folder, and neither board nor release is in them once comments are gone.
KEEPER = """#!{python}
import hashlib, shutil, subprocess, sys
from pathlib import Path

words = sys.argv[1:]
if "-shared" not in words:
    sys.exit(subprocess.run([{compiler!r}, *words]).returncode)
at = words.index("-o")
output, rest = words[at + 1], words[:at] + words[at + 2:]
plain = [word for word in rest if word != "-shared" and not word.startswith("-Wl,")]
text = subprocess.run([{compiler!r}, "-E", "-P", *plain], capture_output=True)
kept = Path({folder!r}, hashlib.sha256(text.stdout).hexdigest())
if text.returncode or not kept.exists():
    code = subprocess.run([{compiler!r}, *words]).returncode
    if code or text.returncode:
        sys.exit(code)
    shutil.copy(output, kept)
shutil.copy(kept, output)
"""


@pytest.fixture(scope="module")
def keeper(tmp_path_factory) -> Path:
    """A folder with that g++."""
    folder, kept = tmp_path_factory.mktemp("keeper"), tmp_path_factory.mktemp("kept")
    compiler = shutil.which("g++")
    assert compiler
    program = folder / "g++"
    program.write_text(KEEPER.format(python=sys.executable, compiler=compiler, folder=str(kept)))
    program.chmod(0o755)
    return folder


def reason(name: str, release: str, network: bool) -> str:
    """Return why a board cannot be built as a release; nothing if it can."""
    if Board.load(name).family == "microblaze" and release < "2024.1":
        return TOO_OLD.format(release)
    return NO_HLS.format(release) if network and "2020.2" <= release <= "2022.1" else ""


def build(network: Path | None, name: str, release: str, out: Path) -> str:
    """Build as a release, and return what is said where that is refused."""
    options = Options(loopback=network is None, until="build", release=release, out=out)
    try:
        report = deploy(network, name, options)
    except DesignError as error:
        assert not out.exists()
        return str(error)
    assert hwh.read(out / report.products["hwh"]).vivado == release
    facts = (out / report.products["facts"]).read_text().splitlines()
    assert facts[0] == f"vivado {release}"
    return ""


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", EVERY)
def test_a_board_as_a_release(name: str, release: str, tmp_path: Path) -> None:
    assert build(None, name, release, tmp_path / "out") == reason(name, release, False)


@pytest.mark.parametrize("release", CHOSEN)
@pytest.mark.parametrize("name", EVERY)
def test_the_example_as_a_release(
    name: str, release: str, keeper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``deploy digits.onnx --board B --release R --until build``."""
    monkeypatch.setenv("PATH", str(keeper), prepend=":")
    network, _, _ = story.example()
    assert build(network, name, release, tmp_path / "out") == reason(name, release, True)


@pytest.mark.parametrize("release", [each for each in RELEASES if each not in CHOSEN])
@pytest.mark.parametrize("name", BOARDS)
def test_a_network_as_a_release(name: str, release: str, tmp_path: Path) -> None:
    network = save(mlp((3, 3), softmax=False), tmp_path / "net.onnx")
    assert build(network, name, release, tmp_path / "out") == reason(name, release, True)
