"""Expressions of IP-XACT files: when a port exists, how wide it is, what a parameter follows.

The language is the XPath subset of Xilinx's ``spirit:dependency`` attributes, with C operators
mixed in. Strings compare without regard to case, as Vivado's own results show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache

Value = int | float | bool | str
Lookup = Callable[[str], Value]
_Node = Callable[[Lookup], Value]

_TOKEN = re.compile(
    r"\s*(?:('[^']*'|\"[^\"]*\")|(0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?)"
    r"|(starts-with|string-length|\$?[A-Za-z_](?:[\w.]|:(?=[A-Za-z_]))*)"
    r"|(<=|>=|!=|==|&&|\|\||[()=<>+\-*,/?:!%]))"
)


class ExpressionError(Exception):
    """An expression has no value: wrong syntax, unknown name or function."""


def evaluate(text: str, lookup: Lookup) -> Value:
    """Evaluate an expression; ``lookup`` gives the value of ``PARAM_VALUE.X`` and
    ``MODELPARAM_VALUE.X``."""
    return _compiled(text)(lookup)


def truth(value: Value) -> bool:
    """Say whether a value counts as true."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "false")
    return bool(value)


def number(value: Value) -> int | float:
    """Read a value as a number: decimal, ``0x`` hexadecimal, quoted binary, true and false."""
    if not isinstance(value, str):
        return int(value) if isinstance(value, bool) else value
    text = value.strip().strip('"')
    lower = text.lower()
    if lower in ("true", "false"):
        return int(lower == "true")
    try:
        if lower.startswith("0x"):
            return int(lower, 16)
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise ExpressionError(f"'{value}' is not a number") from None


def integer(value: Value) -> int:
    """Read a value as an integer, rounding down as Vivado does at the end of a division."""
    return math.floor(number(value))


@cache
def _compiled(text: str) -> _Node:
    tokens: list[str] = []
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise ExpressionError(f"cannot read '{stripped[at:]}' in expression '{text}'")
        tokens.append(next(g for g in match.groups() if g is not None))
        at = match.end()
    parser = _Parser(tokens, text)
    node = parser.choice()
    if parser.peek() is not None:
        raise ExpressionError(f"'{parser.peek()}' is left over in expression '{text}'")
    return node


def _compare(a: Value, operator: str, b: Value) -> bool:
    left: Value
    right: Value
    if isinstance(a, bool) or isinstance(b, bool):
        left, right = truth(a), truth(b)
    else:
        try:
            left, right = number(a), number(b)
        except ExpressionError:
            left, right = str(a).lower(), str(b).lower()
    if operator in ("=", "=="):
        return left == right
    if operator == "!=":
        return left != right
    if operator in ("<", ">="):
        return (left < right) == (operator == "<")  # type: ignore[operator]
    return (left > right) == (operator == ">")  # type: ignore[operator]


def _divide(a: Value, b: Value) -> Value:
    x, y = number(a), number(b)
    if y == 0:
        raise ExpressionError("division by zero")
    return x // y if isinstance(x, int) and isinstance(y, int) and x % y == 0 else x / y


_ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: number(a) + number(b),
    "-": lambda a, b: number(a) - number(b),
    "*": lambda a, b: number(a) * number(b),
    "/": _divide,
    "div": _divide,
    "%": lambda a, b: math.fmod(number(a), number(b)),
    "mod": lambda a, b: math.fmod(number(a), number(b)),
}
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "decode": lambda a: a,
    "pow": lambda a, b: number(a) ** number(b),
    "log": lambda a, b: math.log(number(b), number(a)),
    "not": lambda a: not truth(a),
    "boolean": truth,
    "number": number,
    "ceiling": lambda a: math.ceil(number(a)),
    "floor": lambda a: math.floor(number(a)),
    "max": lambda *a: max(number(x) for x in a),
    "min": lambda *a: min(number(x) for x in a),
    "string": str,
    "contains": lambda a, b: str(b) in str(a),
    "starts-with": lambda a, b: str(a).startswith(str(b)),
    "containsToken": lambda a, b: str(b) in str(a).split(),
    "true": lambda: True,
    "false": lambda: False,
    "concat": lambda *a: "".join(str(x) for x in a),
    "string-length": lambda a: len(str(a)),
}


