"""Runs: launched, running, ended. What a run makes is there when something has waited for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hls4ml_soc.virtual.vivado import constraints, verilog_names
from hls4ml_soc.virtual.vivado.design import Design
from hls4ml_soc.virtual.vivado.implement import (
    FAULT_TIMING,
    generate,
    top_design,
    top_name,
    write_bit,
)
from hls4ml_soc.virtual.vivado.project import Run

if TYPE_CHECKING:
    from hls4ml_soc.virtual.vivado.session import Session

Line = tuple[str, str]  # message number, text

STEPS = ("opt_design", "place_design", "route_design", "write_bitstream")
_FAULT_LINES = {
    "synth": ("Synth 8-439", "module 'injected_fault' not found (HLS4ML_SOC_VIRTUAL_FAIL=synth)"),
    "impl": (
        "Place 30-640",
        "Place Check : This design requires more Slice LUTs cells than are available in the target "
        "device (HLS4ML_SOC_VIRTUAL_FAIL=impl).",
    ),
    "license": (
        "Common 17-345",
        "A valid license was not found for feature 'Implementation' and/or device "
        "(HLS4ML_SOC_VIRTUAL_FAIL=license). Please run the Vivado License Manager for assistance "
        "in determining "
        "which features and devices are licensed for your system.",
    ),
    "memory": (
        "Common 17-179",
        "Fork failed: Cannot allocate memory (HLS4ML_SOC_VIRTUAL_FAIL=memory)",
    ),
}


def launch(session: Session, run: Run, to_step: str) -> None:
    """Check what goes into a run and leave it running, after a synthesis that it needs."""
    if run.is_synthesis and run.name != "synth_1" and run.name.endswith("_synth_1"):
        run.directory.mkdir(parents=True, exist_ok=True)
        run.steps_done, run.status = ["synth_design"], "synth_design Complete!"
        return _complete(run, "")  # of an IP by itself, which is taken as it is
    synthesis = session.open_project().runs["synth_1"]
    if not run.is_synthesis and not synthesis.complete and not synthesis.running:
        if synthesis.failed:
            raise session.fail(
                "Common 17-70",
                f"Application Exception: Failed to launch run '{run.name}' due to failures in the "
                f"following run(s):\n{synthesis.name}\nThese failed run(s) need to be reset prior "
                f"to launching '{run.name}' again",
            )
        launch(session, synthesis, "")
    design = top_design(session)
    if generate(session, design) is None:
        raise session.fail(
            "Vivado 12-1017",
            f"Problems encountered:\n1. Block design '{design.name}' is not valid.",
        )
    run.directory.mkdir(parents=True, exist_ok=True)
    session.print(
        f"[Tue Jan  1 00:00:00 1980] Launched {run.name}...\nRun output will be captured here: "
        f"{run.directory}/"
        "runme.log\n"
    )
    run.running, run.to_step, run.progress = True, to_step, "0%"
    run.status = "Running synth_design..." if run.is_synthesis else "Running opt_design..."
    if not run.is_synthesis and synthesis.running:
        run.status = "Queued..."


def finish(session: Session, run: Run) -> None:
    """Carry a running run to its end; one that fails leaves its status, no error."""
    if not run.running:
        return
    if not run.is_synthesis:
        synthesis = session.open_project().runs["synth_1"]
        finish(session, synthesis)
        if not synthesis.complete:
            run.reset()  # never begun
            return
    run.running = False
    design = top_design(session)
    fault = session.fault
    if fault in (("synth", "license") if run.is_synthesis else ("impl", "memory")):
        step, progress = ("synth_design", "0%") if run.is_synthesis else ("place_design", "30%")
        _end(session, run, step, progress, [_FAULT_LINES[fault]])
    elif run.is_synthesis:
        _synthesise(session, run, design)
    else:
        _implement(session, run, design)


def _synthesise(session: Session, run: Run, design: Design) -> None:
    """Find what no synthesis takes in the modules that the design refers to."""
    lines = [
        line
        for ip in {c.ip.name: c.ip for c in design.cells.values() if c.ip}.values()
        if ip.is_module and not ip.opaque
        for line in verilog_names.undeclared(ip.source, ip.name)
    ]
    if lines and not session.messages.strict:
        session.print("".join(f"WARNING: [{id}] {text}\n" for id, text in lines))
    elif lines:
        return _end(session, run, "synth_design", "0%", lines)
    run.steps_done = ["synth_design"]
    run.status = "synth_design Complete!"
    _complete(run, "")


def _implement(session: Session, run: Run, design: Design) -> None:
    last, log = run.to_step or "route_design", ""
    if last == "write_bitstream":
        files = [f for f in session.open_project().filesets["constrs_1"] if f.suffix == ".xdc"]
        found = constraints.problems(
            design, files, _by_board(session, design), strict=session.messages.strict
        )
        if found:
            # As write_bitstream does where a port has no pin or no voltage.
            end = ("Vivado 12-1345", "Error(s) found during DRC. Bitgen not run.")
            return _end(session, run, last, "80%", [*found, end])
    run.steps_done = list(STEPS[: STEPS.index(last) + 1])
    run.status = f"{last} Complete!"
    if last == "write_bitstream":
        write_bit(session, run.directory / f"{top_name(session, design)}.bit")
    if session.fault == "timing":
        log = FAULT_TIMING
        if last == "route_design":
            run.status = f"{last} Complete, Failed Timing!"
        run.properties |= {"STATS.WNS": "-1.000", "STATS.TNS": "-1.000"}
    _complete(run, log)


def _by_board(session: Session, design: Design) -> set[str]:
    """Return the ports whose pins the files of a board would tell; where strict, there is none."""
    if session.messages.strict:
        return set()
    ports = {p.name for p in design.pins.values() if p.by_board}
    ports |= {b.name for b in design.buses.values() if b.by_board}
    if ports:
        text = f"the pins of {', '.join(sorted(ports))} are those of the board, and are not checked"
        session.messages.report("Standin 1-8", text)
    return ports


def _complete(run: Run, log: str) -> None:
    run.progress = "100%"
    (run.directory / "runme.log").write_text(f"hls4ml_soc's stand-in: nothing was run\n{log}")


def _end(session: Session, run: Run, step: str, progress: str, lines: list[Line]) -> None:
    """Leave a run as Vivado leaves a failed one: the log and the terminal tell."""
    run.status, run.progress = f"{step} ERROR", progress
    text = "".join(f"ERROR: [{id}] {line}\n" for id, line in lines)
    session.print(text)
    if step != "write_bitstream":
        text += f"ERROR: [Common 17-39] '{step}' failed due to earlier errors.\n"
    (run.directory / "runme.log").write_text(text)
