"""The overlay package, installed with pip and found by the real PYNQ."""

import base64
import configparser
import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from hls4ml_soc.targets import pynq

X = "np.arange(-200, 200, dtype=np.float32).reshape(40, 10) / 2**4"


@pytest.fixture(scope="session")
def wheel(plain) -> Path:
    (path,) = plain.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that pip has installed the wheel into, without network or anything else."""
    site = tmp_path_factory.mktemp("site")
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    argv += ["--disable-pip-version-check", "--no-compile", "--target", str(site), str(wheel)]
    subprocess.run(argv, check=True, capture_output=True, timeout=120)
    return site


def test_the_name_says_what_it_is_for(echo, wheel) -> None:
    local = echo.contract.design_id[2:]
    assert wheel.name == f"echo_overlay-0.1.0+{local}.virtual-py3-none-any.whl"
    real = replace(echo.products, origin="vendor")
    folder = pynq.bundle(echo.contract, echo.plan, real, echo.folder / "vendor").folder
    (path,) = folder.glob("*.whl")
    assert path.name == f"echo_overlay-0.1.0+{local}-py3-none-any.whl"


def test_the_same_overlay_gives_the_same_bytes(echo, wheel) -> None:
    assert (echo.bundle("again") / wheel.name).read_bytes() == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_file_is_recorded(wheel) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (record,) = [name for name in archive.namelist() if name.endswith("/RECORD")]
        lines = [line.split(",") for line in archive.read(record).decode().splitlines()]
        assert [path for path, _, _ in lines] == archive.namelist()
        for path, digest, size in lines[:-1]:
            data = archive.read(path)
            hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            assert (digest, size) == (f"sha256={hashed}", str(len(data)))
        assert lines[-1] == [record, "", ""]
        assert not [name for name in archive.namelist() if name.endswith(("run.py", ".xsa"))]


def test_entry_points_are_those_that_pynq_reads(wheel) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]
        told = configparser.ConfigParser()
        told.read_string(archive.read(name).decode())
    assert {section: dict(told[section]) for section in told.sections()} == {
        "pynq.lib": {"echo": "echo_overlay"},
        "pynq.notebooks": {"echo": "echo_overlay.notebooks"},
        "pynq.overlays": {"echo": "echo_overlay"},
    }


def test_pynq_finds_it_by_name_and_binds_the_driver(echo, installed) -> None:
    code = f"""
import numpy as np, os
from pynq import Overlay
x = {X}
overlay = Overlay('echo.bit')
print(os.path.relpath(overlay.bitfile_name, {str(installed)!r}), type(overlay.dma).__name__)
print(np.array_equal(overlay.dma.predict(x), x), overlay.dma.accelerator.virtual)
from echo_overlay import AcceleratorOverlay
with AcceleratorOverlay('echo.bit') as a:
    print(np.array_equal(a.predict(x), x), a.layout.name)
"""
    assert echo.run(code, installed) == [
        "echo_overlay/echo.bit AcceleratorDma",
        "True True",
        "True echo",
    ]


def test_the_dma_of_other_overlays_stays_pynqs(echo, plain, tmp_path) -> None:
    for suffix in ("bit", "hwh"):
        (tmp_path / f"other.{suffix}").write_bytes((plain / f"echo.{suffix}").read_bytes())
    code = f"""
import numpy as np, sys
sys.path.insert(0, {str(plain)!r})
import hls4ml_overlay
from pynq import Overlay, allocate
from pynq.lib.dma import DMA
overlay = Overlay('other.bit')
source, sink = allocate((16,), 'u2'), allocate((16,), 'u2')
source[:], sink[:] = range(16), 0
sink.flush()
overlay.dma.recvchannel.transfer(sink)
overlay.dma.sendchannel.transfer(source)
overlay.dma.sendchannel.wait()
overlay.dma.recvchannel.wait()
print(isinstance(overlay.dma, DMA), np.array_equal(sink[:12], source[:12]))
try:
    overlay.dma.predict(np.zeros((1, 10)))
except hls4ml_overlay.AcceleratorError as error:
    print(error)
"""
    missing = tmp_path / "accelerator.json"
    assert echo.run(code, tmp_path) == [
        "True True",
        f"{missing}: No such file or directory; it belongs beside the .bit",
    ]


def test_pynq_delivers_the_notebook(echo, installed, tmp_path) -> None:
    code = f"""
import sys
sys.argv = ['pynq-get-notebooks', 'echo', '--quiet', '-p', {str(tmp_path / "books")!r}]
from pynq._cli.get_notebooks import main
main()
"""
    echo.run(code, installed)
    found = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()]
    assert sorted(found) == [
        "books/.pynq-notebooks",
        "books/echo/accelerator.ipynb",
    ]
    book = json.loads((tmp_path / "books/echo/accelerator.ipynb").read_text())
    assert 'AcceleratorOverlay("echo.bit")' in "".join(book["cells"][1]["source"])
