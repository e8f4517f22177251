"""The whole story: a network or an hls4ml project, to a board that computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from . import finished, resources, workspace
from .bundle import is_bundle
from .errors import ModelError
from .execute import Progress, execute
from .job import Job
from .options import Options
from .plan import Plan
from .report import Report
from .targets import TARGETS


def deploy(
    network: Path | None,
    board: str | None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take a network or an hls4ml project, or with ``options.loopback`` a FIFO, to a board, as far
    as ``options.until``; a bundle in the network's place is run as it is.

    Writes everything below ``options.out`` and returns what ``report.json`` there says. Raises
    SocError; MismatchError if outputs differ from what is expected, after the report is written.
    """
    if network is not None and is_bundle(network):
        return finished.run(network, board, options or Options(), progress)
    job = Job.of(network, board, options or Options(), progress)
    with workspace.claim(job.out):
        workspace.forget(job.out, ("report.json", "bundle", "run"))
        accelerator = job.convert(job.out / "project")
        job.preflight(accelerator)
        contract = job.contract(accelerator)
        plan = TARGETS[job.target].plan(contract, job.options.allow_negative_slack)
        data = job.samples(contract)
        accuracy = job.accuracy(accelerator, data)
        report = accuracy.noted(job.report(contract))
        if job.options.until == "plan":
            plan.write(job.out)
            return job.done(report)

        products = execute(plan, job.out, job.toolchain, job.progress)
        report = job.built(report, contract, products)
        if job.options.until == "build":
            return job.done(report)

        trial = job.trial(accelerator, data)
        if not job.options.profile:
            accuracy = job.check(accelerator, trial)
            report = accuracy.noted(report)
        bundle = TARGETS[job.target].bundle(
            contract, plan, products, job.out / "bundle", job.extra(trial)
        )
        report = replace(report, products={**report.products, "bundle": "bundle"})
        if job.options.until == "bundle":
            return job.done(report)

        return trial.run(
            report, bundle, job.board, job.connection, job.out, job.progress, accuracy.board
        )


def dry_run(
    network: Path | None, board: str | None, options: Options, scratch: Path
) -> tuple[Plan, list[list[str]]]:
    """Return the plan of a deployment and its commands; nothing is executed, nothing written but in
    ``scratch``.

    A network is converted there, since its shapes decide the design. Raises SocError.
    """
    if network is not None and is_bundle(network):
        raise ModelError("a bundle has been built: there is nothing for --dry-run to show")
    # Nobody is asked anything: the board is not looked for.
    options = replace(options, until="bundle", tools=options.builder, host=None, port=None)
    options = replace(options, identity=None, jump=None, accept_new_host_key=False)
    options = replace(options, cable=None, no_program=False)
    job = Job.of(network, board, options, None)
    accelerator = job.convert(scratch / "project")
    job.preflight(accelerator)
    contract = job.contract(accelerator)
    plan = TARGETS[job.target].plan(contract, options.allow_negative_slack)
    return plan, [job.toolchain.command(step) for step in plan.steps]


#: The reuse factor of the example: fully parallel it would ask a Pynq-Z2 for some 3000 multipliers.
EXAMPLE_REUSE = 32


def example() -> tuple[Path, Path, Path]:
    """Return the packaged example, handwritten digits: network, images and labels."""
    folder = resources.folder("examples") / "digits"
    return folder / "digits.onnx", folder / "test_images.npy", folder / "test_labels.npy"
