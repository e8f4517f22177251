"""A dataflow region as a graph: processes, and the channels between them.

A stream is a FIFO as deep as its STREAM pragma says (HLS default: 2), an array between two
processes is a ping-pong buffer, a port is a FIFO of 2: the register slice of an AXI4-Stream port.
A call whose callee is a DATAFLOW region over streams, as hls4ml's io_stream networks are, becomes
that region's processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.source import Alias, Call, Declaration, Function, Pragma

DEFAULT_DEPTH = 2
PORT_DEPTH = 2
# Pragmas on a variable of the function that they stand in.
OF_VARIABLES = ("STREAM", "ARRAY_PARTITION", "ARRAY_RESHAPE")
# Pragmas that a region may have: beside those, ones that change nothing in what it computes or how
# its channels are bounded.
OF_REGIONS = (
    *OF_VARIABLES,
    *"DATAFLOW INTERFACE INLINE PIPELINE AGGREGATE DISAGGREGATE DATA_PACK ALLOCATION LATENCY "
    "EXPRESSION_BALANCE STABLE BIND_STORAGE RESOURCE".split(),
)

Lookup = Callable[[str], Function | None]


@dataclass(frozen=True)
class Channel:
    """A port, stream or array. ``depth`` counts stream words, or buffers of an array."""

    name: str
    symbol: str
    element: str
    dims: str
    depth: int
    is_port: bool = False

    @property
    def is_array(self) -> bool:
        """Tell whether it is an array between two processes."""
        return bool(self.dims)


@dataclass(frozen=True)
class Use:
    """A process's use of a channel, under the name that the call gives it."""

    local: str
    channel: Channel
    writes: bool


@dataclass(frozen=True)
class Process:
    """What runs once per sample: one call, or all calls of a region without DATAFLOW."""

    name: str
    calls: tuple[Call, ...]
    uses: tuple[Use, ...]
    function: Function


@dataclass(frozen=True)
class Region:
    """The whole graph; ``ports``: the input first, then the output.

    The input is what the first process uses, as dataflow is written from input to output.
    """

    ports: tuple[Channel, ...]
    channels: tuple[Channel, ...]
    processes: tuple[Process, ...]


@dataclass
class _Builder:
    lookup: Lookup
    channels: list[Channel] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    users: dict[str, list[str]] = field(default_factory=dict)

    def enter(self, function: Function, scope: str, names: dict[str, Channel]) -> None:
        """Add a region's channels and processes; ``names`` binds its parameters."""
        names = dict(names)
        depths = _depths(function)
        for statement in function.body:
            if isinstance(statement, Pragma) and statement.directive not in OF_REGIONS:
                said = f"the stand-in knows no {statement.directive} pragma in a dataflow region"
                raise _error(function, statement.line, said)
        known = {*names, *(s.name for s in function.body if isinstance(s, Declaration | Alias))}
        for pragma in function.pragmas(*OF_VARIABLES):
            if pragma.option("variable") not in known:
                raise _error(
                    function,
                    pragma.line,
                    f"{pragma.directive} pragma on unknown variable {pragma.option('variable')}",
                )
        for statement in function.body:
            if isinstance(statement, Declaration):
                channel = self._declare(statement, scope, depths.get(statement.name))
                names[statement.name] = channel
            elif isinstance(statement, Alias):
                if statement.of not in names:
                    raise _error(function, statement.line, f"{statement.of} is not a channel")
                names[statement.name] = names[statement.of]
        if function.pragmas("DATAFLOW"):
            for call in function.calls():
                self._add(call, function, scope, names)
        else:
            self._add_sequence(function, scope, names)

    def _declare(self, declared: Declaration, scope: str, declared_depth: int | None) -> Channel:
        if not declared.is_stream and not declared.dims:
            raise HlsError(
                f"line {declared.line}: variable {declared.name} of type {declared.element} is "
                "neither stream nor array; a dataflow region of the stand-in knows only those"
            )
        depth = declared_depth or DEFAULT_DEPTH
        name = f"{scope}/{declared.name}" if scope else declared.name
        symbol = "ch_" + name.replace("/", "_in_")
        channel = Channel(name, symbol, declared.element, declared.dims, depth)
        self.channels.append(channel)
        return channel

    def _add(self, call: Call, function: Function, scope: str, names: dict[str, Channel]) -> None:
        inner = self.lookup(call.callee.rpartition("::")[2])
        if inner is not None:
            if len(inner.parameters) != len(call.arguments):
                raise _error(function, call.line, f"{call.callee} takes {len(inner.parameters)}")
            bound = {
                formal.name: names[actual]
                for formal, actual in zip(inner.parameters, call.arguments, strict=True)
                if actual in names
            }
            self.enter(inner, f"{scope}/{inner.name}" if scope else inner.name, bound)
            return
        name = self._process_name(call, scope)
        uses = [self._use(name, a, names[a]) for a in call.arguments if a in names]
        self.processes.append(Process(name, (call,), tuple(uses), function))

    def _add_sequence(self, function: Function, scope: str, names: dict[str, Channel]) -> None:
        uses = [Use(name, channel, True) for name, channel in names.items()]
        process = Process(scope or function.name, tuple(function.calls()), tuple(uses), function)
        self.processes.append(process)

    def _process_name(self, call: Call, scope: str) -> str:
        base = call.callee.rpartition("::")[2]
        name = f"{scope}/{base}" if scope else base
        same = sum(p.name == name or p.name.startswith(name + "#") for p in self.processes)
        return f"{name}#{same + 1}" if same else name

    def _use(self, process: str, local: str, channel: Channel) -> Use:
        users = self.users.setdefault(channel.symbol, [])
        users.append(process)
        return Use(local, channel, writes=len(users) == 1)


