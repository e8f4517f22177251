"""What hls4ml's C++ calls, layer by layer, read from a project's sources."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..accelerator import Accelerator
from ..fixed_point import FixedPoint
from ..frontends import project_files

_ARRAY = re.compile(r"^\s*([\w:]+)\s+(\w+)\s*\[[^\]]+\]\s*;")
_STREAM = re.compile(r"^\s*hls::stream<\s*([\w:]+)\s*>\s+(\w+)\s*[;(]")
_ALIAS = re.compile(r"^\s*auto\s*&\s*(\w+)\s*=\s*(\w+)\s*;")
_CALL = re.compile(r"^\s*nnet::(\w+)\s*<(.*)>\s*\(([\w\s,]*)\)\s*;\s*(?://\s*(\w+)\s*)?$")
_STRUCT = re.compile(r"^struct\s+(\w+)[^{]*\{(.*?)^\};", re.MULTILINE | re.DOTALL)
_ACCUMULATOR = re.compile(r"typedef\s+(\w+)\s+accum_t\s*;")
_ELEMENT = re.compile(r"nnet::array\s*<\s*(.+)\s*,[^,>]*>")
#: Calls that copy words as they are.
_COPIES = frozenset(("clone_stream", "repack_stream"))
#: Functions whose sums are what they give before it is rounded.
_SUMMING = ("dense", "conv", "depthwise", "pointwise")


@dataclass(frozen=True)
class Call:
    """One call of a layer's function: its line in the source, what it reads and what it writes.

    `layer` is hls4ml's name of the layer, or that of the variable where a call has none. `formats`
    of result and sums are None where the project has a type that is no number format of ours."""

    line: int
    layer: str
    function: str
    variable: str
    result: FixedPoint | None
    sums: FixedPoint | None
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Calls:
    """The calls of a network in order of evaluation.

    `types` are the names of the types of all results and sums; `aliases` says which variables are
    others under a second name."""

    calls: tuple[Call, ...]
    types: frozenset[str]
    aliases: dict[str, str]

    @classmethod
    def read(cls, accelerator: Accelerator) -> Calls:
        """Read the sources of a project. A call that follows no known pattern is left out."""
        firmware = accelerator.project / "firmware"
        _, spelled = project_files.read_defines(firmware / "defines.h")
        configuration = project_files.read_text(firmware / "parameters.h")
        sums = {
            name: found[1]
            for name, body in _STRUCT.findall(configuration)
            if (found := _ACCUMULATOR.search(body))
        }
        variables = {t.name: t.type_name for t in (*accelerator.inputs, *accelerator.outputs)}
        written = {tensor.name for tensor in accelerator.inputs}
        calls: list[Call] = []
        aliases: dict[str, str] = {}
        source = project_files.read_text(firmware / f"{accelerator.name}.cpp")
        for number, line in enumerate(source.splitlines()):
            if declared := _ARRAY.match(line) or _STREAM.match(line):
                variables[declared[2]] = declared[1]
            elif alias := _ALIAS.match(line):
                aliases[alias[1]] = alias[2]
            elif call := _CALL.match(line):
                function, template, given, layer = call.groups()
                names = [aliases.get(name.strip(), name.strip()) for name in given.split(",")]
                known = [name for name in names if name in variables]
                results = [name for name in known if name not in written]
                reads = tuple(name for name in known if name in written)
                written.update(results)
                if function in _COPIES:
                    aliases.update(dict.fromkeys(results, reads[0]) if reads else {})
                    continue
                config = template.split(",")[-1].strip()
                for variable in results:
                    form = element(spelled.get(variables[variable].split("::")[-1], ""))
                    kept = None
                    if function.startswith(_SUMMING):
                        kept = element(spelled.get(sums.get(config, ""), ""))
                    name = layer if layer and len(results) == 1 else variable
                    calls.append(Call(number, name, function, variable, form, kept, reads))
        types = {variables[call.variable].split("::")[-1] for call in calls} | set(sums.values())
        types -= {tensor.type_name.split("::")[-1] for tensor in accelerator.inputs}
        return cls(tuple(calls), frozenset(types), aliases)

    def layer(self, variable: str) -> str:
        """Return the layer that writes a variable, such as an output of the network."""
        variable = self.aliases.get(variable, variable)
        return next((call.layer for call in self.calls if call.variable == variable), variable)


def element(spelling: str) -> FixedPoint | None:
    """Return the number format of a type's elements, None for another type."""
    packed = _ELEMENT.fullmatch(spelling.strip())
    try:
        return FixedPoint.parse(packed[1] if packed else spelling)
    except ValueError:
        return None
