"""The command line: arguments, what is printed, exit codes."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import __version__, board, board_import, doctor, recipe
from .bundle import Bundle
from .deploy import EXAMPLE_REUSE, deploy, dry_run, example
from .errors import BoardError, ModelError, SocError
from .frontends import is_project, read
from .frontends.project import IO_TYPES
from .job import TOOLS
from .options import UNTIL, Options
from .packing import PACKINGS
from .sources import CONVERSION
from .terminal import Terminal

#: What the disk says when it is full, over quota or limited in file size.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

EPILOGUE = """exit codes: 0 done, 2 something you can mend, 3 a tool or a board failed, 4 outputs
differ, 130 interrupted, 1 a bug of hls4ml_soc"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``hls4ml-soc`` and return its exit code."""
    arguments = _parser().parse_args(argv)
    terminal = Terminal()
    # A closed laptop or a dropped connection ends a run as Ctrl-C does: with all that it has begun.
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is signal.SIG_DFL:
            signal.signal(name, signal.default_int_handler)
    try:
        code: int = arguments.verb(arguments, terminal)
        return code
    except SocError as error:
        terminal.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        terminal.error("interrupted")
        return 130
    except OSError as error:
        if error.errno in NO_ROOM:
            where = error.filename or "the output folder"
            terminal.error(f"{where}: {error.strerror}; make room and run again")
            return 2
        return _bug(terminal)
    except Exception:
        return _bug(terminal)


def _bug(terminal: Terminal) -> int:
    traceback.print_exc()
    terminal.error("this is a bug of hls4ml_soc: please report it with the lines above")
    return 1


def main_deploy() -> int:
    """Run ``deploy``, which is ``hls4ml-soc deploy``."""
    return main(["deploy", *sys.argv[1:]])


def _deploy(arguments: argparse.Namespace, terminal: Terminal) -> int:
    given = {name: value for name, value in vars(arguments).items() if value is not None}
    settings = {**_found(given, terminal), **given}
    if "board" not in settings:
        raise ModelError("which board? name one with --board; `hls4ml-soc boards` lists them")
    network, name = settings.get("network"), settings["board"]
    options = Options(
        **{key: settings[key] for key in Options.__dataclass_fields__ if key in settings}
    )
    if arguments.dry_run:
        with tempfile.TemporaryDirectory() as scratch:
            terminal.plan(*dry_run(network, name, options, Path(scratch)))
        return 0
    if options.tools == "standin":
        terminal.say(
            "stand-ins for the vendor tools; with Vivado installed: add --tools vendor --until "
            "bundle"
        )
    terminal.report(deploy(network, name, options, terminal))
    return 0


def _found(given: dict[str, Any], terminal: Terminal) -> dict[str, Any]:
    """Return what goes without saying: the recipe or project of this folder, else the packaged
    example."""
    if "network" in given or "loopback" in given:
        return {}
    path = Path(recipe.NAME)
    if path.is_file():
        terminal.say(f"deploying what {path} says")
        settings = recipe.Recipe.load(path).values(Path())
        if "network" in settings:
            return settings
        raise ModelError(f"{path}: 'network' is missing, and none was given")
    if is_project(Path()):
        terminal.say("deploying the hls4ml project in this folder")
        return {"network": Path()}
    terminal.say("no network given: deploying the example, handwritten digits")
    network, images, labels = example()
    # The labels are those of the example's images.
    data = {} if "input" in given else {"input": images, "labels": labels}
    return {"network": network, "reuse": EXAMPLE_REUSE, **data}


def _init(arguments: argparse.Namespace, terminal: Terminal) -> int:
    board.Board.load(arguments.board)
    read(arguments.network)
    defaults = {**CONVERSION, "packing": Options().packing}
    recipe.write(Path(recipe.NAME), str(arguments.network), arguments.board, defaults)
    terminal.say(f"wrote {recipe.NAME}; `hls4ml-soc deploy` now takes it")
    return 0


def _doctor(arguments: argparse.Namespace, terminal: Terminal) -> int:
    findings = doctor.examine()
    terminal.findings(findings)
    return 2 if any(f.needed and f.found is None for f in findings) else 0


def _verify(arguments: argparse.Namespace, terminal: Terminal) -> int:
    bundle = Bundle.read(arguments.bundle)
    terminal.bundle(bundle)
    return 0


def _boards(arguments: argparse.Namespace, terminal: Terminal) -> int:
    if arguments.vendor is not None:
        if arguments.name:
            raise BoardError("--import takes no board: the vendor's file names it")
        draft = board_import.draft(arguments.vendor)
        for path in draft.write(arguments.out or Path(f"{draft.name}.yaml")):
            terminal.say(f"wrote {path}")
        for line in draft.missing:
            terminal.say(f"to fill in: {line}")
        return 0
    if arguments.out:
        raise BoardError("--out goes with --import")
    names = [arguments.name] if arguments.name else board.names()
    terminal.boards([board.Board.load(name) for name in names])
    return 0


def _parser() -> argparse.ArgumentParser:
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
    boards.set_defaults(verb=_boards)
    init = verbs.add_parser("init", help=f"write {recipe.NAME}, the settings of a network")
    init.add_argument("network", type=Path, metavar="NETWORK")
    init.add_argument("--board", required=True)
    init.set_defaults(verb=_init)
    verbs.add_parser("doctor", help="what is installed, what is missing").set_defaults(verb=_doctor)
    verify = verbs.add_parser("verify", help="check a bundle against its manifest")
    verify.add_argument("bundle", type=Path, metavar="BUNDLE")
    verify.set_defaults(verb=_verify)
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
        help=".onnx file or hls4ml project; else soc.yaml or an example",
    )
    add("--board", help="a name from `hls4ml-soc boards`, or a .yaml of your own")
    add("--target", help="the board's first by default")
    add("--until", choices=UNTIL, help=f"how far to go (default: {defaults.until})")
    add("--tools", choices=sorted(TOOLS), help=f"who builds (default: {defaults.tools})")
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
    add("--packing", choices=PACKINGS, help=f"elements in memory (default: {defaults.packing})")
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
    parser.set_defaults(verb=_deploy)
