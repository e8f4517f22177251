"""A build as a value: everything it needs, before anything is run."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Step:
    """One run of one tool.

    ``tool`` is a name such as ``vivado``; a toolchain decides what is executed for it. ``folder``
    is where it runs, below the output folder; ``products`` maps a kind (``bit``, ``hwh``) to a path
    below ``folder``. ``since`` is the oldest release that can do it, where not every one can.
    ``met`` asks for timing that is met."""

    title: str
    tool: str
    arguments: tuple[str, ...]
    folder: str
    products: dict[str, str] = field(default_factory=dict)
    since: str = ""
    met: bool = False

    def __str__(self) -> str:
        return f"{self.folder}$ {shlex.join((self.tool, *self.arguments))}"


@dataclass(frozen=True)
class Plan:
    """Files (path below the output folder -> text) and the steps that use them, in order.

    ``inputs`` names what is read but not written by the plan, with its digest: the hls4ml project.
    """

    files: dict[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError for a file that would land outside the output folder."""
        for name in self.files:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"{name!r} would be written outside the output folder")

    def __add__(self, other: Plan) -> Plan:
        """Return the plan that does this one, then the other.

        Raises ValueError where both write the same file.
        """
        if clash := self.files.keys() & other.files.keys():
            raise ValueError(f"both plans write {', '.join(sorted(clash))}")
        return Plan(self.files | other.files, self.steps + other.steps, self.inputs | other.inputs)

    def digest(self) -> str:
        """Return a SHA-256 over files, steps and inputs: equal plans have equal digests."""
        return _sha256([self.files, [_plain(step) for step in self.steps], self.inputs])

    def key(self, step: Step) -> str:
        """Return a SHA-256 over all that can change what this step makes, earlier steps
        included."""
        earlier = self.steps[: self.steps.index(step) + 1]
        folders = tuple(f"{each.folder}/" for each in earlier)
        read = {name: text for name, text in self.files.items() if name.startswith(folders)}
        return _sha256([read, [_plain(each) for each in earlier], self.inputs])

    def write(self, folder: Path) -> None:
        """Write the files below ``folder``; one that is already right keeps its date."""
        for name, text in self.files.items():
            path = folder / name
            if path.is_file() and path.read_bytes() == text.encode():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())


def _plain(step: Step) -> list[object]:
    return [step.tool, step.arguments, step.folder, step.products, step.since]


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
