"""A factory of small ``.hwh`` files in the shape that Vivado writes, and a core for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from hls4ml_soc.virtual import bitfile

CORE_VLNV = "xilinx.com:hls:digits_soc:1.0"
DMA_BASE, GPIO_BASE = 0x4040_0000, 0x4120_0000
CORE_BASE, INTC_BASE = 0x43C0_0000, 0x4180_0000

DMA_PARAMETERS = {
    "c_include_sg": 0,
    "c_micro_dma": 0,
    "c_enable_multi_channel": 0,
    "c_sg_length_width": 26,
    "c_addr_width": 32,
    "c_include_mm2s": 1,
    "c_include_mm2s_dre": 0,
    "c_m_axi_mm2s_data_width": 64,
    "c_m_axis_mm2s_tdata_width": 64,
    "c_mm2s_burst_size": 16,
    "c_include_s2mm": 1,
    "c_include_s2mm_dre": 0,
    "c_m_axi_s2mm_data_width": 64,
    "c_s_axis_s2mm_tdata_width": 64,
    "c_s2mm_burst_size": 16,
}
GPIO_PARAMETERS = {
    "C_IS_DUAL": 1,
    **{f"C_GPIO{n}_WIDTH": 32 for n in ("", "2")},
    **{f"C_ALL_INPUTS{n}": 1 for n in ("", "_2")},
    **{f"C_ALL_OUTPUTS{n}": 0 for n in ("", "_2")},
    **{f"C_DOUT_DEFAULT{n}": "0x00000000" for n in ("", "_2")},
    **{f"C_TRI_DEFAULT{n}": "0xFFFFFFFF" for n in ("", "_2")},
}
PS_PARAMETERS = {
    "PCW_S_AXI_HP0_DATA_WIDTH": 64,
    **{f"PCW_FPGA_FCLK{i}_ENABLE": int(i == 0) for i in range(4)},
    **{f"PCW_FCLK{i}_PERIPHERAL_CLKSRC": "IO PLL" for i in range(4)},
    **{f"PCW_FCLK{i}_PERIPHERAL_DIVISOR0": 5 if i == 0 else 1 for i in range(4)},
    **{f"PCW_FCLK{i}_PERIPHERAL_DIVISOR1": 4 if i == 0 else 1 for i in range(4)},
}


@dataclass
class Cell:
    vlnv: str
    parameters: dict[str, object] = field(default_factory=dict)
    pins: dict[str, tuple[str, int]] = field(default_factory=dict)  # name -> direction, width
    interfaces: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> type, bus kind
    portmaps: dict[str, dict[str, str]] = field(default_factory=dict)
    ranges: list[tuple[str, int, int, str, str, str]] = field(default_factory=list)
    # Of s_axi_control: name, offset, access, names of the bit fields.
    registers: list[tuple[str, int, str, str]] = field(default_factory=list)

    def stream(
        self, name: str, source: bool, bits: int, signals: str = "TDATA TKEEP TLAST"
    ) -> None:
        """Add an AXI4-Stream interface and its pins."""
        self.interfaces[name] = ("INITIATOR" if source else "TARGET", "axis")
        self.portmaps[name] = {}
        for signal in (*signals.split(), "TVALID", "TREADY"):
            pin = f"{name}_{signal}".lower()
            out = source != (signal == "TREADY")
            width = {"TDATA": bits, "TKEEP": bits // 8}.get(signal, 1)
            self.pins[pin] = ("O" if out else "I", width)
            self.portmaps[name][signal] = pin


class Design:
    """Cells, nets (driver pin -> load pins) and interface connections; change them before
    ``text``.
    """

    def __init__(self, name: str = "soc") -> None:
        self.name = name
        self.device = "7z020"
        self.vivado = "2023.2"
        self.ports: dict[str, str] = {}  # of the design itself: name -> direction
        self.cells: dict[str, Cell] = {}
        self.nets: dict[str, list[str]] = {}
        self.wires: list[tuple[str, str]] = []

    def net(self, driver: str, *loads: str) -> None:
        """Connect pins, taking the loads off whatever drove them."""
        for load in loads:
            self.unplug(load)
        self.nets.setdefault(driver, []).extend(loads)

    def unplug(self, load: str) -> None:
        """Take a pin off its net."""
        for ends in self.nets.values():
            if load in ends:
                ends.remove(load)

    def rewire(self, *wires: tuple[str, str]) -> None:
        """Replace the interface connections."""
        self.wires = list(wires)

    def text(self) -> str:
        """Return the file."""
        modules = "".join(self._module(name, cell) for name, cell in self.cells.items())
        ports = "".join(_element("PORT", DIR=d, NAME=name) for name, d in self.ports.items())
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
            f'<EDKSYSTEM EDWVERSION="1.2" TIMESTAMP="" VIVADOVERSION="{self.vivado}">'
            f'<SYSTEMINFO ARCH="zynq" BOARD="" DEVICE="{self.device}" NAME="{self.name}" '
            'PACKAGE="clg400" SPEEDGRADE="-1"/>'
            f"<EXTERNALPORTS>{ports}</EXTERNALPORTS><EXTERNALINTERFACES/><MODULES>{modules}</MODULES></EDKSYSTEM>\n"
        )

    def _module(self, name: str, cell: Cell) -> str:
        kind = cell.vlnv.split(":")[2]
        parameters = "".join(
            _element("PARAMETER", NAME=k, VALUE=v) for k, v in cell.parameters.items()
        )
        pins = "".join(self._pin(name, pin, *cell.pins[pin]) for pin in cell.pins)
        interfaces = "".join(self._interface(name, cell, i) for i in cell.interfaces)
        ranges = "".join(
            _element(
                "MEMRANGE",
                ADDRESSBLOCK="Reg",
                BASEVALUE=f"{base:#010X}".replace("X", "x"),
                HIGHVALUE=f"{high:#010X}".replace("X", "x"),
                INSTANCE=instance,
                MASTERBUSINTERFACE=master,
                SLAVEBUSINTERFACE=slave,
                MEMTYPE=memtype,
            )
            for instance, base, high, master, slave, memtype in cell.ranges
        )
        registers = "".join(_register(*register) for register in cell.registers)
        registers = _element("ADDRESSBLOCK", registers, INTERFACE="s_axi_control")
        return (
            f'<MODULE FULLNAME="/{name}" INSTANCE="{name}" MODTYPE="{kind}" VLNV="{cell.vlnv}">'
            f"<ADDRESSBLOCKS>{registers}</ADDRESSBLOCKS><PARAMETERS>{parameters}</PARAMETERS><PORTS>{pins}</PORTS>"
            f"<BUSINTERFACES>{interfaces}</BUSINTERFACES><MEMORYMAP>{ranges}</MEMORYMAP></MODULE>"
        )

    def _pin(self, cell: str, pin: str, direction: str, width: int) -> str:
        here = f"{cell}/{pin}"
        driver = (
            here if here in self.nets else next((d for d, e in self.nets.items() if here in e), "")
        )
        ends = self.nets[here] if here in self.nets else [driver] if driver else []
        links = "".join(
            _element("CONNECTION", INSTANCE=end.split("/")[0], PORT=end.split("/")[1])
            for end in ends
        )
        bounds = {"LEFT": width - 1, "RIGHT": 0} if width > 1 else {}
        signal = {"SIGNAME": driver.replace("/", "_")} if driver else {}
        return _element(
            "PORT",
            f"<CONNECTIONS>{links}</CONNECTIONS>",
            DIR=direction,
            NAME=pin,
            **bounds,
            **signal,
        )

    def _interface(self, name: str, cell: Cell, interface: str) -> str:
        kind, bus = cell.interfaces[interface]
        here = f"{name}/{interface}"
        wire = next((w for w in self.wires if here in w), None)
        busname = wire[0].replace("/", "_") if wire else "__NOC__"
        maps = "".join(
            _element("PORTMAP", LOGICAL=k, PHYSICAL=v)
            for k, v in cell.portmaps.get(interface, {}).items()
        )
        return _element(
            "BUSINTERFACE",
            f"<PORTMAPS>{maps}</PORTMAPS>",
            BUSNAME=busname,
            NAME=interface,
            TYPE=kind,
            VLNV=f"xilinx.com:interface:{bus}:1.0",
        )


def write_bit(
    path: Path,
    design: Design,
    part: str,
    cores: dict[str, bytes] | None = None,
    vivado: str = "2024.1",
) -> Path:
    """Write a design, with compiled cores by VLNV, as a virtual bitstream."""
    contents = {"design.hwh": design.text().encode()}
    for vlnv, data in (cores or {}).items():
        contents[f"cores/{vlnv.replace(':', '_')}.so"] = data
    bitfile.write(path, "soc_wrapper", part, vivado, contents)
    return path


def _element(tag: str, body: str = "", **attributes: object) -> str:
    given = " ".join(f"{k}={quoteattr(str(v))}" for k, v in attributes.items())
    return f"<{tag} {given}>{body}</{tag}>" if body else f"<{tag} {given}/>"


def _register(name: str, offset: int, access: str, names: str) -> str:
    fields = "".join(_element("FIELD", NAME=field_name) for field_name in names.split())
    properties = {"ADDRESS_OFFSET": offset, "ACCESS": access}
    body = "".join(_element("PROPERTY", NAME=k, VALUE=v) for k, v in properties.items())
    return _element("REGISTER", f"{body}<FIELDS>{fields}</FIELDS>", NAME=name)


def base(bits: int = 64, *, dma: dict[str, object] | None = None) -> Design:
    """Return a design with ``ps``, ``reset``, ``dma``, ``identity`` and its constants; streams
    are open.
    """
    design = Design()
    streams = {"c_m_axis_mm2s_tdata_width": bits, "c_s_axis_s2mm_tdata_width": bits}
    ps = Cell("xilinx.com:ip:processing_system7:5.5", dict(PS_PARAMETERS))
    ps.pins = {"FCLK_CLK0": ("O", 1), "FCLK_RESET0_N": ("O", 1)}
    ps.interfaces = {"M_AXI_GP0": ("MASTER", "aximm"), "S_AXI_HP0": ("SLAVE", "aximm")}
    ps.ranges = [
        ("dma", DMA_BASE, DMA_BASE + 0xFFFF, "M_AXI_GP0", "S_AXI_LITE", "REGISTER"),
        ("identity", GPIO_BASE, GPIO_BASE + 0xFFFF, "M_AXI_GP0", "S_AXI", "REGISTER"),
    ]
    reset = Cell("xilinx.com:ip:proc_sys_reset:5.0")
    reset.pins = {"slowest_sync_clk": ("I", 1), "ext_reset_in": ("I", 1)}
    reset.pins |= {"peripheral_aresetn": ("O", 1), "peripheral_reset": ("O", 1)}
    engine = Cell("xilinx.com:ip:axi_dma:7.1", {**DMA_PARAMETERS, **streams, **(dma or {})})
    engine.pins = {"s_axi_lite_aclk": ("I", 1), "axi_resetn": ("I", 1)}
    engine.pins |= {f"{c}_prmry_reset_out_n": ("O", 1) for c in ("mm2s", "s2mm")}
    engine.interfaces = {"S_AXI_LITE": ("SLAVE", "aximm")}
    engine.stream("M_AXIS_MM2S", True, bits)
    engine.stream("S_AXIS_S2MM", False, bits)
    engine.ranges = [
        ("ps", 0, 0x1FFF_FFFF, f"M_AXI_{c}", "S_AXI_HP0", "MEMORY") for c in ("MM2S", "S2MM")
    ]
    gpio = Cell("xilinx.com:ip:axi_gpio:2.0", dict(GPIO_PARAMETERS))
    gpio.pins = {"s_axi_aclk": ("I", 1), "s_axi_aresetn": ("I", 1)}
    gpio.pins |= {"gpio_io_i": ("I", 32), "gpio2_io_i": ("I", 32)}
    gpio.interfaces = {"S_AXI": ("SLAVE", "aximm")}
    design.cells = {"ps": ps, "reset": reset, "dma": engine, "identity": gpio}
    for name, value in (("id_low", "0x89ABCDEF"), ("id_high", "0x01234567")):
        constant(design, name, value, 32)
    design.net(
        "ps/FCLK_CLK0", "reset/slowest_sync_clk", "dma/s_axi_lite_aclk", "identity/s_axi_aclk"
    )
    design.net("ps/FCLK_RESET0_N", "reset/ext_reset_in")
    design.net("reset/peripheral_aresetn", "dma/axi_resetn", "identity/s_axi_aresetn")
    design.net("id_low/dout", "identity/gpio_io_i")
    design.net("id_high/dout", "identity/gpio2_io_i")
    return design


def constant(design: Design, name: str, value: object, width: int) -> None:
    """Add an xlconstant."""
    design.cells[name] = Cell(
        "xilinx.com:ip:xlconstant:1.1",
        {"CONST_WIDTH": width, "CONST_VAL": value},
        {"dout": ("O", width)},
    )


def loopback(bits: int = 64, **options: object) -> Design:
    """Return a design whose DMA streams to itself."""
    design = base(bits, **options)  # type: ignore[arg-type]
    design.rewire(("dma/M_AXIS_MM2S", "dma/S_AXIS_S2MM"))
    return design


def fifo(depth: int, bits: int = 64) -> Design:
    """Return a design whose DMA streams to itself through an AXI4-Stream FIFO."""
    design = base(bits)
    cell = Cell("xilinx.com:ip:axis_data_fifo:2.0", {"FIFO_DEPTH": depth})
    cell.pins = {"s_axis_aclk": ("I", 1), "s_axis_aresetn": ("I", 1)}
    cell.stream("S_AXIS", False, bits)
    cell.stream("M_AXIS", True, bits)
    design.cells["fifo"] = cell
    design.net("ps/FCLK_CLK0", "fifo/s_axis_aclk")
    design.net("reset/peripheral_aresetn", "fifo/s_axis_aresetn")
    design.rewire(("dma/M_AXIS_MM2S", "fifo/S_AXIS"), ("fifo/M_AXIS", "dma/S_AXIS_S2MM"))
    return design


def staged(vlnv: str, in_bits: int, out_bits: int, parameters: dict[str, object]) -> Design:
    """Return a design whose DMA streams to itself through an IP of AMD, ``stage``."""
    widths = {"c_m_axis_mm2s_tdata_width": in_bits, "c_s_axis_s2mm_tdata_width": out_bits}
    design = base(dma=widths)
    design.cells["dma"].stream("M_AXIS_MM2S", True, in_bits)
    design.cells["dma"].stream("S_AXIS_S2MM", False, out_bits)
    cell = Cell(vlnv, dict(parameters), {"aclk": ("I", 1), "aresetn": ("I", 1)})
    cell.stream("S_AXIS", False, in_bits)
    cell.stream("M_AXIS", True, out_bits)
    design.cells["stage"] = cell
    design.net("ps/FCLK_CLK0", "stage/aclk")
    design.net("reset/peripheral_aresetn", "stage/aresetn")
    design.rewire(("dma/M_AXIS_MM2S", "stage/S_AXIS"), ("stage/M_AXIS", "dma/S_AXIS_S2MM"))
    return design


def accelerator(bits: int = 64, beats: int = 4, **options: object) -> Design:
    """Return the design that ships: sample_start and an HLS core of ``beats`` input beats per
    sample.
    """
    design = base(bits, **options)  # type: ignore[arg-type]
    start = Cell("xilinx.com:module_ref:sample_start:1.0", {"BITS": bits, "BEATS": beats})
    start.pins = {"aclk": ("I", 1), "aresetn": ("I", 1), "ap_start": ("O", 1), "ap_ready": ("I", 1)}
    start.stream("s_axis", False, bits)
    start.stream("m_axis", True, bits)
    core = Cell(CORE_VLNV)
    core.pins = {"ap_clk": ("I", 1), "ap_rst_n": ("I", 1)}
    core.pins |= {
        "ap_start": ("I", 1),
        "ap_ready": ("O", 1),
        "ap_done": ("O", 1),
        "ap_idle": ("O", 1),
    }
    core.stream("s_axis", False, bits)
    core.stream("m_axis", True, bits)
    design.cells |= {"start": start, "accelerator": core}
    design.net("ps/FCLK_CLK0", "start/aclk", "accelerator/ap_clk")
    design.net("dma/mm2s_prmry_reset_out_n", "start/aresetn", "accelerator/ap_rst_n")
    design.net("start/ap_start", "accelerator/ap_start")
    design.net("accelerator/ap_ready", "start/ap_ready")
    design.rewire(
        ("dma/M_AXIS_MM2S", "start/s_axis"),
        ("start/m_axis", "accelerator/s_axis"),
        ("accelerator/m_axis", "dma/S_AXIS_S2MM"),
    )
    return design


def registered(*, start: bool = True, chain: bool = False, vivado: str = "2023.2") -> Design:
    """Return a design whose core has registers: with ``start`` they also start it."""
    design = accelerator()
    design.vivado = vivado
    core = design.cells["accelerator"]
    del design.cells["start"], core.pins["ap_start"]
    design.rewire(
        ("dma/M_AXIS_MM2S", "accelerator/s_axis"), ("accelerator/m_axis", "dma/S_AXIS_S2MM")
    )
    core.interfaces["s_axi_control"] = ("SLAVE", "aximm")
    if start:
        fields = "AP_START AP_DONE AP_IDLE AP_READY AUTO_RESTART" + " AP_CONTINUE" * chain
        core.registers = [
            ("CTRL", 0, "read-write", fields),
            ("GIER", 4, "read-write", "Enable"),
            ("IP_IER", 8, "read-write", "CHAN0_INT_EN"),
            ("IP_ISR", 12, "read-write", "CHAN0_INT_ST"),
        ]
    core.registers += [("scale", 0x10, "write-only", ""), ("total", 0x18, "read-only", "")]
    design.cells["ps"].ranges.append(
        ("accelerator", CORE_BASE, CORE_BASE + 0xFFFF, "M_AXI_GP0", "s_axi_control", "REGISTER")
    )
    return design


def interrupting(make: str = "loopback", **options: object) -> Design:
    """Return a design whose DMA, and core if it has one, interrupt the processor through an
    interrupt controller.
    """
    design: Design = globals()[make](**options)
    engine, ps = design.cells["dma"], design.cells["ps"]
    engine.pins |= {"mm2s_introut": ("O", 1), "s2mm_introut": ("O", 1)}
    ps.pins["IRQ_F2P"] = ("I", 1)
    ps.ranges.append(("intc", INTC_BASE, INTC_BASE + 0xFFFF, "M_AXI_GP0", "s_axi", "REGISTER"))
    intc = Cell("xilinx.com:ip:axi_intc:4.1", {"C_NUM_INTR_INPUTS": 3, "C_KIND_OF_INTR": "0x0"})
    intc.pins = {"s_axi_aclk": ("I", 1), "s_axi_aresetn": ("I", 1)}
    intc.pins |= {"intr": ("I", 3), "irq": ("O", 1)}
    intc.interfaces = {"s_axi": ("SLAVE", "aximm")}
    concat = Cell("xilinx.com:ip:xlconcat:2.1", {"NUM_PORTS": 3})
    concat.pins = {**{f"In{n}": ("I", 1) for n in range(3)}, "dout": ("O", 3)}
    design.cells |= {"intc": intc, "concat": concat}
    design.net("dma/mm2s_introut", "concat/In0")
    design.net("dma/s2mm_introut", "concat/In1")
    if "accelerator" in design.cells:
        design.cells["accelerator"].pins["interrupt"] = ("O", 1)
        design.net("accelerator/interrupt", "concat/In2")
    design.net("concat/dout", "intc/intr")
    design.net("intc/irq", "ps/IRQ_F2P")
    design.net("ps/FCLK_CLK0", "intc/s_axi_aclk")
    design.net("reset/peripheral_aresetn", "intc/s_axi_aresetn")
    return design


class SumCore:
    """A core: adds up a sample of ``beats`` 64-bit beats, and sends the sum and the number of the
    sample.

    Started as ap_ctrl_hs: takes no beat of a sample without a start. Holds ``depth`` beats in
    either direction.
    """

    in_bytes = out_bytes = 8

    def __init__(
        self, *, free_running: bool = False, stalling: bool = False, beats: int = 4, depth: int = 8
    ) -> None:
        self.free_running, self.stalling = free_running, stalling
        self.beats, self.depth = beats, depth
        self.closed = False
        self.reset()

    def reset(self) -> None:
        self.sample: list[int] = []
        self.flags: list[bool] = []
        self.out: list[tuple[int, bool]] = []
        self.starts = 0
        self.runs_done = 0

    def start(self, runs: int = 1) -> None:
        self.starts += runs

    def push(self, data: bytes | memoryview, last: np.ndarray) -> int:
        words = np.frombuffer(data, np.uint64)
        for taken, (word, flag) in enumerate(zip(words, last, strict=True)):
            if len(self.out) >= self.depth or not self._may_take():
                return taken
            self.sample.append(int(word))
            self.flags.append(bool(flag))
            if len(self.sample) == self.beats:
                total = sum(self.sample) & 0xFFFF_FFFF_FFFF_FFFF
                self.out += [(total, False), (self.runs_done, self.flags[-1])]
                self.runs_done += 1
                self.sample, self.flags = [], []
        return len(words)

    def _may_take(self) -> bool:
        return self.free_running or self.starts > self.runs_done

    def pull(self, limit: int) -> tuple[bytes, np.ndarray, np.ndarray]:
        # A stalling pipeline that has begun another sample holds the last one until input arrives.
        held = 2 if self.stalling and not self.sample and self._may_take() else 0
        ready = self.out[: max(0, min(limit, len(self.out) - held))]
        del self.out[: len(ready)]
        data = np.array([word for word, _ in ready], np.uint64).tobytes()
        keep = np.full(len(ready), 0xFF, np.uint64)
        return data, keep, np.array([flag for _, flag in ready], np.bool_)

    def standstill(self) -> str:
        if self.sample:
            return f"unpack waits for s_axis ({len(self.sample)} of {self.beats} beats)"
        return f"pack waits for m_axis ({len(self.out)} beats ready)" if self.out else ""

    def close(self) -> None:
        self.closed = True
