"""Runs plans."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from .errors import ToolError
from .plan import Plan, Step
from .processes import run
from .toolchains import Toolchain, verdict
from .toolchains.phases import Follower
from .toolchains.verdict import Verdict


class Progress(Protocol):
    """Who watches. ``step`` is entered when something begins; the value it gives takes a remark."""

    def step(self, title: str) -> AbstractContextManager[Callable[[str], None]]:
        """Announce something that takes time."""


@runtime_checkable
class Live(Protocol):
    """Who watches and also wants to know what a step is at."""

    def now(self, text: str) -> None:
        """Take the phase that the running step is in; it is over when the next one comes."""


class Silence:
    """Progress that nobody watches."""

    def step(self, title: str) -> AbstractContextManager[Callable[[str], None]]:
        """Say nothing."""
        return nullcontext(lambda remark: None)


@dataclass(frozen=True)
class Products:
    """What a plan made: kind -> path, who made it, and what only the finished run knows."""

    paths: dict[str, Path]
    origin: str
    versions: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    timing: dict[str, Any] | None = None
    utilization: dict[str, Any] | None = None
    hls: dict[str, Any] | None = None

    def __getitem__(self, kind: str) -> Path:
        return self.paths[kind]


def execute(plan: Plan, folder: Path, toolchain: Toolchain, progress: Progress) -> Products:
    """Write the files of a plan below ``folder`` and run its steps; a step whose inputs are
    unchanged is not run again.

    Raises ToolError when a step fails, with the cause that its log tells; before anything is run
    when a tool of any step is missing or cannot do it.
    """
    commands = [toolchain.command(step) for step in plan.steps]
    plan.write(folder)
    paths: dict[str, Path] = {}
    versions: dict[str, str] = {}
    figures: dict[str, Any] = {}
    earlier = ""  # a step depends on who made what it reads, and on what that became
    for step, command in zip(plan.steps, commands, strict=True):
        with progress.step(f"{step.title} ({toolchain.label})") as remark:
            key = {
                "key": plan.key(step),
                "origin": toolchain.origin,
                "tool": step.tool,
                "version": toolchain.version(step.tool),
                "earlier": earlier,
            }
            where = folder / step.folder
            noted = _current(where, step, key)
            if noted is not None:
                remark("unchanged")
            else:
                judged = _run_step(where, step, command, toolchain.origin, progress)
                noted = _note(where, step, key, judged)
                for line in judged.remarks:
                    remark(line)
            versions[step.tool] = key["version"]
            earlier = _digest([key["version"], earlier, noted["products"]])
            paths |= {kind: where / path for kind, path in step.products.items()}
            found = noted.get("verdict", {})
            names = ("timing", "utilization", "hls")
            figures |= {name: found[name] for name in names if found.get(name)}
    facts = _facts(paths["facts"]) if "facts" in paths else {}
    return Products(paths, toolchain.origin, versions, facts, **figures)


def _run_step(
    where: Path, step: Step, command: list[str], origin: str, progress: Progress
) -> Verdict:
    (where / "build.json").unlink(missing_ok=True)
    for path in step.products.values():
        (where / path).unlink(missing_ok=True)
    verdict.forget(where)
    log = where / f"{step.tool}.run.log"
    follow = Follower(log, progress.now) if isinstance(progress, Live) else None
    code = run(command, where, log, watch=follow)
    judged = verdict.judge(where, log, code)
    if code == 0:
        missing = [
            f"{kind} ({path})" for kind, path in step.products.items()
            if not (where / path).is_file()
        ]  # fmt: skip
        cause = f"ended without an error but wrote no {', '.join(missing)}" if missing else ""
        if step.met and not cause:
            cause = verdict.unmet(judged, origin)
        if not cause:
            return judged
        judged = replace(judged, cause=cause)
        said = f"{step.title} {judged.cause}"
    else:
        said = f"{step.title} failed ({verdict.ended(code)}): {judged.cause}"
    _write(where, {"tool": step.tool, "verdict": judged.as_dict()})
    hint = f"\n  {judged.hint}" if judged.hint else ""
    raise ToolError(f"{said}{hint}\n  log: {log}")


def _current(where: Path, step: Step, key: dict[str, str]) -> dict[str, Any] | None:
    """Return what is noted of an earlier run, if that was the same and its products are there."""
    try:
        noted: dict[str, Any] = json.loads((where / "build.json").read_text())
    except (OSError, ValueError):
        return None
    if any(noted.get(name) != value for name, value in key.items()):
        return None
    same = all(
        (where / path).is_file() and noted["products"].get(path) == product_digest(where / path)
        for path in step.products.values()
    )
    return noted if same else None


def _note(where: Path, step: Step, key: dict[str, str], judged: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = dict(key)
    told["products"] = {path: product_digest(where / path) for path in step.products.values()}
    told["verdict"] = judged.as_dict()
    _write(where, told)
    return told


def _write(where: Path, told: dict[str, Any]) -> None:
    (where / "build.json").write_text(json.dumps(told, indent=2) + "\n")


def product_digest(path: Path) -> str:
    """Return the SHA-256 of a file; of an IP core that of its whole folder."""
    if path.name != "component.xml":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    files = sorted(each for each in path.parent.rglob("*") if each.is_file())
    told = [
        (str(f.relative_to(path.parent)), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files
    ]
    return _digest(told)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _facts(path: Path) -> dict[str, str]:
    """Read ``name value`` lines."""
    pairs = (line.partition(" ") for line in path.read_text().splitlines())
    return {name: value.strip() for name, _, value in pairs if name}
