"""Read the files of an hls4ml project: ``project.tcl``, ``hls4ml_config.yml``, the C++ headers.

Written by the Vivado and Vitis backends of hls4ml 0.8 to 1.3.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import ModelError

_TCL_SET = re.compile(r'^\s*set\s+(\w+)\s+"?([^"\n]*?)"?\s*$', re.MULTILINE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STREAM = re.compile(r"hls::stream\s*<\s*([\w:]+)\s*>\s*&\s*(\w+)")
_ARRAY = re.compile(r"(?:const\s+)?([\w:]+)\s+(\w+)\s*\[([^\]]*)\]")
_TYPEDEF = re.compile(r"\btypedef\s+(.+?)\s*\b(\w+)\s*;")
_DEFINE = re.compile(r"^\s*#\s*define\s+(\w+)\s+(\d+)\s*$", re.MULTILINE)
_PERIOD = re.compile(r"\s*([0-9.]+(?:[eE][+-]?\d+)?)\s*([a-zA-Z]*)\s*")
_NS = {"": 1.0, "ns": 1.0, "ps": 1e-3, "us": 1e3}
_HZ = {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9}


@dataclass(frozen=True)
class Argument:
    """An argument of the top function; `factors` are an array's bounds, empty for a stream."""

    type_name: str
    name: str
    factors: tuple[int, ...]

    @property
    def is_stream(self) -> bool:
        """Tell a ``hls::stream<T> &`` from an array."""
        return not self.factors


@dataclass(frozen=True)
class Header:
    """The top function as declared: its arguments in order and its C++ namespace, "" if none."""

    arguments: tuple[Argument, ...]
    namespace: str


def read_text(path: Path) -> str:
    """Return a file's text; raise ModelError where it is missing or not text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelError(f"{path}: missing; let hls4ml write the project again") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: cannot be read: {error}") from None


def read_tcl(path: Path) -> dict[str, str]:
    """Return the variables that ``project.tcl`` sets."""
    return {name: value for name, value in _TCL_SET.findall(read_text(path))}


class _Loader(yaml.SafeLoader):
    """Plain data; the Python objects that hls4ml dumps beside them (whole networks) become None."""


def _object(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    if suffix == "python/tuple" and isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    # A shape's dimension may be a numpy integer: [dtype, its bytes].
    if suffix.endswith(".scalar") and isinstance(node, yaml.SequenceNode):
        return int.from_bytes(base64.b64decode(node.value[-1].value), "little", signed=True)
    return None


_Loader.add_multi_constructor("tag:yaml.org,2002:", _object)
_Loader.add_multi_constructor("", _object)


def read_config(path: Path) -> dict[str, Any]:
    """Return ``hls4ml_config.yml`` without the Python objects in it."""
    try:
        config = yaml.load(read_text(path), Loader=_Loader)
    except (yaml.YAMLError, binascii.Error) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{path}: not the YAML that hls4ml writes: {reason}") from None
    if not isinstance(config, dict):
        raise ModelError(f"{path}: not the YAML that hls4ml writes: no mapping at its top")
    return config


def read_period(text: str) -> float | None:
    """Return a clock period in ns, given as 5, "10ns", "10 ns" or "100MHz"; None if it is none."""
    match = _PERIOD.fullmatch(text)
    number = float(match[1]) if match and match[1].count(".") < 2 and match[1] != "." else 0.0
    unit = match[2].lower() if match else ""
    if not number or unit not in {**_NS, **_HZ}:
        return None
    return number * _NS[unit] if unit in _NS else 1e9 / (number * _HZ[unit])


def read_header(path: Path, function: str, macros: dict[str, int]) -> Header:
    """Return the declaration, or the head of the definition, of `function` in the C++ at `path`."""
    # Comments make room for blanks and line ends only, so that line numbers stay right.
    text = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), read_text(path))
    match = re.search(rf"\bvoid\s+{re.escape(function)}\s*\(([^()]*)\)\s*[;{{]", text)
    if match is None:
        raise ModelError(f"{path}: declares no function 'void {function}(...)'")
    arguments, position = [], match.start(1)
    for piece in match[1].split(","):
        line = text.count("\n", 0, position + len(piece) - len(piece.lstrip())) + 1
        arguments.append(_argument(f"{path}:{line}", " ".join(piece.split()), macros))
        position += len(piece) + 1
    namespace = re.search(r"\bnamespace\s+(\w+)\s*\{", text[: match.start()])
    return Header(tuple(arguments), namespace[1] if namespace else "")


def _argument(where: str, text: str, macros: dict[str, int]) -> Argument:
    if stream := _STREAM.fullmatch(text):
        return Argument(stream[1], stream[2], ())
    if array := _ARRAY.fullmatch(text):
        factors = [read_number(factor, macros) for factor in array[3].split("*")]
        if all(factors):
            return Argument(array[1], array[2], tuple(f for f in factors if f))
    raise ModelError(f"{where}: cannot read the argument {text!r}: neither array nor hls::stream")


def read_number(text: str, macros: dict[str, int]) -> int | None:
    """Return a literal or a macro's value, None for anything else."""
    text = text.strip()
    return int(text) if text.isdecimal() else macros.get(text)


def read_defines(path: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Return the macros and the types that ``defines.h`` defines."""
    text = _COMMENT.sub(" ", read_text(path))
    macros = {name: int(value) for name, value in _DEFINE.findall(text)}
    types = {name: " ".join(kind.split()) for kind, name in _TYPEDEF.findall(text)}
    return macros, types
