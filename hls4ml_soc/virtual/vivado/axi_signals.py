"""The signals of AXI4, AXI3 and AXI4-Stream interfaces (IHI 0022, IHI 0051), in lower case."""

from __future__ import annotations

STREAM = frozenset(
    {"tdata", "tvalid", "tready", "tlast", "tkeep", "tstrb", "tuser", "tid", "tdest"}
)
_ADDRESS = "addr prot valid ready id len size burst lock cache qos region user"
_CHANNELS = {
    "aw": _ADDRESS,
    "w": "data strb valid ready last id user",
    "b": "resp valid ready id user",
    "ar": _ADDRESS,
    "r": "data resp valid ready last id user",
}
MEMORY_MAPPED = frozenset(c + s for c, signals in _CHANNELS.items() for s in signals.split())
# Masters of the Zynq UltraScale+ processing system whose ports are called otherwise (PG201); its
# slaves' ports are called as their memory maps.
PS8_MASTERS = {
    "M_AXI_HPM0_FPD": "maxigp0",
    "M_AXI_HPM1_FPD": "maxigp1",
    "M_AXI_HPM0_LPD": "maxigp2",
}
