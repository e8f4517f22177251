"""The programmable logic as a ``.hwh`` describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from hls4ml_soc.hwh import End, Hwh, HwhError, MemoryRange, Module
from hls4ml_soc.virtual.board import netlist, survey, system
from hls4ml_soc.virtual.board.address_map import AddressMap, Silent, Slave, Window
from hls4ml_soc.virtual.board.axi_dma import AxiDma
from hls4ml_soc.virtual.board.axi_gpio import AxiGpio
from hls4ml_soc.virtual.board.axi_intc import AxiIntc
from hls4ml_soc.virtual.board.core import CoreFactory, CoreStage
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.board.hls_registers import HlsRegisters
from hls4ml_soc.virtual.board.interrupts import InterruptNets
from hls4ml_soc.virtual.board.memory import Dram, Memory, Ram
from hls4ml_soc.virtual.board.stream_path import PathBuilder, StreamPath
from hls4ml_soc.virtual.board.streams import Sink

_STICKY_READY = "2021"  # release from which ap_ready of a core is cleared on read


class Fabric:
    """A running design: registers at their addresses, streams between the cells, DMA into the
    DRAM.

    Nothing runs by itself. Transfers go on when a register is written or a DMASR is read; without
    one in flight that costs nothing. ``cores`` maps VLNVs to factories of IP behaviour;
    ``devices`` maps cells to models of what runs in the processor's time (timers, UARTs). With
    ``interrupts`` somebody listens to ``controllers``; otherwise they have no model. Raises
    FabricError if the design cannot work.
    """

    def __init__(
        self,
        hwh: Hwh,
        cores: Mapping[str, CoreFactory],
        dram: Memory,
        *,
        stalling: bool = False,
        devices: Mapping[str, Slave] | None = None,
        interrupts: bool = False,
    ) -> None:
        self.hwh = hwh
        self._listened = interrupts
        self._devices = dict(devices or {})
        try:
            survey.check(hwh, cores)
            self.memories = system.memories(hwh, dram)
            self.dmas = {m.name: AxiDma(m, self.memories) for m in hwh.of_kind(survey.DMA)}
            self.paths = self._paths(PathBuilder(hwh, cores, stalling))
            self._interrupts: dict[End, Callable[[], bool]] = {}
            self.controllers: dict[str, AxiIntc] = {}  # of interrupts
            ranges = system.control_ranges(system.processor(hwh))
            self.map = AddressMap([Window(r, self._slave(r)) for r in ranges])
        except HwhError as error:
            raise FabricError(str(error)) from error
        for name, dma in self.dmas.items():
            dma.on_progress = self.advance
            dma.on_reset = partial(self._reset_by_dma, name)

    def read(self, address: int) -> int:
        """Return the 32-bit register at an address. Raises BusFault."""
        slave, offset = self.map.find(address)
        return slave.read(offset)

    def write(self, address: int, value: int) -> None:
        """Set the 32-bit register at an address. Raises BusFault."""
        slave, offset = self.map.find(address)
        slave.write(offset, value)

    def advance(self) -> None:
        """Let every stream run until nothing moves any more."""
        if not any(dma.busy for dma in self.dmas.values()):
            return
        self._settle()

    def _settle(self) -> None:
        while sum(link.move() for path in self.paths for link in reversed(path.links)):
            pass

    def standstill(self) -> str:
        """Say what waits for what, one sentence per line; empty if nothing does."""
        stages = [stage.model for path in self.paths for stage in path.stages]
        channels = [c for dma in self.dmas.values() for c in (dma.mm2s, dma.s2mm) if c is not None]
        return "\n".join(filter(None, (part.standstill() for part in (*channels, *stages))))

    def close(self) -> None:
        """Release the cores."""
        for path in self.paths:
            for stage in path.stages:
                stage.model.close()

    def _paths(self, builder: PathBuilder) -> list[StreamPath]:
        sinks: dict[End, Sink] = {
            End(name, "S_AXIS_S2MM"): dma.s2mm
            for name, dma in self.dmas.items()
            if dma.s2mm is not None
        }
        paths = [
            builder.follow(End(name, "M_AXIS_MM2S"), dma.mm2s, sinks)
            for name, dma in self.dmas.items()
            if dma.mm2s is not None
        ]
        unfed = [end for end in sinks if end not in {path.sink for path in paths}]
        if unfed:
            raise FabricError(f"{unfed[0]} is not fed by any DMA: its stream has no model")
        return paths

    def _slave(self, mapped: MemoryRange) -> Slave:
        module = self.hwh.module(mapped.instance)
        name = module.name
        stage = next((s for path in self.paths for s in path.stages if s.cell == name), None)
        slave: Slave | None = self._devices.get(name)
        clock, reset = "s_axi_aclk", "s_axi_aresetn"
        if module.kind == survey.DMA:
            slave, clock, reset = self._dma(name), "s_axi_lite_aclk", "axi_resetn"
        elif module.kind == "axi_gpio":
            slave = AxiGpio(module, partial(netlist.pin_value, self.hwh, name))
        elif module.kind == "axi_intc" and self._listened:
            slave = self._controller(module)
        elif isinstance(memory := self.memories.get(name), Dram):
            slave = Ram(memory, mapped.base)
        elif stage is not None and isinstance(stage.model, CoreStage):
            newer = self.hwh.vivado[:4] >= _STICKY_READY
            core = HlsRegisters(module, mapped.slave, stage.model, sticky_ready=newer)
            core.on_progress = self._settle
            self._interrupts[End(name, "interrupt")] = lambda: core.interrupt
            slave, clock, reset = core, "ap_clk", "ap_rst_n"
        if slave is None:
            return Silent(f"{name} ({module.vlnv}) has no model")
        return self._unless_held(module, clock, reset, slave)

    def _dma(self, name: str) -> AxiDma:
        dma = self.dmas[name]
        for pin, channel in (("mm2s_introut", dma.mm2s), ("s2mm_introut", dma.s2mm)):
            if channel is not None:
                self._interrupts[End(name, pin)] = partial(getattr, channel, "interrupt")
        return dma

    def _controller(self, module: Module) -> AxiIntc:
        nets = InterruptNets(self.hwh, self._interrupts)
        made = AxiIntc(module, partial(nets.level, module.name, "intr"))
        self._interrupts[End(module.name, "irq")] = lambda: made.interrupt
        self.controllers[module.name] = made
        return made

    def _unless_held(self, module: Module, clock: str, reset: str, slave: Slave) -> Slave:
        fault = netlist.clock_fault(self.hwh, module.name, clock) or netlist.reset_fault(
            self.hwh, module.name, reset
        )
        return Silent(f"{module.name} {fault}") if fault else slave

    def _reset_by_dma(self, dma: str) -> None:
        for path in self.paths:
            for stage in path.stages:
                if stage.reset_by is netlist.ResetBy.DMA and stage.dma == dma:
                    stage.model.reset()
