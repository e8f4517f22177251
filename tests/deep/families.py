"""The three families: names, places and values for mutants."""

from __future__ import annotations

from tests.deep.family import Family

_OFFSETS = ("0x400800", "0x1200010", "0x1208000", "0x408000", "banana", "0x", "{}")
_WORDS = ("{}", "banana", "{0x00000000}", "{banana 0x20000000}", "{0x0 -1}")
#: Of every family: settings that no board chooses.
_ILLEGAL = {
    "core": ("{}", "banana", "Network"),
    "clock_mhz": ("{}", "0", "-100", "banana", "1000", "100MHz"),
    "jobs": ("{}", "0", "-4", "banana", "129"),
    "memory_bits": ("{}", "0", "-64", "16", "63", "2048", "banana"),
    "address_bits": ("{}", "0", "16", "65", "banana"),
    "stream_bits_in": ("{}", "0", "-64", "12", "63", "2048", "banana"),
    "stream_bits_out": ("{}", "0", "-32", "12", "33", "2048", "banana"),
    "beats_in": ("{}", "0", "-3", "banana", "1.5", "99999999999"),
    "design_id_low": ("{}", "banana", "-1", "0x123456789", "0xG"),
    "design_id_high": ("{}", "banana", "-1", "0x123456789", "0xG"),
    "memory_ranges": _WORDS,
}
_CELLS = ("reset", "control", "memory", "start", "accelerator", "id_low", "id_high")

ZYNQ7 = Family(
    name="zynq7",
    board="pynq-z2",
    target="pynq",
    # The older release executes what ``since/`` replaces.
    setups=(("network", "2023.2"), ("loopback", "2023.2"), ("network", "2019.2")),
    releases=("2019.2", "2020.1", "2022.2", "2024.2"),
    other="zynqmp",
    neighbours={"ps": ["FCLK_CLK1", "FCLK_RESET1_N", "M_AXI_GP1_ACLK"]},
    illegal={
        **_ILLEGAL,
        "part": ("{}", "banana", "xc7z020", "xc7z020clg400", "xc7z020clg400-9"),
        "clock_mhz": (*_ILLEGAL["clock_mhz"], "251"),
        "control_port": ("{}", "M_AXI_GP2", "GP0", "m_axi_gp0"),
        "memory_port": ("{}", "S_AXI_HP4", "HP0", "s_axi_hp0"),
    },
    wrong_modes={
        "control_port": ("S_AXI_HP0", "S_AXI_GP0", "S_AXI_ACP"),
        "memory_port": ("M_AXI_GP0", "M_AXI_GP1", "S_AXI_GP0", "S_AXI_ACP"),
    },
    wrong_bits=("32", "128", "256", "512", "1024"),
    # Choices, ranges and pins (UG585, PG082).
    preset=(
        r"\b(PCW_(?:\w+_PERIPHERAL_CLKSRC|MIO_\d+_(?:IOTYPE|PULLUP|SLEW|DIRECTION)"
        r"|UIPARAM_DDR_(?:PARTNO|MEMORY_TYPE|BUS_WIDTH|ECC|SPEED_BIN)|PRESET_BANK\d_VOLTAGE"
        r"|\w+_PERIPHERAL_ENABLE|USE_\w+|EN_\w+_PORT)) (\{[^}]*\}|\S+)"
    ),
    preset_name=r"\b(PCW_\w+) ",
    clock_enable=r"PCW_EN_CLK0_PORT (1)",
    reset_enable=r"PCW_EN_RST0_PORT (1)",
    second_clock=(
        r"(PCW_EN_CLK0_PORT) 1",
        "PCW_EN_CLK1_PORT 1 PCW_FPGA1_PERIPHERAL_FREQMHZ {mhz} PCW_EN_CLK0_PORT",
        "ps/FCLK_CLK1",
    ),
    frequency=r"FREQMHZ (\[setting clock_mhz\])",
    frequencies=("200", "166.666", "150", "50", "33.333333", "10"),
    clock_pin=(r"return ps/(FCLK_CLK0)", ("FCLK_CLK1", "FCLK_CLK2", "FCLK_CLK3")),
    # M_AXI_GP0 reaches 0x4000_0000 to 0x7FFF_FFFF (UG585).
    base=(
        r"M_AXI_GP0 (0x\w+)",
        ("0x0", "0x80000000", "0xC0000000", "0x40008000", "0x3F000000", "{}"),
    ),
    offsets=(
        *_OFFSETS,
        *("0x40000000", "0x3FFF8000", "0x80000000", "0x90000000", "-0x10000", "-0x40000000"),
    ),
    ranges=("0", "0x800", "0x18000", "0x10001", "-0x10000", "banana", "0x40000001", "0x80000000"),
    memory=(
        "{0x00000100 0x20000000}", "{0x10000000 0x20000000}", "{0x00001000 0x20000000}",  # askew
        "{0x20000000 0x20000000}", "{0x40000000 0x20000000}", "{0xE0000000 0x20000000}",  # away
        "{0x00000000 0x30000000}", "{0x00000000 0x1FFFFFFF}", "{0x00000000 0x00000800}",  # no size
        "{0x00000000 0x40000000}", "{0x00000000 0x80000000}", "{0x00000000 0x100000000}",  # much
        "{0x00000000 0x10000000}", "{0x00000000 0x00100000}", "{0x00000000 0x01000000}",  # little
        "{0x00000000 0x20000000 0x00000000 0x20000000}",  # twice
        "{0x00000000 0x20000000 0x10000000 0x10000000}",  # overlapping itself
        "{0x00000000}",
    ),
    segments={
        r"return (ps/Data)": ("ps/M_AXI_GP0", "dma/Data_MM2S", "ps/Dat"),
        r"ps_memory_segment (DDR_LOWOCM)": ("DDR", "LOW_OCM", "HIGH_OCM", "DDR_LOWOCMx"),
        r"\$port (6) end": ("0", "5", "7"),
    },
    harmless={
        "control_port": ("M_AXI_GP1",),
        "memory_port": ("S_AXI_HP1", "S_AXI_HP2", "S_AXI_HP3"),
        "memory_ranges": ("{0 536870912}",),
        "address_bits": ("40",),
        "board_part": ("{}", "digilentinc.com:zybo-z7-20:part0"),
    },
    cells=_CELLS,
    legal=(("0x0", "0x10000", "0x3FFF0000"), ("0x0", "0x2000000")),
)  # fmt: skip

