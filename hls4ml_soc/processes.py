"""Processes of tools and virtual boards. Nothing else in the package starts one."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import workspace
from .errors import ToolError

#: Marks all that a run has started: Vivado puts its runs into sessions of their own.
_MARK = "HLS4ML_SOC_RUN"


def run(
    argv: list[str],
    cwd: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    watch: Callable[[], None] | None = None,
) -> int:
    """Run a command with its output in ``log`` and return its exit code; ``watch`` is called twice
    a second meanwhile.

    Ctrl-C ends the command and all that it has started, then goes on as KeyboardInterrupt.
    """
    mark = uuid.uuid4().hex
    environment = {**os.environ, **(env or {}), _MARK: mark}
    with open(log, "wb") as out:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            # The lock of the output folder: a tool that outlives us keeps it.
            pass_fds=workspace.held(),
        )
        try:
            while True:
                try:
                    return process.wait(0.5 if watch else None)
                except subprocess.TimeoutExpired:
                    if watch:
                        watch()
        except BaseException:
            _end(process)
            _end_marked(mark)
            raise


def output(argv: list[str]) -> str:
    """Run a command that only tells something, and return what it wrote.

    Raises ToolError if it cannot be started or takes more than two minutes.
    """
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{shlex.join(argv)}: {error}") from None
    return done.stdout.decode(errors="replace")


@contextmanager
def serving(argv: list[str], log: Path) -> Iterator[str]:
    """Run a command in the background for as long as the context lasts, its complaints in ``log``;
    give the first line it writes.

    Ctrl-C does not reach it: the context ends it. Raises ToolError where it ends without a line."""
    with open(log, "wb") as file:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        with process.stdout as out:
            if not (line := out.readline().decode(errors="replace").strip()):
                process.wait(20)
                raise ToolError(log.read_text(errors="replace").strip() or "it ended at once")
            yield line
    finally:
        _end(process)


def _clean() -> dict[str, str]:
    """Return an environment in which the user's folder holds no module of Python's own name."""
    return {**os.environ, "PYTHONSAFEPATH": "1"}


def attached(argv: list[str]) -> int:
    """Run a command on the caller's terminal until it ends, and return its exit code; Ctrl-C goes
    to it."""
    with subprocess.Popen(argv, env=_clean()) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # At a terminal it has had the same; a signal to this process alone it has not.
            for how, seconds in ((signal.SIGINT, 10), (signal.SIGKILL, None)):
                try:
                    process.send_signal(how)
                    return process.wait(seconds)
                except subprocess.TimeoutExpired:
                    continue
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process group: asked first, then killed."""
    for how, seconds in ((signal.SIGINT, 3), (signal.SIGTERM, 3), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, how)
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
        return


def _end_marked(mark: str) -> None:
    """Kill what has left the process group; where there is no /proc, nobody can tell."""
    wanted = f"{_MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue
