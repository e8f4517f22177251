"""Read the part of C++ that a dataflow region is written in.

The compiler's preprocessor expands macros and conditions as HLS would; pragmas and line numbers
survive it. A statement that is not one of the known kinds is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError

NAME = r"[A-Za-z_]\w*"

Lines = Sequence[tuple[int, str]]  # line number, text


@dataclass(frozen=True)
class Pragma:
    """One ``#pragma HLS``: directive in capitals, mode (first plain word), options, line."""

    directive: str
    words: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    line: int

    def option(self, name: str, default: str = "") -> str:
        """Return an option's value; names are compared without case, as HLS does."""
        return next((v for k, v in self.options if k == name), default)


@dataclass(frozen=True)
class Declaration:
    """A local variable: ``hls::stream<element> name`` or ``element name[dims]``."""

    name: str
    element: str
    dims: str
    is_stream: bool
    line: int


@dataclass(frozen=True)
class Alias:
    """``auto &name = of;``"""

    name: str
    of: str
    line: int


@dataclass(frozen=True)
class Call:
    """A call as a statement: full text, the callee's name without template arguments."""

    callee: str
    text: str
    arguments: tuple[str, ...]
    line: int


Statement = Pragma | Declaration | Alias | Call


@dataclass(frozen=True)
class Function:
    """A function's parameters and body; ``file`` is where it is defined."""

    name: str
    namespace: str
    file: Path
    line: int
    parameters: tuple[Declaration, ...]
    body: tuple[Statement, ...]

    def pragmas(self, *directives: str) -> list[Pragma]:
        """Return the pragmas of these kinds, in their order."""
        found = (s for s in self.body if isinstance(s, Pragma))
        return [p for p in found if p.directive in directives]

    def calls(self) -> list[Call]:
        """Return the calls, in their order."""
        return [s for s in self.body if isinstance(s, Call)]


def own_lines(preprocessed: str, source: Path) -> list[tuple[int, str]]:
    """Return (line number, text) of what stands in ``source`` itself, not in its includes."""
    lines: list[tuple[int, str]] = []
    number, inside = 0, False
    for text in preprocessed.splitlines():
        marker = re.match(r'# (\d+) "([^"]*)"', text)
        if marker:
            number = int(marker.group(1))
            inside = Path(marker.group(2)) == source
            continue
        if inside:
            lines.append((number, text))
        number += 1
    return lines


@dataclass(frozen=True)
class Definition:
    """Where the definition of a function stands in a text, and its parameters as written."""

    start: int
    body: tuple[int, int]
    formals: tuple[str, ...]


def definitions(lines: Lines, name: str) -> Iterator[Definition]:
    """Yield the definitions of a ``void`` function among a file's lines."""
    text = joined(lines)
    for match in re.finditer(rf"\bvoid\s+{re.escape(name)}\s*\(", text):
        close = _closing(text, match.end() - 1)
        brace = re.match(r"\s*\{", text[close + 1 :])
        if brace:
            start = close + 1 + brace.end()
            formals = (" ".join(p.split()) for p in split_top(text[match.end() : close]))
            body = (start, _closing(text, start - 1))
            yield Definition(match.start(), body, tuple(formals))


def joined(lines: Lines) -> str:
    """Return lines as one text."""
    return "\n".join(line for _, line in lines)


def find_function(
    lines: Lines, file: Path, name: str, stream_region: bool = False
) -> Function | None:
    """Return the definition of a ``void`` function among a file's lines, or None.

    ``stream_region``: return it only if it is a DATAFLOW region whose arguments are all streams;
    other bodies may hold any C++ and are not read.
    """
    text = joined(lines)
    numbers = [number for number, _ in lines]

    def line_of(offset: int) -> int:
        return numbers[text.count("\n", 0, offset)]

    for found in definitions(lines, name):
        if stream_region and not _is_stream_region(found.formals, text[slice(*found.body)]):
            return None
        line = line_of(found.start)
        where = f"{file.name}:{line}"
        parameters = tuple(_declaration(p, line, where) for p in found.formals)
        body = tuple(_statements(text, *found.body, file, line_of))
        return Function(name, _namespace(text, found.start), file, line, parameters, body)
    return None


def _is_stream_region(formals: Sequence[str], body: str) -> bool:
    streams = all(re.match(r"(?:const )?hls::stream\b", p) for p in formals)
    return streams and re.search(r"#\s*pragma\s+HLS\s+DATAFLOW\b", body) is not None