#: 4 GB of DDR: both of the blocks that a memory port sees.
ZYNQMP = Family(
    name="zynqmp",
    board="kv260",
    target="pynq",
    setups=(("network", "2023.2"), ("network", "2019.2")),
    releases=("2019.2", "2020.1", "2022.2", "2025.1"),
    other="zynq7",
    neighbours={"ps": ["pl_clk1", "pl_resetn1", "maxihpm1_fpd_aclk"]},
    illegal={
        **_ILLEGAL,
        "part": ("{}", "banana", "xck26", "xck26-sfvc784", "xck26-sfvc784-9LV-c"),
        "control_port": ("{}", "M_AXI_HPM2_FPD", "HPM0", "M_AXI_GP0", "m_axi_hpm0_fpd"),
        "memory_port": ("{}", "S_AXI_HP4_FPD", "HP0", "S_AXI_HP0", "S_AXI_GP2", "s_axi_hp0_fpd"),
    },
    wrong_modes={
        "control_port": ("S_AXI_HP0_FPD", "S_AXI_HPC0_FPD", "S_AXI_LPD", "S_AXI_ACP_FPD"),
        "memory_port": ("M_AXI_HPM0_FPD", "M_AXI_HPM0_LPD", "S_AXI_LPD", "S_AXI_ACP_FPD"),
    },
    wrong_bits=("256", "512", "1024"),
    preset=(
        r"\b(PSU_(?:MIO_\d+_(?:DRIVE_STRENGTH|INPUT_TYPE|PULLUPDOWN|SLEW|DIRECTION)"
        r"|_\w+__PERIPHERAL__ENABLE|_DDRC__(?:MEMORY_TYPE|BUS_WIDTH|DRAM_WIDTH|SPEED_BIN|ECC)"
        r"|_CRL?[FL]?_APB__\w+__SRCSEL|_USE__\w+|_\w+__FREQMHZ|_\w+__DIVISOR\d)) (\{[^}]*\}|\S+)"
    ),
    preset_name=r"\b(PSU_\w+) ",
    clock_enable=r"PSU__FPGA_PL0_ENABLE (1)",
    reset_enable=r"PSU__USE__FABRIC__RST (1)",
    second_clock=(
        r"(PSU__FPGA_PL0_ENABLE) 1",
        "PSU__FPGA_PL1_ENABLE 1 PSU__CRL_APB__PL1_REF_CTRL__FREQMHZ {mhz} PSU__FPGA_PL0_ENABLE",
        "ps/pl_clk1",
    ),
    frequency=r"FREQMHZ (\[setting clock_mhz\])",
    frequencies=("400", "333.333", "250"),
    clock_pin=(r"return ps/(pl_clk0)", ("pl_clk1", "pl_clk2", "pl_clk3")),
    # M_AXI_HPM0_FPD reaches 0xA000_0000 to 0xAFFF_FFFF (UG1085, address map).
    base=(
        r"M_AXI_HPM0_FPD \{GP0 \w+ (0x\w+)",
        ("0x0", "0xB0000000", "0x80000000", "0xA0008000", "0x9F000000", "0x40000000", "{}"),
    ),
    offsets=(*_OFFSETS, "0x10000000", "0xFFF8000", "0x20000000", "-0x10000", "-0x40000000"),
    ranges=("0", "0x800", "0x18000", "0x10001", "-0x10000", "banana", "0x20000000"),
    memory=(
        "{0x00000100 0x80000000 0x800000000 0x80000000}",
        "{0x00000000 0x80000000 0x840000000 0x80000000}",
        "{0x40000000 0x80000000 0x800000000 0x80000000}",
        "{0x00000000 0x80000000 0x800000000 0x600000001}",
        "{0x00000000 0x7FFFFFFF 0x800000000 0x80000000}",
        "{0x00000000 0x100000000}",
        "{0x00000000 0x00000800 0x800000000 0x80000000}",
        "{0x00000000 0x80000000 0x80000000 0x80000000}",
        "{0x80000000 0x80000000}",
        "{0x400000000 0x80000000}",
        "{0xC0000000 0x20000000}",
        "{0xFF000000 0x01000000}",
        "{0x00000000 0x80000000 0x00000000 0x80000000}",
        "{0x00000000 0x80000000 0x40000000 0x40000000}",
        "{0x00000000 0x80000000 0x800000000}",
        "{0x00000000 0x80000000 0x1000000000 0x80000000}",
        "{0x800000000 0x80000000}",
        "{0x00000000 0x00100000}",
    ),
    segments={
        r"return (ps/Data)": ("ps/M_AXI_HPM0_FPD", "dma/Data_MM2S", "ps/Dat"),
        r'"(DDR_LOW)"': ("DDR", "DDR_LO", "DDR_HIGH", "LPS_OCM", "QSPI", "DDR_LOWx"),
        r'"(DDR_HIGH)"': ("DDR", "DDR_HIG", "DDR_LOW", "LPS_OCM", "QSPI", "DDR_HIGHx"),
        r"offset (<) 0x800000000": (">", ">=", "=="),
        r"ps/(SAXI)\$number": ("S_AXI_", "SAXI_", "MAXI"),
        r"S_AXI_HP0_FPD  \{GP2 \w+ (HP0)\}": ("HP1", "HPC0", "HP", "GP2"),
    },
    harmless={
        "control_port": ("M_AXI_HPM1_FPD", "M_AXI_HPM0_LPD"),
        "memory_port": ("S_AXI_HP1_FPD", "S_AXI_HP3_FPD", "S_AXI_HPC0_FPD"),
        "memory_ranges": ("{0 2147483648 34359738368 2147483648}", "{0 0x80000000}"),
        "board_part": ("{}", "xilinx.com:zcu102:part0"),
    },
    cells=_CELLS,
    legal=(("0x0", "0x10000", "0xFFF0000"), ("0x0", "0x2000000")),
)

