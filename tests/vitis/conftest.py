"""A loopback kernel and a small network, built once by the stand-ins, and hosts compiled once."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.contract import Contract
from hls4ml_soc.execute import Silence, execute
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.plan import Plan
from hls4ml_soc.targets import vitis
from hls4ml_soc.toolchains.standin import StandIn
from hls4ml_soc.virtual.xrt import launch

STANDIN = Path(launch.__file__).with_name("include") / "standin"
ROOT = Path(launch.__file__).resolve().parents[3]


@dataclass(frozen=True)
class Build:
    """A bundle, and the plan that it was made from."""

    folder: Path
    contract: Contract
    plan: Plan
    bundle: Bundle

    @property
    def xclbin(self) -> Path:
        return self.bundle.folder / self.bundle.described["xclbin"]["file"]


def build(contract: Contract, folder: Path, *changes: tuple[str, str, str]) -> Build:
    """Build a contract with ``(file, old, new)`` replaced in its plan."""
    plan = vitis.plan(contract)
    files = dict(plan.files)
    for name, old, new in changes:
        assert files[name].count(old) == 1, f"{name} has {files[name].count(old)} times {old!r}"
        files[name] = files[name].replace(old, new)
    plan = Plan(files, plan.steps, plan.inputs)
    folder.mkdir(parents=True, exist_ok=True)
    products = execute(plan, folder, StandIn(), Silence())
    return Build(
        folder, contract, plan, vitis.bundle(contract, plan, products, folder / "bundle", {})
    )


def compile_host(
    folder: Path, variables: Sequence[str], flags: str = "-O0", goal: str = "hls4ml_run"
) -> Path:
    """Compile the host that ships in a folder."""
    for name, content in vitis.host().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    make(folder, variables, goal, flags)
    return folder / "hls4ml_run"


def host_variant(host: Path, folder: Path, old: str, new: str) -> Path:
    """Compile a compiled host again, with something in ``soc_accelerator.cpp`` replaced."""
    shutil.copytree(host.parent, folder, dirs_exist_ok=True)
    path = folder / "host" / "soc_accelerator.cpp"
    text = path.read_text()
    assert text.count(old) == 1, f"it has {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new))
    make(folder, host_variables(), "hls4ml_run", "-O0")
    return folder / host.name


def make(folder: Path, variables: Sequence[str], goal: str, flags: str) -> None:
    argv = ["make", "-f", str(folder / "host" / "Makefile"), f"CXXFLAGS={flags}", *variables, goal]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def host_variables() -> list[str]:
    """What the host is compiled with here: XRT, or the stand-in for it."""
    variables = launch.runtime()["make"]
    assert isinstance(variables, list)
    return variables


def standin_variables() -> list[str]:
    return [f"INCLUDE={STANDIN}", "XRT_LIBRARIES="]


def on_card(
    program: Path, built: Build, *options: str, x: np.ndarray, report: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a host on the virtual card with samples; results go to ``y.npy`` beside the program."""
    np.save(program.parent / "x.npy", x)
    argv = [str(program), "--xclbin", str(built.xclbin), *options]
    if "--input" not in options:
        argv += ["--input", str(program.parent / "x.npy")]
    argv += ["--output", str(program.parent / "y.npy")]
    return run_on_card(argv, built, program.parent, report)


def card(built: Build, argv: Sequence[str], report: Path | None = None) -> list[str]:
    """The command that runs a program on the virtual card of a bundle."""
    words = [sys.executable, "-m", "hls4ml_soc.virtual.xrt"]
    words += ["--emconfig", str(built.bundle.folder / "emconfig.json")]
    return [*words, *(["--report", str(report)] if report else []), *argv]


def surroundings(folder: Path) -> dict[str, str]:
    """An environment in which files for a while go below a folder."""
    (folder / "tmp").mkdir(exist_ok=True)
    return {**os.environ, "TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(ROOT)}


def run_on_card(
    argv: Sequence[str], built: Build, folder: Path, report: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run any program in a folder on the virtual card of a bundle."""
    return subprocess.run(
        card(built, argv, report), cwd=folder, capture_output=True, text=True, timeout=60,
        env=surroundings(folder),
    )  # fmt: skip


def results(program: Path) -> np.ndarray:
    return np.load(program.parent / "y.npy")


def left_behind(program: Path) -> list[str]:
    """What runs of a program have left: processes, and files where they ran."""
    folder = program.parent
    found = [str(path) for path in (*(folder / "tmp").iterdir(), *folder.glob(".run"))]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(program).encode() in (folder / "cmdline").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


@pytest.fixture(scope="session")
def loopback(tmp_path_factory: pytest.TempPathFactory) -> Build:
    board = Board.load("alveo-u250")
    return build(Contract(Loopback.on(board), board, "aligned", 2), tmp_path_factory.mktemp("loop"))


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The host on what there is: XRT's emulation, else the stand-in."""
    return compile_host(tmp_path_factory.mktemp("host"), host_variables())


@pytest.fixture
def words() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 1 << 32, (50, 256), dtype=np.uint32)


@pytest.fixture
def runner(host: Path, tmp_path: Path) -> Path:
    """The host in a folder of the test's own."""
    shutil.copy(host, tmp_path)
    return tmp_path / host.name
