"""Virtual boards: the bundle's own program, over models of the hardware."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from .. import execute
from ..board import Board
from ..bundle import Bundle
from ..errors import LinkError, ModelError, ToolError
from ..report import Arrays
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
        code = execute.run(argv, scratch, log, {"PYTHONDONTWRITEBYTECODE": "1"})
        if code != 0:
            error = ModelError if code == 2 else LinkError
            raise error(f"{board.name} (virtual): {execute.root_cause(log)}\n  log: {log}")
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
        with _powered(bundle, scratch) as (where, log):
            try:
                return converse(bundle, inputs, where, scratch / "terminal.txt")
            except LinkError as error:
                told = log.read_text(errors="replace").strip()
                raise LinkError(f"{board.name} (virtual): {error}\n{told}".rstrip()) from None


def leave_running(bundle: Bundle, console: str) -> int:
    """Run a bundle's program on its virtual board until interrupted, the serial line on ``pty`` or
    ``socket:PORT``; return the exit code of the board.

    Its first line on standard output names the place for a terminal program."""
    _need("unicorn", "virtual processors are unicorn's", "baremetal")
    with subprocess.Popen(_processor(bundle, console)) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the board has had it too, and ends by itself


#: Target -> its virtual boards.
VIRTUAL: dict[str, Callable[[], Connection]] = {"pynq": Pynq, "baremetal": BareMetal}


@contextmanager
def _powered(bundle: Bundle, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Give the URL of a running board's serial line, and its log; the board ends with the
    context."""
    log = scratch / "board.log"
    with open(log, "wb") as file:
        process = subprocess.Popen(
            _processor(bundle, "socket:0"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            start_new_session=True,  # Ctrl-C is for the host; the board ends below
        )
    try:
        assert process.stdout is not None
        if not (where := process.stdout.readline().decode().strip()):
            process.wait(20)
            raise LinkError(execute.root_cause(log))
        yield where, log
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _processor(bundle: Bundle, console: str) -> list[str]:
    stem = bundle.folder / bundle.name
    return [
        *(sys.executable, "-m", "hls4ml_soc.virtual.cpu", "--console", console),
        *("--bit", str(stem.with_suffix(".bit")), "--elf", str(stem.with_suffix(".elf"))),
    ]


def _need(package: str, why: str, extra: str) -> None:
    if find_spec(package) is None:
        raise ToolError(f"{why}: pip install 'hls4ml_soc[{extra}]'")
