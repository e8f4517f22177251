"""Command line of the virtual card.

python -m hls4ml_soc.virtual.xrt --emconfig FILE [--report FILE] PROGRAM ARGUMENTS
python -m hls4ml_soc.virtual.xrt --runtime      tell what a program is compiled with, as JSON
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from hls4ml_soc.virtual.xrt.errors import DeviceError
from hls4ml_soc.virtual.xrt.launch import run, runtime


def main(words: Sequence[str]) -> int:
    """Run a program and return its exit code; 3 where the card has something against it."""
    parser = argparse.ArgumentParser(prog="hls4ml_soc.virtual.xrt", description=__doc__)
    parser.add_argument("--runtime", action="store_true")
    parser.add_argument("--emconfig", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(words)
    if options.runtime:
        print(json.dumps(runtime()))
        return 0
    if not options.command or options.emconfig is None:
        parser.error("a program and --emconfig are needed")
    signal.signal(signal.SIGTERM, _end)
    try:
        return run(options.command, options.emconfig, options.report)
    except KeyboardInterrupt:
        return 130
    except DeviceError as error:
        print(f"ERROR: the virtual card: {error}", file=sys.stderr)
        return 3


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
