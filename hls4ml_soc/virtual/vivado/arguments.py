"""Arguments of Vivado commands, read by the synopsis that UG835 prints for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

_ITEM = re.compile(
    r"(?P<option>\[)?(?P<dash>-(?P<switch>\w+))(?:\s+<(?P<arg>\w+)>)?(?(option)\])(?P<not>!)?"
    r"|(?P<optional>\[)?<(?P<name>\w+)>(?P<many>\.\.\.)?(?(optional)\])"
)


class ArgumentError(Exception):
    """A command's arguments are not what its synopsis says; ``id`` is the message's number."""

    def __init__(self, id: str, text: str) -> None:
        """Take number and text."""
        super().__init__(text)
        self.id = id


class NotModelled(Exception):
    """An argument exists in Vivado and not in the stand-in."""


@dataclass(frozen=True)
class Synopsis:
    """The switches and positional arguments of a command."""

    command: str
    flags: frozenset[str]
    options: frozenset[str]
    positionals: tuple[tuple[str, bool, bool], ...]  # name, required, many
    not_modelled: frozenset[str]


@dataclass
class Arguments:
    """What a command was called with."""

    command: str
    flags: set[str] = field(default_factory=set)
    options: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)

    def flag(self, name: str) -> bool:
        """Say whether a switch was given."""
        return name in self.flags

    def get(self, name: str, default: str = "") -> str:
        """Return the value of an option or positional argument."""
        return self.options.get(name, default)

    def has(self, name: str) -> bool:
        """Say whether an option or positional argument was given."""
        return name in self.options

    def list(self, name: str) -> list[str]:
        """Return the words of a positional argument that may be several."""
        return self.many.get(name, [])


@cache
def synopsis(text: str) -> Synopsis:
    """Read a synopsis: ``name [-switch] [-option <arg>] <required> [<optional>] [<several>...]``.

    A trailing ``!`` marks a switch that the stand-in does not model.
    """
    command, _, rest = text.partition(" ")
    flags: set[str] = set()
    options: set[str] = set()
    not_modelled: set[str] = set()
    positionals = []
    for match in _ITEM.finditer(rest):
        if match["dash"]:
            (options if match["arg"] else flags).add(match["switch"])
            if match["not"]:
                not_modelled.add(match["switch"])
        else:
            positionals.append((match["name"], not match["optional"], bool(match["many"])))
    return Synopsis(
        command,
        frozenset(flags | {"quiet", "verbose"}),
        frozenset(options),
        tuple(positionals),
        frozenset(not_modelled),
    )


def parse(rules: Synopsis, words: list[str]) -> Arguments:
    """Sort the words of a command. Switches may be shortened, positional arguments may be given by
    name.

    Raises ArgumentError with the number and text that Vivado prints, NotModelled for what the
    stand-in lacks.
    """
    result = Arguments(rules.command)
    many = {name for name, _, several in rules.positionals if several}
    loose: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if not re.match(r"-[A-Za-z_]", word):
            loose.append(word)
            continue
        name = _switch(rules, word)
        if name in rules.not_modelled:
            raise NotModelled(f"{rules.command} -{name}")
        if name in rules.flags:
            result.flags.add(name)
            continue
        if at == len(words):
            raise _missing(rules, name)
        if name in many:
            result.many.setdefault(name, []).append(words[at])
        else:
            result.options[name] = words[at]
        at += 1
    _place(rules, loose, result)
    return result


def _switch(rules: Synopsis, word: str) -> str:
    name = word[1:]
    known = rules.flags | rules.options | {p for p, _, _ in rules.positionals}
    if name in known:
        return name
    candidates = sorted(k for k in known if k.startswith(name))
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise ArgumentError(
            "Common 17-165",
            f"Ambiguous option '{word}', it could be {', '.join('-' + c for c in candidates)}, "
            f"please type '{rules.command} -help' for usage info.",
        )
    raise ArgumentError(
        "Common 17-170",
        f"Unknown option '{word}', please type '{rules.command} -help' for usage info.",
    )


def _missing(rules: Synopsis, name: str) -> ArgumentError:
    return ArgumentError(
        "Common 17-163",
        f"Missing value for option '{name}', please type '{rules.command} -help' for usage info.",
    )


def _place(rules: Synopsis, loose: list[str], result: Arguments) -> None:
    """Give the words without a switch to the positional arguments in their order; the required
    ones come first."""
    open_names = [
        p for p in rules.positionals if p[0] not in result.options and p[0] not in result.many
    ]
    spare = len(loose) - sum(1 for p in open_names if p[1])
    for name, required, several in open_names:
        if several:
            result.many[name] = loose
            loose = []
        elif loose and (required or spare > 0):
            result.options[name] = loose.pop(0)
            spare -= 0 if required else 1
        if (
            required
            and not result.options.get(name)
            and not result.many.get(name)
            and name not in result.options
        ):
            raise _missing(rules, name)
    if loose:
        raise ArgumentError(
            "Common 17-165",
            f"Too many positional options when parsing '{loose[0]}', "
            f"please type '{rules.command} -help' for usage info.",
        )