MICROBLAZE = Family(
    name="microblaze",
    board="arty-a7-100",
    target="baremetal",
    setups=(("network", "2024.1"),),
    releases=("2024.1", "2024.2", "2025.1", "2025.2"),
    other="zynqmp",
    neighbours={
        "clocks": ["clk_out2", "reset", "clk_in2"],
        "cpu": ["M_AXI_IP", "S0_AXIS", "M_AXI_DC", "Interrupt"],
        "debug": ["MBDEBUG_1", "Interrupt"],
        "uart": ["interrupt"],
        "timer": ["capturetrig0", "interrupt"],
        "sample_buffer": ["BRAM_PORTB", "S_AXI_CTRL"],
    },
    illegal={
        **_ILLEGAL,
        "part": ("{}", "banana", "xc7a100t", "xc7a100tcsg324", "xc7a100tcsg324-9"),
        "memory_ranges": ("{}", "banana", "{0xC0000000}", "{banana 0x20000}", "{0xC0000000 -1}"),
        "isa": ("{}", "banana", "rv32i", "rv32imc", "rv64im", "RV32IM"),
        "local_memory_kib": ("{}", "banana", "0", "-128", "96", "3", "1.5"),
        "baud": ("{}", "banana", "0", "-1", "115201", "460800", "921600"),
        "clock_source": ("{}", "banana", "uart_rx", "CLK"),
    },
    wrong_modes={},
    wrong_bits=("2048",),
    preset="",
    preset_name="",
    clock_enable="",
    reset_enable="",
    second_clock=(
        r"(USE_RESET) false",
        "CLKOUT2_USED true CLKOUT2_REQUESTED_OUT_FREQ {mhz} USE_RESET",
        "clocks/clk_out2",
    ),
    frequency=r"CLKOUT1_REQUESTED_OUT_FREQ (\[setting clock_mhz\])",
    frequencies=("200", "166.666", "100"),
    clock_pin=(r"return clocks/(clk_out1)", ("clk_out2", "clk_in1", "locked")),
    # The data port reaches everything; below is the local memory, at 0xC000_0000 the buffer.
    base=(
        r"ps_control_base \{\} \{ return (0x\w+)",
        ("0x40008000", "0x40000100", "0x100000000", "-0x400000", "-0x1200000", "{}"),
    ),
    offsets=(*_OFFSETS, "0x600000", "0x1C00000", "0x80000000", "0x80010000", "-0x40000000"),
    ranges=("0", "0x800", "0x18000", "0x10001", "-0x10000", "banana", "0x100000000", "0x1000000"),
    memory=(
        "{0xC0000100 0x20000}", "{0xC0010000 0x20000}", "{0xC0001000 0x20000}",
        "{0x00000000 0x20000}", "{0x00010000 0x10000}", "{0x40400000 0x20000}",
        "{0x41200000 0x10000}", "{0x40600000 0x20000}", "{0x41C00000 0x10000}",
        "{0xC0000000 0x30000}", "{0xC0000000 0x1FFFF}", "{0xC0000000 0x00000040}",
        "{0xC0000000 0x80000000}", "{0xFFFF0000 0x20000}", "{0x100000000 0x20000}",
        "{0xC0000000 0x20000 0xC0000000 0x20000}", "{0xC0000000 0x20000 0xD0000000 0x20000}",
        "{0xC0000000}",
    ),
    segments={
        r"return (cpu/Data) ": ("cpu/Instruction", "dma/Data_MM2S", "cpu/Dat", "cpu/M_AXI_DP"),
        r"map_segment (cpu/Data) dlmb": ("cpu/Instruction", "dma/Data_MM2S", "cpu/data"),
        r"map_segment (cpu/Instruction) ": ("cpu/Data", "dma/Data_MM2S", "cpu/instruction"),
        r"(dlmb_memory/SLMB/Mem) ": ("ilmb_memory/SLMB/Mem", "dlmb_memory/SLMB/Reg", "dlmb/Mem"),
        r"(ilmb_memory/SLMB/Mem) ": ("dlmb_memory/SLMB/Mem", "ilmb_memory/SLMB/mem", "ilmb/Mem"),
        r"dlmb_memory/SLMB/Mem (0x0)": ("0x1000", "0x20000", "0x40000000", "0xC0000000"),
        r"ilmb_memory/SLMB/Mem (0x0)": ("0x1000", "0x20000", "banana"),
        r"local_memory_kib\] \* (1024)": ("1000", "1", "0", "1024000"),
        r"map_segment (cpu/Data) \$segment": ("cpu/Instruction", "dma/Data_S2MM"),
        r"(sample_buffer/S_AXI/Mem0)": ("sample_buffer/S_AXI/Mem", "sample_buffer/S_AXI/Reg"),
        r"(uart/S_AXI/Reg) ": ("timer/S_AXI/Reg", "uart/S_AXI/Mem", "uart/Reg"),
        r"(timer/S_AXI/Reg) ": ("uart/S_AXI/Reg", "timer/S_AXI/Mem", "timer/Reg"),
        r"uart/S_AXI/Reg (0x\w+)": ("0x400000", "0x408000", "0x1C00000", "0x600010", "banana"),
        r"timer/S_AXI/Reg (0x\w+)": ("0x600000", "0x1200000", "0x1C08000", "-0x40000000"),
        r"/Reg 0x\w+ (0x10000)": ("0", "0x18000", "-1", "banana", "0x80000000"),
    },
    harmless={
        "memory_ranges": ("{3221225472 131072}", "{0x80000000 0x20000}", "{0xC0000000 0x10000}"),
        "memory_bits": ("128",),
        "address_bits": ("33",),
        "local_memory_kib": ("256",),
        "board_part": ("{}", "digilentinc.com:nexys4ddr:part0"),
    },
    cells=(*_CELLS, "debug", "clocks", "local_memory", "sample_memory"),
    legal=(("0x0", "0x10000", "0x3FFF0000"), ("0x0", "0x2000000")),
)  # fmt: skip

FAMILIES = {family.name: family for family in (ZYNQ7, ZYNQMP, MICROBLAZE)}
