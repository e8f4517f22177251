"""Run a Python script as on a PYNQ board.

    python -m hls4ml_soc.virtual.pynq run.py --input x.npz
    python -m hls4ml_soc.virtual.pynq --hwh mine.hwh --cores VLNV=core.so script.py {bit}

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
from hls4ml_soc.virtual.pynq import hand_off
from hls4ml_soc.virtual.pynq.design import BoardOptions


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the script; leave with its exit code or its exception."""
    parser = _parser()
    given = parser.parse_args(arguments)
    script = Path(given.script)
    if not script.is_file():
        parser.error(f"no such script: {script}")
    cores = {}
    for item in given.cores:
        vlnv, _, library = item.partition("=")
        if not library or not Path(library).is_file():
            parser.error(f"--cores takes VLNV=FILE with an existing file, not {item}")
        cores[vlnv] = Path(library).resolve()
    with tempfile.TemporaryDirectory(prefix="virtual-hand-off-") as scratch:
        if given.hwh:
            try:
                _take(given, cores, Path(scratch))
            except HwhError as error:
                parser.error(str(error))
        _run(given, cores, script)


def _take(given: argparse.Namespace, cores: dict[str, Path], scratch: Path) -> None:
    """Make the board of a hand-off file, and say what it lacks."""
    design = read(given.hwh)
    arch = hand_off.arch_of(design)
    if arch is None:
        raise HwhError(f"{given.hwh}: no Zynq processing system: PYNQ does not run on it")
    given.part, given.arch = given.part or hand_off.part_of(design), given.arch or arch
    for name in hand_off.unknown(design, cores):
        print(f"{given.hwh.name}: no model of {name}", file=sys.stderr)
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
    add("--cores", action="append", default=[], metavar="VLNV=FILE", help="compiled core of an IP")
    add("--trace", action="store_true", help="print counts as JSON to stderr at the end")
    add("script", metavar="SCRIPT")
    add("arguments", metavar="ARGS", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    main()
