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

_HEADER = "soc_trace.h"
_TRACE = r"""#ifndef SOC_TRACE_H_
#define SOC_TRACE_H_
#include <cmath>
#include <cstddef>
#include <vector>

#include "hls_stream.h"

namespace soc_trace {
static std::vector<double> values;
static std::vector<unsigned long> counts;

template <class T> void save(const T *data, size_t count) {
    for (size_t i = 0; i < count; i++)
        values.push_back(double(data[i]));
    counts.push_back(count);
}

template <class T, size_t N> void save(T (&data)[N]) { save(data, N); }

template <class T> void save(hls::stream<T> &data) {
    const size_t words = data.size();
    for (size_t i = 0; i < words; i++) {
        T word = data.read();
        for (size_t j = 0; j < T::size; j++)
            values.push_back(double(word[j]));
        data.write(word);
    }
    counts.push_back(words * T::size);
}

template <class D, class R> void exact_softmax(const D &data, R &result, size_t count) {
    double most = double(data[0]), sum = 0;
    for (size_t i = 1; i < count; i++)
        most = std::fmax(most, double(data[i]));
    for (size_t i = 0; i < count; i++)
        sum += std::exp(double(data[i]) - most);
    for (size_t i = 0; i < count; i++)
        result[i] = std::exp(double(data[i]) - most) / sum;
}

template <class D, class R, class C, size_t N> void softmax(D (&data)[N], R *result) {
    exact_softmax(data, result, N);
}

template <class D, class R, class C> void softmax(hls::stream<D> &data, hls::stream<R> &result) {
    const size_t words = data.size();
    for (size_t i = 0; i < words; i++) {
        D word = data.read();
        R given;
        exact_softmax(word, given, D::size);
        result.write(given);
    }
}
} // namespace soc_trace

extern "C" {
__attribute__((used)) void soc_trace_clear() {
    soc_trace::values.clear();
    soc_trace::counts.clear();
}
__attribute__((used)) unsigned long soc_trace_calls() { return soc_trace::counts.size(); }
__attribute__((used)) const unsigned long *soc_trace_counts() { return soc_trace::counts.data(); }
__attribute__((used)) const double *soc_trace_values() { return soc_trace::values.data(); }
}
#endif
"""


def traced(accelerator: Accelerator, calls: Calls, folder: Path, wide: bool = False) -> Accelerator:
    """Write a copy of the project into a folder, replacing an earlier one, and return it.

    After every call of `calls` the copy keeps what was written. `wide`: results and sums have 16
    bits more before and 16 more behind the point than in the project, and softmax is computed in
    double precision instead of with tables; inputs, weights and whole-number types stay."""
    shutil.rmtree(folder, ignore_errors=True)
    unneeded = shutil.ignore_patterns("*_prj", "*.so", "tb_data", "*.tar.gz")
    shutil.copytree(accelerator.project, folder, ignore=unneeded)
    firmware = folder / "firmware"
    (firmware / _HEADER).write_text(_TRACE, encoding="utf-8")
    source = firmware / f"{accelerator.name}.cpp"
    lines = project_files.read_text(source).splitlines()
    sizes = {t.name: t.size for t in accelerator.outputs}
    array = accelerator.io_type == "io_parallel"
    for call in reversed(calls.calls):
        size = f", {sizes[call.variable]}" if array and call.variable in sizes else ""
        lines.insert(call.line + 1, f"    soc_trace::save({call.variable}{size});")
        if wide:
            lines[call.line] = lines[call.line].replace("nnet::softmax<", "soc_trace::softmax<")
    text = "\n".join([f'#include "{_HEADER}"', *lines]) + "\n"
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
