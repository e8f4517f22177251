"""The core of an hls4ml project of backend VivadoAccelerator, compiled for a virtual board.

The top function of such a project takes arrays of {data, last} with an ``axis`` pragma each; the
stand-in for HLS knows streams only. An adapter of two loops stands between them.
"""

from __future__ import annotations

from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.project import Project, Solution
from hls4ml_soc.virtual.hls.synthesis import synthesise
from hls4ml_soc.virtual.hls.tools import DEFAULT_VERSION, Tool

_ADAPTER = """\
#include "{name}.h"
#include "axis_array.h"
typedef axis_array::beat<T_in>::type beat_in_t;
typedef axis_array::beat<T_out>::type beat_out_t;
void {name}_streams(hls::stream<beat_in_t> &in_r, hls::stream<beat_out_t> &out_r) {{
#pragma HLS INTERFACE axis port=in_r
#pragma HLS INTERFACE axis port=out_r
#pragma HLS INTERFACE ap_ctrl_none port=return
    input_axi_t in[N_IN];
    output_axi_t out[N_OUT];
    axis_array::receive<T_in>(in_r, in, N_IN);
    {name}(in, out);
    axis_array::send<T_out>(out, N_OUT, out_r);
}}
"""


def compile_accelerator(project: Path, folder: Path) -> Path:
    """Compile the core of a project into ``folder`` and return the library.

    Raises HlsError if the folder is no such project, or its sources do not compile.
    """
    firmware = project.resolve() / "firmware"
    tops = sorted(firmware.glob("*_axi.cpp"))
    if len(tops) != 1:
        raise HlsError(
            f"{project}: not an hls4ml project of backend VivadoAccelerator: it has "
            f"{len(tops)} files firmware/*_axi.cpp, not one"
        )
    name = tops[0].stem
    folder.mkdir(parents=True, exist_ok=True)
    adapter = folder / f"{name}_streams.cpp"
    adapter.write_text(_ADAPTER.format(name=name))
    hls = Project(folder, folder, top=f"{name}_streams")
    network = firmware / f"{name.removesuffix('_axi')}.cpp"
    flags = f"-std=c++11 -I{firmware} -I{Path(__file__).parent}"
    hls.add([str(adapter), str(tops[0]), str(network)], flags, bench=False)
    solution = Solution(folder / "solution1", clocks={"default": 10.0})
    tool = Tool("vivado_hls", DEFAULT_VERSION["vivado_hls"])  # the one this backend is made for
    synthesise(tool, hls, solution)
    return solution.folder / ".standin" / "core.so"
