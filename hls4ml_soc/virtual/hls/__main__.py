"""Command line of the HLS stand-in.

python -m hls4ml_soc.virtual.hls [--tool T] [--version V] run_hls.tcl
python -m hls4ml_soc.virtual.hls --tool vitis-run --mode hls --tcl run_hls.tcl
python -m hls4ml_soc.virtual.hls --tool vitis_hls -f run_hls.tcl [argv ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.run import fail, run_script
from hls4ml_soc.virtual.hls.tools import DEFAULT_VERSION, Tool


def main(arguments: Sequence[str]) -> int:
    """Run one script and return the exit code."""
    parser = argparse.ArgumentParser(prog="hls4ml_soc.virtual.hls", description=__doc__)
    parser.add_argument("--tool", default="vitis-run", choices=list(DEFAULT_VERSION))
    parser.add_argument("--version", default=None)
    parser.add_argument("--mode", choices=["hls"])
    parser.add_argument("--tcl", type=Path)
    parser.add_argument("-f", dest="file", type=Path)
    parser.add_argument("script", type=Path, nargs="?")
    parser.add_argument("argv", nargs="*")
    options = parser.parse_args(arguments)
    try:
        tool = Tool(options.tool, options.version or DEFAULT_VERSION[options.tool])
    except HlsError as error:
        return fail(str(error))
    named = options.tcl or options.file
    extra = tuple(options.argv)
    if named and options.script:
        extra = (str(options.script), *extra)
    script = named or options.script
    if script is None:
        parser.error("no Tcl script")
    if tool.name == "vitis-run" and (options.file or extra):
        return fail("vitis-run takes --mode hls --tcl SCRIPT and no arguments for the script")
    if tool.name != "vitis-run" and (options.tcl or options.mode):
        return fail(f"{tool.name} takes -f SCRIPT")
    return run_script(tool, script, extra)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
