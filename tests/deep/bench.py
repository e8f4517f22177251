"""Carries one mutant as far as it gets, in a process of its own: HLS, Vivado, virtual board.

    python bench.py FOLDER

``FOLDER`` holds a family's good builds (``network``, ``loopback``), each with its plan's files, the
HLS products, a bundle, contract, plan, target and releases in ``made.pickle``, ``inputs.npy`` and
``expected.npy``. Jobs come on stdin and verdicts leave on stdout, one JSON object a line.
Everything is imported once, and each good design built once, so that what the stand-in reads of its
catalogue is there; each job is a fork.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

#: Seconds after which a mutant counts as hanging. An HLS run takes 2 s on an idle machine.
PATIENCE = 300
PRODUCTS = ("soc.bit", "soc.hwh", "soc.xsa", "facts.txt")


class Different(Exception):
    """The board gave other values than the reference, or took a transfer that was cut."""


def carry(base: Path, job: dict[str, Any], scratch: Path) -> tuple[str, str]:
    """Return who noticed (``hls``, ``vivado``, ``build``, ``board``, ``driver``, ``results``) and
    what it said; ``nobody`` if the mutant came through."""
    good = base / job["design"]
    for name, text in job["files"].items():
        path = scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (scratch / "project").symlink_to(good / "project")
    if job["hls"]:
        code, said = in_folder(scratch / "hls", hls, job)
        if code:
            return "hls", said
    else:
        (scratch / "hls").symlink_to(good / "hls")
    code, said = in_folder(scratch / "vivado", vivado, job)
    if code:
        return "vivado", said
    if missing := [name for name in PRODUCTS if not (scratch / "vivado" / name).is_file()]:
        return "build", f"wrote no {missing[0]}"
    contract, plan, target, _ = pickle.loads((good / "made.pickle").read_bytes())
    if target == "baremetal":
        return on_processor(good, contract, plan, scratch)
    bundle = scratch / "bundle"
    shutil.copytree(good / "bundle", bundle)
    (bit,) = bundle.glob("*.bit")
    for suffix in ("bit", "hwh"):
        shutil.copy(scratch / f"vivado/soc.{suffix}", bit.with_suffix(f".{suffix}"))
    return on_board(good, bit, contract)


def in_folder(folder: Path, tool: Any, job: dict[str, Any]) -> tuple[int, str]:
    """Run a stand-in in a folder; return its exit code and its first error line."""
    os.chdir(folder)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = tool(job)
    lines = [line.strip() for line in said.getvalue().splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "CRITICAL"))]
    return code, (errors or lines or ["nothing"])[0]


def hls(job: dict[str, Any]) -> int:
    from hls4ml_soc.virtual.hls.__main__ import main

    code = main(["--tool", "vitis_hls", "-f", "run_hls.tcl"])
    if not code and not list(Path().glob("*_prj/solution1/impl/ip/component.xml")):
        print("ERROR: HLS wrote no component.xml")
        return 1
    return code


def vivado(job: dict[str, Any]) -> int:
    from hls4ml_soc.virtual.vivado.__main__ import main

    os.environ["HLS4ML_SOC_VIRTUAL_FAIL"] = job["fault"]
    return main(["--version", job["version"], "-nolog", "-mode", "batch", "-source", "build.tcl"])


def on_processor(good: Path, contract: Any, plan: Any, scratch: Path) -> tuple[str, str]:
    """Compile the program for the hardware as it came out, and run it on the virtual processor."""
    import numpy as np

    from hls4ml_soc.connections import virtual
    from hls4ml_soc.errors import DesignError, SocError
    from hls4ml_soc.execute import Products
    from hls4ml_soc.targets import baremetal

    (scratch / "emulation").symlink_to(good / "emulation")  # of the self-test: the same network
    paths = {kind: scratch / "vivado" / f"soc.{kind}" for kind in ("bit", "hwh", "xsa", "mmi")}
    command = virtual._processor
    # Pipelines that stall as a whole, as Vitis HLS makes them; a serial line that takes no time.
    virtual._processor = lambda *given: [*command(*given), "--fault", "stalling", "--unlimited"]
    inputs, expected = np.load(good / "inputs.npy"), np.load(good / "expected.npy")
    (name,) = (tensor.name for tensor in contract.accelerator.inputs)
    try:
        bundle = baremetal.bundle(contract, plan, Products(paths, "standin"), scratch / "bundle")
        run = virtual.BareMetal().run(
            bundle, contract.board, {name: inputs}, scratch / "run", lambda remark: None
        )
    except DesignError as error:
        return "driver", f"DesignError: {error}"
    except SocError as error:
        return "board", f"{type(error).__name__}: {error}"
    (got,) = run.outputs.values()
    wrong = int((got != expected).reshape(len(got), -1).any(axis=1).sum())
    return ("results", f"{wrong} of {len(got)} samples differ") if wrong else ("nobody", "")


def on_board(good: Path, bit: Path, contract: Any) -> tuple[str, str]:
    """Run the driver of the bundle: a batch, a second call, a cut transfer and a good one."""
    import hls4ml_soc.virtual.pynq.device as device
    from hls4ml_soc.virtual.pynq.design import BoardOptions

    board, beat = contract.board, contract.inputs.bits // 8
    arch = {"zynq7": "armv7l", "zynqmp": "aarch64"}[board.processing_system.family]
    name = board.targets["pynq"].device
    # Pipelines that stall as a whole, as Vitis HLS makes them.
    options = BoardOptions(name=name, part=board.part, arch=arch, stalling=True)
    device.install(device.VirtualDevice(options))
    sys.path.insert(0, str(bit.parent))
    os.chdir(bit.parent)
    try:
        drive(good, bit, beat)
    except Different as error:
        return "results", str(error)
    except Exception as error:
        module = type(error).__module__
        who = "driver" if module.startswith("hls4ml_overlay") else "board"
        if not module.startswith(("hls4ml_overlay", "hls4ml_soc", "pynq")):
            who = "crash"
        return who, f"{type(error).__name__}: {error}"
    return "nobody", ""


def drive(good: Path, bit: Path, beat: int) -> None:
    """Raise Different unless every call gives what the reference gives; ``beat`` bytes are cut."""
    import numpy as np
    from hls4ml_overlay import AcceleratorError, AcceleratorOverlay, overlay

    inputs, expected = np.load(good / "inputs.npy"), np.load(good / "expected.npy")
    overlay.BUFFER_BYTES = 4 * inputs[0].nbytes  # several chunks a call
    board = AcceleratorOverlay(str(bit), timeout=0.05)

    def compare(what: str, part: slice) -> None:
        got = board.predict(inputs[part])
        wrong = int((got != expected[part]).reshape(len(got), -1).any(axis=1).sum())
        if wrong:
            raise Different(f"{what}: {wrong} of {len(got)} samples differ")

    compare("batch", slice(0, len(inputs)))
    compare("second call", slice(3, 8))
    compare("single sample", slice(1, 2))
    start = board._dma.start
    board._dma.start = lambda source, sent, sink, wanted: start(source, sent - beat, sink, wanted)
    try:
        board.predict(inputs[:3])
    except AcceleratorError:
        pass
    else:
        raise Different("a transfer that was cut went unnoticed")
    board._dma.start = start
    compare("after a cut transfer", slice(2, 9))


def forked(base: Path, job: dict[str, Any]) -> dict[str, str]:
    """Do a job in a child process and return its verdict."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory(prefix="mutant-") as scratch:
        child = os.fork()
        if child == 0:
            os.close(reading)
            verdict = attempt(base, job, Path(scratch))
            os.write(writing, json.dumps(verdict).encode())
            os._exit(0)
        os.close(writing)
        ready, _, _ = select.select([reading], [], [], PATIENCE)
        if not ready:
            os.kill(child, signal.SIGKILL)
        said = b""
        while part := os.read(reading, 65536):
            said += part
        os.close(reading)
        _, status = os.waitpid(child, 0)
    if not said:
        return {"by": "hang" if not ready else "crash", "said": f"wait status {status}"}
    return json.loads(said)


