"""Block automation of the MicroBlaze processors: local memory, debug module, reset, interrupts."""

from __future__ import annotations

from collections.abc import Mapping

from hls4ml_soc.virtual.vivado.automation import Builder
from hls4ml_soc.virtual.vivado.cell import Cell


def microblaze(build: Builder, config: Mapping[str, str], cell: Cell) -> None:
    """Build what surrounds a processor."""
    assert cell.ip is not None
    clock = build.clock_named(config.get("clk", "")) or build.any_clock()
    if clock is None:
        raise build.session.refuse(
            "apply_bd_automation found no clock for the processor: name one (clk)"
        )
    values: dict[str, object] = {"C_D_LMB": 1, "C_I_LMB": 1, "C_D_AXI": 1}
    if config.get("cache", "None").strip() not in ("None", "0", ""):
        values |= {"C_USE_ICACHE": 1, "C_USE_DCACHE": 1}
    debug = config.get("debug_module", "Debug Only").strip() != "None"
    build.configure(cell, **values, C_DEBUG_ENABLED=int(debug))
    build.join(clock, build.design.pins[f"{cell.path}/Clk"])
    reset = build.reset_block(clock)
    pins = build.design.pins
    build.join(pins[f"{reset.path}/mb_reset"], pins[f"{cell.path}/Reset"])
    _local_memory(build, cell, config.get("local_mem", "8KB"), reset)
    if debug:
        kind = "mdm_riscv" if cell.ip.name == "microblaze_riscv" else "mdm"
        module = build.cell(kind, "mdm_1")
        buses = build.design.buses
        build.plug(buses[f"{module.path}/MBDEBUG_0"], buses[f"{cell.path}/DEBUG"])
        build.join(pins[f"{module.path}/Debug_SYS_Rst"], pins[f"{reset.path}/mb_debug_sys_rst"])
    if config.get("axi_periph", "Enabled").strip() == "Enabled":
        _periphery(build, cell, config)


def _local_memory(build: Builder, cell: Cell, size: str, reset: Cell) -> None:
    design = build.design
    pins, buses = design.pins, design.buses
    top = design.instance
    path = build.run("create_bd_cell", "-type", "hier", f"{cell.path}_local_memory")
    design.instance = path
    try:
        memory = build.cell("blk_mem_gen", "lmb_bram")
        build.configure(memory, Memory_Type="True_Dual_Port_RAM", use_bram_block="BRAM_Controller")
        parts = []
        for letter, port in (("d", "A"), ("i", "B")):
            bus = build.cell("lmb_v10", f"{letter}lmb_v10")
            control = build.cell("lmb_bram_if_cntlr", f"{letter}lmb_bram_if_cntlr")
            build.plug(buses[f"{bus.path}/LMB_Sl_0"], buses[f"{control.path}/SLMB"])
            build.plug(buses[f"{control.path}/BRAM_PORT"], buses[f"{memory.path}/BRAM_PORT{port}"])
            parts.append((letter, bus, control))
    finally:
        design.instance = top
    clock = design.source(pins[f"{cell.path}/Clk"])
    for letter, bus, control in parts:
        # Ends in different hierarchies: by way of a pin of the hierarchy.
        outside = f"{path}/{letter.upper()}LMB"
        kind = ["-vlnv", "xilinx.com:interface:lmb_rtl:1.0", "-mode", "MirroredMaster"]
        build.run("create_bd_intf_pin", *kind, outside)
        build.plug(buses[outside], buses[f"{cell.path}/{letter.upper()}LMB"])
        design.instance = path
        build.plug(buses[outside], buses[f"{bus.path}/LMB_M"])
        design.instance = top
        assert clock is not None
        _through(build, path, "LMB_Clk", clock, [f"{bus.path}/LMB_Clk", f"{control.path}/LMB_Clk"])
        source = pins[f"{reset.path}/bus_struct_reset"]
        _through(build, path, "SYS_Rst", source, [f"{bus.path}/SYS_Rst", f"{control.path}/LMB_Rst"])
        segment = f"{control.path}/SLMB/Mem"
        build.run("get_bd_addr_segs", segment)
        build.run("assign_bd_address", "-offset", "0", "-range", size.rstrip("Bb"), segment)


def _through(build: Builder, path: str, name: str, source: object, loads: list[str]) -> None:
    """Connect a source outside a hierarchy to loads inside."""
    from hls4ml_soc.virtual.vivado.design import Pin

    assert isinstance(source, Pin)
    design = build.design
    outside = f"{path}/{name}"
    if outside not in design.pins:
        kind = "rst" if name == "SYS_Rst" else "clk"
        build.run("create_bd_pin", "-dir", "I", "-type", kind, outside)
        build.join(source, design.pins[outside])
    top, design.instance = design.instance, path
    names = [outside, *loads]
    build.session.issue("pin", [(n, design.pins[n]) for n in names])
    build.run("connect_bd_net", *names)
    design.instance = top


def _periphery(build: Builder, cell: Cell, config: Mapping[str, str]) -> None:
    """Create the switch for peripherals and, if wanted, the interrupt controller on it."""
    from hls4ml_soc.virtual.vivado.automation_axi import axi4

    if config.get("axi_intc", "0").strip() != "1":
        return
    build.configure(cell, C_USE_INTERRUPT=1)
    intc = build.cell("axi_intc", f"{cell.name}_axi_intc")
    build.configure(intc, C_HAS_FAST=1)
    concat = build.cell("xlconcat", f"{cell.name}_xlconcat")
    pins, buses = build.design.pins, build.design.buses
    build.join(pins[f"{concat.path}/dout"], pins[f"{intc.path}/intr"])
    build.plug(buses[f"{intc.path}/interrupt"], buses[f"{cell.path}/INTERRUPT"])
    axi4(build, {"Master": f"{cell.path} (Periph)"}, buses[f"{intc.path}/s_axi"])
    for name in ("processor_clk", "processor_rst"):
        pin = build.pin(f"{intc.path}/{name}")
        source = build.pin(f"{cell.path}/{'Clk' if name.endswith('clk') else 'Reset'}")
        driver = build.design.source(source) if source else None
        if pin is not None and driver is not None:
            build.join(driver, pin)
