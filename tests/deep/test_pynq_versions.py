"""Driver, bundle, package and notebook, unchanged, on every PYNQ release that they are for: each in
an environment of its own, with the oldest numpy and matplotlib that its image may have."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.overlays.echo import Echo, echo_on

HERE = Path(__file__).parent / "pynq_versions"
RUN_NOTEBOOK = Path(__file__).parents[1] / "overlays/run_notebook.py"
ZYNQ7 = ("pynq-z2", "Pynq-Z2", "armv7l")
ZYNQMP = ("zcu104", "ZCU104", "aarch64")


@dataclass(frozen=True)
class Image:
    """A release, the Python of its image, and packages: numpy and matplotlib are those of the
    image's Ubuntu, or what PYNQ's list for the image pins."""

    pynq: str
    python: str
    numpy: str
    matplotlib: str
    boards: tuple[tuple[str, str, str], ...] = (ZYNQ7, ZYNQMP)

    def __str__(self) -> str:
        return f"pynq {self.pynq}, Python {self.python}, numpy {self.numpy}"


IMAGES = [
    Image("2.7.0", "3.8", "1.17.4", "3.1.2"),  # Ubuntu 20.04
    Image("3.0.1", "3.10", "1.21.5", "3.5.1"),  # Ubuntu 22.04
    Image("3.1.2", "3.10", "1.21.5", "3.5.1"),  # Ubuntu 22.04
    Image("4.0.0", "3.12", "1.26.4", "3.11.0", (ZYNQMP,)),  # 24.04; Zynq-7000 was dropped
]

USE = """
import os, sys
import numpy as np
from pynq import Overlay
x = np.load(sys.argv[1])['x']
overlay = Overlay('echo.bit')
print(type(overlay.dma).__name__, np.array_equal(overlay.dma.predict(x), x))
from echo_overlay import AcceleratorOverlay
a = AcceleratorOverlay('echo.bit')
print(np.array_equal(a.predict(x), x), np.array_equal(a.predict(x[3:4]), x[3:4]))
with a.raw(2) as raw:
    raw.inputs[0][:] = [[-1], [2]]
    raw.run()
    print(raw.outputs[0][:, 9].tolist())
print(os.path.basename(os.path.dirname(a.bitfile_name)), a.virtual)
"""


def interpreter(version: str) -> str | None:
    """A Python of a version that runs: on the path, or one of pyenv's."""
    named = shutil.which(f"python{version}")
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    for candidate in [*([named] if named else []), *map(str, pyenv)]:
        # One of pyenv's shims is there for every version, and runs only the chosen ones.
        done = subprocess.run([candidate, "-m", "venv", "--help"], capture_output=True, timeout=60)
        if done.returncode == 0:
            return candidate
    return None


@pytest.fixture(scope="module")
def designs(tmp_path_factory) -> dict[str, Echo]:
    boards = {name for image in IMAGES for name, _, _ in image.boards}
    return {
        name: echo_on(name, tmp_path_factory.mktemp(name), "ap_fixed<16,6>", "aligned")
        for name in sorted(boards)
    }


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What came of each image, printed by the last test."""
    return dict.fromkeys(map(str, IMAGES), "not run: not asked for")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A function that installs a release from the index, once, and returns its Python."""
    made: dict[Image, Path] = {}

    def installed(image: Image) -> Path:
        if image not in made:
            folder = tmp_path_factory.mktemp(f"pynq-{image.pynq}")
            subprocess.run(
                [interpreter(image.python), "-m", "venv", folder], check=True, timeout=120
            )
            install(image, folder / "bin/python")
            made[image] = folder / "bin/python"
        return made[image]

    return installed


