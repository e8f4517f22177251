"""The command lines of v++ and emconfigutil: options that the stand-in models, all else refused.

Source: UG1393 2022.2 to 2023.2, UG1702 2024.1 and 2024.2, general options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.vitis_compiler import config
from hls4ml_soc.virtual.vitis_compiler.errors import VppError

#: Releases that can be posed: the first with the separator ',', the last with kernels of this kind.
RELEASES = ("2022.2", "2023.1", "2023.2", "2024.1", "2024.2")
DEFAULT_RELEASE = "2023.2"
MODES = {
    **dict.fromkeys(("-c", "--compile"), "compile"),
    **dict.fromkeys(("-l", "--link"), "link"),
    **dict.fromkeys(("-p", "--package"), "package"),
}
_SAME = {"-t": "--target", "-f": "--platform", "-o": "--output", "-k": "--kernel"}
_EVERYWHERE = ("--target", "--platform", "--output", "--config")
#: Options with a value, by mode.
_OPTIONS = {
    "compile": (*_EVERYWHERE, "--kernel", "--hls.clock"),
    "link": (*_EVERYWHERE, "--kernel_frequency", "--connectivity.nk", "--connectivity.sp",
             "--connectivity.slr"),
    "package": _EVERYWHERE,
    "emconfigutil": ("--platform", "--od", "--nd"),
}  # fmt: skip
#: Where each kind of build can be made; the stand-in makes one of its own for all of them.
TARGETS = ("sw_emu", "hw_emu", "hw")


@dataclass(frozen=True)
class Command:
    """A command line, taken apart: ``options`` may be given several times, ``flags`` are those of
    the C++ compiler, ``files`` are sources or objects."""

    mode: str
    options: dict[str, tuple[str, ...]]
    flags: tuple[str, ...]
    files: tuple[Path, ...]

    def one(self, name: str, default: str | None = None) -> str:
        """Return an option's only value. Raises VppError where it is missing or given twice."""
        values = self.options.get(name, ())
        if len(values) == 1:
            return values[0]
        if values:
            raise VppError(f"option '{name}' cannot be specified more than once")
        if default is None:
            raise VppError(f"option '{name}' is missing")
        return default


@dataclass
class _Parts:
    mode: str = ""
    options: dict[str, list[str]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def parse(words: Sequence[str], tool: str = "v++") -> Command:
    """Return the command of one of the tools. Raises VppError as the tool would, and for options
    that the stand-in does not model."""
    parts = _Parts("" if tool == "v++" else tool)
    rest = list(words)
    while rest:
        _take(rest, parts, tool)
    if not parts.mode:
        raise VppError("one of --compile, --link and --package is needed")
    known = _OPTIONS[parts.mode]
    for name in parts.options:
        if name not in known:
            raise VppError(f"option '{name}' is not known with {parts.mode} (in the stand-in)")
    if parts.flags and parts.mode != "compile":
        raise VppError(f"'{parts.flags[0]}' has no meaning with {parts.mode}")
    options = {name: tuple(values) for name, values in parts.options.items()}
    for path in options.get("--config", ()):
        for name, values in config.general(config.read(Path(path))).items():
            options[name] = (*options.get(name, ()), *values)
    command = Command(parts.mode, options, tuple(parts.flags), tuple(parts.files))
    if tool == "v++" and command.one("--target") not in TARGETS:
        raise VppError(f"target '{command.one('--target')}' is none of {', '.join(TARGETS)}")
    return command


def _take(rest: list[str], parts: _Parts, tool: str) -> None:
    word = rest.pop(0)
    if word in MODES and tool == "v++":
        if parts.mode:
            raise VppError(f"{word} cannot go with {parts.mode}")
        parts.mode = MODES[word]
    elif word.startswith(("-I", "-D")) and tool == "v++":
        if len(word) == 2:
            word += _value(word, rest)
        parts.flags.append(word)
    elif word.startswith("-"):
        name, equals, value = word.partition("=")
        name = _SAME.get(name, name)
        if not any(name in known for known in _OPTIONS.values()):
            raise VppError(f"option '{name}' is not known (in the stand-in)")
        parts.options.setdefault(name, []).append(value if equals else _value(word, rest))
    else:
        parts.files.append(Path(word))


def _value(word: str, rest: list[str]) -> str:
    if not rest:
        raise VppError(f"option '{word}' has no value")
    return rest.pop(0)
