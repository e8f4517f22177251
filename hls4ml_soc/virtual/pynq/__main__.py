"""Run a Python script as on a PYNQ board.

    python -m hls4ml_soc.virtual.pynq run.py --input x.npz
    python -m hls4ml_soc.virtual.pynq --hwh mine.hwh --cores VLNV=core.so script.py {bit}
    python -m hls4ml_soc.virtual.pynq --hwh mine.hwh --cores VLNV=my_hls4ml_project script.py {bit}

With ``--hwh`` the board is made from a hand-off file, also one of Vivado: ``{bit}`` in the script's
arguments, and ``VIRTUAL_BIT`` in its environment, name a bitstream for it.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.hwh import HwhError, read
from hls4ml_soc.virtual.board.processor import PROCESSORS
from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.pynq import hand_off
from hls4ml_soc.virtual.pynq.accelerator_core import compile_accelerator
from hls4ml_soc.virtual.pynq.design import BoardOptions


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the script; leave with its exit code or its exception."""
    parser = _parser()
    given = parser.parse_args(arguments)
    script = Path(given.script)
    if not script.is_file():
        parser.error(f"no such script: {script}")
    with tempfile.TemporaryDirectory(prefix="virtual-hand-off-") as folder:
        scratch = Path(folder)
        try:
            cores = _cores(given.cores, scratch)
            if given.hwh:
                _take(given, cores, scratch)
        except (HwhError, HlsError) as error:
            parser.error(str(error))
        _run(given, cores, script)


def _cores(items: Sequence[str], scratch: Path) -> dict[str, Path]:
    """Return the libraries by VLNV; compile those given as projects of hls4ml."""
    cores = {}
    for number, item in enumerate(items):
        vlnv, _, name = item.partition("=")
        path = Path(name)
        if not name or not path.exists() or len(vlnv.split(":")) != 4:
            raise HwhError(
                "--cores takes VENDOR:LIBRARY:NAME:VERSION=PATH with an existing file or hls4ml "
                f"project, not {item}"
            )
        if path.is_dir():
            path = compile_accelerator(path, scratch / f"core{number}")
        cores[vlnv] = path.resolve()
    return cores


def _take(given: argparse.Namespace, cores: dict[str, Path], scratch: Path) -> None:
    """Make the board of a hand-off file, and say what it lacks."""
    design = read(given.hwh)
    arch = hand_off.arch_of(design)
    if arch is None:
        raise HwhError(f"{given.hwh}: no Zynq processing system: PYNQ does not run on it")
    given.part, given.arch = given.part or hand_off.part_of(design), given.arch or arch
    strangers = sorted(set(cores) - {module.vlnv for module in design.modules.values()})
    if strangers:
        wanted = ", ".join(hand_off.cores_wanted(design)) or "none"
        raise HwhError(
            f"{given.hwh}: no cell is a {strangers[0]}; cores that its streams need: {wanted}"
        )
    names = hand_off.untouchable(design)
    if names:
        unknown = f"{given.hwh.name}: no model of {', '.join(names)}"
        print(f"{unknown}: a bus fault for whoever touches them", file=sys.stderr)
    bit = str(hand_off.write_bit(given.hwh, design, cores, scratch))
    given.arguments = [bit if word == "{bit}" else word for word in given.arguments]
    os.environ["VIRTUAL_BIT"] = bit


def _run(given: argparse.Namespace, cores: dict[str, Path], script: Path) -> None:
    defaults = BoardOptions()
    options = BoardOptions(
        name=given.name,
        part=given.part or defaults.part,
        arch=given.arch or defaults.arch,
        stalling="stalling" in given.fault,
        cores=cores,
    )
    # Late, so that --help and wrong arguments do not wait for the pynq package.
    from hls4ml_soc.virtual.pynq.device import VirtualDevice, install

    device = VirtualDevice(options)
    install(device)
    sys.argv = [given.script, *given.arguments]
    sys.path.insert(0, str(script.resolve().parent))
    try:
        runpy.run_path(given.script, run_name="__main__")
    finally:
        if given.trace:
            device.unload()
            print(json.dumps(device.statistics.as_dict()), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    defaults = BoardOptions()
    parser = argparse.ArgumentParser(
        prog="python -m hls4ml_soc.virtual.pynq",
        description="Run a Python script on a virtual PYNQ board.",
    )
    add = parser.add_argument
    add("--name", default=defaults.name, help="board name as pynq reports it (%(default)s)")
    add("--part", help=f"part that bitstreams must be for ({defaults.part})")
    add("--arch", choices=sorted(PROCESSORS), help=f"processor ({defaults.arch})")
    add("--hwh", type=Path, metavar="X.hwh", help="hand-off file to make the board from")
    add("--fault", action="append", default=[], choices=["stalling"], help="fault to inject")
    add(
        "--cores",
        action="append",
        default=[],
        metavar="VLNV=PATH",
        help="compiled core of an IP, or an hls4ml project of backend VivadoAccelerator",
    )
    add("--trace", action="store_true", help="print counts as JSON to stderr at the end")
    add("script", metavar="SCRIPT")
    add("arguments", metavar="ARGS", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    main()
