"""Tcl lists as Python lists, with Tcl's exact quoting (Tcl_SplitList, Tcl_Merge)."""

from __future__ import annotations

from collections.abc import Iterable

_SPACE = " \t\n\v\f\r"
_SPECIAL = frozenset(_SPACE + '"{}[]$;\\')
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\v": "\\v", "\f": "\\f"}
_HEX = "0123456789abcdefABCDEF"


class TclListError(ValueError):
    """A text is not a Tcl list."""


def join_list(items: Iterable[str]) -> str:
    """Write strings as one Tcl list."""
    words = [_quote(item) for item in items]
    if words and words[0].startswith("#"):
        words[0] = "\\" + words[0]  # as the first word of a command it would be a comment
    return " ".join(words)


def split_list(text: str) -> list[str]:
    """Read a Tcl list. Raises TclListError, in Tcl's words, if the text is not one."""
    items: list[str] = []
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "{":
            item, at = _braced(text, at)
        elif text[at] == '"':
            item, at = _quoted(text, at)
        else:
            item, at = _bare(text, at)
        items.append(item)
        at = _skip(text, at)
    return items


def _quote(item: str) -> str:
    if not item:
        return "{}"
    if not _SPECIAL.intersection(item):
        return item
    if _balanced(item):
        return "{" + item + "}"
    return "".join(_ESCAPE.get(c, "\\" + c if c in _SPECIAL else c) for c in item)


def _balanced(item: str) -> bool:
    """Say whether braces around the item would end where they should and change nothing inside."""
    depth = 0
    skip = False
    for c in item:
        if skip:
            skip = False
            if c == "\n":
                return False  # backslash-newline is replaced even between braces
        elif c == "\\":
            skip = True
        elif c == "{":
            depth += 1
        elif c == "}":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0 and not skip


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _after(text: str, at: int, kind: str) -> int:
    if at < len(text) and text[at] not in _SPACE:
        rest = text[at:].split()[0]
        raise TclListError(f'list element in {kind} followed by "{rest}" instead of space')
    return at


def _braced(text: str, at: int) -> tuple[str, int]:
    depth = 0
    start = at + 1
    while at < len(text):
        c = text[at]
        if c == "\\":
            at += 1
        elif c == "{":
            depth += 1
        elif c == "}":
            depth -= 1
            if depth == 0:
                return text[start:at], _after(text, at + 1, "braces")
        at += 1
    raise TclListError("unmatched open brace in list")


def _quoted(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    at += 1
    while at < len(text):
        if text[at] == '"':
            return "".join(parts), _after(text, at + 1, "quotes")
        part, at = _character(text, at)
        parts.append(part)
    raise TclListError("unmatched open quote in list")


def _bare(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    while at < len(text) and text[at] not in _SPACE:
        part, at = _character(text, at)
        parts.append(part)
    return "".join(parts), at


def _character(text: str, at: int) -> tuple[str, int]:
    """Return the character at a place, backslash sequences replaced, and the place after it."""
    if text[at] != "\\" or at + 1 == len(text):
        return text[at], at + 1
    c = text[at + 1]
    at += 2
    if c in _NAMED:
        return _NAMED[c], at
    if c == "\n":
        while at < len(text) and text[at] in " \t":
            at += 1
        return " ", at
    if c in "01234567":
        return _number(text, at - 1, 8, 3)
    if c in "xuU" and at < len(text) and text[at] in _HEX:
        return _number(text, at, 16, {"x": 2, "u": 4, "U": 8}[c])
    return c, at


def _number(text: str, at: int, base: int, most: int) -> tuple[str, int]:
    end = at
    while end < len(text) and end - at < most and text[end] in _HEX[: base if base == 8 else None]:
        end += 1
    return chr(int(text[at:end], base) & 0x10FFFF), end
