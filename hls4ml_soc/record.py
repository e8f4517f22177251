"""Strict reading of YAML into dataclasses: every problem at once, each with file, line and a
suggestion."""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")


class Problems(list[str]):
    """What is wrong with one file, as ``file:line: sentence``."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def at(self, node: yaml.Node, sentence: str) -> None:
        """Note a problem at a node (lines count from 1)."""
        self.append(f"{self.path}:{node.start_mark.line + 1}: {sentence}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)``, or what there is to choose from."""
    known = sorted(known)
    if close := difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6):
        return f" (did you mean '{close[0]}'?)"
    return f" (there is {', '.join(known)})" if known else ""


def compose(path: Path, problems: Problems) -> yaml.Node | None:
    """Return the root node of a YAML file, or None with the reason noted."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        problems.append(f"{path}: not a text file in UTF-8")
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        problems.append(f"{path}{line}: not YAML: {what}")
        return None
    if node is None:
        problems.append(f"{path}:1: the file is empty")
    return node


def read(cls: type[T], node: yaml.Node, problems: Problems, given: Mapping[str, Any]) -> T | None:
    """Return a dataclass made from a YAML mapping, or None with every problem noted.

    ``given`` holds fields that do not come from the file.
    """
    if not isinstance(node, yaml.MappingNode):
        problems.at(node, f"expected a mapping, not {_kind(node)}")
        return None
    before = len(problems)
    hints = typing.get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls) if f.name not in given}  # type: ignore[arg-type]
    values: dict[str, Any] = dict(given)
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            problems.at(key, f"'{name}' is given twice")
        elif name not in fields:
            problems.at(key, f"unknown key '{name}'{suggestion(name, fields)}")
        else:
            values[name] = _value(hints[name], value, name, problems)
        seen.add(name)
    for name, field in fields.items():
        if name not in seen and field.default is field.default_factory is dataclasses.MISSING:
            problems.at(node, f"'{name}' is missing")
    return cls(**values) if len(problems) == before else None


def strings(node: yaml.Node, problems: Problems) -> dict[str, str]:
    """Return a YAML mapping of names to text, each value as it is written."""
    values = _value(dict[str, str], node, "file", problems)
    return values if values is not None else {}


def _value(hint: Any, node: yaml.Node, name: str, problems: Problems) -> Any:
    """Return one value in the type its field asks for."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return yaml.SafeLoader("").construct_document(node)
    if origin in (typing.Union, types.UnionType):
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
            return None
        kinds = [a for a in arguments if a is not type(None)]
        # "text or a mapping" is what the node is, if the field takes that.
        mappings = [a for a in kinds if typing.get_origin(a) is dict]
        chosen = mappings if mappings and isinstance(node, yaml.MappingNode) else kinds
        return _value(chosen[0], node, name, problems)
    if dataclasses.is_dataclass(hint):
        return read(typing.cast("type[Any]", hint), node, problems, {})
    if origin is tuple:
        if not isinstance(node, yaml.SequenceNode):
            problems.at(node, f"'{name}' must be a list, not {_kind(node)}")
            return None
        return tuple(_value(arguments[0], item, name, problems) for item in node.value)
    if origin is dict:
        if not isinstance(node, yaml.MappingNode):
            problems.at(node, f"'{name}' must be a mapping, not {_kind(node)}")
            return None
        return {
            str(k.value): _value(arguments[1], v, str(k.value), problems) for k, v in node.value
        }
    return _scalar(hint, node, name, problems)


def _scalar(hint: Any, node: yaml.Node, name: str, problems: Problems) -> Any:
    value = (
        yaml.SafeLoader("").construct_object(node) if isinstance(node, yaml.ScalarNode) else None
    )
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if (
        hint is str
        and isinstance(node, yaml.ScalarNode)
        and not isinstance(value, (bool, type(None)))
    ):
        return str(node.value)
    if isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    wanted = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    problems.at(node, f"'{name}' must be {wanted[hint]}, not {_kind(node)}")
    return None


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return f"'{node.value}'" if node.value else "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
