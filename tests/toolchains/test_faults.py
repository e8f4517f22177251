"""Vivado and HLS as they fail, one fake each: what the user is told, and what build.json keeps."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.connections import virtual
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import LinkError, ToolError
from hls4ml_soc.execute import execute
from hls4ml_soc.job import Silence
from hls4ml_soc.loopback import samples
from hls4ml_soc.options import Options
from hls4ml_soc.plan import Plan, Step
from hls4ml_soc.toolchains.vendor import Vendor
from hls4ml_soc.virtual import bitfile
from tests.toolchains.conftest import REPORTS, loopback
from tests.toolchains.test_messages import LICENCE, UTLZ

QUOTED = LICENCE.replace("'", '"')

#: Name -> (what the fake does, what is said between "Vivado" and the name of the log).
FAULTS = {
    "no licence": (
        "sys.exit(standin('HLS4ML_SOC_VIRTUAL_FAIL=license'))",
        " failed (exit code 1): [Common 17-345] A valid license was not found for feature "
        "'Implementation' and/or device (HLS4ML_SOC_VIRTUAL_FAIL=license). Please run the Vivado "
        "License Manager for assistance in determining which features and devices are licensed for "
        "your system.\n  no licence for this part or feature: let XILINXD_LICENSE_FILE name one; "
        "in a container the host id is another one",
    ),
    "no licence, as newer releases tell": (
        f"print('ERROR: {QUOTED}')\n"
        "print('ERROR: [Vivado 12-13638] Failed runs(s) : synth_1')\nsys.exit(1)",
        f" failed (exit code 1): {QUOTED}\n  no licence for this part or "
        "feature: let XILINXD_LICENSE_FILE name one; in a container the host id is another one",
    ),
    "missing part": (
        "print('ERROR: [Coretcl 2-106] Specified part could not be found.')\nsys.exit(1)",
        " failed (exit code 1): [Coretcl 2-106] Specified part could not be found.\n  the part is "
        "not in this installation: add its device family with the installer (Add Design Tools or "
        "Devices)",
    ),
    "synthesis error: wait_on_run returns, the run has failed": (
        "sys.exit(standin('HLS4ML_SOC_VIRTUAL_FAIL=synth'))",
        " failed (exit code 1): [Synth 8-439] module 'injected_fault' not found "
        "(HLS4ML_SOC_VIRTUAL_FAIL=synth)\n  synthesis refuses a source: the log of the run has the "
        "lines around it",
    ),
    "over-utilisation, in the log of the run alone": (
        "run = 'project/soc.runs/impl_1'\nos.makedirs(run)\n"
        f"open(run + '/runme.log', 'w').write({'ERROR: ' + UTLZ!r})\n"
        "print('soc: impl_1: place_design ERROR (30%)')\n"
        "print('ERROR: [soc] impl_1 ended with x at 30%: see runme.log')\nsys.exit(1)",
        f" failed (exit code 1): {UTLZ}\n  the design does not fit: raise the reuse factor "
        "(--reuse), narrow the precision (--precision), or take a larger board",
    ),
    "placement": (
        "sys.exit(standin('HLS4ML_SOC_VIRTUAL_FAIL=impl'))",
        " failed (exit code 1): [Place 30-640] Place Check : This design requires more Slice LUTs "
        "cells than are available in the target device (HLS4ML_SOC_VIRTUAL_FAIL=impl).\n  the "
        "design does not fit: raise the reuse factor (--reuse), narrow the precision (--precision),"
        " or take a larger board",
    ),
    "negative slack": (
        "sys.exit(standin('HLS4ML_SOC_VIRTUAL_FAIL=timing'))",
        " failed (exit code 1): [soc] timing is not met: worst setup slack is -1.000 ns at 100 MHz:"
        " see timing.rpt\n  raise the reuse factor (--reuse) or lower the board's clock; "
        "--allow-negative-slack builds a bitstream to look at",
    ),
    "killed by the kernel": (
        "print('Phase 1 Build RT Design', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)",
        " failed (killed by signal 9): killed (signal 9)\n  out of memory: more RAM or swap, or "
        "fewer jobs at a time; `dmesg` names the process",
    ),
    "killed by the kernel, below the launcher": (
        'print(\'/x/rdiArgs.sh: line 312:  4711 Killed  "$RDI_PROG" "$@"\')\nsys.exit(137)',
        ' failed (exit code 137): /x/rdiArgs.sh: line 312:  4711 Killed  "$RDI_PROG" "$@"\n  out '
        "of memory: more RAM or swap, or fewer jobs at a time; `dmesg` names the process",
    ),
    "memory": (
        "sys.exit(standin('HLS4ML_SOC_VIRTUAL_FAIL=memory'))",
        " failed (exit code 1): [Common 17-179] Fork failed: Cannot allocate memory "
        "(HLS4ML_SOC_VIRTUAL_FAIL=memory)\n  out of memory: more RAM or swap, or fewer jobs at a "
        "time; `dmesg` names the process",
    ),
    "crash": (
        "sys.exit(standin('HLS4ML_SOC_VIRTUAL_FAIL=crash'))",
        " failed (exit code 139): Abnormal program termination (11)",
    ),
    "disk full": (
        "print('ERROR: [Common 17-49] Internal Data Exception: HDDMProto::writeMessage failed')\n"
        "sys.exit(1)",
        " failed (exit code 1): [Common 17-49] Internal Data Exception: HDDMProto::writeMessage "
        "failed\n  the disk is full: make room and run again",
    ),
    "exit 0 without its product": (
        "code = standin()\nos.remove('soc.xsa')\nsys.exit(code)",
        " ended without an error but wrote no xsa (soc.xsa)",
    ),
}


def said(plan: Plan, folder: Path) -> str:
    with pytest.raises(ToolError) as error:
        execute(plan, folder, Vendor(), Silence())
    return str(error.value)


@pytest.mark.parametrize("name", FAULTS)
def test_a_vivado_that_fails(name: str, tool, tmp_path) -> None:
    body, message = FAULTS[name]
    tool("vivado", "2023.2", body)
    out = tmp_path / "out"
    log = out / "vivado" / "vivado.run.log"
    assert said(loopback(), out) == f"Vivado{message}\n  log: {log}"
    noted = json.loads((out / "vivado" / "build.json").read_text())
    assert set(noted) == {"tool", "verdict"}
    assert noted["verdict"]["cause"] in message
    assert noted["verdict"]["hint"] == message.partition("\n  ")[2]


def test_the_progress_of_runs_is_kept(tool, tmp_path) -> None:
    tool("vivado", "2023.2", FAULTS["placement"][0])
    said(loopback(), tmp_path / "out")
    verdict = json.loads((tmp_path / "out/vivado/build.json").read_text())["verdict"]
    assert verdict["exit_code"] == 1
    assert verdict["runs"] == {
        "synth_1": {"status": "synth_design Complete!", "progress": "100%"},
        "impl_1": {"status": "place_design ERROR", "progress": None},
    }


def test_a_release_that_the_table_refuses_starts_nothing(tool, tmp_path) -> None:
    vivado = tool("vivado", "2023.2", "open('started', 'w')")
    assert said(loopback("arty-a7-100"), tmp_path / "out") == (
        f"Vivado: this design needs vivado 2024.1 or later; {vivado} is 2023.2"
    )
    assert not (tmp_path / "out").exists()


def test_every_tool_is_looked_for_before_the_first_runs(tool, tmp_path) -> None:
    """HLS takes long; that Vivado is missing is known before."""
    tool("vitis_hls", "2022.2", "open('started', 'w')")
    steps = (Step("HLS", "vitis_hls", ("run_hls.tcl",), "hls"), *loopback().steps)
    assert said(
        Plan(loopback().files | {"hls/run_hls.tcl": ""}, steps), tmp_path / "out"
    ).startswith("vivado not found: ")
    assert not (tmp_path / "out").exists()


HLS = {
    "unrolling": (
        "print('ERROR: [XFORM 203-504] Stop unrolling loop Product1')\n"
        "print('ERROR: [HLS 200-70] Pre-synthesis failed.')\nsys.exit(1)",
        " failed (exit code 1): [XFORM 203-504] Stop unrolling loop Product1\n  more than HLS "
        "unrolls: raise the reuse factor (--reuse), or use --io-type io_stream",
    ),
    "missing part": (
        "print('ERROR: [HLS 200-1023] Part xc7z020 is not installed.')\nsys.exit(1)",
        " failed (exit code 1): [HLS 200-1023] Part xc7z020 is not installed.\n  the part is not "
        "in this installation: add its device family with the installer (Add Design Tools or "
        "Devices)",
    ),
    "no IP": ("print('done')", " ended without an error but wrote no ip (component.xml)"),
}


@pytest.mark.parametrize("name", HLS)
def test_an_hls_that_fails(name: str, tool, tmp_path) -> None:
    body, message = HLS[name]
    tool("vitis-run", "2024.2", body)
    step = Step("HLS", "vitis_hls", ("run_hls.tcl",), "hls", {"ip": "component.xml"})
    log = tmp_path / "out/hls/vitis_hls.run.log"
    plan = Plan({"hls/run_hls.tcl": ""}, (step,))
    assert said(plan, tmp_path / "out") == f"HLS{message}\n  log: {log}"


#: What makes the stand-in's products look like a vendor's, with the reports beside them.
GENUINE = f"""
code = standin()
import shutil
sys.path.insert(0, {str(Path(bitfile.__file__).parents[2])!r})
from pathlib import Path
from hls4ml_soc.virtual import bitfile
data = Path("soc.bit").read_bytes().replace(b";Virtual=hls4ml_soc", b";Compress=TRUE".ljust(19))
Path("soc.bit").write_bytes(data)
for name, report in (("timing", "timing_met"), ("utilization", "utilization_2019.2_7series")):
    shutil.copyfile({str(REPORTS)!r} + f"/{{report}}.rpt", f"{{name}}.rpt")