def attempt(base: Path, job: dict[str, Any], scratch: Path) -> dict[str, str]:
    """Return the verdict on a job, whatever happens."""
    try:
        with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
            by, said = carry(base, job, scratch)
    except BaseException as error:  # a tool that lets an exception out
        own = type(error).__module__.startswith("hls4ml_soc.virtual.hls")
        by, said = "hls" if own else "crash", f"{type(error).__name__}: {error}"
    return {"by": by, "said": said[:500].replace(str(scratch), "")}


def warm(good: Path) -> None:
    """Build a good design in this process."""
    _, plan, _, releases = pickle.loads((good / "made.pickle").read_bytes())
    for release in releases:
        with tempfile.TemporaryDirectory(prefix="warm-") as scratch:
            for name, text in plan.files.items():
                path = Path(scratch, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            shutil.rmtree(Path(scratch, "hls"), ignore_errors=True)
            if (good / "hls").is_dir():
                Path(scratch, "hls").symlink_to(good / "hls")
            code, said = in_folder(
                Path(scratch, "vivado"), vivado, {"version": release, "fault": ""}
            )
            os.chdir("/")
        assert code == 0, said


def main(base: Path) -> None:
    """Answer jobs until stdin ends."""
    import hls4ml_soc.virtual.hls.__main__
    import hls4ml_soc.virtual.hls.core
    import hls4ml_soc.virtual.pynq.device
    import hls4ml_soc.virtual.vivado.__main__  # noqa: F401

    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        for good in sorted(path.parent for path in base.glob("*/made.pickle")):
            warm(good)
    for line in sys.stdin:
        print(json.dumps(forked(base, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
