"""A mutant: one fault put into the text of a plan, and the places where texts can be changed."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tests.deep.family import Family, Setup

STEPS = ("vivado/steps/*.tcl", "vivado/families/*.tcl", "vivado/since/*.tcl", "vivado/build.tcl")


@dataclass(frozen=True)
class Place:
    """A piece of text in a file of the plan."""

    file: str
    start: int
    end: int
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Mutant:
    """What is changed, where it is built, and the class that it counts for.

    ``files`` holds the new texts of changed files. ``fault`` is one of HLS4ML_SOC_VIRTUAL_FAIL.
    """

    kind: str
    what: str
    files: Mapping[str, str] = field(repr=False)
    design: str = "network"
    version: str = "2023.2"
    fault: str = ""
    family: str = "zynq7"

    @property
    def needs_hls(self) -> bool:
        """Whether the core has to be made anew."""
        return any(name.startswith("hls/") for name in self.files)

    @property
    def key(self) -> tuple[object, ...]:
        """What is executed: two mutants with the same key are one."""
        return (*sorted(self.files.items()), self.design, self.version, self.fault, self.family)


class Text:
    """The files of a family's plan, to be searched and changed.

    Comments are never touched, nor Tcl that no setup executes. ``executed`` maps the setups to
    (file, line) of what they execute.
    """

    def __init__(
        self,
        family: Family,
        files: Mapping[str, str],
        executed: Mapping[Setup, set[tuple[str, int]]],
    ) -> None:
        self.family = family
        self.files = files
        self.executed = executed

    @cached_property
    def code(self) -> dict[str, str]:
        """The files with comment lines blanked; every other character keeps its place."""
        comment = re.compile(r"^[ \t]*(?:#(?!pragma|include)|//).*$", re.M)
        return {
            name: comment.sub(lambda found: " " * len(found[0]), text)
            for name, text in self.files.items()
        }

    def find(self, pattern: str, *names: str, needed: bool = True) -> list[Place]:
        """Return every match of a pattern in the files with these names (globs); of its first
        group, if it has one. What is needed and not there raises AssertionError."""
        found = []
        for name in sorted(self.files):
            if any(fnmatch.fnmatch(name, each) for each in names):
                code = self.code[name]
                for match in re.finditer(pattern, code, re.M):
                    group = 1 if match.re.groups else 0
                    start, end = match.span(group)
                    line = code.count("\n", 0, start) + 1
                    place = Place(name, start, end, self.files[name][start:end], line)
                    if self._setup(place):
                        found.append(place)
        assert found or not needed, f"{pattern!r} is nowhere in {names}"
        return found

    def one(self, pattern: str, *names: str) -> Place:
        """Return the only match of a pattern."""
        found = self.find(pattern, *names)
        assert len(found) == 1, f"{pattern!r} is {len(found)} times in {names}"
        return found[0]

    def edited(self, *edits: tuple[Place, str]) -> dict[str, str]:
        """Return the changed files."""
        files = {place.file: self.files[place.file] for place, _ in edits}
        for place, new in sorted(edits, key=lambda edit: -edit[0].start):
            text = files[place.file]
            files[place.file] = text[: place.start] + new + text[place.end :]
        return files

    def mutant(
        self, kind: str, *edits: tuple[Place, str], what: str = "", **options: str
    ) -> Mutant:
        """Return the mutant with these edits, built where they are executed."""
        place, new = edits[0]
        what = what or f"{_short(place.text)} -> {_short(new) or 'nothing'}"
        options = {**self._where(place), "family": self.family.name, **options}
        return Mutant(kind, f"{place}: {what}", self.edited(*edits), **options)

    def each(
        self, kind: str, places: Iterable[Place], edits: Callable[[str], Iterable[str]]
    ) -> Iterator[Mutant]:
        """Yield a mutant for each place and each text that stands in for it."""
        for place in places:
            for new in dict.fromkeys(edits(place.text)):
                if new != place.text:
                    yield self.mutant(kind, (place, new))

    def _setup(self, place: Place) -> Setup | None:
        """Return the first setup that executes a place; None if no setup does."""
        setups = self.family.setups
        if place.file.startswith("hls/") or not place.file.endswith(".tcl"):
            return setups[0]
        at = (place.file, place.line)
        return next((setup for setup in setups if at in self.executed[setup]), None)

    def _where(self, place: Place) -> dict[str, str]:
        setup = self._setup(place)
        assert setup, f"{place} is executed by no setup"
        return dict(zip(("design", "version"), setup, strict=True))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:60]}...{text[-7:]}"


def distinct(mutants: Iterable[Mutant]) -> list[Mutant]:
    """Return each mutant once: different edits may give the same text."""
    return list({mutant.key: mutant for mutant in mutants}.values())