sys.exit(code)
"""


class Watch(Silence):
    """Progress that remembers what is remarked and what happens."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.phases: list[str] = []

    @contextmanager
    def step(self, title):
        self.told.append(title)
        yield self.told.append

    def now(self, text: str) -> None:
        self.phases.append(text)


@pytest.fixture
def genuine(tool, tmp_path):
    """A deployment with vendor tools, as far as the bundle."""
    tool("vivado", "2023.2", GENUINE)
    watch = Watch()
    options = Options(loopback=True, tools="vendor", until="bundle", out=tmp_path / "out")
    return deploy(None, "pynq-z2", options, watch), watch, options


def test_timing_and_utilisation_land_in_the_report(genuine, tmp_path) -> None:
    report, watch, options = genuine
    assert watch.told == [
        "Vivado (vendor)",
        "timing met, worst slack 1.214 ns",
        "lut 23.2 %, dsp 29.09 %, bram_18k 4.64 %",
    ]
    told = json.loads((tmp_path / "out/report.json").read_text())
    assert (told["origin"], told["tools"]) == ("vendor", {"vivado": "2023.2"})
    assert told["timing"]["wns_ns"] == 1.214 and told["timing"]["met"] is True
    assert told["utilization"]["dsp"] == {"used": 64, "available": 220, "percent": 29.09}
    assert told["hls"] is None and "timing" not in told["not_verified"]
    again = Watch()
    assert deploy(None, "pynq-z2", options, again).timing == report.timing
    assert again.told == ["Vivado (vendor)", "unchanged"]