def build_region(top: Function, lookup: Lookup) -> Region:
    """Return the graph of a top function whose arguments are all streams.

    ``lookup`` finds the definition of a called function that is a region itself. Raises HlsError on
    statements, pragmas or uses of channels that HLS or the stand-in refuses (UG1399, canonical
    forms of DATAFLOW).
    """
    ports = []
    for p in top.parameters:
        if not p.is_stream:
            raise _error(top, p.line, f"argument {p.name} is not an hls::stream")
        ports.append(Channel(p.name, f"ch_{p.name}", p.element, "", PORT_DEPTH, is_port=True))
    builder = _Builder(lookup)
    builder.enter(top, "", {p.name: p for p in ports})
    if not builder.processes:
        raise _error(top, top.line, "the function is empty")
    first = {use.channel.symbol for use in builder.processes[0].uses}
    ports.sort(key=lambda port: port.symbol not in first)
    region = Region(tuple(ports), tuple(builder.channels), tuple(builder.processes))
    if top.pragmas("DATAFLOW"):
        for problem in _misuses(region, builder.users):
            raise _error(top, top.line, problem)
    return region


def _misuses(region: Region, users: dict[str, list[str]]) -> Iterator[str]:
    for channel in (*region.ports, *region.channels):
        who = users.get(channel.symbol, [])
        wanted = 1 if channel.is_port else 2
        if len(who) == wanted and len(set(who)) == wanted:
            continue
        kind = "port" if channel.is_port else "array" if channel.is_array else "stream"
        asked = "one process" if channel.is_port else "one writing and one reading process"
        named = ", ".join(who) or "none"
        yield f"[HLS 200-970] DATAFLOW: {kind} {channel.name} needs {asked}, it has: {named}"


def _depths(function: Function) -> dict[str, int]:
    depths = {}
    for pragma in function.pragmas("STREAM"):
        name, depth = pragma.option("variable"), pragma.option("depth", "2")
        if not depth.isdigit() or int(depth) < 1:
            raise _error(function, pragma.line, f"STREAM depth={depth} of {name}")
        depths[name] = int(depth)
    return depths


def _error(function: Function, line: int, text: str) -> HlsError:
    return HlsError(f"{function.file.name}:{line}: {text}")
