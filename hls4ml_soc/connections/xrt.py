"""A data-centre card in this machine: the bundle's own host, on XRT.

Without a card the same host runs on the virtual one, on XRT's software emulation where XRT is
installed.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import processes
from ..board import Board
from ..bundle import Bundle
from ..errors import LinkError, ModelError, ToolError
from ..report import Arrays
from ..toolchains import messages
from . import Run

#: Samples of one start of a compute unit, at most.
BATCH = 256
#: Single samples whose time is taken on a card.
TIMED = 100
_HEADERS = ("include/xrt/xrt_bo.h", "include/xrt/xrt/xrt_bo.h")


@dataclass(frozen=True)
class Xrt:
    """A card by its number, or the virtual one without.

    ``deadline`` is in seconds, for one batch; ``flags`` are those of the C++ compiler."""

    device: int | None = None
    deadline: float = 30.0
    batch: int = BATCH
    flags: str = "-O2"
    name: str = "xrt"

    @property
    def virtual(self) -> bool:
        """Whether a model answers."""
        return self.device is None

    def check(self, board: Board, target: str) -> None:
        """Look for a compiler, and for XRT where a card is to be used.

        Raises ToolError with what to install, LinkError where XRT is not set up."""
        for program in ("make", "g++"):
            if shutil.which(program) is None:
                raise ToolError(
                    f"the host is compiled with {program}, which is missing; on Debian and Ubuntu: "
                    f"sudo apt-get install {program}"
                )
        if self.virtual:
            return
        root = os.environ.get("XILINX_XRT")
        if root is None:
            raise LinkError(
                f"{board.name}: XILINX_XRT is not set: source /opt/xilinx/xrt/setup.sh, or leave "
                "out --tools vendor for the virtual card"
            )
        if not any((Path(root) / header).is_file() for header in _HEADERS):
            raise ToolError(f"{root} has no headers of XRT's C++ API (xrt/xrt_bo.h)")

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Compile the host and compute samples on all compute units.

        Raises ModelError for inputs that the host refuses, ToolError where it does not compile,
        LinkError with XRT's message where the card fails."""
        self.check(board, "vitis")
        scratch.mkdir(parents=True, exist_ok=True)
        runtime, variables = self._runtime()
        remark(f"on {runtime}")
        program = self._host(bundle, scratch, variables)
        for file, content in host_files(inputs, not self.virtual).items():
            (scratch / file).write_bytes(content)
        run = partial(self._compute, program, bundle, board, scratch)
        return compute(
            Host(run, lambda file: (scratch / file).read_bytes(), runtime, not self.virtual),
            bundle,
            inputs,
            self.batch,
            self.deadline,
        )

    def _runtime(self) -> tuple[str, list[str]]:
        """Return what the host runs on, and the variables of its Makefile."""
        if not self.virtual:
            return f"XRT of {os.environ['XILINX_XRT']}", []
        told = processes.output([*_CARD, "--runtime"])
        try:
            found = json.loads(told)
        except ValueError:
            raise ToolError(f"the virtual card does not answer: {told.strip()[-300:]}") from None
        return found["runtime"], found["make"]

    def _host(self, bundle: Bundle, scratch: Path, variables: list[str]) -> Path:
        """Compile the host, unless the same one is there."""
        sources = {n: d for n, d in bundle.manifest["files"].items() if n.startswith("host/")}
        key = json.dumps([sources, variables, self.flags])
        folder, noted = scratch / "host", scratch / "host" / "made_from.json"
        program = folder / "hls4ml_run"
        if program.is_file() and noted.is_file() and noted.read_text() == key:
            return program
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        makefile = bundle.folder.absolute() / "host" / "Makefile"
        argv = ["make", "-f", str(makefile), f"CXXFLAGS={self.flags}", *variables, program.name]
        log = scratch / "make.log"
        if processes.run(argv, folder, log) != 0:
            raise ToolError(f"the host does not compile: {_cause(log)}\n  log: {log}")
        noted.write_text(key)
        return program

    def _compute(
        self, program: Path, bundle: Bundle, board: Board, scratch: Path, options: list[str]
    ) -> None:
        log = scratch / "run.log"
        (scratch / "run.json").unlink(missing_ok=True)
        xclbin = bundle.folder.absolute() / bundle.described["xclbin"]["file"]
        argv = [str(program.absolute()), "--xclbin", str(xclbin), *options]
        if self.virtual:
            emconfig = bundle.folder.absolute() / "emconfig.json"
            argv = [*_CARD, "--emconfig", str(emconfig), *argv]
        else:
            argv += ["--device", str(self.device)]
        code = processes.run(argv, scratch, log)
        if code != 0:
            error = ModelError if code == 2 else LinkError
            kind = "virtual" if self.virtual else f"card {self.device}"
            raise error(f"{board.name} ({kind}): {_cause(log)}\n  log: {log}")


