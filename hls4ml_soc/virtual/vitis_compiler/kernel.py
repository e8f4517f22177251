"""A kernel's interface, read off its declaration and its INTERFACE pragmas.

Source: UG1399, Vitis flow: pointers are m_axi, everything is reached by one s_axilite port, the
block protocol is ap_ctrl_chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hls4ml_soc.virtual.hls.source import Lines, Pragma, definitions, joined, read_pragma
from hls4ml_soc.virtual.vitis_compiler.errors import VppError

_BLOCK = ("ap_ctrl_hs", "ap_ctrl_chain", "ap_ctrl_none")
_MODES = (*_BLOCK, "m_axi", "s_axilite", "axis", "ap_none", "ap_fifo", "ap_memory")
#: Registers of the control port: the first argument's, and what follows each (UG1399, S_AXILITE
#: offsets): a reserved word after the value.
_FIRST, _GAP = 0x10, 4


@dataclass(frozen=True)
class Argument:
    """An argument: C++ type, bundle of an m_axi port or "" for a scalar; ``offset`` and ``size`` of
    its register in bytes; ``constant``: the kernel only reads through it."""

    name: str
    type: str
    bundle: str
    constant: bool
    offset: int
    size: int

    @property
    def port(self) -> str:
        """Return the name of its port."""
        return f"M_AXI_{self.bundle.upper()}" if self.bundle else "S_AXI_CONTROL"


@dataclass(frozen=True)
class Kernel:
    """A kernel: name, where it is defined, and its arguments in order."""

    name: str
    where: str
    arguments: tuple[Argument, ...]


def read(lines: Lines, source: Path, name: str) -> Kernel | None:
    """Return the kernel of a name that a source's lines define, or None.

    Raises VppError for what is no kernel that a host can start."""
    text = joined(lines)
    for found in definitions(lines, name):
        line = lines[text.count("\n", 0, found.start)][0]
        where = f"{source.name}:{line}"
        if not re.search(r'extern\s+"C"\s*(\{[^}]*)?$', text[: found.start]):
            raise VppError(f'{where}: {name} is not extern "C": the linker would not find it')
        first = lines[text.count("\n", 0, found.body[0])][0]
        body = text[slice(*found.body)].splitlines()
        pragmas = [p for n, each in enumerate(body) if (p := read_pragma(each, first + n))]
        interface = _Interface(source, name, [_formal(each, where) for each in found.formals])
        for pragma in pragmas:
            if pragma.directive == "INTERFACE":
                interface.apply(pragma)
        return Kernel(name, where, tuple(interface.arguments()))
    return None


@dataclass(frozen=True)
class _Formal:
    name: str
    type: str

    @property
    def is_pointer(self) -> bool:
        return self.type.endswith("*")


class _Interface:
    def __init__(self, source: Path, kernel: str, formals: Sequence[_Formal]) -> None:
        self.source, self.kernel, self.formals = source, kernel, formals
        self.bundles = {each.name: "gmem" for each in formals if each.is_pointer}
        self.control: set[str] = set()

    def apply(self, pragma: Pragma) -> None:
        words = [word.lower() for word in pragma.words]
        mode = pragma.option("mode") or next((word for word in words if word in _MODES), "")
        port = pragma.option("port")
        if mode not in _MODES:
            raise self._error(pragma, f"unknown interface mode {mode or ' '.join(words)}")
        names = {each.name for each in self.formals}
        if port != "return" and port not in names:
            raise self._error(pragma, f"port={port} is not an argument of {self.kernel}")
        if mode in _BLOCK:
            if port != "return":
                raise self._error(pragma, f"{mode} is for port=return")
            if mode == "ap_ctrl_none":
                raise self._error(pragma, "a host cannot start a kernel of ap_ctrl_none")
            if mode == "ap_ctrl_hs":
                raise self._error(pragma, "the stand-in models ap_ctrl_chain only")
        elif mode == "m_axi":
            if port not in self.bundles:
                raise self._error(pragma, f"{port} is no pointer: it cannot be m_axi")
            if pragma.option("offset", "slave") != "slave":
                raise self._error(pragma, f"{port}: a host sets addresses only with offset=slave")
            self.bundles[port] = pragma.option("bundle", "gmem")
        elif mode == "s_axilite":
            self.control.add(pragma.option("bundle", "control"))
            if len(self.control) > 1:
                raise self._error(pragma, "the Vitis flow allows one s_axilite bundle")
        else:
            raise self._error(pragma, f"the stand-in models no {mode} in a kernel")

    def arguments(self) -> Iterator[Argument]:
        offset = _FIRST
        for each in self.formals:
            size = 8 if each.is_pointer or "long" in each.type or "int64" in each.type else 4
            bundle = self.bundles.get(each.name, "")
            constant = each.type.startswith("const ")
            yield Argument(each.name, each.type, bundle, constant, offset, size)
            offset += size + _GAP

    def _error(self, pragma: Pragma, text: str) -> VppError:
        return VppError(f"[HLS 207-5501] {self.source.name}:{pragma.line}: {text}")


def _formal(text: str, where: str) -> _Formal:
    kind = r"(?:const )?[\w:]+(?:\s*<[^*&]*>)?(?: [a-z]+)*"
    found = re.fullmatch(rf"({kind})(?:\s*(\*)\s*|\s+)(\w+)", text)
    if found is None:
        raise VppError(f"{where}: the stand-in does not understand the argument '{text}'")
    return _Formal(found[3], f"{found[1]} *" if found[2] else found[1])