class _Parser:
    """Recursive descent; every method returns a function of the lookup."""

    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.at = 0

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise ExpressionError(
                f"expected '{expected or 'a value'}', found '{token}' in expression '{self.text}'"
            )
        self.at += 1
        return token

    def choice(self) -> _Node:
        condition = self.either()
        if self.peek() != "?":
            return condition
        self.take()
        yes = self.choice()
        self.take(":")
        no = self.choice()
        return lambda e: yes(e) if truth(condition(e)) else no(e)

    def either(self) -> _Node:
        node = self.both()
        while self.peek() in ("or", "||"):
            self.take()
            node = self._or(node, self.both())
        return node

    @staticmethod
    def _or(a: _Node, b: _Node) -> _Node:
        return lambda e: truth(a(e)) or truth(b(e))

    def both(self) -> _Node:
        node = self.comparison()
        while self.peek() in ("and", "&&"):
            self.take()
            node = self._and(node, self.comparison())
        return node

    @staticmethod
    def _and(a: _Node, b: _Node) -> _Node:
        return lambda e: truth(a(e)) and truth(b(e))

    def comparison(self) -> _Node:
        node = self.sum()
        while (operator := self.peek()) in ("=", "==", "!=", "<", ">", "<=", ">="):
            self.take()
            node = self._compared(node, str(operator), self.sum())
        return node

    @staticmethod
    def _compared(a: _Node, operator: str, b: _Node) -> _Node:
        return lambda e: _compare(a(e), operator, b(e))

    def sum(self) -> _Node:
        return self._chain(self.product, ("+", "-"))

    def product(self) -> _Node:
        return self._chain(self.unary, ("*", "/", "%", "div", "mod"))

    def _chain(self, part: Callable[[], _Node], operators: tuple[str, ...]) -> _Node:
        node = part()
        while (operator := self.peek()) in operators:
            self.take()
            node = self._calculated(node, _ARITHMETIC[str(operator)], part())
        return node

    @staticmethod
    def _calculated(a: _Node, operation: Callable[[Value, Value], Value], b: _Node) -> _Node:
        return lambda e: operation(a(e), b(e))

    def unary(self) -> _Node:
        token = self.peek()
        if token == "-":
            self.take()
            negated = self.unary()
            return lambda e: -number(negated(e))
        if token == "!" or (token == "not" and self.tokens[self.at + 1 : self.at + 2] != ["("]):
            self.take()
            inverted = self.unary()
            return lambda e: not truth(inverted(e))
        return self.primary()

    def primary(self) -> _Node:
        token = self.take()
        if token == "(":
            node = self.choice()
            self.take(")")
            return node
        if token[0] in "'\"":
            return self._constant(token[1:-1])
        if token[0].isdigit():
            return self._constant(number(token))
        if self.peek() == "(":
            return self._call(token)
        if token in ("true", "false"):
            return self._constant(token == "true")
        name = token.removeprefix("$")
        return lambda e: e(name)

    @staticmethod
    def _constant(value: Value) -> _Node:
        return lambda e: value

    def _call(self, token: str) -> _Node:
        self.take("(")
        arguments: list[_Node] = []
        if self.peek() != ")":
            arguments.append(self.choice())
            while self.peek() == ",":
                self.take()
                arguments.append(self.choice())
        self.take(")")
        name = token.split(":")[-1]
        if name == "id":
            return lambda e: self._named(arguments[0](e), e)
        function = _FUNCTIONS.get(name)
        if function is None:
            raise ExpressionError(f"unknown function '{token}' in expression '{self.text}'")
        return lambda e: function(*[a(e) for a in arguments])

    @staticmethod
    def _named(value: Value, lookup: Lookup) -> Value:
        return lookup(value) if isinstance(value, str) and "PARAM_VALUE." in value else value
