"""Run a Python script as on a PYNQ board."""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.board.processor import PROCESSORS
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
    options = BoardOptions(
        name=given.name,
        part=given.part,
        arch=given.arch,
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
    add("--part", default=defaults.part, help="part that bitstreams must be for (%(default)s)")
    add("--arch", default=defaults.arch, choices=sorted(PROCESSORS), help="processor (%(default)s)")
    add("--fault", action="append", default=[], choices=["stalling"], help="fault to inject")
    add("--cores", action="append", default=[], metavar="VLNV=FILE", help="compiled core of an IP")
    add("--trace", action="store_true", help="print counts as JSON to stderr at the end")
    add("script", metavar="SCRIPT")
    add("arguments", metavar="ARGS", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    main()
