"""Which objects a ``get_*`` command means: patterns and filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import cache

Property = Callable[[str], str | None]

_TOKEN = re.compile(
    r'\s*(\(|\)|&&|\|\||!(?![=~])|==|!=|=~|!~|<=|>=|<|>|"[^"]*"|\{[^}]*\}|[^\s()&|=!<>]+)'
)


class FilterError(Exception):
    """A ``-filter`` expression cannot be read."""


@cache
def pattern(text: str, *, regexp: bool = False, nocase: bool = False) -> re.Pattern[str]:
    """Compile a pattern that matches whole names; ``*`` stops at ``/``."""
    if not regexp:
        text = translate(text).replace(".*", "[^/]*")
    return re.compile(text if not regexp else f"(?:{text})\\Z", re.I if nocase else 0)


def chosen(names: Iterable[str], wanted: list[str], *, regexp: bool, nocase: bool) -> list[str]:
    """Return the names that a pattern matches, in the order of the patterns."""
    pool = list(names)
    result = []
    for text in wanted:
        compiled = pattern(text, regexp=regexp, nocase=nocase)
        result += [n for n in pool if compiled.match(n) and n not in result]
    return result


def matches(expression: str, get: Property, *, regexp: bool = False, nocase: bool = False) -> bool:
    """Evaluate a filter expression for one object; ``get`` returns a property or None.

    With ``regexp`` the patterns of ``=~`` are regular expressions. A property that the object has
    not is empty.
    """
    tokens = []
    at = 0
    text = expression.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FilterError(expression)
        tokens.append(match[1])
        at = match.end()
    parser = _Filter(tokens, expression, get, regexp=regexp, nocase=nocase)
    result = parser.either()
    if parser.tokens:
        raise FilterError(expression)
    return result


_OPERATORS = ("==", "!=", "=~", "!~", "<", ">", "<=", ">=")


def _logical(text: str) -> bool | None:
    """Read a truth value, which Vivado compares as one however it is written; else None."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())


class _Filter:
    """Recursive descent over the words of a filter."""

    def __init__(
        self, tokens: list[str], text: str, get: Property, *, regexp: bool, nocase: bool
    ) -> None:
        self.tokens = tokens
        self.text = text
        self.get = get
        self.regexp = regexp
        self.nocase = nocase

    def next(self) -> str:
        if not self.tokens:
            raise FilterError(self.text)
        return self.tokens.pop(0)

    def either(self) -> bool:
        result = self.both()
        while self.tokens[:1] == ["||"]:
            self.next()
            result = self.both() or result
        return result

    def both(self) -> bool:
        result = self.one()
        while self.tokens[:1] == ["&&"]:
            self.next()
            result = self.one() and result
        return result

    def one(self) -> bool:
        token = self.next()
        if token == "!":
            return not self.one()
        if token == "(":
            result = self.either()
            if self.next() != ")":
                raise FilterError(self.text)
            return result
        if self.tokens[:1] and self.tokens[0] in _OPERATORS:
            operator, value = self.next(), self.next().strip('"{}')
            return self.compare(self.get(token) or "", operator, value)
        if token in _OPERATORS or token == ")":
            raise FilterError(self.text)
        return (self.get(token) or "0").upper() in ("1", "TRUE")  # a property by itself

    def compare(self, own: str, operator: str, value: str) -> bool:
        if operator in ("=~", "!~"):
            text = value if self.regexp else translate(value)
            hit = re.fullmatch(text, own, re.I if self.nocase else 0)
            return bool(hit) == (operator == "=~")
        if operator in ("==", "!="):
            same = own.lower() == value.lower() if self.nocase else own == value
            return (same or _logical(own) == _logical(value) is not None) == (operator == "==")
        try:
            a, b = float(own), float(value)
        except ValueError:
            return False
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
