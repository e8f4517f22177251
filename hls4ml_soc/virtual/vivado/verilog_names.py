"""Names that a Verilog module uses and nothing declares: an error under ``default_nettype none``
(IEEE 1364-2005, 19.2), which synthesis reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_KEYWORDS = frozenset(
    "always and assign automatic begin buf bufif0 bufif1 case casex casez cell cmos config "
    "deassign default defparam design disable edge else end endcase endconfig endfunction "
    "endgenerate endmodule endprimitive endspecify endtable endtask event for force forever fork "
    "function generate genvar highz0 highz1 if ifnone incdir include initial inout input instance "
    "integer join large liblist library localparam macromodule medium module nand negedge nmos nor "
    "noshowcancelled not notif0 notif1 or output parameter pmos posedge primitive pull0 pull1 "
    "pulldown pullup pulsestyle_ondetect pulsestyle_onevent rcmos real realtime reg release repeat "
    "rnmos rpmos rtran rtranif0 rtranif1 scalared showcancelled signed small specify specparam "
    "string strong0 strong1 supply0 supply1 table task time tran tranif0 tranif1 tri tri0 tri1 "
    "triand trior trireg unsigned use uwire vectored wait wand weak0 weak1 while wire wor xnor xor "
    "logic".split()
)
_DECLARING = frozenset(
    "input output inout wire reg logic integer genvar real realtime time tri tri0 tri1 triand "
    "trior trireg wand wor uwire supply0 supply1 parameter localparam event function task "
    "specparam".split()
)
_GATES = frozenset("and nand or nor xor xnor buf not bufif0 bufif1 notif0 notif1".split())
_SKIPPED = re.compile(r"//[^\n]*|/\*.*?\*/|\(\*(?!\s*\)).*?\*\)|\"(?:\\.|[^\"\\])*\"", re.S)
_TOKEN = re.compile(
    r"(?P<line>\n)|`\w+|\$\w+|(?:\d[\d_]*)?\s*'s?[bodhBODH]\s*[\da-fA-FxXzZ?_]+|\d[\w.]*"
    r"|[A-Za-z_][\w$]*|\S"
)
_CONDITIONAL = re.compile(r"`(?:ifdef|ifndef|include)\b|\\")
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")

Token = tuple[str, int]  # text, line


def undeclared(source: str, module: str) -> list[tuple[str, str]]:
    """Return Vivado's message for each name that a module uses undeclared, at its first use.

    Only plain Verilog under ``default_nettype none`` is judged: elsewhere a net may be implicit.
    """
    path = Path(source)
    text = _SKIPPED.sub(
        lambda found: " " + "\n" * found[0].count("\n"), path.read_text(encoding="utf-8")
    )
    head = re.search(rf"\bmodule\s+{re.escape(module)}\b", text)
    if head is None or path.suffix != ".v" or _CONDITIONAL.search(text):
        return []
    types = re.findall(r"`default_nettype\s+(\w+)", text[: head.start()])
    if types[-1:] != ["none"]:
        return []
    end = text.find("endmodule", head.end())
    first = text.count("\n", 0, head.end()) + 1
    tokens = list(_tokens(text[head.end() : end if end >= 0 else None], first))
    known = set(_declared(tokens))
    missing: dict[str, int] = {}
    for at, (name, line) in enumerate(tokens):
        # a.b is a name in another scope, .b( a port of an instance.
        near = [text for text, _ in (*tokens[at - 1 : at], *tokens[at + 1 : at + 2])]
        if _is_name(name) and name not in known and "." not in near:
            missing.setdefault(name, line)
    return [
        ("Synth 8-36", f"'{name}' is not declared [{source}:{line}]")
        for name, line in missing.items()
    ]


def _tokens(text: str, line: int) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        if found["line"]:
            line += 1
        else:
            yield found[0], line


def _is_name(token: str) -> bool:
    return token not in _KEYWORDS and re.match(r"[A-Za-z_]", token) is not None


def _declared(tokens: list[Token]) -> Iterator[str]:
    """Yield names of ports, nets, variables, parameters, functions, blocks and instances."""
    words = [text for text, _ in tokens] + [""] * 3
    for at, word in enumerate(words):
        if word in _DECLARING:
            yield from _list(words, at + 1)
        elif word in ("begin", "fork") and words[at + 1] == ":":
            yield words[at + 2]
        elif word in _GATES and _is_name(words[at + 1]):
            yield words[at + 1]
        elif _is_name(word) and (at == 0 or words[at - 1] != "."):
            # An instance: MODULE name ( or MODULE #( ... ) name (
            after = at + 1
            if words[after] == "#" and words[after + 1] == "(":
                after = _behind(words, after + 1)
            if _is_name(words[after]) and words[after + 1] in ("(", "["):
                yield from (word, words[after])


def _behind(words: list[str], at: int) -> int:
    """Return where the text after a bracket begins."""
    depth = 0
    for place in range(at, len(words)):
        depth += (words[place] in _OPEN) - (words[place] in _CLOSE)
        if depth == 0:
            return place + 1
    return len(words) - 1


def _list(words: list[str], at: int) -> Iterator[str]:
    """Yield the names of a declaration: after types and ranges, separated by commas."""
    while at < len(words):
        if words[at] == "[":
            at = _behind(words, at)
        elif words[at] in _KEYWORDS and words[at] not in ("begin", "end"):
            at += 1
        elif _is_name(words[at]):
            yield words[at]
            at = _next(words, at + 1)
            if at < 0:
                return
        else:
            return


def _next(words: list[str], at: int) -> int:
    """Skip dimensions and an initial value; return where the next name of the list may stand,
    -1 at the end of the list."""
    while at < len(words) and words[at]:
        if words[at] in _OPEN:
            at = _behind(words, at)
        elif words[at] == ",":
            return at + 1
        elif words[at] in (*_CLOSE, ";"):
            return -1
        else:
            at += 1
    return -1
