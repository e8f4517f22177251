"""Which release of the vendor's tools can build what; the facts are in ``versions.yaml``.

Sources: UG994 and the IP catalogues (families), UG1399 and hls4ml's supported versions (HLS).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ..errors import DesignError


@dataclass(frozen=True)
class Family:
    """A kind of processor, or a card: its first release, its last where there is one, and why there
    is none before or after; ``tool`` is what builds it."""

    title: str
    since: str
    reason: str
    tool: str = "Vivado"
    until: str = ""

    def has(self, release: str) -> bool:
        """Tell whether a release is not too old and not too new."""
        key = numbers(release)
        return key >= numbers(self.since) and not (self.until and key > numbers(self.until))


@dataclass(frozen=True)
class Hls:
    """An HLS tool from its first to its last release; without a tool, ``reason`` says why."""

    first: str
    last: str
    tool: str
    backend: str
    reason: str

    @property
    def releases(self) -> str:
        """Name the releases as people do."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Table:
    """The whole table, oldest first."""

    releases: tuple[str, ...]
    families: dict[str, Family]
    hls: tuple[Hls, ...]

    def hls_of(self, release: str) -> Hls:
        """Return the HLS of a release of the table."""
        key = numbers(release)
        return next(h for h in self.hls if numbers(h.first) <= key <= numbers(h.last))


@cache
def table() -> Table:
    """Return the table."""
    text = Path(__file__).with_name("versions.yaml").read_text(encoding="utf-8")
    read = yaml.safe_load(text)
    families = {name: Family(**values) for name, values in read["families"].items()}
    return Table(tuple(read["releases"]), families, tuple(Hls(**each) for each in read["hls"]))


def numbers(release: str) -> tuple[int, int]:
    """Return year and number of a release, to be compared; ``2025.2.1`` counts as ``2025.2``."""
    year, number = release.split(".")[:2]
    return int(year), int(number)


def find(text: str) -> str | None:
    """Return the release that a path or a version names, without its patch level."""
    found = re.search(r"(?<!\d)20\d\d\.\d(?!\d)", text)
    return found.group() if found else None


def refusal(release: str, family: str, backend: str | None = None) -> str:
    """Return in one sentence why a release cannot build a design, or nothing.

    ``backend`` is that of the hls4ml project, None without HLS. A release that is newer than the
    table is not refused: nothing is known against it.
    """
    known = table()
    if numbers(release) < numbers(known.releases[0]):
        return f"Vivado {release} is older than {known.releases[0]}, the first that this Tcl is for"
    kind = known.families[family]
    if not kind.has(release):
        return f"{kind.title} cannot be built with {kind.tool} {release}: {kind.reason}"
    if backend is None or numbers(release) > numbers(known.releases[-1]):
        return ""
    return _hls_refusal(known.hls_of(release), release, backend)


def _hls_refusal(hls: Hls, release: str, backend: str) -> str:
    if not hls.tool:
        return (
            f"no network can be built with release {release}: {hls.reason}; use 2020.1 or 2022.2, "
            "or --loopback, which needs no HLS"
        )
    if backend != hls.backend:
        right = [h.releases for h in table().hls if h.backend == backend]
        return (
            f"the hls4ml project is for the backend {backend}, which release {release} does not "
            f"have: convert the network with backend='{hls.backend}', or use {', '.join(right)}"
        )
    return ""


def check(release: str, family: str, backend: str | None = None) -> None:
    """Raise DesignError where a release cannot build a design."""
    if said := refusal(release, family, backend):
        raise DesignError(said)


def known(release: str) -> str:
    """Return a release that a person named.

    Raises DesignError for one that the table does not have.
    """
    if release not in table().releases:
        raise DesignError(f"release {release} is not known: there is {', '.join(table().releases)}")
    return release


def backend(release: str) -> str:
    """Return the hls4ml backend for a release; where there is none, the newest."""
    return table().hls_of(known(release)).backend or table().hls[-1].backend
