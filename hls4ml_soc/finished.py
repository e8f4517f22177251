"""A bundle that was built earlier, perhaps elsewhere, run on a board. Needs no hls4ml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from . import samples, targets, workspace
from .board import Board
from .bundle import Bundle
from .connections import choice
from .errors import ModelError
from .execute import Progress, Silence
from .options import Options
from .report import Report, not_verified
from .sample_bytes import SampleBytes
from .trial import SHIPPED, Trial
from .workspace import usable

#: What decided the build, and comes too late for one that is finished.
_TOO_LATE = (
    *("tools", "release", "precision", "reuse", "io_type", "compute_units", "packing"),
    *("allow_negative_slack", "loopback", "profile"),
)


def run(network: Path, board: str | None, options: Options, progress: Progress | None) -> Report:
    """Run a bundle on the board it was made for, with the samples it carries or others.

    Raises ModelError for a bundle that is not as it was written, or options that it cannot honour;
    else as ``deploy`` does."""
    bundle = Bundle.read(network)
    manifest = bundle.manifest
    target = _check(bundle, board, options)
    there = Board.load(board or manifest["board"])
    connection = choice.choose(target, options, manifest["origin"], progress)
    choice.check(connection, there, target, manifest["origin"], options)
    _layout(bundle)
    trial = _trial(bundle, options)
    out = options.out or Path("build") / f"{there.name}-{target}-bundle"
    with workspace.claim(usable(out.absolute())) as folder:
        report = _report(bundle, there, target, folder)
        return trial.run(report, bundle, there, connection, folder, progress or Silence())


def _check(bundle: Bundle, board: str | None, options: Options) -> str:
    """Return the target of a bundle. Raises ModelError for what does not go with it."""
    manifest = bundle.manifest
    for name in _TOO_LATE:
        if getattr(options, name):
            raise ModelError(
                f"a bundle, which is built already, takes no --{name.replace('_', '-')}"
            )
    if options.until != "run":
        raise ModelError(
            f"a bundle has been built: there is nothing to do with --until {options.until}"
        )
    targets.check(manifest["target"])
    if options.target not in (None, manifest["target"]):
        raise ModelError(
            f"{bundle.where} is for the target {manifest['target']}, not {options.target}"
        )
    if board is not None and Board.load(board).name != manifest["board"]:
        raise ModelError(f"{bundle.where} is for {manifest['board']}, not {board}")
    return str(manifest["target"])


def _trial(bundle: Bundle, options: Options) -> Trial:
    if not options.input:
        if options.expect or options.labels:
            raise ModelError("--expect and --labels go with --input where a bundle is deployed")
        return Trial.read(bundle)
    if not options.expect:
        raise ModelError(
            "a bundle does not know what the network gives for other inputs: add --expect"
        )
    layout = _layout(bundle)
    inputs = samples.load(options.input, tuple(p.tensor for p in layout.inputs.ports))
    expected = samples.load(options.expect, tuple(p.tensor for p in layout.outputs.ports))
    trial = Trial(inputs, expected, options.input.name, options.expect.name, SHIPPED)
    wanted = len(next(iter(expected.values())))
    if wanted != trial.samples:
        raise ModelError(f"{options.expect}: {wanted} expectations for {trial.samples} samples")
    if options.labels:
        classes = layout.outputs.ports[0].tensor.size
        trial = replace(trial, labels=samples.load_labels(options.labels, wanted, classes))
    return trial


def _layout(bundle: Bundle) -> SampleBytes:
    """Return how samples lie. Raises ModelError for an accelerator.json that does not say."""
    try:
        return SampleBytes.of(bundle.described)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{bundle.where}: accelerator.json does not describe an accelerator: {error!r}"
        ) from None


def _report(bundle: Bundle, board: Board, target: str, folder: Path) -> Report:
    described, layout = bundle.described, _layout(bundle)
    sides, here = (layout.inputs, layout.outputs), Path.cwd()
    return Report(
        board=board.name,
        target=target,
        connection="",
        origin=bundle.manifest["origin"],
        until="run",
        folder=str(folder.relative_to(here) if folder.is_relative_to(here) else folder),
        clock_mhz=described.get("clock_mhz"),
        bytes_per_sample={
            "in": layout.inputs.bytes,
            "out": layout.outputs.bytes,
            "padding": sum(side.padding for side in sides),
        },
        design_id=described["design_id"],
        tools=bundle.manifest.get("versions", {}),
        not_verified=not_verified(bundle.manifest["origin"]),
    )
