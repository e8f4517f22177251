"""Which connection a run takes."""

from __future__ import annotations

import getpass

from ..board import Board
from ..errors import ModelError
from ..execute import Live, Progress
from ..options import Options
from . import Connection, virtual
from .serial import Serial
from .xrt import Xrt

#: What reaches the boards of a target, by option.
_REACHED_BY = {"pynq": "host", "baremetal": "port", "vitis": "host"}
#: Options that go with another one.
_WITH = {
    "identity": "host",
    "jump": "host",
    "accept_new_host_key": "host",
    "cable": "port",
    "no_program": "port",
}


def choose(
    target: str, options: Options, origin: str, progress: Progress | None = None
) -> Connection:
    """Return how a run reaches its board: a virtual one where no place was given.

    ``origin`` is that of what runs: a data-centre card in this machine is taken for what the
    vendor's tools have built.

    Raises ModelError for options that do not go together."""
    given = [name for name in ("host", "port") if getattr(options, name)]
    for name, needed in _WITH.items():
        if getattr(options, name) and needed not in given:
            raise ModelError(f"--{name.replace('_', '-')} goes with --{needed}")
    if given and options.until != "run":
        raise ModelError(f"--{given[0]} has no use with --until {options.until}")
    for name in given:
        if name != _REACHED_BY[target]:
            raise ModelError(
                f"the target {target} is reached with --{_REACHED_BY[target]}, not with --{name}"
            )
    if options.host:
        from .ssh import Ssh

        return Ssh(
            options.host,
            identity=options.identity,
            jump=options.jump,
            password=getpass.getpass,
            accept_new_host_key=options.accept_new_host_key,
            now=progress.now if isinstance(progress, Live) else lambda text: None,
        )
    if options.port:
        return Serial(options.port, options.cable, program=not options.no_program)
    if target == "vitis":
        return Xrt(None if origin == "standin" else 0)
    return virtual.VIRTUAL[target]()


def check(connection: Connection, board: Board, target: str, origin: str, options: Options) -> None:
    """Look whether a board can be reached, and takes what an origin's tools build.

    Raises SocError with a remedy."""
    if options.port:
        # Only its program tells what is at a serial port; a loader takes real bitstreams alone.
        if origin == "standin" and not options.no_program:
            raise ModelError(
                "what the stand-ins build cannot be loaded into a board: for a virtual board at "
                "this port add --no-program"
            )
        connection.check(board, target)
        return
    if origin == "vendor" and connection.name == "virtual":
        other = ", add --until bundle, or leave out --tools vendor" if options.tools else ""
        raise ModelError(
            "what the vendor tools build cannot run on a virtual board: name the board with "
            f"--{_REACHED_BY[target]}{other}"
        )
    connection.check(board, target)
    if origin == "standin" and not connection.virtual:
        raise ModelError(
            f"{options.host} is a real board, and what the stand-ins build is for virtual ones: "
            "leave out --tools standin"
        )
    if origin == "vendor" and connection.virtual:
        raise ModelError(
            f"{options.host} is a virtual board, which takes only what the stand-ins build: add "
            "--tools standin"
        )