def install(image: Image, python: Path) -> None:
    packages = [f"pynq=={image.pynq}", f"numpy=={image.numpy}", f"matplotlib=={image.matplotlib}"]
    # pynq imports pycparser.plyparser (gone in 3.0) and pkg_resources (gone in 82).
    packages += ["pycparser<3", "setuptools<=80", "wheel"]
    argv = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    done = subprocess.run([*map(str, argv)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr


def on_board(python: Path, board, part: str, site: Path, *script: object) -> list[str]:
    """Run a script there; return what it prints."""
    _, device, arch = board
    argv = [python, HERE / "on_board.py", sys.executable, device, part, arch, *script]
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    environ |= {"MPLBACKEND": "Agg", "HOME": str(site)}
    done = subprocess.run(
        [*map(str, argv)], cwd=site, env=environ, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.deep
@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.pynq)
def test_the_bundle_works_as_it_is(image: Image, designs, environment, told, tmp_path) -> None:
    if interpreter(image.python) is None:
        told[str(image)] = f"not run: there is no python{image.python} here"
        pytest.skip(told[str(image)])
    told[str(image)] = "failed"
    python = environment(image)
    x = np.arange(-300, 300, dtype=np.float32).reshape(60, 10) / 2**4
    np.savez(tmp_path / "inputs.npz", x=x)
    for board in image.boards:
        check(designs[board[0]], board, image, python, x, tmp_path)
    told[str(image)] = "ran on " + ", ".join(name for name, _, _ in image.boards)


def check(echo: Echo, board, image: Image, python: Path, x, folder: Path) -> None:
    """The program of the folder, the installed package, the notebook."""
    bundle = echo.bundle(f"bundle-{image.pynq}", input__x=x, expected__y=x, labels=x.argmax(axis=1))
    part, site, given = echo.contract.board.part, folder / board[0], folder / "inputs.npz"
    site.mkdir()
    outputs, report = folder / f"{board[0]}.npz", folder / f"{board[0]}.json"
    files = ["--input", given, "--output", outputs, "--report", report, "--latency-runs", 5]
    on_board(python, board, part, site, bundle / "run.py", *files)
    with np.load(outputs) as came:
        assert np.array_equal(came["y"], x)
    noted = json.loads(report.read_text())
    assert (noted["pynq"], noted["numpy"], noted["samples"]) == (image.pynq, image.numpy, 60)
    assert noted["clock_mhz"] == pytest.approx(echo.contract.clock_mhz, rel=1e-3)

    (wheel,) = bundle.glob("*.whl")
    argv = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    argv += ["--disable-pip-version-check", "--target", site, wheel]
    subprocess.run([*map(str, argv)], check=True, capture_output=True, timeout=120)
    (folder / "use.py").write_text(USE)
    assert on_board(python, board, part, site, folder / "use.py", given) == [
        "AcceleratorDma True",
        "True True",
        "[-1, 2]",
        "echo_overlay True",
    ]
    if image.pynq != "2.7.0":  # which caches nothing
        check_stale(echo, board, image, python, bundle, site)

    pictures = folder / f"pictures-{board[0]}"
    pictures.mkdir()
    book = bundle / "accelerator.ipynb"
    lines = on_board(python, board, part, site, RUN_NOTEBOOK, book, pictures)
    results = json.loads("\n".join(lines[lines.index("{") :]))
    assert (results["bit_exact"], results["accuracy"], results["latency_us"]) == (60, 1.0, None)
    assert len(list(pictures.glob("*.png"))) == 6


def check_stale(echo: Echo, board, image: Image, python: Path, bundle: Path, site: Path) -> None:
    """3.0.1 gives a new build of the same name the old one's addresses, and the driver does not."""
    (stale := site / "stale").mkdir()
    part = echo.contract.board.part
    theirs, ours = on_board(python, board, part, site, HERE / "stale.py", bundle, stale)
    assert (theirs == "0x40500000") == (image.pynq == "3.0.1")
    assert ours == {"armv7l": "0x40400000", "aarch64": "0xa0400000"}[board[2]]


@pytest.mark.deep
def test_4_0_refuses_zynq_7000_by_itself(designs, environment, tmp_path) -> None:
    """Nothing of ours can help: PYNQ 4.0 has no clocks for it."""
    if interpreter("3.12") is None:
        pytest.skip("not run: there is no python3.12 here")
    python = environment(IMAGES[-1])
    echo = designs["pynq-z2"]
    (tmp_path / "use.py").write_text("import pynq, sys\npynq.Overlay(sys.argv[1])\n")
    bit = echo.bundle("refused") / "echo.bit"
    with pytest.raises(AssertionError, match="TypeError: unsupported operand type"):
        part = echo.contract.board.part
        on_board(python, ZYNQ7, part, tmp_path, tmp_path / "use.py", bit)


@pytest.mark.deep
def test_what_was_run_is_said(told, capsys) -> None:
    with capsys.disabled():
        print()
        for image, outcome in told.items():
            print(f"{image}: {outcome}")
    assert "failed" not in told.values()
