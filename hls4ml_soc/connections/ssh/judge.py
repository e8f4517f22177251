"""Whether a machine is the board that is meant and fit for it, and whether a bundle is for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...board import Board
from ...bundle import Bundle
from ...errors import BoardError

#: Family -> architecture, word of its device trees, newest PYNQ that knows it.
_FAMILIES = {
    "zynq7": ("armv7l", "xlnx,zynq-7000", (3, 1)),
    "zynqmp": ("aarch64", "xlnx,zynqmp", (4, 0)),
}
_OLDEST = (2, 7)
#: What a model's device tree says; that of a board is from its maker.
VIRTUAL = "hls4ml_soc,virtual"
#: Bytes that a board should have left: the largest bitstream is 26 MB, the driver takes four
#: buffers of 1 MB.
DISK, MEMORY, CMA = 64 << 20, 48 << 20, 8 << 20


@dataclass(frozen=True)
class Machine:
    """What a machine says of itself: ``environment`` whether there is one for PYNQ, ``xrt`` where
    XRT is in it. Sizes are in bytes, None where it does not say."""

    machine: str
    model: str
    compatible: list[str]
    name: str
    environment: bool
    xrt: str
    pynq: str
    python: str
    user: str
    root: bool
    sudo: bool
    home: str
    writable: bool
    disk_free: int
    memory_free: int | None
    cma_free: int | None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Machine:
        """Take an agent's answer."""
        return cls(**{name: told[name] for name in cls.__dataclass_fields__})

    @property
    def virtual(self) -> bool:
        """Whether it is a model."""
        return VIRTUAL in self.compatible


def problems(machine: Machine, board: Board, where: str) -> list[str]:
    """Return what keeps a machine from being the board, a sentence with a remedy each."""
    found = _identity(machine, board)
    # On the wrong machine all the rest would be beside the point.
    found = found or [*_software(machine, board), *_room(machine)]
    return [f"{where}: {problem}" for problem in found]


def check_bundle(bundle: Bundle, board: Board, virtual: bool, where: str) -> None:
    """Raise BoardError for a bundle that is of another board, or of another kind of board."""
    if bundle.manifest["target"] != "pynq" or bundle.manifest["part"] != board.part:
        raise BoardError(
            f"{bundle.where} is for {bundle.manifest['board']} ({bundle.manifest['part']}), "
            f"target {bundle.manifest['target']}; not for {board.name} ({board.part}), target pynq"
        )
    for path in sorted(bundle.folder.glob("*.bit")):
        with open(path, "rb") as file:
            made_up = b";Virtual=hls4ml_soc" in file.read(4096)
        if made_up and not virtual:
            raise BoardError(
                f"{path} was made without Vivado and holds no configuration of a device; {where} "
                "is a real board: build it with --tools vendor"
            )
        if virtual and not made_up:
            raise BoardError(
                f"{path} is for a real device; what answers at {where} is a virtual board, which "
                "cannot execute it: give it a bundle of the stand-ins, or name a real board"
            )


def _identity(machine: Machine, board: Board) -> list[str]:
    family = board.processing_system.family
    arch, compatible, _ = _FAMILIES[family]
    is_a = f"{machine.machine}" + (f" ({machine.model})" if machine.model else "")
    if machine.machine != arch:
        return [f"this machine is {is_a}, {board.name} is {arch}: check --host and --board"]
    if machine.compatible and compatible not in machine.compatible:
        return [
            f"this machine is no {compatible}, its device tree says "
            f"{', '.join(machine.compatible)}: check --host and --board"
        ]
    wanted = board.targets["pynq"].device
    if machine.name and wanted and _plain(machine.name) != _plain(wanted):
        return [
            f"this board calls itself '{machine.name}', {board.name} is '{wanted}': check --board; "
            f"for an image of your own, put `pynq: {{device: {machine.name}}}` under targets in a "
            "board file"
        ]
    return []


def _software(machine: Machine, board: Board) -> list[str]:
    newest = _FAMILIES[board.processing_system.family][2]
    versions = f"{_text(_OLDEST)} to {_text(newest)}"
    if not machine.environment or not machine.pynq:
        lacking = (
            "the package pynq in its environment"
            if machine.environment
            else "/etc/profile.d/pynq_venv.sh"
        )
        return [
            f"no PYNQ here ({lacking} is missing): write the PYNQ image of this board, "
            f"{versions}, to its SD card (https://www.pynq.io/boards.html)"
        ]
    found = []
    if not machine.xrt:
        found.append(
            "the environment of PYNQ does not set XILINX_XRT, without which it finds no device: is "
            "/etc/profile.d/xrt_setup.sh missing? Put `export XILINX_XRT=/usr` there"
        )
    match = re.match(r"(\d+)\.(\d+)", machine.pynq)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    if not _OLDEST <= version <= newest:
        gone = " (4.0 dropped Zynq-7000)" if version > newest == (3, 1) else ""
        found.append(
            f"PYNQ {machine.pynq} (Python {machine.python}) does not suit {board.name}, it takes "
            f"{versions}{gone}: write that image to the SD card"
        )
    return found


def _room(machine: Machine) -> list[str]:
    found = []
    if not machine.writable:
        found.append(
            f"{machine.home} cannot be written by '{machine.user}': is the SD card mounted "
            "read-only (`mount | grep ' / '`), as after an error of the card? Restart the board"
        )
    if machine.disk_free < DISK:
        found.append(
            f"only {machine.disk_free >> 20} MB of disk are free, {DISK >> 20} MB are wanted: "
            "remove files, or grow the partition to the whole card"
        )
    if machine.memory_free is not None and machine.memory_free < MEMORY:
        found.append(
            f"only {machine.memory_free >> 20} MB of memory are free, {MEMORY >> 20} MB are "
            "wanted: shut down notebooks"
        )
    if machine.cma_free is not None and machine.cma_free < CMA:
        found.append(
            f"only {machine.cma_free >> 20} MB of memory for DMA are free (CmaFree), "
            f"{CMA >> 20} MB are wanted: shut down notebooks that hold buffers, or restart the "
            "board"
        )
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