def split_top(text: str) -> list[str]:
    """Split at commas outside of brackets of any kind."""
    parts, depth, last = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "(<[{") - (c in ")>]}")
        if c == "," and depth == 0:
            parts.append(text[last:i])
            last = i + 1
    parts.append(text[last:])
    return [p.strip() for p in parts if p.strip()]


def _namespace(text: str, at: int) -> str:
    opened = re.finditer(rf"\bnamespace\s+({NAME})\s*\{{", text[:at])
    return "::".join(m.group(1) for m in opened if _closing(text, m.end() - 1) > at)


def _closing(text: str, at: int) -> int:
    pairs = {"(": ")", "{": "}", "<": ">"}
    opening, closing = text[at], pairs[text[at]]
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == opening) - (text[i] == closing)
        if depth == 0:
            return i
    raise HlsError(f"[HLS 200-70] Compilation errors found: no {closing!r} for {opening!r}")


def _statements(
    text: str, start: int, end: int, file: Path, line_of: Callable[[int], int]
) -> Iterator[Statement]:
    at = start
    while at < end:
        rest = text[at:end]
        blank = re.match(r"\s*", rest)
        at += blank.end() if blank else 0
        if at >= end:
            return
        line = line_of(at)
        if text[at] == "#":
            stop = text.find("\n", at, end)
            stop = end if stop < 0 else stop
            pragma = read_pragma(text[at:stop], line)
            if pragma is not None:
                yield pragma
            at = stop
            continue
        stop = text.find(";", at, end)
        brace = text.find("{", at, end)
        where = f"{file.name}:{line}"
        if stop < 0 or 0 <= brace < stop:
            shown = " ".join(text[at : brace + 1 if brace >= 0 else end].split())
            raise HlsError(_not_understood(where, shown))
        statement = " ".join(text[at:stop].split())
        if statement:
            yield _statement(statement, line, where)
        at = stop + 1


def _statement(text: str, line: int, where: str) -> Statement:
    alias = re.fullmatch(rf"auto\s*&\s*({NAME})\s*=\s*({NAME})", text)
    if alias:
        return Alias(alias.group(1), alias.group(2), line)
    call = re.match(rf"((?:::)?(?:{NAME}::)*{NAME})\s*(<.*>)?\s*\(", text)
    if call and text.endswith(")") and not re.match(r"hls::stream\b", text):
        arguments = split_top(text[call.end() : -1])
        if all(re.fullmatch(NAME, a) for a in arguments):
            return Call(call.group(1), text, tuple(arguments), line)
        raise HlsError(_not_understood(where, text + ";"))
    return _declaration(text, line, where)


def _declaration(text: str, line: int, where: str) -> Declaration:
    stream = re.fullmatch(
        rf"(?:const )?hls::stream\s*<\s*(.+?)\s*>\s*&?\s*({NAME})\s*(?:\(\s*\"[^\"]*\"\s*\))?", text
    )
    if stream:
        return Declaration(stream.group(2), stream.group(1), "", True, line)
    plain = re.fullmatch(rf"((?:const )?[\w:<>, ]+?)\s*[&*]?\s*({NAME})((?:\s*\[[^\]]+\])*)", text)
    if plain:
        return Declaration(plain.group(2), plain.group(1), plain.group(3).strip(), False, line)
    raise HlsError(_not_understood(where, text))


def _not_understood(where: str, statement: str) -> str:
    return (
        f"{where}: the stand-in does not understand this statement of a dataflow region, "
        f"only pragmas, declarations of streams and arrays, and calls of plain names: {statement}"
    )


def read_pragma(text: str, line: int) -> Pragma | None:
    """Return the HLS pragma that a line is, or None; of ``#pragma HLS`` alone, one of no kind."""
    words = re.sub(r"\s*=\s*", "=", re.sub(r"^\s*#\s*", "#", text)).split()
    if [w.upper() for w in words[:2]] != ["#PRAGMA", "HLS"]:
        return None
    words.extend([""] * (len(words) == 2))
    plain = tuple(w for w in words[3:] if "=" not in w)
    options = (w.partition("=") for w in words[3:] if "=" in w)
    return Pragma(words[2].upper(), plain, tuple((k.lower(), v) for k, _, v in options), line)
