"""Hosts of data-centre cards: the bundle's XRT host, compiled and run there by the user."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ...board import Board
from ...bundle import Bundle
from ...errors import BoardError
from ...report import Arrays
from .. import Run
from ..xrt import BATCH, Host, compute, host_files
from . import card_judge
from .card_judge import Machine
from .service import Advice, There, Word

FLAGS = "-O2"
#: Seconds that one batch may take.
DEADLINE = 30.0
#: ``m_mode`` of an .xclbin's header (xclbin.h of XRT), and XCLBIN_SW_EMU.
_MODE, _EMULATED = slice(332, 334), (5).to_bytes(2, "little")


class Card:
    """The host is compiled once for each state of sources, compiler and XRT."""

    target = "vitis"
    root = False
    advice = Advice(
        "If the disk is mounted read-only, or the home is another user's, ask who runs the machine",
        "the disk is failing",
    )

    def machine(self, told: dict[str, Any]) -> Machine:
        """Take what the agent has found out."""
        return Machine.of(told)

    def problems(self, machine: Machine, board: Board, where: str) -> list[str]:
        """Return what keeps a machine from being a card's host."""
        return card_judge.problems(machine, board, where)

    def check_bundle(self, bundle: Bundle, board: Board, virtual: bool, where: str) -> None:
        """Raise BoardError for a bundle of another board, or of another kind of card."""
        manifest = bundle.manifest
        if manifest["target"] != self.target or manifest["part"] != board.part:
            raise BoardError(
                f"{bundle.where} is for {manifest['board']} ({manifest['part']}), target "
                f"{manifest['target']}; not for {board.name} ({board.part}), target vitis"
            )
        path = bundle.folder / bundle.described["xclbin"]["file"]
        made_up = _mode(path) == _EMULATED
        if made_up and not virtual:
            raise BoardError(
                f"{path} was made without Vitis and holds no configuration of a device; {where} "
                "has real cards: build it with --tools vendor"
            )
        if virtual and not made_up:
            raise BoardError(
                f"{path} is for a real card; what {where} has is a virtual one, which cannot "
                "execute it: give it a bundle of the stand-ins, or name a machine with a card"
            )

    def files(self, inputs: Arrays, machine: Machine) -> dict[str, bytes]:
        """Return the inputs, a file each."""
        return host_files(inputs, timed=not machine.virtual)

    def compute(self, there: There, bundle: Bundle, inputs: Arrays, machine: Machine) -> Run:
        """Compile the host where that has not been done, and compute on all compute units."""
        runtime = f"XRT of {machine.xrt}"
        number, card = machine.card(there.board)
        there.remark(f"on {runtime}, {card}")
        self._compile(there, bundle, machine)
        xclbin = ("bundle", bundle.described["xclbin"]["file"])

        def run(options: list[str]) -> None:
            argv: list[Word] = [("made", "hls4ml_run"), "--xclbin", xclbin, *options]
            there.run([*argv, "--device", str(number)], "hls4ml_run")

        host = Host(run, there.get, runtime, timed=not machine.virtual)
        return compute(host, bundle, inputs, BATCH, DEADLINE)

    def _compile(self, there: There, bundle: Bundle, machine: Machine) -> None:
        files = bundle.manifest["files"]
        sources = {name: files[name] for name in sorted(files) if name.startswith("host/")}
        made_from = [sources, FLAGS, machine.compiler, machine.xrt, machine.release]
        key = hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]
        if there.made(key):
            there.remark("the host was compiled there already")
            return
        makefile: list[Word] = ["make", "-f", ("bundle", "host/Makefile")]
        there.make([*makefile, f"CXXFLAGS={FLAGS}", "hls4ml_run"])


def _mode(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(_MODE.stop)[_MODE]
