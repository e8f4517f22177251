"""Class of missing checks: what a build refuses, with the check that refuses it taken out.

Each mutant has a fault as well, which the intact script stops at; it is caught only if something
else notices.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.deep.mutant import STEPS, Mutant, Place, Text

#: Failing runs, by HLS4ML_SOC_VIRTUAL_FAIL.
RUNS = ("synth", "impl", "license", "memory", "crash", "timing")
#: Checks of how runs ended: pattern of the text, what stands in its place.
ENDINGS = {
    "run status": (r"^(    if \{\$progress ne .*\{\n.*\n    \}\n)", ""),
    "failed runs": (r"^(        if \{\[string match -nocase \*error\* .*\{\n.*\n        \}\n)", ""),
    "status error": (r"(\[string match -nocase \*error\* \$status\] \|\| )", ""),
    "wait": (r"^(    catch \{ wait_on_run \$run \}\n)", ""),
    "synthesis run": (r"^(    run_to_end synth_1\n)", ""),
    "implementation run": (r"^(    implementation_run\n)", ""),
    "open run": (r"^(    open_run impl_1\n)", ""),
    "timing": (r"^(        if \{\$slack ne .*\{\n.*\n        \}\n)", ""),
    "setup": (r"(setup STATS\.WNS )hold", ""),
    "hold for setup": (r"setup (STATS\.WNS)", "STATS.WHS"),
    "sign": (r"(\$slack < 0)", "$slack > 0"),
    "allowed": (r"(!\[setting allow_negative_slack\])", "[setting allow_negative_slack]"),
    "implementation check": (r"^(    implementation_check\n)", ""),
    "exit code": (r"^(    exit 1\n)", "    exit 0\n"),
    "no exit": (r"^(    exit 1\n)", ""),
}
#: Faults of the design: where, and what stands there instead. Below, each check with those that
#: it is there for.
START = (r"net (start/ap_start) accelerator/ap_start", "reset/peripheral_aresetn")
ANSWER = (r"^(    net accelerator/ap_ready start/ap_ready\n)", "")
RESET = (r"net (dma/mm2s_prmry_reset_out_n) start", "reset/peripheral_aresetn")
HALF = (
    r"(net dma/mm2s_prmry_reset_out_n start/aresetn) accelerator",
    "net reset/peripheral_aresetn start/aresetn\n    net dma/mm2s_prmry_reset_out_n",
)
HIGH = (
    r"^(    net start/ap_start accelerator/ap_start\n)",
    "    create_cell xilinx.com:ip:xlconstant one\n    net one/dout accelerator/ap_start\n",
)
OPEN = (r"(identity/gpio2_io_i)\]", "identity/gpio_io_i")
CLOCKLESS = (r"(accelerator/ap_clk)$", "")
UNMAPPED = (r"( identity/S_AXI identity/S_AXI/Reg 0x\w+ 0x\w+)\}", "")
STREAM = (r"^(    attach accelerator/m_axis dma/S_AXIS_S2MM\n)", "")
WIDTH = (r"c_s_axis_s2mm_tdata_width (\[setting stream_bits_out\])", "64")
PARAMETER = (r"(c_sg_length_width) 26", "c_sg_length_widht")
DISABLED = (r"(c_include_sg 0) ", "c_include_sg 1")
PIN = (r"(dma/m_axi_mm2s_aclk)", "dma/m_axi_mm2s_clk")
INTERFACE = (r"attach (start/m_axis)", "start/m_axi")
SPACE = (r"(dma/Data_S2MM)\}", "dma/Data_S2M}")
DRIVERS = (START, ANSWER, RESET, HALF, HIGH)
DESIGNS = {
    "validation": (r"^(    validate_bd_design\n)", (OPEN, CLOCKLESS, UNMAPPED, STREAM, WIDTH)),
    "design_validate": (r"^(    design_validate\n)", (OPEN, CLOCKLESS, STREAM, WIDTH)),
    "count of errors": (r'^(    fail_on_errors "validate_bd.*\n)', (OPEN, UNMAPPED, STREAM)),
    "start check": (r"^(    \[setting core\]_check\n)", DRIVERS),
    "same net": (r'^(    if \{\$net eq "".*\{\n.*\n    \}\n)', DRIVERS),
    "one object": (
        r"^(    if \{\[llength \$found\] != 1\} \{\n.*\n    \}\n)",
        (PIN, INTERFACE, SPACE),
    ),
    "known parameter": (
        r"^(        if \{\[llength \[list_property .*\{\n.*\n        \}\n)",
        (PARAMETER,),
    ),
    "read back": (r"^(    if \{\[llength \$different\]\} \{ error.*\n)", (DISABLED, PARAMETER)),
    "promotion 1276": (r"^(        \{BD 41-1276\} .*\n)", (PARAMETER,)),
    "promotion 759": (r"^(        \{BD 41-759\} .*\n)", (OPEN, ANSWER)),
    "promotion 967": (r"^(        \{BD 41-967\} .*\n)", (CLOCKLESS,)),
    "promotion 1356": (r"^(        \{BD 41-1356\} .*\n)", (UNMAPPED,)),
    "catch": (r"^(    exit 1\n)", (PIN, OPEN, PARAMETER)),
}
#: Checks of a family's own Tcl, and of the pins.
NO_MEMORY = (
    r"^(    if \{\[llength \[ps_memory_map\]\] == 0.*\n)",
    ((r"memory_ranges (\{.*\})", "{}"),),
)
FAMILIES = {
    "zynq7": {
        "memory": NO_MEMORY,
        "control port": (
            r"^(    if \{!\[regexp \{\^M_AXI.*\n)",
            (
                (r"control_port (M_AXI_GP0)", "M_AXI_GP2"),
                (r"control_port (M_AXI_GP0)", "S_AXI_GP0"),
            ),
        ),
        "memory port": (
            r"^(    if \{!\[regexp \{\^S_AXI.*\n)",
            ((r"memory_port (S_AXI_HP0)", "S_AXI_HP4"), (r"memory_port (S_AXI_HP0)", "S_AXI_ACP")),
        ),
    },
    "zynqmp": {
        "memory": NO_MEMORY,
        "port": (
            r"^(    if \{!\[dict exists \[set \$\{which\}_ports.*\n)",
            (
                (r"control_port (\w+)", "M_AXI_HPM2_FPD"),
                (r"memory_port (\w+)", "S_AXI_HP4_FPD"),
            ),
        ),
    },
    "microblaze": {
        "memory": NO_MEMORY,
        "instruction set": (
            r"^(    if \{!\[dict exists \$isa .*\n)",
            ((r"isa (rv32im)", "rv32imc"), (r"isa (rv32im)", "{}")),
        ),
        "oscillator": (
            r"^(    if \{!\[dict exists \[setting pins\] \$oscillator mhz.*\n)",
            ((r"( mhz 100)\}", ""), (r"clock_source (clk)", "uart_rx")),
        ),
        "polarity": (
            r"^(    if \{!\[dict exists \[setting pins\] ext_reset active.*\n)",
            ((r"( active low)", ""),),
        ),
        "pin of a port": (
            r"^(        if \{!\[dict exists \$pins \$port.*\n)",
            tuple((rf"( {port} \{{[^}}]*\}})", "") for port in ("uart_rx", "uart_tx")),
        ),
        "port of a pin": (
            r"^(        if \{\$name ni \$ports.*\n)",
            (
                (r"pins \{(clk)", "nobody {PACKAGE_PIN D9 IOSTANDARD LVCMOS33} clk"),
                (r"(uart_tx) \{PACK", "uart_txd {PACKAGE_PIN D9 IOSTANDARD LVCMOS33} uart_tx"),
            ),
        ),
    },
}


def missing_checks(text: Text) -> Iterator[Mutant]:
    """Yield the pairs of a missing check and a fault."""
    kind = "missing check"
    for name, (pattern, new) in ENDINGS.items():
        place = text.one(pattern, *STEPS)
        # A run that nobody waits for is still running: that alone has to show.
        for fault in (*RUNS, *([""] if name == "wait" else [])):
            what = f"without {name}, {fault or 'nothing'} fails"
            yield text.mutant(kind, (place, new), what=what, fault=fault)
    for name, (pattern, faults) in (DESIGNS | FAMILIES[text.family.name]).items():
        place = text.one(pattern, *STEPS)
        for number, (where, wrong) in enumerate(faults):
            broken = text.find(where, *STEPS, "vivado/settings.tcl")[0]
            what = f"without {name}, {broken.file}:{broken.line} broken ({number})"
            yield text.mutant(kind, (place, ""), (broken, wrong), what=what)


def intact(text: Text) -> Iterator[Mutant]:
    """Yield the same faults with every check in its place: each has to be stopped by the build."""
    anywhere = text.one(r"^(puts) ", "vivado/build.tcl")
    for fault in RUNS:
        yield text.mutant("intact", (anywhere, "puts"), what=fault, fault=fault)
    every = DESIGNS | FAMILIES[text.family.name]
    for where, wrong in dict.fromkeys(f for _, faults in every.values() for f in faults):
        place: Place = text.find(where, *STEPS, "vivado/settings.tcl")[0]
        yield text.mutant("intact", (place, wrong))
