"""Run the stand-in from a shell, with the arguments of Vivado's batch mode.

    python -m hls4ml_soc.virtual.vivado [--version 2023.2] [--lenient] -mode batch -source build.tcl
        [-log FILE] [-journal FILE] [-nolog] [-nojournal] [-notrace] [-tempDir DIR] [-tclargs ARG
        ...]

``HLS4ML_SOC_VIRTUAL_FAIL`` = synth, impl, timing, license, crash or memory injects a failure.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hls4ml_soc.virtual.tcl import TclError
from hls4ml_soc.virtual.vivado.tool import run

_FLAGS = (
    "-nojournal",
    "-nolog",
    "-notrace",
    "-verbose",
    "-quiet",
    "-appjournal",
    "-applog",
    "-nocolor",
)
_VALUES = ("-journal", "-jou", "-tempDir", "-stack")


def main(arguments: list[str]) -> int:
    """Read the arguments and run; 2 means that they were wrong."""
    version, strict, mode, log = "2023.2", True, "gui", ""
    scripts: list[Path] = []
    words = list(arguments)
    script_arguments: list[str] = []
    quiet = False
    while words:
        word = words.pop(0)
        if word == "--lenient":
            strict = False
        elif word == "-tclargs":
            script_arguments, words = words, []
        elif word in _FLAGS:
            quiet = quiet or word == "-nolog"
        elif word in ("--version", "-mode", "-source", "-log", *_VALUES):
            if not words:
                return _wrong(f"{word} needs a value")
            value = words.pop(0)
            if word == "--version":
                version = value
            elif word == "-mode":
                mode = value
            elif word == "-source":
                scripts.append(Path(value))
            elif word == "-log":
                log = value
        elif word == "-version":
            print(f"vivado v{version} (64-bit)\nhls4ml_soc's stand-in: no synthesis, no timing")
            return 0
        else:
            return _wrong(f"unknown argument '{word}'")
    if mode != "batch" or not scripts:
        return _wrong("the stand-in has batch mode only: -mode batch -source FILE")
    missing = [str(s) for s in scripts if not s.is_file()]
    if missing:
        return _wrong(f"no such file: {', '.join(missing)}")
    log_path = None if quiet else Path(log or "vivado.log")
    fault = os.environ.get("HLS4ML_SOC_VIRTUAL_FAIL", "")
    try:
        return run(
            scripts, script_arguments, version=version, strict=strict, fault=fault, log=log_path
        )
    except (ValueError, TclError) as error:
        return _wrong(str(error))


def _wrong(text: str) -> int:
    print(f"ERROR: [Standin 1] {text}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
