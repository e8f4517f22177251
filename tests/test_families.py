"""Every board through the stand-in for Vivado, and what each family's Tcl refuses.

The network's place is taken by a FIFO, so that no HLS is needed, except where a network is named.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hls4ml_soc import board, frontends, hwh, targets
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import DesignError, ToolError
from hls4ml_soc.execute import Products, execute
from hls4ml_soc.job import Options, Silence
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.plan import Plan
from hls4ml_soc.toolchains.standin import StandIn
from hls4ml_soc.toolchains.vendor import Vendor
from tests.networks import mlp, save

#: Boards that Vivado builds a block design for.
EVERY = [name for name in board.names() if Board.load(name).family != "data_centre"]
#: What the processor sees besides: name of the segment's cell -> offset.
SOFT = {"uart": 0x600000, "timer": 0x1C00000}
BASE = {"zynq7": 0x40000000, "zynqmp": 0xA0000000, "microblaze": 0x40000000}
PROCESSOR = {"zynq7": "ps", "zynqmp": "ps", "microblaze": "cpu"}


@pytest.mark.parametrize("name", EVERY)
def test_every_board_is_built(name: str, tmp_path: Path) -> None:
    report = deploy(None, name, Options(loopback=True, until="build", out=tmp_path))
    loaded = Board.load(name)
    family = loaded.processing_system.family
    expected = {"bit", "facts", "hwh", "xsa"} | ({"mmi"} if family == "microblaze" else set())
    assert set(report.products) == expected

    design = hwh.read(tmp_path / report.products["hwh"])
    processor = design.module(PROCESSOR[family])
    seen = {each.instance: each.base for each in processor.memory_map}
    registers = {"dma": 0x400000, "identity": 0x1200000} | (SOFT if family == "microblaze" else {})
    for cell, offset in registers.items():
        assert seen[cell] == BASE[family] + offset
    memory = {(each.base, each.size) for each in loaded.memory.ranges}
    for master in ("M_AXI_MM2S", "M_AXI_S2MM"):
        reached = {
            (each.base, each.high - each.base + 1)
            for each in design.module("dma").memory_map
            if each.master == master
        }
        assert reached == memory
    if family == "microblaze":
        assert seen["sample_buffer"] == loaded.memory.ranges[0].base
    assert design.module("dma").number("c_addr_width") == loaded.memory.address_bits


#: The list that follows is broken into lines; Vivado leaves a blank before the break.
UNCLOCKED = "[BD 41-758] The following clock pins are not connected to a valid clock source: \n"


def loopback(name: str, *changes: tuple[str, str, str]) -> Plan:
    """Return the plan of a loopback with ``(file, pattern, new)`` replaced; each pattern must be
    there just once."""
    loaded = Board.load(name)
    plan = BlockDesign(Contract(Loopback.on(loaded), loaded)).plan()
    files = dict(plan.files)
    for file, pattern, new in changes:
        path = f"vivado/{file}"
        files[path], count = re.subn(pattern, lambda _: new, files[path])  # noqa: B023
        assert count == 1, f"{path} has {count} times {pattern!r}"
    return Plan(files, plan.steps)


def build(plan: Plan, folder: Path) -> Products:
    return execute(plan, folder, StandIn(), Silence())


FAULTS = {
    "a pin without a port": (
        "arty-a7-100",
        (
            "settings.tcl",
            r" uart_tx (?=\{)",
            " uart_txd {PACKAGE_PIN D9 IOSTANDARD LVCMOS33} uart_tx ",
        ),
        "[soc] pin uart_txd of the board file belongs to no port: there is clk ext_reset uart_rx "
        "uart_tx",
    ),
    "a reset whose polarity is not said": (
        "arty-a7-100",
        ("settings.tcl", r" active low", ""),
        "[soc] the board file does not say when pin ext_reset is active",
    ),
    "an oscillator whose frequency is not said": (
        "arty-a7-100",
        ("settings.tcl", r" mhz 100", ""),
        "[soc] the board file gives no frequency for pin clk",
    ),
    "an instruction set that MicroBlaze V does not have": (
        "arty-a7-100",
        ("settings.tcl", r"isa rv32im", "isa rv32imc"),
        "[soc] MicroBlaze V cannot be rv32imc: there is rv32im",
    ),
    "a rate that the UART does not have": (
        "arty-a7-100",
        ("settings.tcl", r"baud 230400", "baud 921600"),
        "[IP_Flow 19-3461] Value '921600' is out of the range for parameter",
    ),
    "a processor without a clock": (
        "arty-a7-100",
        ("families/microblaze.tcl", r"    net \[ps_clock\] cpu/Clk\n", ""),
        "[soc] cpu/Clk is not driven by clocks/clk_out1: see docs/hardware.md",
    ),
    "a control port without a clock": (
        "zcu102",
        ("families/zynqmp.tcl", r"ps/\$control_clock ", ""),
        UNCLOCKED + "/ps/maxihpm0_fpd_aclk",
    ),
    "the control port that the preset leaves on": (
        "zcu102",
        ("families/zynqmp.tcl", r"lappend ports PSU__USE__M_AXI_\[.*", "set ports {}"),
        UNCLOCKED + "/ps/maxihpm1_fpd_aclk",
    ),
    "a parameter that the processing system does not have": (
        "zcu102",
        ("settings.tcl", "PSU__UART0__PERIPHERAL__ENABLE", "PSU__UART0__PERIPHERAL__ENABEL"),
        "[soc] ps has no parameter PSU__UART0__PERIPHERAL__ENABEL (xilinx.com:ip:zynq_ultra_ps_e:",
    ),
    "a port that the processing system does not have": (
        "zcu102",
        ("settings.tcl", "S_AXI_HP0_FPD", "S_AXI_HP4_FPD"),
        "[soc] Zynq UltraScale+ has no memory port S_AXI_HP4_FPD",
    ),
    "memory that is not aligned": (
        "zcu102",
        ("settings.tcl", "0x800000000 0x80000000", "0x840000000 0x80000000"),
        "[BD 41-1075] The proposed address",
    ),
    "memory beyond the DMA's address bits": (
        "zcu102",
        ("settings.tcl", "address_bits 40", "address_bits 32"),
        "[BD 41-1075] Cannot assign slave segment '/ps/SAXIGP2/HP0_DDR_HIGH'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_refused(fault: str, tmp_path: Path) -> None:
    name, change, message = FAULTS[fault]
    with pytest.raises(ToolError) as error:
        build(loopback(name, change), tmp_path)
    first, _, second = message.partition("\n")
    assert str(error.value).startswith(f"Vivado failed (exit code 1): {first.strip()}")
    if second:
        log = (tmp_path / "vivado" / "vivado.run.log").read_text().splitlines()
        assert log[log.index(f"ERROR: {first}") + 1] == second


#: The faults that people make when they add a board or a master: board, change, the whole message,
#: and what the log says below it.
FIVE = {
    "an external port without a pin": (
        "arty-a7-100",
        ("settings.tcl", r" uart_tx \{[^}]*\}", ""),
        "[soc] port uart_tx has no pin in the board file",
        [],
    ),
    "a clock input that is not clocked": (
        "pynq-z2",
        ("steps/dma.tcl", r" dma/m_axi_s2mm_aclk\n", "\n"),
        "[BD 41-758] The following clock pins are not connected to a valid clock source:",
        ["/dma/m_axi_s2mm_aclk"],
    ),
    "a second master on an interconnect that is full": (
        "zcu102",
        ("steps/connect.tcl", r"memory \[llength \$masters\] 1", "memory 1 1"),
        "[soc] get_bd_intf_pins memory/S01_AXI found 0 objects, not one",
        [],
    ),
    "a second master on an interface that is taken": (
        "zcu102",
        ("steps/connect.tcl", r"S%02d_AXI \$i\]\n", "S%02d_AXI 0]\n"),
        "[Standin 1] /memory/S00_AXI is connected already, to /dma/M_AXI_MM2S; an interface has "
        "one connection",
        [],
    ),
    "a name in the preset with a typo": (
        "pynq-z2",
        ("settings.tcl", "PCW_UART0_PERIPHERAL_ENABLE", "PCW_UART0_PERIPHERAL_ENABEL"),
        "[soc] ps has no parameter PCW_UART0_PERIPHERAL_ENABEL "
        "(xilinx.com:ip:processing_system7:5.5)",
        [],
    ),
    "no range of memory": (
        "pynq-z2",
        ("settings.tcl", r"memory_ranges \{[^}]*\}", "memory_ranges {}"),
        "[soc] the DMA reaches no memory: the board file gives no range",
        [],
    ),
}


@pytest.mark.parametrize("fault", FIVE)
def test_the_whole_message(fault: str, tmp_path: Path) -> None:
    name, change, message, below = FIVE[fault]
    with pytest.raises(ToolError) as error:
        build(loopback(name, change), tmp_path)
    log = tmp_path / "vivado" / "vivado.run.log"
    assert str(error.value) == f"Vivado failed (exit code 1): {message}\n  log: {log}"
    lines = log.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if line.rstrip() == f"ERROR: {message}")
    assert lines[at + 1 : at + 1 + len(below)] == below


def test_an_older_vivado_is_refused_by_name(tmp_path: Path) -> None:
    plan = loopback("arty-a7-100")
    (step,) = plan.steps
    assert step.since == "2024.1"
    with pytest.raises(ToolError) as error:
        build(Plan(plan.files, (replace(step, since="2023.2"),)), tmp_path)
    assert str(error.value).splitlines()[0] == (
        "Vivado failed (exit code 1): [soc] MicroBlaze V needs Vivado 2024.1 or later; this is "
        "2023.2"
    )


#: What Vivado 2020.2 and 2024.2 write for the IPs of these designs: kind -> MODCLASS, and of an
#: interface its name, TYPE and the third part of its VLNV.
CLASSES = {
    "axi_bram_ctrl": "MEMORY_CNTLR",
    "axi_dma": "PERIPHERAL",
    "axi_gpio": "PERIPHERAL",
    "axi_uartlite": "PERIPHERAL",
    "blk_mem_gen": "MEMORY",
    "clk_wiz": "PERIPHERAL",
    "lmb_bram_if_cntlr": "MEMORY_CNTLR",
    "lmb_v10": "BUS",
    "mdm_riscv": "DEBUG",
    "microblaze_riscv": "PROCESSOR",
    "proc_sys_reset": "PERIPHERAL",
    "smartconnect": "BUS",
    "zynq_ultra_ps_e": None,
}
INTERFACES = {
    "cpu": {
        ("INTERRUPT", "TARGET", "mbinterrupt"),
        ("DLMB", "MASTER", "lmb"),
        ("ILMB", "MASTER", "lmb"),
        ("M_AXI_DP", "MASTER", "aximm"),
        ("DEBUG", "TARGET", "mbdebug"),
    },
    "dlmb": {("LMB_Sl_0", "SLAVE", "lmb"), ("LMB_M", "SLAVE", "lmb")},
    "ilmb_memory": {("SLMB", "SLAVE", "lmb"), ("BRAM_PORT", "INITIATOR", "bram")},
    "local_memory": {("BRAM_PORTA", "TARGET", "bram"), ("BRAM_PORTB", "TARGET", "bram")},
    "sample_buffer": {("S_AXI", "SLAVE", "aximm"), ("BRAM_PORTA", "INITIATOR", "bram")},
    "debug": {("MBDEBUG_0", "INITIATOR", "mbdebug")},
    "ps": {("M_AXI_HPM0_FPD", "MASTER", "aximm"), ("S_AXI_HP0_FPD", "SLAVE", "aximm")},
}
MEMRANGE = {
    *("ADDRESSBLOCK", "BASENAME", "BASEVALUE", "HIGHNAME", "HIGHVALUE", "INSTANCE", "IS_DATA"),
    *("IS_INSTRUCTION", "MASTERBUSINTERFACE", "MEMTYPE", "SLAVEBUSINTERFACE"),
}


def hand_off(name: str, folder: Path) -> ElementTree.Element:
    return ElementTree.parse(build(loopback(name), folder)["hwh"]).getroot()


@pytest.mark.parametrize("name", ["zcu102", "arty-a7-100"])
def test_the_hand_off_file_has_the_shape_of_vivados(name: str, tmp_path: Path) -> None:
    root = hand_off(name, tmp_path)
    modules = {module.get("INSTANCE", ""): module for module in root.iter("MODULE")}
    for module in modules.values():
        if module.get("MODTYPE") in CLASSES:
            assert module.get("MODCLASS") == CLASSES[module.get("MODTYPE", "")]
    for cell in INTERFACES.keys() & modules.keys():
        found = {
            (bus.get("NAME"), bus.get("TYPE"), bus.get("VLNV", "").split(":")[2])
            for bus in modules[cell].iter("BUSINTERFACE")
        }
        assert found == INTERFACES[cell]
    ranges = [each for module in modules.values() for each in module.iter("MEMRANGE")]
    assert ranges
    assert all(set(each.keys()) == MEMRANGE for each in ranges)


def test_what_the_soft_processor_sees_as_program_and_as_data(tmp_path: Path) -> None:
    root = hand_off("arty-a7-100", tmp_path)
    (cpu,) = (module for module in root.iter("MODULE") if module.get("INSTANCE") == "cpu")
    names = ("INSTANCE", "MASTERBUSINTERFACE", "IS_INSTRUCTION", "IS_DATA", "BASENAME")
    assert {tuple(each.get(name) for name in names) for each in cpu.iter("MEMRANGE")} == {
        ("ilmb_memory", "ILMB", "TRUE", "FALSE", "C_BASEADDR"),
        ("dlmb_memory", "DLMB", "FALSE", "TRUE", "C_BASEADDR"),
        ("sample_buffer", "M_AXI_DP", "FALSE", "TRUE", "C_S_AXI_BASEADDR"),
        *((name, "M_AXI_DP", "FALSE", "TRUE", "C_BASEADDR") for name in ("dma", "identity")),
        *((name, "M_AXI_DP", "FALSE", "TRUE", "C_BASEADDR") for name in ("uart", "timer")),
    }
    ports = {port.get("NAME"): port for port in root.iterfind("EXTERNALPORTS/PORT")}
    assert {name: port.get("DIR") for name, port in ports.items()} == {
        "clk": "I",
        "ext_reset": "I",
        "uart_rx": "I",
        "uart_tx": "O",
    }
    assert ports["clk"].get("CLKFREQUENCY") == "100000000"
    assert ports["ext_reset"].get("POLARITY") == "ACTIVE_LOW"


def at(name: str, mhz: float, folder: Path) -> hwh.Hwh:
    """Build a loopback at another clock and read what came out."""
    loaded = Board.load(name)
    other = replace(loaded, clock=replace(loaded.clock, mhz=mhz))
    plan = BlockDesign(Contract(Loopback.on(other), other)).plan()
    return hwh.read(build(plan, folder)["hwh"])


@pytest.mark.parametrize("name", ["pynq-z2", "zcu102"])
def test_clock_and_memory_port_of_a_processing_system(name: str, tmp_path: Path) -> None:
    ps = at(name, 50, tmp_path).module("ps")
    clock, width, expected = {
        "pynq-z2": ("PCW_FPGA0_PERIPHERAL_FREQMHZ", "PCW_S_AXI_HP0_DATA_WIDTH", 64),
        "zcu102": ("PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ", "PSU__SAXIGP2__DATA_WIDTH", 128),
    }[name]
    assert (ps.number(clock), ps.number(width)) == (50, expected)


def test_the_parts_around_the_soft_processor(tmp_path: Path) -> None:
    design = at("arty-a7-100", 50, tmp_path)
    parameters = {
        ("cpu", "C_USE_MULDIV"): 2,
        ("clocks", "PRIM_IN_FREQ"): 100,
        ("clocks", "CLKOUT1_REQUESTED_OUT_FREQ"): 50,
        ("uart", "C_BAUDRATE"): 230400,
        ("sample_buffer", "DATA_WIDTH"): 64,
    }
    assert {key: design.module(key[0]).number(key[1]) for key in parameters} == parameters
    # Both are inputs that Vivado ties to their inactive level when nothing is there.
    drivers = {"dcm_locked": "clocks/locked", "mb_debug_sys_rst": "debug/Debug_SYS_Rst"}
    assert {port: str(design.driver("reset", port)) for port in drivers} == drivers


@pytest.mark.parametrize(("active", "high"), [("low", "0"), ("high", "1")])
def test_the_reset_has_the_boards_polarity(active: str, high: str, tmp_path: Path) -> None:
    change = ("settings.tcl", "active low", f"active {active}")
    design = hwh.read(build(loopback("arty-a7-100", change), tmp_path)["hwh"])
    assert design.module("reset").parameter("C_EXT_RESET_HIGH") == high


def test_the_constraints_are_the_board_files(tmp_path: Path) -> None:
    build(loopback("arty-a7-100"), tmp_path)
    assert (tmp_path / "vivado" / "pins.xdc").read_text().splitlines() == [
        "set_property PACKAGE_PIN E3 [get_ports {clk}]",
        "set_property IOSTANDARD LVCMOS33 [get_ports {clk}]",
        "set_property PACKAGE_PIN C2 [get_ports {ext_reset}]",
        "set_property IOSTANDARD LVCMOS33 [get_ports {ext_reset}]",
        "set_property PACKAGE_PIN A9 [get_ports {uart_rx}]",
        "set_property IOSTANDARD LVCMOS33 [get_ports {uart_rx}]",
        "set_property PACKAGE_PIN D10 [get_ports {uart_tx}]",
        "set_property IOSTANDARD LVCMOS33 [get_ports {uart_tx}]",
    ]


def test_every_control_and_memory_port_can_be_chosen(tmp_path: Path) -> None:
    """HPM1 and HPC0: other numbers in the IP, other windows, other clock pins."""
    loaded = Board.load("zcu102")
    system = replace(loaded.processing_system, control="M_AXI_HPM1_FPD")
    other = replace(
        loaded, processing_system=system, memory=replace(loaded.memory, port="S_AXI_HPC0_FPD")
    )
    plan = BlockDesign(Contract(Loopback.on(other), other)).plan()
    design = hwh.read(build(plan, tmp_path)["hwh"])
    assert [(each.instance, each.base) for each in design.module("ps").memory_map] == [
        ("dma", 0xB0400000),
        ("identity", 0xB1200000),
    ]
    assert {each.slave for each in design.module("dma").memory_map} == {"S_AXI_HPC0_FPD"}


def test_a_network_on_a_processing_system_and_on_a_soft_processor(tmp_path: Path) -> None:
    """HLS runs once: with three inputs the streams are as wide on both boards."""
    network = save(mlp((3, 3), softmax=False), tmp_path / "net.onnx")
    first, second = Board.load("zcu102"), Board.load("arty-a7-100")
    project = tmp_path / "zcu102" / "project"
    frontends.read(network).project(project, name="net", part=first.part, clock_ns=10.0)
    contract = Contract(Accelerator.read(project), first)
    build(BlockDesign(contract).checked().plan(), tmp_path / "zcu102")

    contract = replace(contract, board=second)
    plan = BlockDesign(contract).checked().plan()
    shutil.copytree(tmp_path / "zcu102" / "hls", tmp_path / "arty" / "hls")
    assert (
        plan.files["hls/net_soc.cpp"].partition("\n")[2]
        == ((tmp_path / "arty" / "hls" / "net_soc.cpp").read_text().partition("\n")[2])
    )
    build(Plan(plan.files, plan.steps[-1:]), tmp_path / "arty")
    for folder in ("zcu102", "arty"):
        design = hwh.read(tmp_path / folder / "vivado" / "soc.hwh")
        assert design.module("accelerator").vlnv == "xilinx.com:hls:net_soc:1.0"
        assert str(design.peer("start", "m_axis")) == "accelerator/s_axis"


@pytest.mark.parametrize(("found", "fits"), [("2023.2", False), ("2024.1", True), ("2025.2", True)])
def test_an_older_vivado_is_refused_before_anything_is_started(
    found: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vivado = tmp_path / "vivado"
    vivado.write_text(f"#!/bin/sh\necho 'vivado v{found} (64-bit)'\n")
    vivado.chmod(0o755)
    monkeypatch.setenv("HLS4ML_SOC_VIVADO", str(vivado))
    (step,) = loopback("arty-a7-100").steps
    if fits:
        assert Vendor().command(step)[0] == str(vivado)
        return
    with pytest.raises(ToolError) as error:
        Vendor().command(step)
    assert str(error.value) == (
        f"Vivado: this design needs vivado 2024.1 or later; {vivado} is 2023.2"
    )


def test_a_target_that_does_not_exist() -> None:
    with pytest.raises(DesignError) as error:
        targets.check("jtag")
    assert str(error.value) == (
        f"hls4ml_soc does not have the target jtag yet: there is {', '.join(targets.TARGETS)}"
    )
