"""What csynth_design refuses: HLS's errors, and what the stand-in does not understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.virtual.hls.passing import IP, PASS, errors, run


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("axis port=s_axis", "axi port=s_axis",
         "[HLS 207-5501] pass.cpp:7: unknown interface mode axi"),
        ("axis port=s_axis", "axis port=x_axis",
         "[HLS 207-5501] pass.cpp:7: port=x_axis is not an argument of pass"),
        ("axis port=s_axis", "m_axi port=s_axis",
         "[HLS 207-5501] pass.cpp:7: hls::stream argument s_axis cannot be m_axi"),
        ("depth=5", "depth=0", "pass.cpp:12: STREAM depth=0 of middle"),
        ("variable=middle", "variable=muddle",
         "pass.cpp:12: STREAM pragma on unknown variable muddle"),
        ("HLS DATAFLOW", "HLS DATAFLAW", "pass.cpp:10: unknown pragma HLS DATAFLAW"),
        ("STREAM variable=middle", "STREAM variabl=middle",
         "pass.cpp:12: pragma HLS STREAM has no option variabl="),
        ("STREAM variable=middle depth=5", "STREAM depth=5",
         "pass.cpp:12: pragma HLS STREAM names no variable"),
        ("STREAM variable=middle depth=5", "STREAM variable=middle depth=",
         "pass.cpp:12: pragma HLS STREAM: depth= has no value"),
        ("STREAM variable=middle depth=5", "ARRAY_RESHAPE variable=muddle complete dim=0",
         "pass.cpp:12: ARRAY_RESHAPE pragma on unknown variable muddle"),
        ("STREAM variable=middle depth=5", "ARRAY_PARTITION variable=middle complet dim=0",
         "pass.cpp:12: pragma HLS ARRAY_PARTITION has no option complet"),
        ("STREAM variable=middle depth=5", "ARRAY_PARTITION variable=middle complete dim=-1",
         "pass.cpp:12: pragma HLS ARRAY_PARTITION: dim=-1 is no dimension"),
        ("STREAM variable=middle depth=5", "UNROLL",
         "pass.cpp:12: the stand-in knows no UNROLL pragma in a dataflow region"),
        ("b) { b.write(a.read()); }\nvoid",
         "b) {\n#pragma HLS INLIN off\nb.write(a.read()); }\nvoid",
         "pass.cpp:6: unknown pragma HLS INLIN"),
        ("HLS DATAFLOW", "HLS", "pass.cpp:10: unknown pragma HLS"),
        ("    second(middle, m_axis);", "    if (1) second(middle, m_axis);",
         "pass.cpp:14: the stand-in does not understand this statement of a dataflow region, only "
         "pragmas, declarations of streams and arrays, and calls of plain names: "
         "if (1) second(middle, m_axis);"),
        ("    second(middle, m_axis);", "    for (int i = 0; i < 2; i++) { }",
         "pass.cpp:14: the stand-in does not understand this statement of a dataflow region, only "
         "pragmas, declarations of streams and arrays, and calls of plain names: "
         "for (int i = 0"),
        ("    second(middle, m_axis);", "",
         "pass.cpp:6: [HLS 200-970] DATAFLOW: port m_axis needs one process, it has: none"),
        ("    second(middle, m_axis);", "    second(middle, m_axis);\n    second(middle, m_axis);",
         "pass.cpp:6: [HLS 200-970] DATAFLOW: port m_axis needs one process, it has: "
         "second, second#2"),
        ("first(s_axis, middle);", "first(s_axis, m_axis);",
         "pass.cpp:6: [HLS 200-970] DATAFLOW: port m_axis needs one process, it has: "
         "first, second"),
        ("b.write(a.read()); }\nvoid", "b.write(a.reed()); }\nvoid",
         "[HLS 200-70] Compilation errors found: 'class hls::stream<hls::axis<ap_uint<32>, 0, 0, "
         "0, 56, false> >' has no member named 'reed'; did you mean 'read'? (pass.cpp:5:80)"),
        ("    second(middle, m_axis);", "    third(middle, m_axis);",
         "[HLS 200-70] Compilation errors found: 'third' was not declared in this scope "
         "(pass.cpp:14:5)"),
        ("void pass(", "void fail(",
         "[HLS 200-1018] Cannot find the top function 'pass' in the sources"),
        ("hls::stream<beat_t> &m_axis) {\n#", "hls::stream<beat_t> &m_axis, int n) {\n#",
         "pass.cpp:6: argument n is not an hls::stream"),
        ('#include "hls_stream.h"', '#include "soc_stream.h"',
         "[HLS 200-70] Compilation errors found: soc_stream.h: No such file or directory "
         "(pass.cpp:2:10)"),
    ],
)  # fmt: skip
def test_refusals(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert PASS.count(old) == 1
    code, said = run(tmp_path, PASS.replace(old, new))
    assert (code, errors(said)) == (1, [f"ERROR: {message}"])
    assert not (tmp_path / IP).exists()
