"""Bundles as the vendor's tools would have made them, and the stand-ins for the tools on PATH."""

import json
import os
import stat
import struct
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from hls4ml_soc import deploy
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.contract import Contract
from hls4ml_soc.execute import Products
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.options import Options
from hls4ml_soc.targets import baremetal
from hls4ml_soc.toolchains import installed

HERE = Path(__file__).parent
PS_INIT = {"zynq7": "ps7_init.tcl", "zynqmp": "psu_init.tcl"}
#: Board -> its device on the bench.
DEVICES = {"pynq-z2": "xc7z020", "zcu102": "xczu9eg", "arty-a7-100": "xc7a100t"}
MARK = b";Virtual=hls4ml_soc"

_BUNDLES: dict[str, Path] = {}


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory):
    """Give the bundle of a board by name: a loopback, with bitstream and hand-off posing as
    Vivado's."""

    def give(name: str) -> Bundle:
        if name not in _BUNDLES:
            _BUNDLES[name] = _vendor_bundle(name, tmp_path_factory.mktemp(name))
        return Bundle.read(_BUNDLES[name])

    return give


def _vendor_bundle(name: str, folder: Path) -> Path:
    options = Options(loopback=True, until="build", target="baremetal", out=folder)
    report = deploy.deploy(None, name, options)
    board = Board.load(name)
    paths = {kind: folder / path for kind, path in report.products.items()}
    paths["bit"].write_bytes(unmarked(paths["bit"].read_bytes()))
    if init := PS_INIT.get(board.processing_system.family):
        with zipfile.ZipFile(paths["xsa"], "a") as archive:
            archive.write(HERE / init, init)
    contract = Contract(Loopback.on(board), board)
    plan = baremetal.plan(contract)
    baremetal.bundle(contract, plan, Products(paths, "vendor"), folder / "bundle")
    return folder / "bundle"


def unmarked(bit: bytes) -> bytes:
    """Take the stand-in's mark out of a bitstream's header."""
    assert MARK in bit
    (length,) = struct.unpack_from(">H", bit, 14)
    return bit[:14] + struct.pack(">H", length - len(MARK)) + bit[16:].replace(MARK, b"", 1)


@dataclass
class Lab:
    """Stand-ins on PATH, and a bench with boards."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def tool(self, name: str, release: str = "2023.2", body: str = "") -> Path:
        """Put a tool where Vitis of a release has it, and on PATH; ``body`` is shell that goes
        first."""
        path = self.folder / "Vitis" / release / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"#!/bin/sh\n{body}\n"
            f'exec "{sys.executable}" -m hls4ml_soc.virtual.vitis --release {release} {name} "$@"\n'
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        self.monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
        return path

    def bench(self, *boards: dict[str, str], server: str = "TCP:localhost:3121") -> Path:
        """Put boards on the bench."""
        path = self.folder / "bench.json"
        path.write_text(json.dumps({"server": server, "boards": list(boards)}))
        self.monkeypatch.setenv("HLS4ML_SOC_VIRTUAL_BENCH", str(path))
        return path

    def put(self, name: str, **more: str) -> None:
        """Put one board on the bench."""
        family = Board.load(name).processing_system.family
        told = {"family": family, "device": DEVICES[name], "cable": "Digilent 210319A"}
        self.bench({**told, **more})

    @property
    def state(self) -> dict[str, object]:
        """What runs."""
        told: dict[str, object] = json.loads((self.folder / "bench.state").read_text())
        return told

    @property
    def idle(self) -> bool:
        """Whether nothing was started."""
        return not (self.folder / "bench.state").exists()


@pytest.fixture
def lab(tmp_path, monkeypatch) -> Lab:
    for name in list(os.environ):
        if name.startswith(("XILINX", "HLS4ML_SOC")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(installed, "ROOTS", (str(tmp_path / "nothing"),))
    monkeypatch.setenv("HLS4ML_SOC_VIRTUAL_BSP", str(HERE.parent / "baremetal" / "bsp"))
    installed.release.cache_clear()
    return Lab(tmp_path, monkeypatch)
