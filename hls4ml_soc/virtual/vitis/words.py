"""Words of a command, sorted by what the command takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hls4ml_soc.virtual.vitis.errors import Refused


@dataclass
class Words:
    """Switches without a value, options with one, and the rest."""

    flags: set[str] = field(default_factory=set)
    options: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Takes:
    """What a command takes: names of flags and options, blank-separated, and how many other
    words."""

    command: str
    flags: str = ""
    options: str = ""
    least: int = 0
    most: int = 0
    raw: int = 99  # so many other words are read; what follows may begin with a dash

    def parse(self, words: Sequence[str]) -> Words:
        """Sort words. Raises Refused for one that the command does not take."""
        flags, options = self.flags.split(), self.options.split()
        found = Words()
        left = list(words)
        while left:
            word = left.pop(0)
            if len(found.rest) >= self.raw:
                found.rest.append(word)
            elif word in flags:
                found.flags.add(word)
            elif word in options:
                if not left:
                    raise Refused(f"{self.command}: option {word} needs a value")
                if word in found.options:
                    raise Refused(f"{self.command}: option {word} is given twice")
                found.options[word] = left.pop(0)
            elif word.startswith("-") and not word[1:2].isdigit():
                known = " ".join([*flags, *options]) or "none"
                raise Refused(f"{self.command}: unknown option {word} (known here: {known})")
            else:
                found.rest.append(word)
        if not self.least <= len(found.rest) <= self.most:
            raise Refused(
                f"{self.command}: wrong number of arguments: {' '.join(found.rest) or 'none'}"
            )
        return found


def number(command: str, text: str) -> int:
    """Read a number as Tcl writes them. Raises Refused."""
    try:
        return int(text, 0)
    except ValueError:
        raise Refused(f'{command}: expected integer but got "{text}"') from None