def test_a_virtual_board_refuses_what_vivado_built(genuine, tmp_path) -> None:
    bundle = Bundle.read(tmp_path / "out/bundle")
    assert bundle.manifest["origin"] == "vendor"
    with pytest.raises(LinkError, match="cannot execute a bitstream of a real device"):
        virtual.Pynq().run(bundle, Board.load("pynq-z2"), samples(), tmp_path / "run", print)


def on_real_board(bundle: Path, name: str) -> str:
    """What the shipped driver says of its bitstream on a device that is not virtual."""
    code = (
        f"import sys\nsys.path.insert(0, {str(bundle)!r})\n"
        "from hls4ml_overlay.bitfile import check_bitfile\n"
        "class Device:\n    capabilities = {}\n"
        f"check_bitfile({str(bundle / name)!r}, 'xc7z020clg400-1', Device())\n"
    )
    argv = [sys.executable, "-W", "ignore", "-B", "-c", code]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60).stderr


def test_a_real_board_refuses_what_the_stand_in_built(genuine, tmp_path) -> None:
    bit = Bundle.read(tmp_path / "out/bundle").name + ".bit"
    assert on_real_board(tmp_path / "out/bundle", bit) == ""
    options = Options(loopback=True, until="bundle", out=tmp_path / "virtual")
    report = deploy(None, "pynq-z2", options)
    assert (report.timing, report.utilization, report.hls) == (None, None, None)
    last = on_real_board(tmp_path / "virtual/bundle", bit).splitlines()[-1]
    assert last == (
        f"hls4ml_overlay.dma.AcceleratorError: {tmp_path}/virtual/bundle/{bit} was made without "
        "Vivado, for a virtual board; build it with `deploy --tools vendor` for a real one"
    )


