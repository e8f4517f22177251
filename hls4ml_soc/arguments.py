"""The words of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import __version__, recipe
from .frontends.project import IO_TYPES
from .job import TOOLS
from .options import UNTIL, Options
from .packing import PACKINGS
from .sources import CONVERSION

EPILOGUE = """exit codes: 0 done, 2 something you can mend, 3 a tool or a board failed, 4 outputs
differ, 130 interrupted, 1 a bug of hls4ml_soc"""


def parser() -> argparse.ArgumentParser:
    """Return the parser; ``verb`` of what it gives is the verb's name."""
    parser = argparse.ArgumentParser(
        prog="hls4ml-soc",
        description="Take an hls4ml network to a board that computes.",
        epilog=EPILOGUE,
    )
    parser.add_argument("--version", action="version", version=f"hls4ml_soc {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    _add_deploy(verbs.add_parser("deploy", help="network or project -> board", epilog=EPILOGUE))
    boards = verbs.add_parser("boards", help="the boards there are")
    boards.add_argument("name", nargs="?", help="a board's name, or its .yaml")
    boards.add_argument(
        "--import",
        dest="vendor",
        type=Path,
        metavar="PRESET.xml",
        help="make a board file of a vendor's: preset.xml and board.xml beside it",
    )
    boards.add_argument("--out", type=Path, metavar="FILE", help="where (default: ./NAME.yaml)")
    boards.set_defaults(verb="boards")
    init = verbs.add_parser("init", help=f"write {recipe.NAME}, the settings of a network")
    init.add_argument("network", type=Path, metavar="NETWORK")
    init.add_argument("--board", required=True)
    init.set_defaults(verb="init")
    verbs.add_parser("doctor", help="what is installed, what is missing").set_defaults(
        verb="doctor"
    )
    running = verbs.add_parser("virtual", help="leave a virtual board running, for a terminal")
    running.add_argument("network", nargs="?", type=Path, metavar="NETWORK", help="or bundle")
    running.add_argument("--board", help="a name from `hls4ml-soc boards`")
    running.add_argument("--console", default="pty", help="pty or socket:PORT (default: pty)")
    running.add_argument("--out", type=Path, metavar="DIR", help="output folder")
    running.set_defaults(verb="virtual")
    project = verbs.add_parser("vitis-project", help="the program of a bundle as a Vitis project")
    project.add_argument("bundle", type=Path, metavar="BUNDLE")
    project.add_argument("--release", metavar="R", help="of Vitis (default: the first found)")
    project.add_argument("--out", type=Path, metavar="DIR", help="default: ./vitis-project")
    project.set_defaults(verb="vitis-project")
    image = verbs.add_parser("boot-image", help="BOOT.BIN for SD card or flash, of a bundle")
    image.add_argument("bundle", type=Path, metavar="BUNDLE")
    image.add_argument("--fsbl", type=Path, required=True, help="first stage boot loader, an ELF")
    image.add_argument("--pmufw", type=Path, help="firmware of a Zynq UltraScale+'s PMU, an ELF")
    image.add_argument("--out", type=Path, metavar="DIR", help="default: ./boot-image")
    image.set_defaults(verb="boot-image")
    verify = verbs.add_parser("verify", help="check a bundle against its manifest")
    verify.add_argument("bundle", type=Path, metavar="BUNDLE")
    verify.set_defaults(verb="verify")
    return parser


def _add_deploy(parser: argparse.ArgumentParser) -> None:
    """Add the options. Those not given stay None, so that a recipe can have its say."""
    defaults = Options()
    add = parser.add_argument
    add(
        "network",
        nargs="?",
        type=Path,
        metavar="NETWORK",
        help=".onnx file, hls4ml project or bundle; else soc.yaml or an example",
    )
    add("--board", help="a name from `hls4ml-soc boards`, or a .yaml of your own")
    add("--target", help="the board's first by default")
    add("--until", choices=UNTIL, help=f"how far to go (default: {defaults.until})")
    add(
        "--host",
        metavar="USER@HOST",
        help="run on the PYNQ board there, or the machine with the card, over SSH; builds with the "
        "vendor's tools",
    )
    add("--identity", type=Path, metavar="KEY", help="private key for --host")
    add("--jump", metavar="USER@HOST", help="the host on the way to --host")
    add(
        "--accept-new-host-key",
        action="store_true",
        default=None,
        help="take the key of a --host that was never seen; a changed one is refused all the same",
    )
    add(
        "--port",
        metavar="PORT",
        help="run on the board with its console there: /dev/ttyUSB1, COM4, usb:VID:PID, "
        "socket://HOST:PORT; builds with the vendor's tools",
    )
    add(
        "--cable",
        metavar="C",
        help="the JTAG cable to load it by: a serial number, or tcp:HOST:3121",
    )
    add(
        "--no-program",
        action="store_true",
        default=None,
        help="the board at --port has been loaded already",
    )
    add(
        "--tools",
        choices=sorted(TOOLS),
        help="who builds (default: vendor with --host or --port, else standin)",
    )
    add(
        "--release",
        metavar="R",
        help="of the vendor tools, such as 2022.2: which to use, or what stand-ins pose as",
    )
    add("--input", type=Path, metavar="X.npy", help="inputs (samples, ...); an .npz for several")
    add("--labels", type=Path, metavar="L.npy", help="the right class of each sample")
    add(
        "--expect",
        type=Path,
        metavar="Y.npy",
        help="expected outputs, instead of hls4ml's emulation",
    )
    add(
        "--precision",
        metavar="P",
        help=f"number format of a network (default: {CONVERSION['precision']})",
    )
    add(
        "--reuse",
        type=int,
        metavar="N",
        help=f"hls4ml's reuse factor (default: {CONVERSION['reuse']})",
    )
    add("--io-type", choices=IO_TYPES, help=f"hls4ml's io type (default: {CONVERSION['io_type']})")
    add("--packing", choices=PACKINGS, help=f"elements in memory (default: {PACKINGS[0]})")
    add("--compute-units", type=int, metavar="N", help="of a data-centre card")
    add(
        "--allow-negative-slack",
        action="store_true",
        default=None,
        help="build on although timing is not met",
    )
    add(
        "--loopback",
        action="store_true",
        default=None,
        help="a FIFO in the network's place: first thing on a new board",
    )
    add(
        "--profile",
        action="store_true",
        default=None,
        help="ranges and errors layer by layer, fixed point against float: report.html",
    )
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="output folder (default: build/<board>-<target>[-virtual])",
    )
    add(
        "--dry-run",
        action="store_true",
        help="print files and commands; run nothing, write nothing",
    )
    parser.set_defaults(verb="deploy")
