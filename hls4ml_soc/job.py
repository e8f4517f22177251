"""One deployment: what was asked for, resolved and checked, and its parts in the order of
``deploy``."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import hwh, picture, samples, sources, targets
from .accelerator import Accelerator
from .board import Board
from .bundle import Bundle
from .connections import virtual
from .contract import Contract
from .errors import MismatchError, ModelError
from .execute import Products, Progress
from .options import Options
from .report import Arrays, Report, accuracy, compare, not_verified, percentiles
from .toolchains import Toolchain, versions
from .toolchains.standin import StandIn
from .toolchains.vendor import Vendor

TOOLS: dict[str, Callable[[str | None], Toolchain]] = {"standin": StandIn, "vendor": Vendor}


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

    source: sources.Source
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

        Raises BoardError, ModelError or DesignError for what cannot be honoured, ToolError for
        what is missing.
        """
        loaded = Board.load(board)
        target = loaded.target(options.target)
        targets.check(target, options.until)
        source = sources.resolve(network, options)
        toolchain = TOOLS[options.tools](options.release)
        if toolchain.origin == "vendor" and options.until == "run":
            raise ModelError(
                "what the vendor tools build cannot run on a virtual board: add --until bundle, "
                "or leave out --tools vendor"
            )
        if options.until == "run":
            virtual.check()
        if options.release:
            hls = None if options.loopback else versions.backend(options.release)
            versions.check(options.release, loaded.processing_system.family, hls)
        suffix = source.suffix + ("-virtual" if toolchain.origin == "standin" else "")
        out = options.out or Path("build") / f"{loaded.name}-{target}{suffix}"
        out = _usable(out.absolute())
        return cls(source, loaded, target, options, toolchain, progress or Silence(), out)

    def convert(self, folder: Path) -> Accelerator:
        """Return the accelerator, its hls4ml project in a folder.

        Raises ModelError.
        """
        return self.source.accelerator(folder, self.board, self.options, self.progress)

    def preflight(self, accelerator: Accelerator) -> None:
        """Raise DesignError where the release that was asked for cannot build this design."""
        if self.options.release:
            family = self.board.processing_system.family
            hls = None if self.options.loopback else accelerator.backend
            versions.check(self.options.release, family, hls)

    def built(self, report: Report, products: Products) -> Report:
        """Return the report with what a build tells, and draw the design that came out."""
        if "hwh" in products.paths:
            path = products["hwh"]
            path.with_suffix(".svg").write_text(picture.svg(hwh.read(path)), encoding="utf-8")
        return replace(
            report,
            products=self.paths(products.paths),
            tools=products.versions,
            timing=products.timing,
            utilization=products.utilization,
            hls=products.hls,
        )

    def samples(self, accelerator: Accelerator) -> Data:
        """Read the data of the run, before anything takes long.

        Raises ModelError.
        """
        options = self.options
        if options.input:
            inputs, origin = samples.load(options.input, accelerator.inputs), options.input.name
        else:
            inputs, origin = self.source.samples(accelerator)
        count = len(next(iter(inputs.values())))
        labels = None
        if options.labels:
            if len(accelerator.outputs) != 1:
                raise ModelError("labels need a network with one output")
            labels = samples.load_labels(options.labels, count, accelerator.outputs[0].size)
        expected = samples.load(options.expect, accelerator.outputs) if options.expect else None
        wanted = len(next(iter(expected.values()))) if expected else count
        if wanted != count:
            raise ModelError(f"{options.expect}: {wanted} expectations for {count} samples")
        return Data(inputs, origin, labels, expected)

    def report(self, contract: Contract) -> Report:
        """Return what is known before anything is built."""
        own, theirs, here = contract.inputs, contract.outputs, Path.cwd()
        sizes = {"in": own.bytes, "out": theirs.bytes, "padding": own.padding + theirs.padding}
        return Report(
            board=self.board.name,
            target=self.target,
            connection="virtual" if self.options.until == "run" else "none",
            origin=self.toolchain.origin,
            until=self.options.until,
            folder=str(self.out.relative_to(here) if self.out.is_relative_to(here) else self.out),
            clock_mhz=contract.clock_mhz,
            bytes_per_sample=sizes,
            design_id=contract.design_id,
            notes=contract.notes(),
            not_verified=not_verified(self.toolchain.origin),
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
        first, labels = comparison.first, data.labels
        right = right_float = None
        if labels is not None:
            right = accuracy(came.outputs, labels)
            floats = self.source.floats(data.inputs)
            right_float = accuracy({"": floats[0]}, labels) if floats else None
        report = replace(
            report,
            samples=comparison.samples,
            inputs=data.origin,
            expected=whose,
            shows=f"on {comparison.samples} samples {self.source.shipped} gave what {whose} gives",
            bit_exact=comparison.bit_exact,
            mismatches=comparison.mismatches,
            first_mismatch=asdict(first) if first else None,
            accuracy=right,
            accuracy_float=right_float,
            latency_us=percentiles(came.noted["latency_us"]),
            clock_mhz=came.noted["clock_mhz"],
            # No time of a model says anything about hardware.
            simulation_s=seconds,
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
        if data.expected is not None and self.options.expect:
            return data.expected, self.options.expect.name
        scratch = self.out / "reference"
        return self.source.expected(accelerator, data.inputs, scratch, self.progress)


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
