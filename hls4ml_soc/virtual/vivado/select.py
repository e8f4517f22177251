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


def matches(expression: str, get: Property) -> bool:
    """Evaluate a filter expression for one object; ``get`` returns a property or None."""
    tokens = []
    at = 0
    text = expression.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise FilterError(expression)
        tokens.append(match[1])
        at = match.end()
    parser = _Filter(tokens, expression, get)
    result = parser.either()
    if parser.tokens:
        raise FilterError(expression)
    return result


class _Filter:
    """Recursive descent over the words of a filter."""

    def __init__(self, tokens: list[str], text: str, get: Property) -> None:
        self.tokens = tokens
        self.text = text
        self.get = get

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
        operator, value = self.next(), self.next().strip('"{}')
        own = self.get(token)
        return own is not None and self.compare(own, operator, value)

    def compare(self, own: str, operator: str, value: str) -> bool:
        if operator in ("=~", "!~"):
            return bool(re.fullmatch(translate(value), own)) == (operator == "=~")
        if operator in ("==", "!="):
            return (own == value) == (operator == "==")
        try:
            a, b = float(own), float(value)
        except ValueError:
            return False
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
