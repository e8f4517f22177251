"""Mutants that change nothing a board can show, each with the argument why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.deep.mutant import Mutant


@dataclass(frozen=True)
class Equivalent:
    """Mutants whose description (file: what) matches, and why they are none."""

    pattern: str
    because: str


TABLE = (
    Equivalent(
        r"(connect|microblaze)\.tcl: reset/(interconnect|peripheral)_aresetn -> "
        r"reset/(peripheral|interconnect)_aresetn",
        "both outputs of proc_sys_reset are active low and of the same clock; interconnect_aresetn "
        "only ends 16 cycles earlier (PG164), long before software can touch the SmartConnect",
    ),
    Equivalent(
        r"microblaze\.tcl: (isa|local_memory_kib|setting memory_ranges) -> ",
        "in the text of an error that does not occur",
    ),
    Equivalent(
        r"microblaze\.tcl: configure sample_buffer .* -> nothing",
        "two ports of 32 bits, of which one is used: SmartConnect converts (PG247)",
    ),
    Equivalent(
        r"(run|settings)\.tcl: allow_negative_slack -> ",
        "read only when slack is negative: a wrong name there is an error of the script, in a "
        "build that has to fail",
    ),
    Equivalent(
        r"sample_start\.v: (m_axis_tkeep -> m_axis_x_tkeep|BITS/8-1 -> )",
        "TKEEP from the DMA to the core: the wrapper never reads it, and the DMA sends whole beats "
        "(the last of a transfer included: a sample is a whole number of beats)",
    ),
    Equivalent(
        r"sample_start\.v: ASSOCIATED_RESET aresetn",
        "says for the checks which reset goes with the clock; the polarity stands at the reset "
        "itself and the net is the same",
    ),
    Equivalent(
        r"dma\.tcl: c_m_axi_(mm2s|s2mm)_data_width .* -> (32|128|512|\[setting stream_bits_out\])$",
        "memory side of the DMA: any legal width from that of the stream on (PG021); SmartConnect "
        "converts to the port (PG247). Narrower than the stream is caught",
    ),
    Equivalent(
        r"zynq7\.tcl: EN_CLK0 -> EN_CLK1$",
        "the preset has switched FCLK_CLK0 on; FCLK_CLK1 comes out beside it and goes nowhere",
    ),
    Equivalent(
        r"settings\.tcl: \{(0x\w+ 0x\w+)\} -> \{\1 \1\}$",
        "the same segment at the same address, said twice",
    ),
    Equivalent(
        r"address\.tcl: (foreach segment \[ps_memory_excluded\].*|"
        r"-target_address_space \[find addr_spaces \$space\]) -> nothing",
        "with this preset HP0 offers neither of the segments that are excluded: nothing is found",
    ),
    Equivalent(
        r"build\.tcl: (ps_surround|constraints_write) -> nothing",
        "on this board there is nothing to do: the family's ps_surround is empty, and no port of "
        "the design needs a pin",
    ),
    Equivalent(
        r"2020\.1\.tcl: -target_address_space \[find addr_spaces \$space\] -> nothing",
        "without the option the segment goes into every space that reaches it (UG835), and all of "
        "those get the same address anyway: registers one, memory both DMA spaces",
    ),
    Equivalent(
        r"constraints\.tcl: NAME -> ",
        "the names of interface ports, of which this family's design has none",
    ),
    Equivalent(
        r"zynqmp\.tcl: PSU__SAXI\$\{memory\}__DATA_WIDTH .* -> "
        r"(32|64|\[setting stream_bits_out\])$",
        "a port of the processing system takes 32, 64 or 128 bits (UG1085); SmartConnect converts, "
        "and PYNQ sets the port to what the .hwh says",
    ),
    Equivalent(
        r"settings\.tcl: \{0x00000000 0x80000000 \S+ 0x80000000\} -> "
        r"\{0x00000000 0x80000000 0x00000000 0x80000000\}",
        "the lower segment said twice, the upper left out: less memory, and all of it right",
    ),
    Equivalent(
        r"microblaze\.tcl: configure (debug|sample_memory|cpu|\$\{bus\}_memory) \{.*\} -> nothing",
        "the values are the IP's own defaults in the releases that are modelled; written down, so "
        "that another default changes nothing",
    ),
    Equivalent(
        r"_soc\.cpp: #pragma HLS DATAFLOW -> nothing",
        "structure only: the same statements in the same order on the same values; without it the "
        "core is slower, which a virtual board cannot know",
    ),
    Equivalent(
        r"run_hls\.tcl: -I\. -> ",
        "the wrapper includes with quotes: the compiler looks beside the wrapper first",
    ),
    Equivalent(
        r"run_hls\.tcl: config_(compile|schedule) .* -> nothing",
        "length of generated names, registers in DSP blocks: neither changes a value",
    ),
    Equivalent(
        r"hls/settings\.tcl: 8 -> (4|5\.333)$",
        "made for a faster clock than it gets: more registers, the same values",
    ),
)  # fmt: skip


def reason(mutant: Mutant) -> str:
    """Return why a mutant is equivalent; nothing if the table does not say so."""
    where = re.sub(r":\d+: ", ": ", mutant.what, count=1)
    for entry in TABLE:
        if re.search(entry.pattern, where):
            return entry.because
    return ""