@dataclass(frozen=True)
class Host:
    """A compiled host and a folder with its files: ``run`` takes its options and raises SocError,
    ``get`` returns a file. ``runtime`` is what it runs on, ``timed`` whether to take times."""

    run: Callable[[list[str]], None]
    get: Callable[[str], bytes]
    runtime: str
    timed: bool


def host_files(inputs: Arrays, timed: bool) -> dict[str, bytes]:
    """Return the files that a host reads; ``timed`` adds those of single samples.

    Raises ModelError for inputs that are no real numbers."""
    kinds = {"input": None, **({"single": 1} if timed else {})}
    return {
        f"{kind}_{name}.npy": _npy(_plain(name, values[:count]))
        for kind, count in kinds.items()
        for name, values in inputs.items()
    }


def compute(host: Host, bundle: Bundle, inputs: Arrays, most: int, deadline: float) -> Run:
    """Compute samples on all compute units, ``most`` in one batch, then times where they mean
    anything. The files of ``host_files`` are there."""
    names = [each["name"] for each in bundle.described["outputs"]]

    def run(kind: str, batch: int, runs: int) -> dict[str, Any]:
        options = ["--json", "run.json"]
        for side, of, tensors in (("input", kind, inputs), ("output", "output", names)):
            for name in tensors:
                options += [f"--{side}", f"{name}={of}_{name}.npy"]
        options += ["--batch", str(batch), "--runs", str(runs), "--deadline", f"{deadline:g}"]
        host.run(options)
        told: dict[str, Any] = json.loads(host.get("run.json"))
        return told

    count = len(next(iter(inputs.values())))
    # Every unit takes part, also of a few samples.
    units = int(bundle.manifest["compute_units"])
    told = run("input", max(1, min(most, -(-count // units))), 1)
    outputs = {name: np.load(io.BytesIO(host.get(f"output_{name}.npy"))) for name in names}
    noted = {
        "runtime": host.runtime,
        "seconds": told["seconds"][0],
        "compute_units": told["compute_units"],
        "latency_us": [],
        "clock_mhz": None,
    }
    if host.timed:
        noted["latency_us"] = [1e6 * each for each in run("single", 1, TIMED)["seconds"]]
    return Run(outputs, noted)


_CARD = [sys.executable, "-m", "hls4ml_soc.virtual.xrt"]


def _npy(values: np.ndarray[Any, Any]) -> bytes:
    content = io.BytesIO()
    np.save(content, values)
    return content.getvalue()


def _cause(log: Path) -> str:
    return messages.cause(log.read_text(errors="replace")).text


def _plain(name: str, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return numbers in a type that the host reads, exactly.

    Raises ModelError for others."""
    if values.dtype.kind not in "fiub" or values.dtype.itemsize > 8:
        raise ModelError(f"{name}: {values.dtype} is no array of real numbers")
    if values.dtype == np.float32 or (values.dtype.kind in "iu" and values.dtype.itemsize < 8):
        return np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    wide = np.ascontiguousarray(values, "<f8")
    if values.dtype.kind in "iu" and (wide.astype(values.dtype) != values).any():
        raise ModelError(f"{name}: integers beyond 2**53 are not computed on")
    return wide
