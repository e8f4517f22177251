"""The designs that the boards of these tests are made for, on top of ``../board/design.py``."""

from __future__ import annotations

ZYNQ7 = {
    "PCW_DDR_RAM_BASEADDR": "0x00100000",
    "PCW_DDR_RAM_HIGHADDR": "0x1FFFFFFF",
    "PCW_ACT_APU_PERIPHERAL_FREQMHZ": "650.000000",
    "PCW_ACT_UART_PERIPHERAL_FREQMHZ": "100.000000",
    "PCW_UART0_PERIPHERAL_ENABLE": 1,
    "PCW_UART0_BAUD_RATE": 115200,
    "PCW_UART1_PERIPHERAL_ENABLE": 0,
}
ZYNQMP = {
    "PSU__CRF_APB__ACPU_CTRL__FREQMHZ": 1200,
    "PSU__CRL_APB__TIMESTAMP_REF_CTRL__FREQMHZ": 100,
    "PSU__UART0__PERIPHERAL__ENABLE": 1,
    "PSU__UART0__BAUD_RATE": 115200,
    "PSU__UART1__PERIPHERAL__ENABLE": 0,
    "PSU__UART1__BAUD_RATE": "<Select>",
    "PSU__CRL_APB__UART0_REF_CTRL__FREQMHZ": 100,
    "PSU__CRL_APB__UART1_REF_CTRL__FREQMHZ": 100,
    "PSU_DDR_RAM_LOWADDR_OFFSET": "0x80000000",
}
CPU = {
    "C_FREQ": 100_000_000,
    "C_USE_MULDIV": 2,
    "C_USE_ATOMIC": 0,
    "C_USE_FPU": 0,
    "C_USE_COMPRESSION": 0,
    "C_USE_DCACHE": 0,
}
UART = {"C_BAUDRATE": 230400, "C_DATA_BITS": 8, "C_USE_PARITY": 0}


def zynq7(factory, make="loopback"):
    design = getattr(factory, make)()
    design.cells["ps"].parameters.update(ZYNQ7)
    return design


def zynqmp(factory, make="loopback"):
    design = getattr(factory, make)(dma={"c_addr_width": 40})
    ps, dma = design.cells["ps"], design.cells["dma"]
    ps.vlnv = "xilinx.com:ip:zynq_ultra_ps_e:3.5"
    ps.parameters = dict(ZYNQMP)
    ps.ranges = [
        (cell, base, base + 0xFFFF, "M_AXI_HPM0_FPD", slave, "REGISTER")
        for cell, base, slave in (
            ("dma", 0xA040_0000, "S_AXI_LITE"),
            ("identity", 0xA120_0000, "S_AXI"),
        )
    ]
    dma.ranges = [
        ("ps", base, base + 0x7FFF_FFFF, f"M_AXI_{channel}", "S_AXI_HP0_FPD", "MEMORY")
        for channel in ("MM2S", "S2MM")
        for base in (0, 0x8_0000_0000)
    ]
    return design


def microblaze(factory, make="loopback", **parameters):
    design = getattr(factory, make)()
    ps = design.cells.pop("ps")
    registers = [
        (cell, base, base + 0xFFFF, "M_AXI_DP", "S_AXI", "REGISTER")
        for cell, base in (
            ("dma", 0x4040_0000),
            ("uart", 0x4060_0000),
            ("identity", 0x4120_0000),
            ("timer", 0x41C0_0000),
        )
    ]
    cpu = factory.Cell("xilinx.com:ip:microblaze_riscv:1.0", {**CPU, **parameters})
    cpu.ranges = [
        *registers,
        *((f"{b}_memory", 0, 0x1_FFFF, b.upper(), "SLMB", "MEMORY") for b in ("dlmb", "ilmb")),
        ("buffer", 0xC000_0000, 0xC001_FFFF, "M_AXI_DP", "S_AXI", "MEMORY"),
    ]
    clocks = factory.Cell("xilinx.com:ip:clk_wiz:6.0", pins={"clk_out1": ("O", 1)})
    uart = factory.Cell("xilinx.com:ip:axi_uartlite:2.0", dict(UART))
    timer = factory.Cell("xilinx.com:ip:axi_timer:2.0")
    for cell in (uart, timer):
        cell.pins = {"s_axi_aclk": ("I", 1), "s_axi_aresetn": ("I", 1)}
    design.cells |= {
        "cpu": cpu,
        "clocks": clocks,
        "uart": uart,
        "timer": timer,
        "buffer": factory.Cell("xilinx.com:ip:axi_bram_ctrl:4.1"),
        "dlmb_memory": factory.Cell("xilinx.com:ip:lmb_bram_if_cntlr:4.0"),
        "ilmb_memory": factory.Cell("xilinx.com:ip:lmb_bram_if_cntlr:4.0"),
    }
    design.cells["dma"].ranges = [
        ("buffer", 0xC000_0000, 0xC001_FFFF, f"M_AXI_{channel}", "S_AXI", "MEMORY")
        for channel in ("MM2S", "S2MM")
    ]
    design.nets["clocks/clk_out1"] = design.nets.pop("ps/FCLK_CLK0")
    del design.nets["ps/FCLK_RESET0_N"], ps
    design.nets["clocks/clk_out1"] += ["uart/s_axi_aclk", "timer/s_axi_aclk"]
    design.nets["reset/peripheral_aresetn"] += ["uart/s_axi_aresetn", "timer/s_axi_aresetn"]
    return design
