"""What a ``#pragma HLS`` may say (UG1399 and UG902, HLS pragmas).

The tools warn of what they do not know in a pragma, at most, and make another core than was meant.
Here it is an error.
"""

from __future__ import annotations

import re
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.source import NAME, Lines, Pragma, read_pragma

_TABLE = """
AGGREGATE        variable= compact=
ALIAS            ports= distance= offset=
ALLOCATION       instances= limit= function operation core
ARRAY_MAP        variable= instance= offset= horizontal vertical
ARRAY_PARTITION  variable= dim= factor= type= off= complete block cyclic off
ARRAY_RESHAPE    variable= dim= factor= type= object off= complete block cyclic
BIND_OP          variable= op= impl= latency=
BIND_STORAGE     variable= type= impl= latency=
CACHE            port= lines= depth= ways= users=
CLOCK            domain=
DATAFLOW         interval= disable_start_propagation
DATA_PACK        variable= instance= struct_level field_level
DEPENDENCE       variable= class= type= direction= dependent= distance= array pointer inter intra
DEPENDENCE       RAW WAR WAW true false
DISAGGREGATE     variable=
EXPRESSION_BALANCE  off
FUNCTION_INSTANTIATE  variable=
INLINE           off region recursive
INTERFACE        mode= port= bundle= depth= offset= register register_mode= clock= name= latency=
INTERFACE        num_read_outstanding= num_write_outstanding= max_read_burst_length= address=
INTERFACE        max_write_burst_length= max_widen_bitwidth= channel= storage_type= storage_impl=
INTERFACE        interrupt= direct_io= ap_ctrl_hs ap_ctrl_chain ap_ctrl_none axis ap_fifo s_axilite
INTERFACE        m_axi ap_none ap_vld ap_ack ap_hs ap_ovld ap_stable ap_memory bram ap_auto
LATENCY          min= max=
LOOP_FLATTEN     off
LOOP_MERGE       force
LOOP_TRIPCOUNT   min= max= avg=
OCCURRENCE       cycle= off
PERFORMANCE      target_ti= target_tl= assume_ti= assume_tl= unit=
PIPELINE         ii= style= off rewind enable_flush
PROTOCOL         mode= floating fixed
RESET            variable= off
RESOURCE         variable= core= latency= metadata=
SHARED           variable=
STABLE           variable=
STREAM           variable= depth= dim= type= off
TOP              name=
UNROLL           factor= skip_exit_check region off
"""
KINDS: dict[str, set[str]] = {}
for _row in _TABLE.split("\n"):
    _kind, *_words = _row.split() or [""]
    KINDS.setdefault(_kind, set()).update(word.lower() for word in _words)
del KINDS[""]
# Kinds that mean nothing without a variable.
_OF_A_VARIABLE = {"ARRAY_PARTITION", "ARRAY_RESHAPE", "STREAM", "STABLE", "BIND_STORAGE"}


def check_pragmas(lines: Lines, source: Path) -> None:
    """Raise HlsError at the first pragma of a source that says what no tool knows."""
    for number, line in lines:
        pragma = read_pragma(line, number) if re.match(r"\s*#", line) else None
        if pragma is not None and (problem := _problem(pragma)):
            raise HlsError(f"{source.name}:{number}: {problem}")


def _problem(pragma: Pragma) -> str:
    kind = pragma.directive
    known = KINDS.get(kind)
    if known is None:
        return f"unknown pragma HLS {kind}".rstrip()
    for key, value in pragma.options:
        # A flag may be written off=true, register=1.
        if f"{key}=" not in known and key not in known:
            return f"pragma HLS {kind} has no option {key}="
        if not value:
            return f"pragma HLS {kind}: {key}= has no value"
        if key == "dim" and not value.isdigit():
            return f"pragma HLS {kind}: dim={value} is no dimension"
    for word in pragma.words:
        # Modes of an interface are read with the top function, which names them in its errors; what
        # is no name is the rest of an expression with blanks.
        strange = re.fullmatch(NAME, word) and word.lower() not in known
        if strange and kind != "INTERFACE":
            return f"pragma HLS {kind} has no option {word}"
    if kind in _OF_A_VARIABLE and not pragma.option("variable"):
        return f"pragma HLS {kind} names no variable"
    return ""
