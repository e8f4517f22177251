"""The stream of a DMA, followed through the netlist from M_AXIS_MM2S to S_AXIS_S2MM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hls4ml_soc.hwh import End, Hwh, Interface, Module
from hls4ml_soc.virtual.board import netlist
from hls4ml_soc.virtual.board.core import CoreFactory, CoreStage
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.board.starts import RegisterStart, SampleStart, Start, Starter
from hls4ml_soc.virtual.board.stream_stages import STAGES, StageModel
from hls4ml_soc.virtual.board.streams import Link, Sink, Source
from hls4ml_soc.virtual.board.width_converter import WidthConverter

_MAX_BYTES = 64  # TKEEP masks are 64 bits


@dataclass(frozen=True)
class Stage:
    """A cell in the stream, with its model and what resets it."""

    cell: str
    model: StageModel | CoreStage
    reset_by: netlist.ResetBy
    dma: str


@dataclass(frozen=True)
class StreamPath:
    """The stages and links from a stream output of a DMA to a stream input."""

    stages: list[Stage]
    links: list[Link]
    sink: End


class PathBuilder:
    """Follows streams and makes the models on the way.

    ``cores`` maps the VLNV of an IP to a factory of its behaviour; ``stalling`` is handed to it.
    """

    def __init__(self, hwh: Hwh, cores: Mapping[str, CoreFactory], stalling: bool) -> None:
        self._hwh = hwh
        self._cores = cores
        self._stalling = stalling

    def follow(self, start: End, source: Source, sinks: Mapping[End, Sink]) -> StreamPath:
        """Build the path from a stream output to one of the sinks.

        Raises FabricError where it leads nowhere. All cells on the way have a model (``survey``).
        """
        stages: list[Stage] = []
        links: list[Link] = []
        at, reached, starter = start, self._next(start, start), ""
        signals = self._signals(start)
        while reached not in sinks:
            module = self._hwh.module(reached.module)
            if module.kind == netlist.SAMPLE_START:
                self._check_width(at, reached)
                starter, output = module.name, self._output(module, start)
                signals &= self._signals(reached) & self._signals(output)
                reached = self._next(output, start)
                continue
            stage = self._stage(module, start, starter)
            starter = ""
            self._join(links, self._link(source, at, stage.model, reached, signals))
            stages.append(stage)
            source, at = stage.model, self._output(module, start)
            reached, signals = self._next(at, start), self._signals(at)
        self._join(links, self._link(source, at, sinks[reached], reached, signals))
        return StreamPath(stages, links, reached)

    def _join(self, links: list[Link], link: Link) -> None:
        links.append(link)
        if isinstance(link.source, WidthConverter):
            link.source.forward = link.move

    def _next(self, output: End, start: End) -> End:
        peer = self._hwh.peer(output.module, output.name)
        if peer is None:
            raise FabricError(f"the stream from {start} ends at {output}, which is not connected")
        return peer

    def _output(self, module: Module, start: End) -> End:
        outputs = module.streams(source=True)
        if len(outputs) != 1:
            raise FabricError(
                f"{module.name} ({module.vlnv}), in the stream from {start}, has {len(outputs)} "
                "stream outputs, not one"
            )
        return End(module.name, outputs[0].name)

    def _stage(self, module: Module, start: End, starter: str) -> Stage:
        kind = STAGES.get(module.kind)
        if kind is None:
            return self._core(module, starter)
        by, dma = netlist.reset_by(self._hwh, module.name, kind.reset)
        held = self._held(module, kind.clock, kind.reset)
        (sink,), output = module.streams(source=False), self._output(module, start)
        widths = self._width(End(module.name, sink.name)), self._width(output)
        return Stage(module.name, kind.make(module, *widths, held), by, dma)

    def _core(self, module: Module, starter: str) -> Stage:
        name = module.name
        kind, counted_by = netlist.start(self._hwh, name)
        counter: SampleStart | None = None
        if kind is Start.COUNTED:
            if counted_by != starter:
                raise FabricError(
                    f"{name} is started by {counted_by}, which its input does not pass"
                )
            beats = self._hwh.module(starter).number("BEATS")
            if beats < 1:
                raise FabricError(f"{starter} counts samples of {beats} beats (BEATS): none begins")
            counter = SampleStart(beats)
        by, dma = netlist.reset_by(self._hwh, name, "ap_rst_n")
        if counter and netlist.reset_by(self._hwh, starter, "aresetn") != (by, dma):
            raise FabricError(f"{name} and {starter} have different resets: they would lose count")
        core = self._cores[module.vlnv](free_running=kind is Start.FREE, stalling=self._stalling)
        held = self._held(module, "ap_clk", "ap_rst_n")
        if counter and not held:
            held = self._held(self._hwh.module(starter), "aclk", "aresetn")
        begin: Starter | None = RegisterStart(core) if kind is Start.REGISTERS else counter
        return Stage(name, CoreStage(name, core, kind, begin, held), by, dma)

    def _held(self, module: Module, clock: str, reset: str) -> str:
        return netlist.clock_fault(self._hwh, module.name, clock) or netlist.reset_fault(
            self._hwh, module.name, reset
        )

    def _link(self, source: Source, at: End, sink: Sink, to: End, signals: set[str]) -> Link:
        width = self._check_width(at, to)
        if isinstance(sink, CoreStage) and isinstance(source, CoreStage):
            raise FabricError(f"{at} and {to}: two cores one after the other have no model")
        for stage, end, role in ((source, at, "out_bytes"), (sink, to, "in_bytes")):
            if isinstance(stage, CoreStage) and getattr(stage.core, role) != width:
                has = getattr(stage.core, role)
                raise FabricError(f"{end} is {8 * width} bits wide, the compiled core {8 * has}")
        return Link(source, sink, width, "TKEEP" in signals, "TLAST" in signals)

    def _check_width(self, at: End, to: End) -> int:
        width, other = self._width(at), self._width(to)
        if width != other:
            raise FabricError(f"{at} is {8 * width} bits wide, {to} is {8 * other}")
        if width > _MAX_BYTES:
            raise FabricError(
                f"{at} is {8 * width} bits wide: more than {8 * _MAX_BYTES} have no model"
            )
        return width

    def _width(self, end: End) -> int:
        data = self._interface(end).portmaps.get("TDATA")
        if data is None:
            raise FabricError(f"{end} has no TDATA")
        return self._hwh.module(end.module).port(data).width // 8

    def _signals(self, end: End) -> set[str]:
        return set(self._interface(end).portmaps)

    def _interface(self, end: End) -> Interface:
        return self._hwh.module(end.module).interface(end.name)
