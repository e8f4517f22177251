"""Wrapper, HLS script and a run of the stand-in for a network."""

from __future__ import annotations

import shutil
from pathlib import Path

from hls4ml_soc.virtual.hls.run import run_script
from hls4ml_soc.virtual.hls.tools import Tool
from tests.virtual.hls.networks import BITS, Network

TEMPLATES = Path(__file__).resolve().parents[3] / "hls_templates"


def wrapper(network: Network) -> str:
    """Return the wrapper's source as the project generates it."""
    name, streamed = network.name, network.streamed
    scope = f"{network.namespace}::" if network.namespace else ""
    groups = (("x", network.inputs), ("y", network.outputs))
    formal, local, calls = {}, [], {}
    for letter, ports in groups:
        formal[letter], calls[letter] = "", []
        for n, port in enumerate(ports):
            kind, variable = scope + port.type_name, f"{letter}{n}"
            if streamed:
                formal[letter] += f"hls::stream<{kind}> &{variable}, "
                local.append(f'    hls::stream<{kind}> {variable}("{variable}");')
                local.append(f"#pragma HLS STREAM variable={variable} depth=16")
            else:
                formal[letter] += f"SOC_ARRAY({kind}, {variable}, {port.size}), "
                local.append(f"    {kind} {variable}[{port.size}];")
                how = "ARRAY_RESHAPE" if letter == "x" else "ARRAY_PARTITION"
                local.append(f"#pragma HLS {how} variable={variable} complete dim=0")
            shape = f"{BITS}, {port.container}, {port.size}"
            last = "true" if port is ports[-1] else "false"
            calls[letter].append(
                f"    soc::beats_to_tensor<{shape}>(s_axis, {variable}, end);"
                if letter == "x"
                else f"    soc::tensor_to_beats<{shape}, {last}>({variable}, last, m_axis);"
            )
    names = {letter: [f"{letter}{n}" for n in range(len(ports))] for letter, ports in groups}
    flag = "hls::stream<ap_uint<1> > &last"
    return "\n".join(
        [
            f'#include "{name}.h"',
            '#include "soc_stream.h"',
            f"typedef ap_axiu<{BITS}, 0, 0, 0> beat_t;",
            f"static void {name}_unpack(hls::stream<beat_t> &s_axis, {formal['x']}{flag}) {{",
            "#pragma HLS INLINE off",
            "    ap_uint<1> end = 0;",
            *calls["x"],
            "    last.write(end);",
            "}",
            f"static void {name}_pack({formal['y']}{flag}, hls::stream<beat_t> &m_axis) {{",
            "#pragma HLS INLINE off",
            *calls["y"],
            "}",
            f"void {name}_soc(hls::stream<beat_t> &s_axis, hls::stream<beat_t> &m_axis) {{",
            "#pragma HLS INTERFACE axis port=s_axis",
            "#pragma HLS INTERFACE axis port=m_axis",
            "#pragma HLS INTERFACE ap_ctrl_hs port=return",
            "#pragma HLS DATAFLOW",
            *local,
            '    hls::stream<ap_uint<1> > last("last");',
            "#pragma HLS STREAM variable=last depth=512",
            f"    {name}_unpack(s_axis, {', '.join(names['x'])}, last);",
            f"    ::{scope}{name}({', '.join(names['x'] + names['y'])});",
            f"    {name}_pack({', '.join(names['y'])}, last, m_axis);",
            "}",
            "",
        ]
    )


def script(name: str) -> str:
    return f"""
set flags "-std=c++14 -I../project/firmware -I."
open_project -reset {name}_soc_prj
set_top {name}_soc
add_files {name}_soc.cpp -cflags $flags
add_files ../project/firmware/{name}.cpp -cflags $flags
open_solution -reset -flow_target vivado solution1
set_part xc7z020clg400-1
create_clock -period 10 -name default
config_compile -name_max_length 80
config_rtl -reset state
csynth_design
export_design -format ip_catalog -version 1.0.0
exit
"""


def write_hls(network: Network) -> None:
    """Write wrapper, headers and script into the network's HLS folder."""
    network.hls.mkdir(exist_ok=True)
    for header in TEMPLATES.glob("soc_*.h"):
        (network.hls / header.name).write_text(header.read_text())
    (network.hls / f"{network.name}_soc.cpp").write_text(wrapper(network))
    (network.hls / "run_hls.tcl").write_text(script(network.name))


def attempt(folder: Path) -> tuple[int, list[str]]:
    """Run the script in a network's folder; return exit code and lines."""
    said: list[str] = []
    tool = Tool("vitis-run", "2024.1")
    return run_script(tool, Path("run_hls.tcl"), cwd=folder / "hls", say=said.append), said


def synthesise(folder: Path, name: str) -> Path:
    """Run the script; return the path of the core."""
    code, said = attempt(folder)
    assert code == 0, "\n".join(said)
    return folder / f"hls/{name}_soc_prj/solution1/impl/ip/standin/core.so"


def copy_of(network: Network, folder: Path) -> Path:
    """Copy a network's folder without what HLS made."""
    folder.mkdir(parents=True, exist_ok=True)
    away = shutil.ignore_patterns("*_prj", "tb_data")
    return Path(shutil.copytree(network.folder, folder / "copy", ignore=away))
