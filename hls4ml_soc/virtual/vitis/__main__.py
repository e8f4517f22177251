"""Run a stand-in from a shell, with the arguments of the tool.

    python -m hls4ml_soc.virtual.vitis [--release 2023.2] TOOL ARGUMENT ...

TOOL is xsct, vitis, xsdb, updatemem, bootgen or openFPGALoader.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hls4ml_soc.virtual.vitis import (
    bench,
    bootgen,
    openfpgaloader,
    python_tool,
    tcl_tool,
    updatemem,
)
from hls4ml_soc.virtual.vitis.classic import Classic
from hls4ml_soc.virtual.vitis.debugger import Debugger
from hls4ml_soc.virtual.vitis.errors import Refused

#: Commands that scripts of the field use and the stand-ins lack.
_XSCT = frozenset("domain bsp sysproj configapp createhw createapp projects toolchain hsi".split())
_XSDB = frozenset(
    "bpadd bpremove bt jtag state rrd rwr memmap osa mask_write mask_poll profile disasm".split()
)


def _xsct(release: str, words: Sequence[str]) -> int:
    return tcl_tool.run(lambda cwd, say: Classic(release, cwd, say).commands(), words, _XSCT)


def _xsdb(release: str, words: Sequence[str]) -> int:
    there = bench.read()
    sessions: list[Debugger] = []

    def make(cwd: Callable[[], Path], say: Callable[[str], None]) -> tcl_tool.Commands:
        sessions.append(Debugger(there, cwd, say))
        return sessions[0].commands()

    code = tcl_tool.run(make, words, _XSDB)
    if code == 0 and sessions and (left := sessions[0].unfinished()):
        raise Refused(left)
    return code


TOOLS: dict[str, Callable[[str, Sequence[str]], int]] = {
    "xsct": _xsct,
    "xsdb": _xsdb,
    "vitis": python_tool.main,
    "updatemem": lambda release, words: updatemem.main(words),
    "bootgen": lambda release, words: bootgen.main(words),
    "openFPGALoader": openfpgaloader.main,
}


def main(arguments: Sequence[str]) -> int:
    """Run a tool; 1 means that it refused."""
    words, release = list(arguments), "2023.2"
    if words[:1] == ["--release"] and len(words) > 1:
        release, words = words[1], words[2:]
    if not words or words[0] not in TOOLS:
        print(f"ERROR: stand-in: name a tool: {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    try:
        return TOOLS[words[0]](release, words[1:])
    except Refused as error:
        print(f"ERROR: {error}", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
