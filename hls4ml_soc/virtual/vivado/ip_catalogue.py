"""The IP catalogue of the stand-in, and the IP repositories added to it."""

from __future__ import annotations

import json
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.vivado import ipxact, presence
from hls4ml_soc.virtual.vivado.ip import (
    AddressSpace,
    Block,
    Interface,
    Ip,
    MemoryMap,
    Parameter,
    Port,
    Register,
)

_FOLDER = Path(__file__).with_name("catalogue")
# Versions of which no instance was harvested, and the version whose facts stand for them.
_STAND_FOR = {
    "zynq_ultra_ps_e-3.4": "zynq_ultra_ps_e-3.5",
    "ilconstant-1.0": "xlconstant-1.1",
    "ilslice-1.0": "xlslice-1.0",
}


class Catalogue:
    """All IPs that a Vivado release with the given repositories finds."""

    def __init__(self, release: str) -> None:
        """Take the release, for example ``2023.2``."""
        self._release = presence.numbers(release)
        self._repository: dict[str, Ip] = {}

    def scan(self, folders: list[Path]) -> list[Ip]:
        """Read every ``component.xml`` below the folders; they replace those of the scan before."""
        found = [
            ipxact.read(path)
            for folder in folders
            for path in sorted(folder.rglob("component.xml"))
        ]
        self._repository = {ip.vlnv: ip for ip in found}
        return found

    def vlnvs(self) -> list[str]:
        """List the VLNV of every IP, in the order of their names."""
        own = []
        for stem in [*(path.stem for path in _FOLDER.glob("*.json")), *_STAND_FOR]:
            name, version = stem.rsplit("-", 1)
            key = f"{name}:{version}"
            if not presence.has_ip(self._release, key):
                continue
            own.append(f"{_library(name)}:{key}")
        return sorted([*own, *self._repository], key=_order)

    def knows_name(self, vlnv: str) -> bool:
        """Say whether an IP of this vendor, library and name is in the catalogue of any release,
        whatever its version."""
        parts = vlnv.split(":")
        stems = [*(p.stem for p in _FOLDER.glob("*.json")), *_STAND_FOR]
        own = {f"{_library(s)}:{s.rsplit('-', 1)[0]}" for s in stems}
        own |= {v.rpartition(":")[0] for v in self._repository}
        return ":".join(parts[:3]) in own

    def find(self, vlnv: str) -> Ip | None:
        """Return the IP of a VLNV whose version may be missing or a pattern; the newest if there
        are several."""
        parts = vlnv.split(":")
        if len(parts) not in (3, 4):
            return None
        version = parts[3] if len(parts) == 4 else "*"
        head = ":".join(parts[:3])
        for candidate in reversed(self.vlnvs()):
            library, _, own = candidate.rpartition(":")
            if library == head and fnmatchcase(own, version):
                return self.load(candidate)
        return None

    def load(self, vlnv: str) -> Ip:
        """Return the IP of a complete VLNV."""
        if vlnv in self._repository:
            return self._repository[vlnv]
        _, _, name, version = vlnv.split(":")
        return _load(f"{name}-{version}")

    def match(self, pattern: str) -> list[str]:
        """List the VLNVs that a ``get_ipdefs`` pattern selects."""
        return [v for v in self.vlnvs() if fnmatchcase(v, pattern)]


def _library(name: str) -> str:
    return "xilinx.com:inline_hdl" if name.startswith("il") else "xilinx.com:ip"


def _order(vlnv: str) -> tuple[str, tuple[int, ...]]:
    library, _, version = vlnv.rpartition(":")
    return library, presence.numbers(version)


@cache
def _load(stem: str) -> Ip:
    if stem in _STAND_FOR:
        other = _load(_STAND_FOR[stem])
        name, _, version = stem.rpartition("-")
        source = f"facts of {_STAND_FOR[stem]}, none of {stem} is at hand: {other.source}"
        return replace(other, vlnv=f"{_library(name)}:{name}:{version}", source=source)
    data: dict[str, Any] = json.loads((_FOLDER / f"{stem}.json").read_text(encoding="utf-8"))
    return Ip(
        vlnv=data["vlnv"],
        source=data["source"],
        ports={n: _port(n, p) for n, p in data["ports"].items()},
        interfaces={n: _interface(n, i) for n, i in data["interfaces"].items()},
        parameters={n: _parameter(n, p) for n, p in data["parameters"].items()},
        model=data["model"],
        spaces={
            n: AddressSpace(n, s["range"], s.get("width", "32"), s.get("when"))
            for n, s in data["spaces"].items()
        },
        maps={n: _map(n, m) for n, m in data["maps"].items()},
        revisions=data["revisions"],
        repeat=tuple((a, b) for a, b in data.get("repeat", [])),
    )


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(n for n in (text or "").split(":") if n)


def _port(name: str, p: dict[str, Any]) -> Port:
    return Port(
        name,
        p["dir"],
        p.get("left"),
        p.get("right"),
        p.get("when"),
        p.get("tie"),
        p.get("is", ""),
        _names(p.get("busifs")),
        _names(p.get("resets")),
        p.get("polarity", ""),
        p.get("sensitivity", ""),
    )


def _interface(name: str, i: dict[str, Any]) -> Interface:
    return Interface(
        name,
        i["type"],
        i["mode"],
        i.get("when"),
        i.get("params", {}),
        i.get("map"),
        i.get("space"),
        i.get("ports", {}),
    )


def _parameter(name: str, p: dict[str, Any]) -> Parameter:
    return Parameter(
        name,
        p.get("default"),
        p.get("format", "string"),
        tuple(p.get("choices", ())),
        p.get("min"),
        p.get("max"),
        p.get("read_only", False),
        p.get("propagates", False),
    )


def _map(name: str, m: dict[str, Any]) -> MemoryMap:
    blocks = []
    for block_name, b in m["blocks"].items():
        registers = tuple(
            Register(
                n,
                r["offset"],
                r.get("access") or "read-write",
                r.get("reset") or "0x0",
                fields={f: (v[0], v[1], v[2]) for f, v in (r.get("fields") or {}).items()},
            )
            for n, r in b.get("registers", {}).items()
        )
        blocks.append(
            Block(
                block_name,
                b.get("base", "0"),
                b["range"],
                b.get("usage", "memory"),
                b.get("access") or "read-write",
                registers,
            )
        )
    return MemoryMap(name, tuple(blocks), m.get("when"))
