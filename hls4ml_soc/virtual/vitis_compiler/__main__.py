"""Command line of the stand-ins for v++ and emconfigutil.

python -m hls4ml_soc.virtual.vitis_compiler [--as TOOL] [--release R] the tool's own arguments
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from hls4ml_soc.virtual.vitis_compiler import arguments, link
from hls4ml_soc.virtual.vitis_compiler.arguments import Command
from hls4ml_soc.virtual.vitis_compiler.compile import NOT_MODELLED, compile_kernel
from hls4ml_soc.virtual.vitis_compiler.errors import VppError

_ACTIONS: dict[str, Callable[[Command, str], None]] = {
    "compile": compile_kernel,
    "link": link.link,
    "package": link.package,
    "emconfigutil": link.emconfig,
}


def main(words: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    rest = list(words)
    posed = {"--as": "v++", "--release": arguments.DEFAULT_RELEASE}
    while len(rest) > 1 and rest[0] in posed:
        name, value, *rest = rest
        posed[name] = value
    tool, release = posed["--as"], posed["--release"]
    print(f"****** {tool} {release}, stand-in of hls4ml_soc: g++. {NOT_MODELLED}", flush=True)
    try:
        if release not in arguments.RELEASES:
            raise VppError(f"there is no {tool} {release}: {', '.join(arguments.RELEASES)}")
        command = arguments.parse(rest, tool)
        _ACTIONS[command.mode](command, release)
    except VppError as error:
        print(f"ERROR: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
