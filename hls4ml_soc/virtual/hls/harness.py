"""Write the C++ file that turns a wrapper, its network and a region into an emulated IP core.

Everything is one translation unit: processes call functions that are local to the wrapper's file,
and hls4ml's headers define the weights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.region import Process, Region

#: A weight array with its values, as hls4ml writes it under ``__SYNTHESIS__``.
_VALUES = re.compile(r"^(\w+) (\w+)\[(\d+)\] = \{([-+.\deE, \n]+)\};$", re.M)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)


def source_text(source: Path) -> str:
    """Return the lines that compile a file as HLS sees it: its own text with ``__SYNTHESIS__``.

    hls4ml's weight headers hold the values only under that macro, and its networks load text files
    only without it. The headers around them are compiled without: there it would ask for types
    that only the HLS compiler has.
    """
    lines = [*_headers(source), "#define __SYNTHESIS__ 1", _include('"', source, source.name)]
    return "\n".join([*lines, "#undef __SYNTHESIS__", ""])


def _headers(source: Path) -> list[str]:
    """Return the includes of a source, each after a line that names its place in errors."""
    lines = []
    for number, kind, name in _includes(source):
        header = source.parent / name
        lines.append(f'#line {number} "{source}"')
        if name == "parameters.h" and header.exists():
            for inner_number, inner_kind, inner in _includes(header):
                line = _include(inner_kind, header, inner)
                if inner.startswith("weights/"):
                    line = _weights(header.parent / inner, line)
                lines += [f'#line {inner_number} "{header}"', line]
        else:
            lines.append(_include(kind, source, name))
    return lines


def _weights(header: Path, include: str) -> str:
    """Return the lines that define weights as HLS sees them.

    g++ 12 takes a time that grows with the square of the number of values where each is a
    constructor call of one function: 13 s for 4000, hours for 100,000. A loop over plain numbers
    gives the same values.
    """
    text, found = _VALUES.subn(_filled, header.read_text()) if header.exists() else ("", 0)
    line = f'#line 1 "{header}"\n{text}' if found else include
    return f"#define __SYNTHESIS__ 1\n{line}\n#undef __SYNTHESIS__"


def _filled(array: re.Match[str]) -> str:
    kind, name, size, values = array.groups()
    number = "double" if "." in values else "long long"
    return (
        f"{kind} {name}[{size}]; static const {number} {name}_values[{size}] = {{{values}}}; "
        f"static const bool {name}_filled = [] {{ for (unsigned i = 0; i < {size}; i++) "
        f"{name}[i] = {kind}({name}_values[i]); return true; }}();"
    )


def _includes(file: Path) -> list[tuple[int, str, str]]:
    text = file.read_text()
    return [
        (text.count("\n", 0, m.start()) + 1, m.group(1), m.group(2))
        for m in _INCLUDE.finditer(text)
    ]


def _include(kind: str, origin: Path, name: str) -> str:
    beside = origin.parent / name
    if kind == '"' and beside.exists():
        return f'#include "{beside}"'
    return f"#include {kind}{name}{'>' if kind == '<' else kind}"


def core_text(
    region: Region,
    sources: Sequence[Path],
    settings: Mapping[str, str],
    checks: Sequence[str] = (),
) -> str:
    """Return the translation unit; the file that defines the top comes first in ``sources``.

    ``settings`` can be read from the library again; ``checks`` are declarations that compile only
    if something holds.
    """
    if len(region.ports) != 2:
        names = ", ".join(p.name for p in region.ports)
        raise HlsError(f"the stand-in emulates one input and one output stream, not: {names}")
    parts = [source_text(source) for source in sources]
    parts.append('#include "hls_stream.h"\n')
    namespaces = dict.fromkeys(process.function.namespace for process in region.processes)
    parts += [f"using namespace {namespace};" for namespace in namespaces if namespace]
    parts += checks
    for port in region.ports:
        parts.append(
            f'static hls::stream<{port.element} > {port.symbol}("{port.name}", {port.depth});\n'
        )
    sequential = len(region.processes[0].calls) > 1
    for channel in region.channels:
        if channel.is_array and sequential:
            parts.append(f"static {channel.element} {channel.symbol}{channel.dims};\n")
        elif channel.is_array:
            parts.append(
                f"typedef {channel.element} {channel.symbol}_t{channel.dims};\n"
                f"static soc_sim::ping_pong<{channel.symbol}_t> "
                f'{channel.symbol}("{channel.name}");\n'
            )
        else:
            parts.append(
                f"static hls::stream<{channel.element} > "
                f'{channel.symbol}("{channel.name}", {channel.depth});\n'
            )
    for number, process in enumerate(region.processes):
        parts.append(_process_text(number, process, sequential))
    parts.append(_tables(region, sequential))
    text = ";".join(f"{key}={value}" for key, value in settings.items())
    parts.append('#include "soc_core.h"\n')
    parts.append(f'SOC_EXPORT const char *soc_settings() {{ return "{text}"; }}\n')
    return "\n".join(parts)


def _process_text(number: int, process: Process, sequential: bool) -> str:
    lines = [f"static void process_{number}() {{"]
    after = []
    for use in process.uses:
        symbol = use.channel.symbol
        if use.channel.is_array and not sequential:
            verb = "write" if use.writes else "read"
            lines.append(f"    auto &{use.local} = {symbol}.begin_{verb}();")
            after.append(f"    {symbol}.end_{verb}();")
        else:
            lines.append(f"    auto &{use.local} = {symbol};")
    for call in process.calls:
        lines += [f'#line {call.line} "{process.function.file}"', f"    {call.text};"]
    return "\n".join([*lines, *after, "}", ""])


def _tables(region: Region, sequential: bool) -> str:
    port_in, port_out = region.ports
    rows = []
    for number, process in enumerate(region.processes):
        used = {use.channel.name for use in process.uses if use.channel.is_port}
        ports = [f"&{p.symbol}" if p.name in used else "nullptr" for p in region.ports]
        rows.append(f'    {{"{process.name}", process_{number}, {ports[0]}, {ports[1]}}},')
    cleared = [p.symbol + ".clear();" for p in region.ports]
    for channel in region.channels:
        if not (channel.is_array and sequential):
            verb = "forget" if channel.is_array else "clear"
            cleared.append(f"{channel.symbol}.{verb}();")
    return "\n".join(
        [
            "namespace soc_core {",
            f"static auto &port_in = {port_in.symbol};",
            f"static auto &port_out = {port_out.symbol};",
            "static soc_sim::process processes[] = {",
            *rows,
            "};",
            "inline void clear_channels() {",
            *(f"    {line}" for line in cleared),
            "}",
            "} // namespace soc_core",
            "",
        ]
    )
