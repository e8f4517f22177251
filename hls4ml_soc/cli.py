"""The command line: what is done for each verb, and exit codes."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import board, doctor, recipe, workspace
from .arguments import parser
from .board import vendor
from .bundle import Bundle, is_bundle
from .connections import virtual
from .deploy import EXAMPLE_REUSE, deploy, dry_run, example
from .errors import BoardError, ModelError, SocError
from .execute import execute
from .frontends import is_project, read
from .loaders import boot_image, vitis_project
from .options import Options
from .packing import PACKINGS
from .plan import Plan
from .sources import CONVERSION
from .terminal import Terminal
from .toolchains import embedded, versions

#: What the disk says when it is full, over quota or limited in file size.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``hls4ml-soc`` and return its exit code."""
    arguments = parser().parse_args(argv)
    terminal = Terminal()
    # A closed laptop or a dropped connection ends a run as Ctrl-C does: with all that it has begun.
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) is signal.SIG_DFL:
            signal.signal(name, signal.default_int_handler)
    try:
        return VERBS[arguments.verb](arguments, terminal)
    except SocError as error:
        terminal.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        terminal.error("interrupted")
        return 130
    except OSError as error:
        # copytree gathers what went wrong in words.
        gathered = isinstance(error, shutil.Error) and "[Errno 28]" in str(error)
        if error.errno in NO_ROOM or gathered:
            where = error.filename or "the output folder"
            why = error.strerror or os.strerror(errno.ENOSPC)
            terminal.error(f"{where}: {why}; make room and run again")
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
    network, name = settings.get("network"), settings.get("board")
    options = Options(
        **{key: settings[key] for key in Options.__dataclass_fields__ if key in settings}
    )
    if arguments.dry_run:
        with tempfile.TemporaryDirectory() as scratch:
            terminal.plan(*dry_run(network, name, options, Path(scratch)))
        return 0
    if options.builder == "standin" and not (network and is_bundle(network)):
        terminal.say(
            "stand-ins for the vendor tools; with Vivado installed: add --tools vendor --until "
            "bundle"
        )
    report = deploy(network, name, options, terminal)
    if "profile" in report.products:
        terminal.profile(Path(report.folder) / report.products["profile"])
    terminal.report(report)
    return 0


def _found(given: dict[str, Any], terminal: Terminal) -> dict[str, Any]:
    """Return what goes without saying: the recipe or project of this folder, else the packaged
    example."""
    path = Path(recipe.NAME)
    if "network" in given or "loopback" in given:
        if path.is_file():
            terminal.say(f"{path} is of another network, and not used")
        return {}
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
    source = read(arguments.network)
    defaults = {**CONVERSION, "packing": PACKINGS[0]}
    recipe.write(
        Path(recipe.NAME), str(arguments.network), arguments.board, defaults, source.layers()
    )
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


def _vitis_project(arguments: argparse.Namespace, terminal: Terminal) -> int:
    bundle = _program(arguments.bundle)
    console = board.Board.load(str(bundle.manifest["board"])).console
    release = versions.known(arguments.release) if arguments.release else embedded.release()
    if console is None:
        raise ModelError(f"{arguments.bundle}: its board has no console")
    plan = vitis_project.plan(bundle, release, console.uart)
    return _executed(plan, arguments.out or Path("vitis-project"), release, terminal)


def _boot_image(arguments: argparse.Namespace, terminal: Terminal) -> int:
    plan = boot_image.plan(_program(arguments.bundle), arguments.fsbl, arguments.pmufw)
    return _executed(plan, arguments.out or Path("boot-image"), None, terminal)


def _program(path: Path) -> Bundle:
    """Return a bundle with a program. Raises ModelError for another."""
    bundle = Bundle.read(path)
    if bundle.manifest["target"] != "baremetal":
        raise ModelError(f"{path} has no bare-metal program")
    return bundle


def _executed(plan: Plan, out: Path, release: str | None, terminal: Terminal) -> int:
    with workspace.claim(workspace.usable(out.absolute())) as folder:
        products = execute(plan, folder, embedded.Embedded(release), terminal)
    for kind, path in products.paths.items():
        terminal.say(f"{kind}  {path}")
    return 0


def _virtual(arguments: argparse.Namespace, terminal: Terminal) -> int:
    virtual.check_console(arguments.console)
    if arguments.network is not None and is_bundle(arguments.network):
        if arguments.board or arguments.out:
            raise ModelError("a bundle, which is built already, takes no --board and no --out")
        folder = _program(arguments.network).folder
    else:
        network, reuse = arguments.network, None
        if network is None:
            network, reuse = example()[0], EXAMPLE_REUSE
        options = Options(until="bundle", target="baremetal", reuse=reuse, out=arguments.out)
        report = deploy(network, arguments.board, options, terminal)
        folder = Path(report.folder) / report.products["bundle"]
    terminal.say("the board is on until Ctrl-C; its serial port:")
    return virtual.leave_running(Bundle.read(folder), arguments.console)


def _boards(arguments: argparse.Namespace, terminal: Terminal) -> int:
    if arguments.vendor is not None:
        if arguments.name:
            raise BoardError("--import takes no board: the vendor's file names it")
        draft = vendor.draft(arguments.vendor)
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


VERBS: dict[str, Callable[[argparse.Namespace, Terminal], int]] = {
    "deploy": _deploy,
    "boards": _boards,
    "init": _init,
    "doctor": _doctor,
    "virtual": _virtual,
    "vitis-project": _vitis_project,
    "boot-image": _boot_image,
    "verify": _verify,
}
