"""Run a program on the virtual card: the real XRT in software emulation, its traps taken care of.

The emulation of XRT 2.13 starts its device process from a fixed place below ``XILINX_VITIS``, has
its socket in ``/tmp/$USER``, ends the whole process group when something crashes, waits at its end
before it removes its folder, which is ``.run`` where the program runs unless it is given one. So
the program gets an environment, a session and folders of its own, and all of them are gone
afterwards.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hls4ml_soc.virtual.xrt import process
from hls4ml_soc.virtual.xrt.errors import DeviceError

#: Where distributions put XRT; XILINX_XRT goes before them.
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/opt/xilinx/xrt/lib")
_EMULATION = "libxrt_swemu.so.2"
_MODEL = "data/emulation/unified/cpu_em/generic_pcie/model/genericpciemodel"
_MARK = "HLS4ML_SOC_CARD_MARK"
_SOURCE = Path(__file__).with_name("include") / "swemu_messages.c"


def find_emulation() -> Path | None:
    """Return the folder with XRT's software emulation, or None where there is none."""
    named = os.environ.get("XILINX_XRT")
    folders = [Path(named) / "lib"] if named else []
    folders += [Path(each) for each in _LIBRARIES]
    return next((each for each in folders if (each / _EMULATION).exists()), None)


def runtime() -> dict[str, object]:
    """Return what a host is compiled with: ``runtime``, its name for a report; ``make``, the
    variables for the Makefile of the host."""
    libraries = find_emulation()
    header = _header(libraries) if libraries else None
    if libraries and header:
        return {
            "runtime": f"XRT {_release(header)} in software emulation",
            "make": [f"INCLUDE={header.parent}",
                     f"XRT_LIBRARIES=-L{libraries} -Wl,-rpath,{libraries} -lxrt_coreutil -luuid"],
        }  # fmt: skip
    return {
        "runtime": "a stand-in for XRT's C++ API (XRT is not installed)",
        "make": [f"INCLUDE={_SOURCE.parent / 'standin'}", "XRT_LIBRARIES="],
    }


def run(command: Sequence[str], emconfig: Path, report: Path | None = None) -> int:
    """Run a program on the card that an ``emconfig.json`` describes; return its exit code.

    ``report`` gets the card's own counters. Raises DeviceError with what the card has to say
    against the program."""
    libraries = find_emulation()
    with _folders() as (scratch, user):
        environment = _environment(scratch, user, libraries, emconfig)
        mark = uuid.uuid4().hex
        environment[_MARK] = mark
        said = Path(environment[process.LOG])
        code = _watched(command, environment, mark, said)
        if said.exists():
            raise DeviceError(said.read_text().splitlines()[0])
        told = Path(environment[process.REPORT])
        if report is not None and told.exists():
            shutil.copyfile(told, report)
        return code


@contextmanager
def _folders() -> Iterator[tuple[Path, str]]:
    scratch = Path(tempfile.mkdtemp(prefix="hls4ml_soc_card_"))
    user = f"{scratch.name}_socket"  # the emulation makes /tmp/$USER
    try:
        yield scratch, user
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(Path("/tmp") / user, ignore_errors=True)


def _header(libraries: Path) -> Path | None:
    """Return the folder of XRT's headers that goes with its libraries, or None."""
    for root in (libraries.parent, Path("/usr")):
        for folder in ("include/xrt/xrt", "include/xrt"):
            if (root / folder / "xrt_bo.h").exists():
                return root / folder
    return None


def _release(header: Path) -> str:
    """Return the release that XRT's ``version.h`` tells."""
    for folder in (header.parent, header):
        if (folder / "version.h").exists():
            found = re.search(
                r'xrt_build_version\[\] *= *"([^"]+)"', (folder / "version.h").read_text()
            )
            return found[1] if found else "of unknown release"
    return "of unknown release"


def _environment(
    scratch: Path, user: str, libraries: Path | None, emconfig: Path
) -> dict[str, str]:
    root, vitis, run_folder = scratch / "xrt", scratch / "vitis", scratch / "run"
    root.mkdir()
    run_folder.mkdir()  # one that is not there is not used
    if libraries is not None:
        (root / "lib").symlink_to(libraries)
    model = vitis / _MODEL
    model.parent.mkdir(parents=True)
    code = "from hls4ml_soc.virtual.xrt.process import main; main()"
    package = Path(__file__).resolve().parents[3]
    # The audit library is for the program alone, the package that of this process.
    model.write_text(
        "#!/bin/sh\nunset LD_AUDIT LD_PRELOAD\nexport PYTHONDONTWRITEBYTECODE=1\n"
        f"export PYTHONPATH='{package}'\nexec '{sys.executable}' -c '{code}'\n"
    )
    model.chmod(0o755)
    own = {
        "USER": user,
        "XILINX_XRT": str(root),
        "XILINX_VITIS": str(vitis),
        "XCL_EMULATION_MODE": "sw_emu",
        "EMCONFIG_PATH": str(emconfig.resolve().parent),
        "SDACCEL_EM_RUN_DIR": str(run_folder),
        process.LOG: str(scratch / "card.log"),
        process.REPORT: str(scratch / "card.json"),
        process.SCRATCH: str(scratch),
    }
    if libraries is not None and (audit := _audit(scratch)):
        own["LD_AUDIT"] = str(audit)
    return {**os.environ, **own}


def _audit(scratch: Path) -> Path | None:
    """Compile the work-around for Debian's emulation, where there is a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    library = scratch / "swemu_messages.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", str(_SOURCE), "-o", str(library)], check=True
    )
    return library


def _watched(command: Sequence[str], environment: dict[str, str], mark: str, card_log: Path) -> int:
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent,
    ) as program:
        try:
            while program.poll() is None and not card_log.exists():
                with suppress(subprocess.TimeoutExpired):
                    program.wait(0.02)
            # With its card gone, XRT 2.13 waits for ever.
            return program.poll() or 0
        finally:
            # In a session of its own: Ctrl-C and a kill of this process reach it only from here.
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()
            _end_marked(mark)


def _end_with_parent() -> None:
    """Have the kernel end this process when its parent is killed (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _end_marked(mark: str) -> None:
    """End the device process, which may be in a kernel that never finishes."""
    wanted = f"{_MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue
