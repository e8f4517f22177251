"""A core that passes beats on, and readers of what the stand-in writes about it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from hls4ml_soc.virtual.hls.run import run_script
from hls4ml_soc.virtual.hls.tools import Tool

S = {"s": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"}

PASS = """#include "ap_axi_sdata.h"
#include "hls_stream.h"
typedef ap_axiu<32, 0, 0, 0> beat_t;
static void first(hls::stream<beat_t> &a, hls::stream<beat_t> &b) { b.write(a.read()); }
static void second(hls::stream<beat_t> &a, hls::stream<beat_t> &b) { b.write(a.read()); }
void pass(hls::stream<beat_t> &s_axis, hls::stream<beat_t> &m_axis) {
#pragma HLS INTERFACE axis port=s_axis
#pragma HLS INTERFACE axis port=m_axis
#pragma HLS INTERFACE ap_ctrl_hs port=return
#pragma HLS DATAFLOW
    hls::stream<beat_t> middle("middle");
#pragma HLS STREAM variable=middle depth=5
    first(s_axis, middle);
    second(middle, m_axis);
}
"""

SCRIPT = """
open_project -reset prj
set_top pass
add_files pass.cpp -cflags "-std=c++14"
open_solution -reset solution1
set_part xc7z020clg400-1
create_clock -period 8ns -name default
csynth_design
export_design -format ip_catalog
exit
"""

IP = "prj/solution1/impl/ip"


def run(folder: Path, source: str, script: str = SCRIPT) -> tuple[int, list[str]]:
    (folder / "pass.cpp").write_text(source)
    (folder / "run.tcl").write_text(script)
    said: list[str] = []
    code = run_script(Tool("vitis-run", "2024.1"), Path("run.tcl"), cwd=folder, say=said.append)
    return code, said


def errors(said: list[str]) -> list[str]:
    return [line for line in said if line.startswith("ERROR")]


def buses(folder: Path) -> dict[str, ET.Element]:
    root = ET.parse(folder / IP / "component.xml").getroot()
    found = root.findall("s:busInterfaces/s:busInterface", S)
    return {str(bus.findtext("s:name", None, S)): bus for bus in found}


def wires(folder: Path) -> dict[str, tuple[str, str | None]]:
    root = ET.parse(folder / IP / "component.xml").getroot()
    return {
        str(p.findtext("s:name", None, S)): (
            str(p.findtext("s:wire/s:direction", None, S)),
            p.findtext("s:wire/s:vector/s:left", None, S),
        )
        for p in root.findall("s:model/s:ports/s:port", S)
    }


def parameters(bus: ET.Element) -> dict[str, str]:
    found = bus.findall("s:parameters/s:parameter", S)
    return {str(p.findtext("s:name", "", S)): str(p.findtext("s:value", "", S)) for p in found}


def kind(bus: ET.Element) -> tuple[str, str]:
    name = bus.find("s:busType", S)
    assert name is not None
    mode = "slave" if bus.find("s:slave", S) is not None else "master"
    return str(name.get(f"{{{S['s']}}}name")), mode