def test_reports_of_an_earlier_run_are_not_taken_for_this_ones(genuine, tool, tmp_path) -> None:
    tool("vivado", "2023.2", "os.remove('soc.bit') if os.path.exists('soc.bit') else None")
    said(replace(loopback(), inputs={"changed": "1"}), tmp_path / "out")
    verdict = json.loads((tmp_path / "out/vivado/build.json").read_text())["verdict"]
    assert (verdict["timing"], verdict["utilization"]) == (None, None)


def test_a_watcher_is_told_the_phases_while_the_tool_runs(tool, tmp_path) -> None:
    """The fake goes on when its watcher has been told, so nothing here depends on speed."""

    class Answering(Watch):
        def now(self, text: str) -> None:
            super().now(text)
            (tmp_path / "seen").touch()

    body = (
        "import time\nprint('Command: place_design', flush=True)\n"
        f"while not os.path.exists({str(tmp_path / 'seen')!r}): time.sleep(0.05)\nsys.exit(1)"
    )
    tool("vivado", "2023.2", body)
    watch = Answering()
    with pytest.raises(ToolError):
        execute(loopback(), tmp_path / "out", Vendor(), watch)
    assert watch.phases == ["place_design"]


def test_ctrl_c_ends_runs_in_sessions_of_their_own(tmp_path) -> None:
    """As Vivado's runs, which a signal to the process group does not reach."""
    tool = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "open('pid', 'w').write(f'{child.pid}\\n')\ntime.sleep(600)\n"
    )
    (tmp_path / "tool.py").write_text(tool)
    outer = (
        "import sys\nfrom pathlib import Path\nfrom hls4ml_soc.processes import run\n"
        f"run([sys.executable, 'tool.py'], Path({str(tmp_path)!r}), Path({str(tmp_path)!r}, 'log'))"
    )
    process = subprocess.Popen([sys.executable, "-c", outer], stderr=subprocess.PIPE)
    pid = tmp_path / "pid"
    try:
        deadline = time.monotonic() + 30
        while not (pid.exists() and pid.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert b"KeyboardInterrupt" in error
    status = Path(f"/proc/{int(pid.read_text())}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()
