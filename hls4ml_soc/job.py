"""One deployment: what was asked for, resolved and checked, and its parts in the order of
``deploy``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import estimate, hwh, picture, samples, sources, targets
from .accelerator import Accelerator
from .board import Board
from .connections import Connection, choice
from .contract import Contract
from .errors import ModelError
from .execute import Products, Progress, Silence
from .options import Options
from .packing import PACKINGS
from .profile import Accuracy
from .report import Arrays, Report, not_verified
from .toolchains import Toolchain, versions
from .toolchains.standin import StandIn
from .toolchains.vendor import Vendor
from .trial import Trial
from .workspace import usable

TOOLS: dict[str, Callable[[str | None], Toolchain]] = {"standin": StandIn, "vendor": Vendor}


@dataclass(frozen=True)
class Data:
    """The samples of a run. ``origin`` says where they are from."""

    inputs: Arrays
    origin: str
    labels: np.ndarray[Any, Any] | None
    expected: Arrays | None


@dataclass(frozen=True)
class Job:
    """A deployment that can begin."""

    source: sources.Source
    board: Board
    target: str
    options: Options
    toolchain: Toolchain
    connection: Connection
    progress: Progress
    out: Path

    @classmethod
    def of(
        cls, network: Path | None, board: str | None, options: Options, progress: Progress | None
    ) -> Job:
        """Resolve what was asked for.

        Raises BoardError, ModelError or DesignError for what cannot be honoured, ToolError for
        what is missing.
        """
        if board is None:
            raise ModelError("which board? name one with --board; `hls4ml-soc boards` lists them")
        loaded = Board.load(board)
        target = loaded.target(options.target)
        targets.check(target)
        source = sources.resolve(network, options)
        if options.loopback and options.profile:
            raise ModelError("a loopback takes no --profile: it computes nothing")
        toolchain = TOOLS[options.builder](options.release)
        connection = choice.choose(target, options, toolchain.origin, progress)
        if options.until == "run":
            choice.check(connection, loaded, target, toolchain.origin, options)
        if options.release:
            hls = None if options.loopback else versions.backend(options.release)
            versions.check(options.release, loaded.family, hls)
        suffix = source.suffix + ("-virtual" if toolchain.origin == "standin" else "")
        out = options.out or Path("build") / f"{loaded.name}-{target}{suffix}"
        out = usable(out.absolute())
        progress = progress or Silence()
        return cls(source, loaded, target, options, toolchain, connection, progress, out)

    def convert(self, folder: Path) -> Accelerator:
        """Return the accelerator, its hls4ml project in a folder.

        Raises ModelError.
        """
        return self.source.accelerator(folder, self.board, self.options, self.progress)

    def contract(self, accelerator: Accelerator) -> Contract:
        """Return what hardware and software will agree on."""
        options = self.options
        if options.compute_units is not None and options.compute_units < 1:
            raise ModelError(f"--compute-units {options.compute_units}: at least 1 is needed")
        return Contract(
            accelerator, self.board, options.packing or PACKINGS[0], options.compute_units or 0
        )

    def preflight(self, accelerator: Accelerator) -> None:
        """Raise DesignError where the release that was asked for cannot build this design."""
        if self.options.release:
            family = self.board.family
            hls = None if self.options.loopback else accelerator.backend
            versions.check(self.options.release, family, hls)

    def built(self, report: Report, contract: Contract, products: Products) -> Report:
        """Return the report with what a build tells, and draw the design that came out."""
        if "hwh" in products.paths:
            path = products["hwh"]
            path.with_suffix(".svg").write_text(picture.svg(hwh.read(path)), encoding="utf-8")
        cycles = estimate.cycles(contract, self.target, products.hls)
        return replace(
            report,
            notes=[*report.notes, str(cycles)],
            products={**report.products, **self.paths(products.paths)},
            tools=products.versions,
            timing=products.timing,
            utilization=products.utilization,
            hls=products.hls,
        )

    def samples(self, contract: Contract) -> Data:
        """Read the data of the run, before anything takes long.

        Raises ModelError.
        """
        options, accelerator = self.options, contract.accelerator
        layout = self.source.layout(accelerator)
        if options.input:
            inputs = samples.load(options.input, accelerator.inputs, layout.inputs)
            origin = options.input.name
        else:
            inputs, origin = self.source.samples(accelerator)
            most = targets.most_samples(self.target, contract)
            inputs = {name: values[:most] for name, values in inputs.items()}
        count = len(next(iter(inputs.values())))
        labels = None
        if options.labels:
            if len(accelerator.outputs) != 1:
                raise ModelError("labels need a network with one output")
            labels = samples.load_labels(options.labels, count, accelerator.outputs[0].size)
        expected = None
        if options.expect:
            expected = samples.load(options.expect, accelerator.outputs, layout.outputs)
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
            connection=self.connection.name if self.options.until == "run" else "none",
            origin=self.toolchain.origin,
            until=self.options.until,
            folder=str(self.out.relative_to(here) if self.out.is_relative_to(here) else self.out),
            clock_mhz=contract.clock_mhz,
            bytes_per_sample=sizes,
            design_id=contract.design_id,
            notes=contract.notes(),
            not_verified=not_verified(self.toolchain.origin, built=self.options.until != "plan"),
        )

    def paths(self, products: dict[str, Path]) -> dict[str, str]:
        """Return products as paths below the output folder."""
        return {kind: path.relative_to(self.out).as_posix() for kind, path in products.items()}

    def extra(self, trial: Trial) -> dict[str, bytes]:
        """Return what a bundle carries beside hardware and software: the samples of the trial, and
        the network's weights where a notebook races with them."""
        files = trial.file()
        if self.target in targets.WITH_WEIGHTS and (weights := self.source.weights()):
            files["network.npz"] = weights
        return files

    def done(self, report: Report) -> Report:
        """Write ``report.json``."""
        report.write(self.out / "report.json")
        return report

    def accuracy(self, accelerator: Accelerator, data: Data) -> Accuracy:
        """Return the profile that was asked for, written into the output folder."""
        if not self.options.profile:
            return Accuracy()
        return Accuracy.profiled(self.source, accelerator, data.inputs, self.out, self.progress)

    def check(self, accelerator: Accelerator, trial: Trial) -> Accuracy:
        """Compare what is expected of the board with floating point, where it is the emulation's
        word and not the user's."""
        if self.options.expect or self.options.loopback:
            return Accuracy()
        return Accuracy.checked(
            self.source, accelerator, trial.inputs, trial.expected, self.out, self.progress
        )

    def trial(self, accelerator: Accelerator, data: Data) -> Trial:
        """Return the samples with what the board has to give for them.

        Raises ToolError where hls4ml's emulation does not compile."""
        floats = None
        if data.expected is not None and self.options.expect:
            expected, whose = data.expected, self.options.expect.name
        else:
            scratch = self.out / "reference"
            expected, whose = self.source.expected(accelerator, data.inputs, scratch, self.progress)
        if data.labels is not None and (computed := self.source.floats(accelerator, data.inputs)):
            floats = {"": computed[0]}
        *parts, last = (p for p in targets.SHIPPED[self.target] if p not in self.source.unused)
        shipped = f"the shipped {', '.join(parts)} and {last}"
        return Trial(data.inputs, expected, data.origin, whose, shipped, data.labels, floats)
