"""Virtual boards: the bundle's own program, over models of the hardware."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from .. import processes
from ..board import Board
from ..bundle import Bundle
from ..errors import LinkError, ModelError, ToolError
from ..report import Arrays
from ..toolchains import messages
from . import Connection, Run
from .serial import converse


class Pynq:
    """``run.py`` on the real PYNQ software, over models of processing system and fabric."""

    name = "virtual"
    virtual = True

    def check(self, board: Board, target: str) -> None:
        """Raise ToolError where the PYNQ package is missing."""
        _need("pynq", "the virtual board runs the real pynq package", "pynq")

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Run the bundle's ``run.py``.

        Raises ModelError where the driver refuses the inputs, LinkError where the board reports a
        failure."""
        self.check(board, "pynq")
        scratch.mkdir(parents=True, exist_ok=True)
        given, outputs, noted = (scratch / n for n in ("inputs.npz", "outputs.npz", "run.json"))
        np.savez(given, **inputs)
        for path in (outputs, noted):
            path.unlink(missing_ok=True)
        log = scratch / "run.log"
        argv = [
            *(sys.executable, "-m", "hls4ml_soc.virtual.pynq"),
            *("--name", board.targets["pynq"].device, "--part", board.part),
            str(bundle.folder / "run.py"),
            *("--input", str(given), "--output", str(outputs), "--report", str(noted)),
        ]
        code = processes.run(argv, scratch, log, {"PYTHONDONTWRITEBYTECODE": "1"})
        if code != 0:
            error = ModelError if code == 2 else LinkError
            cause = messages.cause(log.read_text(errors="replace")).text
            raise error(f"{board.name} (virtual): {cause}\n  log: {log}")
        with np.load(outputs) as file:
            return Run(dict(file), json.loads(noted.read_text()))


class BareMetal:
    """The ELF on a model of its processor, its serial line on a TCP port of this machine."""

    name = "virtual"
    virtual = True

    def check(self, board: Board, target: str) -> None:
        """Raise ToolError where the processor emulator is missing."""
        _need("unicorn", "virtual processors are unicorn's", "baremetal")

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Load bitstream and program, keep what it prints in ``terminal.txt``, and compute samples
        over the serial line.

        Raises as ``connections.serial`` does; what the processor itself had to say is added."""
        self.check(board, "baremetal")
        scratch.mkdir(parents=True, exist_ok=True)
        log = scratch / "board.log"
        try:
            with processes.serving(_processor(bundle, "socket:0"), log) as where:
                return converse(bundle, inputs, where, scratch / "terminal.txt")
        except (LinkError, ToolError) as error:
            # The processor's own words, such as a fault with its address, tell more.
            told = log.read_text(errors="replace").strip()
            more = f"\n{told}" if told and told not in str(error) else ""
            raise LinkError(f"{board.name} (virtual): {error}{more}") from None


def check_console(console: str) -> None:
    """Raise ModelError for what is no place of a serial line."""
    if not re.fullmatch(r"pty|socket:[0-9]{1,5}", console):
        raise ModelError(f"--console {console}: write pty or socket:PORT")


def leave_running(bundle: Bundle, console: str) -> int:
    """Run a bundle's program on its virtual board until interrupted, the serial line on ``pty`` or
    ``socket:PORT``; return the exit code of the board.

    Its first line on standard output names the place for a terminal program."""
    _need("unicorn", "virtual processors are unicorn's", "baremetal")
    return processes.attached(_processor(bundle, console))


#: Target -> its virtual boards.
VIRTUAL: dict[str, Callable[[], Connection]] = {"pynq": Pynq, "baremetal": BareMetal}


def _processor(bundle: Bundle, console: str) -> list[str]:
    stem = bundle.folder / bundle.name
    return [
        *(sys.executable, "-m", "hls4ml_soc.virtual.cpu", "--console", console),
        *("--bit", str(stem.with_suffix(".bit")), "--elf", str(stem.with_suffix(".elf"))),
        *("--uart", str(bundle.manifest.get("uart", ""))),
    ]


def _need(package: str, why: str, extra: str) -> None:
    if find_spec(package) is None:
        raise ToolError(f"{why}: pip install 'hls4ml_soc[{extra}]'")
