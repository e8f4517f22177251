"""A processor and what is around it, as a design's ``.hwh`` has it: what a program without an
operating system must know.

Addresses in the fabric are read; those in a processing system's silicon are facts of its manual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import DesignError
from ..hwh import Hwh, HwhError, MemoryRange, Module

#: Where a program lies in DDR: above what OCM and boot loaders may use, as in the vendor's own
#: linker scripts; its DMA buffers lie beyond it.
PROGRAM, BUFFERS, BUFFERS_END = 0x100000, 0x2000000, 0x4000000

_BAUD = "the board file's console"


@dataclass(frozen=True)
class Fabric:
    """The DMA, and where the processor reaches its registers and those of the identity."""

    dma: Module
    dma_base: int
    identity_base: int

    @classmethod
    def read(cls, hwh: Hwh, processor: Module, cells: dict[str, str]) -> Fabric:
        """Find the cells that accelerator.json names. Raises DesignError or HwhError."""
        dma = hwh.module(cells["dma"])
        if dma.number("c_include_sg"):
            raise DesignError(f"{dma.name} is in scatter-gather mode; simple mode is needed")
        identity = hwh.module(cells["identity"])
        return cls(dma, _base(processor, dma.name), _base(processor, identity.name))


@dataclass(frozen=True)
class System:
    """Processor ``cpu`` of a design.

    ``isa`` is that of a soft processor; ``program`` and ``buffers`` are (first, end) of the memory
    for the program and for samples, ``stack`` bytes; ``memory`` the ranges (base, size) that the
    DMA reaches; ``defines`` go into ``accelerator.h``."""

    cpu: str
    isa: str
    clock_hz: int
    fabric: Fabric
    program: tuple[int, int]
    buffers: tuple[int, int]
    stack: int
    memory: tuple[tuple[int, int], ...]
    defines: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, hwh: Hwh, cells: dict[str, str], uart: str, baud: int) -> System:
        """Read a design; ``cells`` as in accelerator.json, ``uart`` and ``baud`` of the console.

        Raises DesignError for a design that no program of ours can run on, naming the reason."""
        try:
            for kind, read in _FAMILIES.items():
                for processor in hwh.of_kind(kind):
                    return read(hwh, processor, cells, uart, baud)
        except HwhError as error:
            raise DesignError(f"the design's .hwh: {error}") from None
        raise DesignError(
            f"the design has no processor that a program could run on: {', '.join(_FAMILIES)}"
        )

    @property
    def buffer_bytes(self) -> int:
        """Return how much memory there is for samples."""
        return self.buffers[1] - self.buffers[0]


@dataclass(frozen=True)
class _ProcessingSystem:
    """What differs between processing systems: names of parameters, and addresses of their manuals.

    ``{}`` in a parameter stands for the UART's number. ``ram_end`` is where what may be memory ends
    for the processor; the timer counts ``timer_clock`` by ``timer_divider``."""

    cpu: str
    uarts: tuple[int, int]
    uart_enabled: str
    uart_clock: str
    fabric_clock: str
    timer: int
    timer_clock: str
    timer_divider: int
    ram_end: int
    more: Mapping[str, str] = field(default_factory=dict)

    def read(self, hwh: Hwh, ps: Module, cells: dict[str, str], uart: str, baud: int) -> System:
        """Read a design with this processing system."""
        number = _uart_number(uart)
        if not ps.number(self.uart_enabled.format(number)):
            raise DesignError(f"UART {number}, {_BAUD}, is switched off in the processing system")
        memory = _dma_memory(hwh, cells)
        end = _end_of_memory(memory)
        defines = {
            "RAM_HIGH": f"0x{min(end, self.ram_end):08X}",
            **self.more,
            "UART_BASE": f"0x{self.uarts[number]:08X}U",
            "UART_CLOCK_HZ": f"{_hertz(ps, self.uart_clock.format(number))}U",
            "UART_BAUD": f"{baud}U",
            "TIMER_BASE": f"0x{self.timer:08X}U",
            "TIMER_HZ": f"{_hertz(ps, self.timer_clock) // self.timer_divider}U",
        }
        return System(
            cpu=self.cpu,
            isa="",
            clock_hz=_hertz(ps, self.fabric_clock),
            fabric=Fabric.read(hwh, ps, cells),
            program=(PROGRAM, BUFFERS),
            buffers=(BUFFERS, min(end, BUFFERS_END)),
            stack=0x4000,
            memory=memory,
            defines=defines,
        )


#: UG585: UARTs B.33, global timer B.24 (it counts half the processor's clock), PL310 B.23.
_ZYNQ7 = _ProcessingSystem(
    cpu="cortex-a9",
    uarts=(0xE0000000, 0xE0001000),
    uart_enabled="PCW_UART{}_PERIPHERAL_ENABLE",
    uart_clock="PCW_ACT_UART_PERIPHERAL_FREQMHZ",
    fabric_clock="PCW_ACT_FPGA0_PERIPHERAL_FREQMHZ",
    timer=0xF8F00200,
    timer_clock="PCW_ACT_APU_PERIPHERAL_FREQMHZ",
    timer_divider=2,
    ram_end=0x40000000,
    more={"L2_BASE": "0xF8F02000"},
)
#: UG1087: UART module, IOU_SCNTRS (the counter behind the generic timer).
_ZYNQMP = _ProcessingSystem(
    cpu="cortex-a53",
    uarts=(0xFF000000, 0xFF010000),
    uart_enabled="PSU__UART{}__PERIPHERAL__ENABLE",
    uart_clock="PSU__CRL_APB__UART{}_REF_CTRL__ACT_FREQMHZ",
    fabric_clock="PSU__CRL_APB__PL0_REF_CTRL__ACT_FREQMHZ",
    timer=0xFF260000,
    timer_clock="PSU__CRL_APB__TIMESTAMP_REF_CTRL__ACT_FREQMHZ",
    timer_divider=1,
    ram_end=0x80000000,
)


def _microblaze_v(hwh: Hwh, cpu: Module, cells: dict[str, str], uart: str, baud: int) -> System:
    if cpu.number("C_USE_DCACHE"):
        raise DesignError(f"{cpu.name}: the program keeps no data cache in order; switch it off")
    console, timer = _peripheral(hwh, cpu, "axi_uartlite"), _peripheral(hwh, cpu, "axi_timer")
    if hwh.module(console.instance).number("C_BAUDRATE") != baud:
        raise DesignError(
            f"{console.instance} runs at {hwh.module(console.instance).number('C_BAUDRATE')} baud, "
            f"{_BAUD} at {baud}: an AXI UARTLite keeps the rate of its synthesis"
        )
    if hwh.module(timer.instance).number("COUNT_WIDTH") != 32:
        raise DesignError(f"{timer.instance}: the program needs a counter of 32 bits")
    memory = _dma_memory(hwh, cells)
    samples = _peripheral(hwh, cpu, "axi_bram_ctrl")
    if (samples.base, samples.high + 1 - samples.base) not in memory:
        raise DesignError(f"{samples.instance}: processor and DMA reach different parts of it")
    local = {
        (r.base, r.high + 1)
        for r in cpu.memory_map
        if hwh.module(r.instance).kind == "lmb_bram_if_cntlr"
    }
    if len(local) != 1:
        raise DesignError(f"{cpu.name}: program and data need the same local memory, at one place")
    hertz = hwh.module(console.instance).number("C_S_AXI_ACLK_FREQ_HZ")
    defines = {
        "UART_BASE": f"0x{console.base:08X}U",
        "TIMER_BASE": f"0x{timer.base:08X}U",
        "TIMER_HZ": f"{hertz}U",
    }
    return System(
        cpu="microblaze-riscv",
        # 1 has no divider, which GCC 12 has no name for: then both are done by software.
        isa="rv32im" if cpu.number("C_USE_MULDIV") == 2 else "rv32i",
        clock_hz=hertz,
        fabric=Fabric.read(hwh, cpu, cells),
        program=local.pop(),
        buffers=(samples.base, samples.high + 1),
        stack=0x2000,
        memory=memory,
        defines=defines,
    )


_Reader = Callable[[Hwh, Module, dict[str, str], str, int], System]
_FAMILIES: dict[str, _Reader] = {
    "processing_system7": _ZYNQ7.read,
    "zynq_ultra_ps_e": _ZYNQMP.read,
    "microblaze_riscv": _microblaze_v,
}


def _base(processor: Module, cell: str) -> int:
    for found in processor.memory_map:
        if found.instance == cell:
            return found.base
    raise DesignError(f"{processor.name} does not reach {cell}: it is not in its address map")


def _peripheral(hwh: Hwh, processor: Module, kind: str) -> MemoryRange:
    for found in processor.memory_map:
        if hwh.module(found.instance).kind == kind:
            return found
    raise DesignError(f"{processor.name} reaches no {kind}, which the program needs")


def _dma_memory(hwh: Hwh, cells: dict[str, str]) -> tuple[tuple[int, int], ...]:
    """Return the memory that both channels reach, as (base, size)."""
    ranges: dict[str, set[tuple[int, int]]] = {"M_AXI_MM2S": set(), "M_AXI_S2MM": set()}
    for found in hwh.module(cells["dma"]).memory_map:
        ranges[found.master].add((found.base, found.high + 1 - found.base))
    both = sorted(ranges["M_AXI_MM2S"] & ranges["M_AXI_S2MM"])
    if not both:
        raise DesignError(f"{cells['dma']}: no memory is reached by both of its channels")
    return tuple(both)


def _end_of_memory(memory: tuple[tuple[int, int], ...]) -> int:
    """Return where the memory ends that holds program and buffers."""
    for base, size in memory:
        if base <= PROGRAM and base + size > BUFFERS:
            return base + size
    raise DesignError(f"the DMA does not reach 0x{BUFFERS:x}, where its buffers are to lie")


def _uart_number(uart: str) -> int:
    if uart[-2:] in ("_0", "_1"):
        return int(uart[-1])
    raise DesignError(f"the console {uart!r} is no UART of a processing system")


def _hertz(module: Module, parameter: str) -> int:
    text = module.parameter(parameter)
    try:
        return round(float(text) * 1e6)
    except ValueError:
        raise DesignError(f"{module.name}: {parameter} is {text!r}, no frequency") from None
