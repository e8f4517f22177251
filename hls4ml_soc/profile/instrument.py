"""Copies of an hls4ml project whose C++ also says what every layer gives."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

from ..accelerator import Accelerator
from ..frontends import project_files
from .calls import Calls, element

#: Bits that a wide copy has more on either side of the binary point.
MORE = 16

_HEADER = Path(__file__).with_name("soc_trace.h")


def traced(accelerator: Accelerator, calls: Calls, folder: Path, wide: bool = False) -> Accelerator:
    """Write a copy of the project into a folder, replacing an earlier one, and return it.

    After every call of `calls` the copy keeps what was written. `wide`: results and sums have 16
    bits more before and 16 more behind the point than in the project, and softmax is computed in
    double precision instead of with tables; inputs, weights and whole-number types stay."""
    shutil.rmtree(folder, ignore_errors=True)
    unneeded = shutil.ignore_patterns("*_prj", "*.so", "tb_data", "*.tar.gz")
    shutil.copytree(accelerator.project, folder, ignore=unneeded)
    firmware = folder / "firmware"
    shutil.copy(_HEADER, firmware)
    source = firmware / f"{accelerator.name}.cpp"
    lines = project_files.read_text(source).splitlines()
    sizes = {t.name: t.size for t in accelerator.outputs}
    array = accelerator.io_type == "io_parallel"
    for call in reversed(calls.calls):
        size = f", {sizes[call.variable]}" if array and call.variable in sizes else ""
        lines.insert(call.line + 1, f"    soc_trace::save({call.variable}{size});")
        if wide:
            lines[call.line] = lines[call.line].replace("nnet::softmax<", "soc_trace::softmax<")
    text = "\n".join([f'#include "{_HEADER.name}"', *lines]) + "\n"
    source.write_text(text, encoding="utf-8")
    # Run for a few samples, compiled each time: most of -O3 is the compiler's time. Same numbers.
    script = folder / "build_lib.sh"
    script.write_text(project_files.read_text(script).replace("-O3", "-O1"), encoding="utf-8")
    if wide:
        defines = firmware / "defines.h"
        defines.write_text(_widened(project_files.read_text(defines), calls), encoding="utf-8")
    return replace(accelerator, project=folder)


def _widened(defines: str, calls: Calls) -> str:
    def wider(typedef: re.Match[str]) -> str:
        spelling, name = typedef[1], typedef[2]
        format_ = element(spelling)
        if name not in calls.types or format_ is None or format_.integral:
            return typedef[0]
        # Signed in any case: what an unsigned format loses below zero is to be seen.
        integer = format_.integer + MORE + (not format_.signed)
        wide = f"ap_fixed<{integer + max(format_.fraction, 0) + MORE},{integer}>"
        packed = re.fullmatch(r"(nnet::array\s*<\s*).+(\s*,[^,>]*>)", spelling.strip())
        if packed:
            wide = f"{packed[1]}{wide}{packed[2]}"
        return f"typedef {wide} {name};"

    return re.sub(r"typedef\s+([^;]+?)\s+(\w+)\s*;", wider, defines)
