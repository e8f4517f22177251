"""Runs plans. Nothing else in the package runs a tool."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .errors import ToolError
from .plan import Plan, Step
from .toolchains import Toolchain


class Progress(Protocol):
    """Who watches. ``step`` is entered when something begins; the value it gives takes a remark."""

    def step(self, title: str) -> AbstractContextManager[Callable[[str], None]]:
        """Announce something that takes time."""


@dataclass(frozen=True)
class Products:
    """What a plan made: kind -> path, who made it, and what only the finished run knows."""

    paths: dict[str, Path]
    origin: str
    versions: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, kind: str) -> Path:
        return self.paths[kind]


def execute(plan: Plan, folder: Path, toolchain: Toolchain, progress: Progress) -> Products:
    """Write the files of a plan below ``folder`` and run its steps; a step whose inputs are
    unchanged is not run again.

    Raises ToolError when a step fails, with the first error line of its log.
    """
    plan.write(folder)
    paths: dict[str, Path] = {}
    versions: dict[str, str] = {}
    for step in plan.steps:
        with progress.step(f"{step.title} ({toolchain.label})") as remark:
            key = {
                "key": plan.key(step),
                "origin": toolchain.origin,
                "tool": step.tool,
                "version": toolchain.version(step.tool),
            }
            where = folder / step.folder
            if _is_current(where, step, key):
                remark("unchanged")
            else:
                _run_step(where, step, toolchain)
                _note(where, step, key)
            versions[step.tool] = key["version"]
            paths |= {kind: where / path for kind, path in step.products.items()}
    facts = _facts(paths["facts"]) if "facts" in paths else {}
    return Products(paths, toolchain.origin, versions, facts)


def run(argv: list[str], cwd: Path, log: Path, env: Mapping[str, str] | None = None) -> int:
    """Run a command with its output in ``log`` and return its exit code.

    Ctrl-C ends the command and all that it has started, then goes on as KeyboardInterrupt.
    """
    environment = {**os.environ, **(env or {})}
    with open(log, "wb") as out:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        try:
            return process.wait()
        except BaseException:
            _end(process)
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


def root_cause(log: Path) -> str:
    """Return the first error line of a log, or its last line."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    for line in lines:
        if line.startswith(("ERROR:", "error:")):
            return line.partition(":")[2].strip()
    return lines[-1] if lines else "it wrote nothing"


def _run_step(where: Path, step: Step, toolchain: Toolchain) -> None:
    command = toolchain.command(step)
    (where / "build.json").unlink(missing_ok=True)
    for path in step.products.values():
        (where / path).unlink(missing_ok=True)
    log = where / f"{step.tool}.run.log"
    code = run(command, where, log)
    if code != 0:
        raise ToolError(f"{step.title} failed (exit code {code}): {root_cause(log)}\n  log: {log}")
    for kind, path in step.products.items():
        if not (where / path).is_file():
            raise ToolError(
                f"{step.title} ended without an error but wrote no {kind} ({path})\n  log: {log}"
            )


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


def _is_current(where: Path, step: Step, key: dict[str, str]) -> bool:
    try:
        noted = json.loads((where / "build.json").read_text())
    except (OSError, ValueError):
        return False
    if any(noted.get(name) != value for name, value in key.items()):
        return False
    return all(
        (where / path).is_file() and noted["products"].get(path) == file_digest(where / path)
        for path in step.products.values()
    )


def _note(where: Path, step: Step, key: dict[str, str]) -> None:
    told: dict[str, Any] = dict(key)
    told["products"] = {path: file_digest(where / path) for path in step.products.values()}
    (where / "build.json").write_text(json.dumps(told, indent=2) + "\n")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _facts(path: Path) -> dict[str, str]:
    """Read ``name value`` lines."""
    pairs = (line.partition(" ") for line in path.read_text().splitlines())
    return {name: value.strip() for name, _, value in pairs if name}
