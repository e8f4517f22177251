"""Filters of ``targets -filter`` (UG1725): comparisons of properties, ``&&``, ``||``, ``!``."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping

from hls4ml_soc.virtual.vitis.errors import Refused

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(==|!=|=~|!~|&&|\|\||[!()])|([\w.#*-]+))')

Test = Callable[[Mapping[str, str]], bool]


def compile_filter(text: str, nocase: bool = False) -> Test:
    """Return a test of properties. Raises Refused for text that is no filter."""
    tokens: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if not match:
            raise Refused(f'invalid filter "{text}": cannot read "{text[at:]}"')
        tokens.append(match[0].strip())
        at = match.end()
    parser = _Parser(text, tokens, nocase)
    test = parser.either()
    if parser.tokens:
        raise Refused(f'invalid filter "{text}": "{parser.tokens[0]}" is not expected')
    return test


class _Parser:
    def __init__(self, text: str, tokens: list[str], nocase: bool) -> None:
        self.text, self.tokens, self._nocase = text, tokens, nocase

    def either(self) -> Test:
        tests = [self._both()]
        while self._next("||"):
            tests.append(self._both())
        return lambda properties: any(test(properties) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._next("&&"):
            tests.append(self._single())
        return lambda properties: all(test(properties) for test in tests)

    def _single(self) -> Test:
        if self._next("!"):
            test = self._single()
            return lambda properties: not test(properties)
        if self._next("("):
            inner = self.either()
            if not self._next(")"):
                raise Refused(f'invalid filter "{self.text}": ")" is missing')
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        if len(self.tokens) < 3 or self.tokens[1] not in ("==", "!=", "=~", "!~"):
            raise Refused(f'invalid filter "{self.text}": a comparison is missing')
        name, operator, value = self.tokens[:3]
        del self.tokens[:3]
        wanted = value[1:-1] if value.startswith('"') else value
        fold = str.lower if self._nocase else str

        def test(properties: Mapping[str, str]) -> bool:
            if name not in properties:
                raise Refused(f'invalid filter "{self.text}": no property "{name}"')
            found = fold(properties[name])
            if operator in ("==", "!="):
                return (found == fold(wanted)) == (operator == "==")
            return fnmatch.fnmatchcase(found, fold(wanted)) == (operator == "=~")

        return test

    def _next(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False
