"""The one Jinja environment, with a quoting filter per language.

A template may loop and ask; what is computed or decided is done in Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import jinja2

from . import resources


def tcl(value: object) -> str:
    """Return a value as one Tcl word: nothing in it is ever substituted.

    A mapping becomes a dict, a sequence a list, a truth value 1 or 0.
    """
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Mapping):
        return tcl([part for pair in value.items() for part in pair])
    if isinstance(value, (list, tuple)):
        return "{" + " ".join(tcl(part) for part in value) + "}"
    text = str(value)
    if text and all(c.isalnum() or c in "_./:-+,%@^~" for c in text):
        return text
    # Not in braces: those cannot hold an unbalanced brace or a closing backslash.
    quoted = "".join(_TCL_ESCAPES.get(c, c) for c in text)
    return f'"{quoted}"'


_TCL_ESCAPES = {c: "\\" + c for c in '\\"$[]{};'} | {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def c_string(value: object) -> str:
    """Return a value as a C string literal."""
    # Octal: unlike \\x it ends after three digits.
    body = "".join(
        chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in str(value).encode()
    )
    return f'"{body}"'


def comment(text: str) -> str:
    """Return text that can end no comment and start no line."""
    return " ".join(text.split()).replace("*/", "* /").replace("\\", "/")


def render(template: str, **values: Any) -> str:
    """Return a template of a data folder, such as ``vivado_tcl/settings.tcl.j2``, filled in.

    Raises jinja2.UndefinedError for a name that is not given.
    """
    name = template.partition("/")
    return _environment(name[0]).get_template(name[2]).render(**values)


def _environment(folder: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.folder(folder)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update({"tcl": tcl, "c": c_string, "json": json.dumps, "join_args": _args})
    return environment


def _args(items: Iterable[object]) -> str:
    return ", ".join(str(item) for item in items)
