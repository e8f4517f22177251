"""What customizations check beyond single values, for the IPs of our designs (product guides
named at each)."""

from __future__ import annotations

from hls4ml_soc.virtual.vivado import ps7, ps8
from hls4ml_soc.virtual.vivado.cell import Cell
from hls4ml_soc.virtual.vivado.expression import ExpressionError, integer

# Parameters that can be changed only while another has a value: IP -> parameter prefix or name ->
# (other, value).
_NEEDS: dict[str, dict[str, tuple[str, str]]] = {
    "axi_dma": {  # PG021, "Customizing and Generating the Core"
        "c_m_axi_mm2s_data_width": ("c_include_mm2s", "1"),
        "c_m_axis_mm2s_tdata_width": ("c_include_mm2s", "1"),
        "c_mm2s_burst_size": ("c_include_mm2s", "1"),
        "c_include_mm2s_dre": ("c_include_mm2s", "1"),
        "c_m_axi_s2mm_data_width": ("c_include_s2mm", "1"),
        "c_s_axis_s2mm_tdata_width": ("c_include_s2mm", "1"),
        "c_s2mm_burst_size": ("c_include_s2mm", "1"),
        "c_include_s2mm_dre": ("c_include_s2mm", "1"),
        "c_sg_include_stscntrl_strm": ("c_include_sg", "1"),
        "c_sg_use_stsapp_length": ("c_include_sg", "1"),
        "c_enable_multi_channel": ("c_include_sg", "1"),
    },
    "axi_gpio": {  # PG144
        "C_GPIO2_WIDTH": ("C_IS_DUAL", "1"),
        "C_ALL_INPUTS_2": ("C_IS_DUAL", "1"),
        "C_ALL_OUTPUTS_2": ("C_IS_DUAL", "1"),
        "C_DOUT_DEFAULT_2": ("C_IS_DUAL", "1"),
        "C_TRI_DEFAULT_2": ("C_IS_DUAL", "1"),
    },
}


def disabled(cell: Cell, parameter: str) -> str:
    """Return why a parameter cannot be changed with the present values; nothing if it can."""
    assert cell.ip is not None
    need = _NEEDS.get(cell.ip.name, {}).get(parameter)
    if need and cell.value(need[0]) != need[1]:
        return f"{need[0]} is {cell.value(need[0])}"
    return ""


def problem(cell: Cell) -> str:
    """Return one sentence about values that contradict each other; nothing if they fit."""
    assert cell.ip is not None
    check = {"axi_dma": _dma, "axi_gpio": _gpio, "xlconstant": _constant}.get(cell.ip.name)
    return check(cell) if check else ""


def _dma(cell: Cell) -> str:
    for stream, memory in (
        ("c_m_axis_mm2s_tdata_width", "c_m_axi_mm2s_data_width"),
        ("c_s_axis_s2mm_tdata_width", "c_m_axi_s2mm_data_width"),
    ):
        if integer(cell.value(stream)) > integer(cell.value(memory)):
            given, limit = cell.value(stream), cell.value(memory)
            return f"PARAM {stream} :: {given} is greater than {memory} {limit}"
    return ""


def _dma_rules(cell: Cell) -> dict[str, str]:
    """Without scatter-gather there are no control and status streams, whatever their parameter
    said before."""
    return {} if cell.value("c_include_sg") == "1" else {"c_sg_include_stscntrl_strm": "0"}


def _gpio(cell: Cell) -> str:
    for suffix in ("", "_2"):
        if (
            cell.value(f"C_ALL_INPUTS{suffix}") == "1"
            and cell.value(f"C_ALL_OUTPUTS{suffix}") == "1"
        ):
            return f"PARAM C_ALL_INPUTS{suffix} :: all inputs and all outputs exclude each other"
    return ""


def _constant(cell: Cell) -> str:
    try:
        value, width = integer(cell.value("CONST_VAL")), integer(cell.value("CONST_WIDTH"))
    except ExpressionError:
        return f"PARAM CONST_VAL :: {cell.value('CONST_VAL')} is not a number"
    if not 0 <= value < 1 << width:
        return f"PARAM CONST_VAL :: {cell.value('CONST_VAL')} does not fit {width} bits"
    return ""


def _concat_rules(cell: Cell) -> dict[str, str]:
    """The output is as wide as all inputs together."""
    inputs = range(integer(cell.value("NUM_PORTS")))
    return {"dout_width": str(sum(integer(cell.value(f"IN{i}_WIDTH")) for i in inputs))}


_MEMORY_TYPES = (  # PG058: C_MEM_TYPE
    "Single_Port_RAM",
    "Simple_Dual_Port_RAM",
    "True_Dual_Port_RAM",
    "Single_Port_ROM",
    "Dual_Port_ROM",
)


def _memory_rules(cell: Cell) -> dict[str, str]:
    """Follow width and depth of a memory that no controller configures (PG058)."""
    alone = cell.value("use_bram_block") == "Stand_Alone"
    wide = cell.value("Enable_32bit_Address").lower() == "true"
    words = integer(cell.value("Write_Depth_A"))
    kind = cell.value("Memory_Type")
    result = {"C_MEM_TYPE": str(_MEMORY_TYPES.index(kind))} if kind in _MEMORY_TYPES else {}
    for port in "AB":
        width = cell.value(f"Write_Width_{port}" if port == "B" else "Write_Width_A")
        result[f"C_WRITE_WIDTH_{port}"] = width
        result[f"C_READ_WIDTH_{port}"] = cell.value(f"Read_Width_{port}")
        result[f"C_WRITE_DEPTH_{port}"] = result[f"C_READ_DEPTH_{port}"] = str(words)
        if alone:
            result[f"C_ADDR{port}_WIDTH"] = "32" if wide else str((words - 1).bit_length())
            lanes = cell.value("Use_Byte_Write_Enable").lower() == "true"
            size = integer(cell.value("Byte_Size")) if lanes else integer(width)
            result[f"C_WE{port}_WIDTH"] = str(max(1, integer(width) // size))
    return result


_RULES = {
    "xlconcat": _concat_rules,
    "blk_mem_gen": _memory_rules,
    "processing_system7": ps7.rules,
    "zynq_ultra_ps_e": ps8.rules,
    "axi_dma": _dma_rules,
}


def attach(cell: Cell) -> None:
    """Give a new cell the computations of its IP."""
    if cell.ip is not None:
        cell.rules = _RULES.get(cell.ip.name)
    cell.changed()
