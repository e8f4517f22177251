"""soc_stream.h compiled by g++ with hls4ml's ap_types, as old and as new as the tools ask for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import hls4ml
import pytest

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "hls_templates"
AP_TYPES = Path(hls4ml.__file__).parent / "templates" / "vivado" / "ap_types"
# Only what g++ cannot know: HLS's pragmas, and the labels that HLS names loops by.
FLAGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label"]


def compile_(source: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = ["g++", *flags, f"-I{TEMPLATES}", "-isystem", str(AP_TYPES), str(source)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_every_shape_there_and_back(tmp_path: Path) -> None:
    program = tmp_path / "check"
    built = compile_(HERE / "soc_stream_check.cpp", "-std=c++11", *FLAGS, "-o", str(program))
    assert (built.returncode, built.stderr) == (0, "")
    run = subprocess.run([str(program)], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (0, "")


def test_compiles_as_vitis_hls_at_a_newer_standard() -> None:
    flags = ["-std=c++17", "-D__VITIS_HLS__=1", *FLAGS, "-fsyntax-only"]
    built = compile_(HERE / "soc_stream_check.cpp", *flags)
    assert (built.returncode, built.stderr) == (0, "")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ap_fixed<16,6> x[4]; soc::beats_to_tensor<64, 8, 4>(s, x, end);",
         "soc_stream.h: the element is wider than its container"),
        ("ap_fixed<16,6> x[4]; soc::beats_to_tensor<64, 65, 4>(s, x, end);",
         "soc_stream.h: a container has 1 to 64 bits"),
        ("hls::stream<word> x; soc::beats_to_tensor<64, 16, 4>(s, x, end);",
         "soc_stream.h: the tensor is not a whole number of stream words"),
        ("ap_axiu<64,0,0,0> b; b.user = 0;", "no match for ‘operator=’"),
        ("float x[4]; soc::beats_to_tensor<64, 32, 4>(s, x, end);", "soc::element<float>"),
    ],
)  # fmt: skip
def test_wrong_use_is_a_compile_error(code: str, message: str, tmp_path: Path) -> None:
    source = tmp_path / "wrong.cpp"
    source.write_text(
        '#include "soc_stream.h"\n'
        "struct word { typedef ap_fixed<16, 6> value_type; static const unsigned size = 3;\n"
        "    ap_fixed<16, 6> d[3]; ap_fixed<16, 6> &operator[](int i) { return d[i]; } };\n"
        f"void f(hls::stream<ap_axiu<64, 0, 0, 0> > &s, ap_uint<1> &end) {{ (void)end; {code} }}\n"
    )
    built = compile_(source, "-std=c++11", "-fsyntax-only")
    assert built.returncode == 1
    assert message in built.stderr


def test_new_packets_are_wrong_in_every_field(tmp_path: Path) -> None:
    source, program = tmp_path / "new.cpp", tmp_path / "new"
    source.write_text(
        '#include "ap_axi_sdata.h"\n'
        "int main() { ap_axiu<64, 2, 0, 3> b;\n"
        "    return !(~b.data == 0 && b.keep == 0 && b.strb == 0 && b.last == 1 && b.user == 3\n"
        "             && b.dest == 7); }\n"
    )
    built = compile_(source, "-std=c++11", *FLAGS, "-o", str(program))
    assert (built.returncode, built.stderr) == (0, "")
    assert subprocess.run([str(program)], timeout=60).returncode == 0
