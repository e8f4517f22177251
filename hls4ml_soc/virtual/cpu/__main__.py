"""Run a program on a virtual board until interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.bitfile import BitFileError
from hls4ml_soc.virtual.board.errors import VirtualBoardError
from hls4ml_soc.virtual.cpu.board import BoardOptions, CpuBoard
from hls4ml_soc.virtual.cpu.console import open_console
from hls4ml_soc.virtual.cpu.errors import GuestFault
from hls4ml_soc.virtual.cpu.loader import Loader

_CANNOT_START, _FAULT = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the board; return the exit code: 0 interrupted, 2 cannot start, 3 the program failed."""
    given = _parser().parse_args(arguments)
    interrupted = threading.Event()

    def interrupt(*_: Any) -> None:
        interrupted.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    try:
        options = BoardOptions(
            unlimited=given.unlimited,
            stalling="stalling" in given.fault,
            cores={vlnv: Path(file) for vlnv, file in given.cores},
            uart=given.uart,
        )
        with CpuBoard(given.bit, open_console(given.console), options) as board:
            Loader(board).load(given.bit, given.elf)
            print(board.console.name, flush=True)
            board.core.on_exception = _tell
            board.start()
            while not interrupted.is_set() and not board.wait(0.2):
                pass
            board.stop()
    except GuestFault as fault:
        print(f"virtual board: {fault}", file=sys.stderr)
        return _FAULT
    except (VirtualBoardError, BitFileError) as error:
        print(f"virtual board: {error}", file=sys.stderr)
        return _CANNOT_START
    return 0


def _tell(fault: GuestFault) -> None:
    print(f"virtual board: exception: {fault}", file=sys.stderr, flush=True)


def _core(text: str) -> tuple[str, str]:
    vlnv, _, library = text.partition("=")
    if not Path(library).is_file():
        raise argparse.ArgumentTypeError(f"{text} is not VLNV=FILE with an existing file")
    return vlnv, library


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hls4ml_soc.virtual.cpu",
        description="Run a bare-metal program on the board that a virtual bitstream was made for. "
        "The first line on stdout names the console.",
    )
    add = parser.add_argument
    add("--bit", type=Path, required=True, help="bitstream of the stand-in tools")
    add("--elf", type=Path, required=True, help="program")
    add("--console", default="pty", help="pty or socket:PORT, 0 for a free one (%(default)s)")
    add("--uart", default="", help="the UART on the board's connector (the first of the design)")
    add("--unlimited", action="store_true", help="a serial line that takes no time")
    add("--fault", action="append", default=[], choices=["stalling"], help="fault to inject")
    add("--cores", action="append", default=[], type=_core, metavar="VLNV=FILE", help="IP cores")
    return parser


if __name__ == "__main__":
    sys.exit(main())
