"""One deployment: what was asked for, resolved and checked, and its parts in the order of
``deploy``."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import __version__, frontends, loopback, samples
from .accelerator import Accelerator
from .board import Board
from .bundle import Bundle
from .connections import virtual
from .contract import Contract
from .errors import MismatchError, ModelError
from .execute import Progress
from .frontends.names import Names
from .loopback import Loopback
from .reference import Reference
from .report import NOT_MEASURED, NOT_VERIFIED, Arrays, Report, accuracy, compare, percentiles
from .toolchains import Toolchain
from .toolchains.standin import StandIn
from .toolchains.vendor import Vendor

UNTIL = ("plan", "build", "bundle", "run")
TOOLS: dict[str, Callable[[], Toolchain]] = {"standin": StandIn, "vendor": Vendor}


@dataclass(frozen=True)
class Options:
    """What a user may ask for beside network and board; see ``hls4ml-soc deploy --help``."""

    until: str = "run"
    target: str | None = None
    tools: str = "standin"
    input: Path | None = None
    expect: Path | None = None
    labels: Path | None = None
    precision: str = "ap_fixed<16,6>"
    reuse: int = 1
    io_type: str = "io_parallel"
    packing: str = "aligned"
    allow_negative_slack: bool = False
    loopback: bool = False
    out: Path | None = None


@dataclass(frozen=True)
class Data:
    """The samples of a run. ``origin`` says where they are from."""

    inputs: Arrays
    origin: str
    labels: np.ndarray[Any, Any] | None
    expected: Arrays | None


class Silence:
    """Progress that nobody watches."""

    def step(self, title: str) -> AbstractContextManager[Callable[[str], None]]:
        """Say nothing."""
        return nullcontext(lambda remark: None)


@dataclass(frozen=True)
class Job:
    """A deployment that can begin."""

    source: frontends.Source | None  # None: a loopback
    board: Board
    target: str
    options: Options
    toolchain: Toolchain
    progress: Progress
    out: Path

    @classmethod
    def of(
        cls, network: Path | None, board: str, options: Options, progress: Progress | None
    ) -> Job:
        """Resolve what was asked for.

        Raises BoardError or ModelError for what cannot be honoured, ToolError for what is missing.
        """
        loaded = Board.load(board)
        target = loaded.target(options.target)
        source = _source(network, options)
        toolchain = TOOLS[options.tools]()
        if toolchain.origin == "vendor" and options.until == "run":
            raise ModelError(
                "what the vendor tools build cannot run on a virtual board: add --until bundle, "
                "or leave out --tools vendor"
            )
        if options.until == "run":
            virtual.check()
        suffix = ("-loopback" if source is None else "") + (
            "-virtual" if toolchain.origin == "standin" else ""
        )
        out = options.out or Path("build") / f"{loaded.name}-{target}{suffix}"
        out = _usable(out.absolute())
        return cls(source, loaded, target, options, toolchain, progress or Silence(), out)

    def convert(self, folder: Path) -> Accelerator:
        """Make the hls4ml project, or take a copy of the one given, and read it.

        Raises ModelError.
        """
        if self.source is None:
            return Loopback.on(self.board)
        if self.source.is_project:
            Accelerator.read(self.source.path)
            _copy_project(self.source.path, folder)
            return Accelerator.read(folder)
        with self.progress.step("hls4ml conversion") as remark:
            settings = {
                "name": Names().pick(self.source.path.stem, "network"),
                "part": self.board.part,
                "clock_ns": 1000 / self.board.clock.mhz,
                "precision": self.options.precision,
                "reuse": self.options.reuse,
                "io_type": self.options.io_type,
            }
            key = (
                _key(self.source.path.read_bytes(), settings) if self.source.path.is_file() else ""
            )
            note = folder.with_name(f"{folder.name}.key")
            if folder.is_dir() and note.is_file() and note.read_text() == key:
                remark("unchanged")
            else:
                note.unlink(missing_ok=True)
                self.source.project(folder, **settings)
                note.write_text(key)
        return Accelerator.read(folder)

    def samples(self, accelerator: Accelerator) -> Data:
        """Read the data of the run, before anything takes long.

        Raises ModelError.
        """
        if self.source is None:
            inputs, origin = loopback.samples(), "random words"
        elif self.options.input:
            inputs, origin = (
                samples.load(self.options.input, accelerator.inputs),
                self.options.input.name,
            )
        else:
            inputs, origin = samples.random(accelerator.inputs), "random, seed 0"
        count = len(next(iter(inputs.values())))
        labels = samples.load_labels(self.options.labels, count) if self.options.labels else None
        expected = (
            samples.load(self.options.expect, accelerator.outputs) if self.options.expect else None
        )
        if expected and len(next(iter(expected.values()))) != count:
            raise ModelError(
                f"{self.options.expect}: {len(next(iter(expected.values())))} expectations for "
                f"{count} samples"
            )
        if labels is not None and len(accelerator.outputs) != 1:
            raise ModelError("labels need a network with one output")
        return Data(inputs, origin, labels, expected)

    def report(self, contract: Contract) -> Report:
        """Return what is known before anything is built."""
        own, theirs = contract.inputs, contract.outputs
        return Report(
            board=self.board.name,
            target=self.target,
            connection="virtual" if self.options.until == "run" else "none",
            origin=self.toolchain.origin,
            until=self.options.until,
            folder=os.path.relpath(self.out),
            clock_mhz=contract.clock_mhz,
            bytes_per_sample={
                "in": own.bytes,
                "out": theirs.bytes,
                "padding": own.padding + theirs.padding,
            },
            design_id=contract.design_id,
            not_verified=list(NOT_VERIFIED) if self.toolchain.origin == "standin" else [],
        )

    def paths(self, products: dict[str, Path]) -> dict[str, str]:
        """Return products as paths below the output folder."""
        return {kind: path.relative_to(self.out).as_posix() for kind, path in products.items()}

    def run(self, report: Report, bundle: Bundle, accelerator: Accelerator, data: Data) -> Report:
        """Run the board and compare.

        Raises MismatchError after the report is written.
        """
        expected, whose = self._expected(accelerator, data)
        with self.progress.step(f"{self.board.name} (virtual)") as remark:
            started = time.perf_counter()
            came = virtual.run(bundle, self.board, data.inputs, self.out / "run")
            seconds = time.perf_counter() - started
            comparison = compare(came.outputs, expected)
            remark(str(comparison))
        first = comparison.first
        report = replace(
            report,
            samples=comparison.samples,
            inputs=data.origin,
            expected=whose,
            bit_exact=comparison.bit_exact,
            mismatches=comparison.mismatches,
            first_mismatch=asdict(first) if first else None,
            accuracy=accuracy(came.outputs, data.labels) if data.labels is not None else None,
            accuracy_float=self._float_accuracy(data),
            latency_us=percentiles(came.noted["latency_us"]),
            clock_mhz=came.noted["clock_mhz"],
            # No time of a model says anything about hardware.
            simulation_s=seconds,
            not_verified=[*NOT_VERIFIED, *NOT_MEASURED],
        )
        self.done(report)
        if first:
            wrong = comparison.samples - comparison.bit_exact
            raise MismatchError(
                f"{wrong} of {comparison.samples} samples differ from {whose}; the first: {first}"
            )
        return report

    def done(self, report: Report) -> Report:
        """Write ``report.json``."""
        report.write(self.out / "report.json")
        return report

    def _expected(self, accelerator: Accelerator, data: Data) -> tuple[Arrays, str]:
        """Return what the board has to give, and where that is from."""
        if self.source is None:
            return loopback.expected(data.inputs), "what was sent"
        if data.expected is not None and self.options.expect:
            return data.expected, self.options.expect.name
        with self.progress.step("hls4ml emulation"):
            reference = Reference(accelerator, self.out / "reference")
            values = reference.predict([data.inputs[t.name] for t in accelerator.inputs])
        names = (tensor.name for tensor in accelerator.outputs)
        return dict(zip(names, values, strict=True)), "hls4ml's emulation"

    def _float_accuracy(self, data: Data) -> float | None:
        """Return the accuracy of the network itself. Several inputs may be ordered otherwise."""
        if data.labels is None or self.source is None or len(data.inputs) != 1:
            return None
        outputs = self.source.evaluate(list(data.inputs.values()))
        return accuracy({"": outputs[0]}, data.labels) if outputs else None


def _usable(folder: Path) -> Path:
    """Return an output folder whose path the tools take.

    Raises ModelError: Vitis HLS ends with [HLS 200-70] at a blank, Vivado at more than that.
    """
    if strange := sorted(set(re.findall(r"[^A-Za-z0-9_./+-]", str(folder)))):
        named = " ".join(map(repr, strange))
        raise ModelError(
            f"output folder {folder}: HLS and Vivado refuse paths with {named}; "
            "choose another with --out"
        )
    return folder


def _source(network: Path | None, options: Options) -> frontends.Source | None:
    if not options.loopback:
        if network is None:
            raise ModelError("there is no network to deploy")
        return frontends.read(network)
    given = [name for name in ("input", "labels", "expect") if getattr(options, name) is not None]
    if network is not None or given:
        raise ModelError(
            f"--loopback takes no {'network' if network is not None else '--' + given[0]}: a FIFO "
            "stands in its place"
        )
    return None


def _key(network: bytes, settings: dict[str, Any]) -> str:
    told = [__version__, hashlib.sha256(network).hexdigest(), settings]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _copy_project(project: Path, folder: Path) -> None:
    """Copy what HLS and the emulation need; the user's project is never written to."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        project, folder, ignore=shutil.ignore_patterns("*_prj", "*.so", "tb_data", "*.tar.gz")
    )
