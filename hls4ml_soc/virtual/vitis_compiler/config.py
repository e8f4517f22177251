"""The linker's configuration: sections and keys of ``link.cfg``, every one of them known.

Source: UG1393, Vitis compiler configuration file, connectivity options.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc.virtual.vitis_compiler.errors import VppError

#: The separator of compute units' names changed with this release.
COMMA_SINCE = "2022.2"
_NAME = r"[A-Za-z_]\w*"
#: Keys by section; those before the first are options of the command line.
_SECTIONS = {"": ("platform", "target"), "connectivity": ("nk", "sp", "slr")}


@dataclass(frozen=True)
class Setting:
    """One line: where it stands, key and value."""

    where: str
    key: str
    value: str


def general(settings: Sequence[Setting]) -> dict[str, tuple[str, ...]]:
    """Return the options of the command line that a configuration gives."""
    found: dict[str, tuple[str, ...]] = {}
    for each in settings:
        if each.key in _SECTIONS[""]:
            found[f"--{each.key}"] = (*found.get(f"--{each.key}", ()), each.value)
    return found


def read(path: Path) -> list[Setting]:
    """Return the lines of a configuration file.

    Raises VppError with file and line for what v++ or the stand-in does not know."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise VppError(f"cannot read the configuration {path}: {error.strerror}") from None
    section, settings = "", []
    for number, line in enumerate(lines, 1):
        where, text = f"{path.name}:{number}", line.strip()
        if not text or text.startswith("#"):
            continue
        if header := re.fullmatch(r"\[(.*)\]", text):
            section = header[1]
            if section not in _SECTIONS:
                raise VppError(f"{where}: section [{section}] is not known (in the stand-in)")
            continue
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise VppError(f"{where}: not 'key=value': {text}")
        if key not in _SECTIONS.get(section, ()):
            raise VppError(f"{where}: key '{key}' is not known in [{section}] (in the stand-in)")
        settings.append(Setting(where, key, value))
    return settings


@dataclass(frozen=True)
class Connectivity:
    """What the lines mean: units by kernel, bank indices by (unit, argument), die by unit."""

    units: dict[str, tuple[str, ...]]
    banks: dict[tuple[str, str], tuple[int, int, str]]
    dies: dict[str, int]


def connectivity(settings: Sequence[Setting], kernels: Sequence[str], release: str) -> Connectivity:
    """Read the lines for some kernels; one that ``nk`` does not name has one unit.

    Raises VppError for a name that is not there, and for what is given twice."""
    units: dict[str, tuple[str, ...]] = {}
    for each in settings:
        if each.key == "nk":
            kernel, names = _units(each, release)
            if kernel not in kernels:
                raise VppError(f"{each.where}: there is no kernel '{kernel}' in the objects")
            if kernel in units:
                raise VppError(f"{each.where}: '{kernel}' has its nk already")
            units[kernel] = names
    for kernel in kernels:
        units.setdefault(kernel, (f"{kernel}_1",))
    every = [name for names in units.values() for name in names]
    if len(set(every)) != len(every):
        raise VppError("two compute units have the same name")
    banks: dict[tuple[str, str], tuple[int, int, str]] = {}
    dies: dict[str, int] = {}
    for each in settings:
        if each.key == "sp":
            key, bank = _port(each, every)
            if key in banks:
                raise VppError(f"{each.where}: {'.'.join(key)} has its memory already")
            banks[key] = bank
        elif each.key == "slr":
            unit, die = _die(each, every)
            if unit in dies:
                raise VppError(f"{each.where}: {unit} has its SLR already")
            dies[unit] = die
    return Connectivity(units, banks, dies)


def _units(line: Setting, release: str) -> tuple[str, tuple[str, ...]]:
    found = re.fullmatch(rf"({_NAME}):(\d+)(?::(.*))?", line.value)
    if found is None or not 1 <= int(found[2]) <= 60:
        raise VppError(f"{line.where}: nk is KERNEL:NUMBER[:NAMES], 1 to 60: {line.value}")
    kernel, count = found[1], int(found[2])
    if found[3] is None:
        return kernel, tuple(f"{kernel}_{number + 1}" for number in range(count))
    separator = "," if release >= COMMA_SINCE else "."
    names = tuple(found[3].split(separator))
    if not all(re.fullmatch(_NAME, name) for name in names):
        raise VppError(
            f"{line.where}: Vitis {release} separates compute units by '{separator}': {found[3]}"
        )
    if len(names) != count:
        raise VppError(f"{line.where}: {len(names)} names for {count} compute units")
    return kernel, names


def _port(line: Setting, units: Sequence[str]) -> tuple[tuple[str, str], tuple[int, int, str]]:
    found = re.fullmatch(rf"({_NAME})\.({_NAME}):([A-Z]+)\[(\d+)(?::(\d+))?\]", line.value)
    if found is None:
        raise VppError(f"{line.where}: sp is UNIT.ARGUMENT:MEMORY[N] or [N:M]: {line.value}")
    _known_unit(line, found[1], units)
    first, last = int(found[4]), int(found[5] or found[4])
    return (found[1], found[2]), (first, last, found[3])


def _die(line: Setting, units: Sequence[str]) -> tuple[str, int]:
    found = re.fullmatch(rf"({_NAME}):SLR(\d+)", line.value)
    if found is None:
        raise VppError(f"{line.where}: slr is UNIT:SLRn: {line.value}")
    _known_unit(line, found[1], units)
    return found[1], int(found[2])


def _known_unit(line: Setting, name: str, units: Sequence[str]) -> None:
    if name not in units:
        raise VppError(f"{line.where}: there is no compute unit '{name}': {', '.join(units)}")
