"""The Tcl commands of the HLS tools, and their command lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.run import run_script
from hls4ml_soc.virtual.hls.tools import Tool
from tests.virtual.hls.passing import IP, PASS, SCRIPT, errors

VITIS = Tool("vitis-run", "2024.1")
CLASSIC = Tool("vitis_hls", "2022.2")
VIVADO = Tool("vivado_hls", "2019.2")

OPENED = """open_project prj
set_top pass
add_files pass.cpp -cflags "-std=c++14"
open_solution solution1
set_part xc7z020clg400-1
"""


def attempt(folder: Path, script: str, tool: Tool = VITIS) -> tuple[int, list[str]]:
    (folder / "pass.cpp").write_text(PASS)
    (folder / "run.tcl").write_text(script)
    said: list[str] = []
    return run_script(tool, Path("run.tcl"), cwd=folder, say=said.append), said


@pytest.mark.parametrize(
    ("tool", "line", "message"),
    [
        (VIVADO, "open_solution -flow_target vivado s",
         "[HLS 200-101] 'open_solution': Unknown option '-flow_target' (Vivado HLS 2019.2)."),
        (VITIS, "open_solution -flow_target versal s",
         "[HLS 200-101] 'open_solution': option '-flow_target' is one of vivado, vitis, "
         "not versal"),
        (VIVADO, "config_interface -m_axi_addr64",
         'invalid command name "config_interface" (Vivado HLS 2019.2)'),
        (VITIS, "config_array_partition -maximum_size 4096",
         "[HLS 200-101] 'config_array_partition': Unknown option '-maximum_size' "
         "(Vitis HLS 2024.1)."),
        (VITIS, "config_compile -enable_auto_rewind=false",
         "[HLS 200-101] 'config_compile': Unknown option '-enable_auto_rewind' "
         "(Vitis HLS 2024.1)."),
        (Tool("vitis_hls", "2021.2"), "config_compile -pipeline_style flp",
         "[HLS 200-101] 'config_compile': Unknown option '-pipeline_style' (Vitis HLS 2021.2)."),
        (VITIS, "config_schedule -enable_dsp_full_reg=maybe",
         "[HLS 200-101] 'config_schedule': option '-enable_dsp_full_reg' is true or false, "
         "not maybe"),
        (VITIS, "config_rtl -reset", "[HLS 200-101] 'config_rtl': option '-reset' has no value"),
        (VITIS, "set_part xc7z020clg400-1 b",
         "[HLS 200-101] 'set_part': 2 arguments, it takes 1 to 1"),
        (VITIS, "set_part pynq-z2", "[HLS 200-1023] Part 'pynq-z2' is not installed."),
        (VITIS, "create_clock -period soon",
         "[HLS 200-101] 'create_clock': period 'soon' is no time"),
        (VITIS, "create_clock -name slow; set_clock_uncertainty 27% fast",
         "[HLS 200-101] 'set_clock_uncertainty': no clock 'fast' (clocks: slow)"),
        (VITIS, "set_clock_uncertainty 100%",
         "[HLS 200-101] 'set_clock_uncertainty': '100%' is neither ns nor percent below 100"),
        (VITIS, "csynth_design",
         "[HLS 200-643] No clock: use create_clock. Vitis HLS would take a period of 10 ns "
         "without a word, whatever clock the core gets in the block design"),
        (VITIS, "config_compile -name_max_length banana",
         "[HLS 200-101] 'config_compile': option '-name_max_length' is a whole number, not banana"),
        (VITIS, "config_compile -name_max_length -1",
         "[HLS 200-101] 'config_compile': option '-name_max_length' is a whole number, not -1"),
        (VITIS, "add_files missing.cpp",
         "[HLS 200-10] Cannot find source file 'missing.cpp' in {folder}"),
        (VITIS, "cosim_design",
         "cosim_design is not run by the stand-in: it has no RTL to simulate"),
        (VITIS, "csim_design", "[SIM 211-100] csim_design: no test bench, use add_files -tb"),
        (VITIS, "export_design", "[HLS 200-70] export_design: run csynth_design first"),
        (VITIS, "export_design -format xo",
         "[HLS 200-101] 'export_design': option '-format' is one of ip_catalog, not xo"),
        (VIVADO, "export_design -flow syn",
         "[HLS 200-101] 'export_design': Unknown option '-flow' (Vivado HLS 2019.2)."),
        (VITIS, "export_design -flow impl",
         "export_design: Vivado runs of the core are not run by the stand-in"),
        (VITIS, "close_project; csynth_design",
         "[HLS 200-643] No project is open: use open_project"),
        (VITIS, "close_solution; csynth_design",
         "[HLS 200-643] No solution is open: use open_solution"),
        (VITIS, "open_project {a b}",
         "[HLS 200-70] Project/solution path '{folder}/a b' contains illegal character ' '"),
        (VITIS, "set_top other; csynth_design",
         "[HLS 200-1018] Cannot find the top function 'other' in the sources"),
        (VITIS, "open_solution s; csynth_design", "[HLS 200-70] No part: use set_part"),
        (VITIS, "open_project p; open_solution s; set_part xc7z020clg400-1; csynth_design",
         "[HLS 200-70] No top function: use set_top"),
        (VITIS, "open_project p; set_top t; open_solution s; set_part xc7z020clg400-1; "
         "csynth_design", "[HLS 200-70] No source files: use add_files"),
    ],
)  # fmt: skip
def test_refusals(tool: Tool, line: str, message: str, tmp_path: Path) -> None:
    code, said = attempt(tmp_path, OPENED + line + "\nexit\n", tool)
    expected = "ERROR: " + message.replace("{folder}", str(tmp_path))
    assert (code, errors(said)) == (1, [expected])


def test_refused_commands_can_be_caught(tmp_path: Path) -> None:
    script = OPENED + "puts [catch {config_array_partition -maximum_size 4096} why]:$why\nexit 3"
    code, said = attempt(tmp_path, script)
    assert code == 3
    assert said[-1] == (
        "1:[HLS 200-101] 'config_array_partition': Unknown option '-maximum_size' "
        "(Vitis HLS 2024.1)."
    )


@pytest.mark.parametrize("command", ["open_component prj", "set_directive_pipeline pass"])
def test_commands_of_no_such_tool_are_unknown(command: str, tmp_path: Path) -> None:
    code, said = attempt(tmp_path, OPENED + command)
    assert code == 1
    assert errors(said) == [f'ERROR: invalid command name "{command.split()[0]}"']


def test_every_tool_accepts_its_own_options(tmp_path: Path) -> None:
    vivado = OPENED + "config_array_partition -maximum_size 4096\nconfig_rtl -reset state\n"
    code, said = attempt(tmp_path, vivado + "config_schedule -enable_dsp_full_reg=false", VIVADO)
    assert errors(said) == [
        "ERROR: run.tcl ended without exit: vivado_hls would wait at its prompt"
    ]
    assert code == 1
    classic = OPENED.replace("open_solution", "open_solution -reset -flow_target vivado")
    classic += "config_interface -m_axi_addr64\nconfig_compile -pipeline_style flp\nexit"
    assert attempt(tmp_path, classic, CLASSIC)[0] == 0
    assert attempt(tmp_path, classic.removesuffix("exit"))[0] == 0  # vitis-run has no prompt


def test_script_can_tell_the_tools_apart(tmp_path: Path) -> None:
    script = "puts [file tail [info nameofexecutable]]:$argv\nputs [info exists argv]\nexit"
    assert attempt(tmp_path, script, VIVADO)[1][1:] == ["vivado_hls:-f run.tcl", "1"]
    assert attempt(tmp_path, script, CLASSIC)[1][1:] == ["vitis_hls:-f run.tcl", "1"]
    assert attempt(tmp_path, script)[1][1] == "vitis_hls:-nolog -run tcl -f run.tcl"
    assert "vitis_hls:-f" not in (tmp_path / "vivado_hls.log").read_text()


@pytest.mark.parametrize(
    ("name", "version", "message"),
    [
        ("vivado_hls", "2020.2", "there is no vivado_hls 2020.2: 2019.1 to 2020.1"),
        ("vitis-run", "2023.1", "there is no vitis-run 2023.1: 2023.2 to 2025.2"),
        ("vitis_hls", "2025.1", "there is no vitis_hls 2025.1: 2020.2 to 2024.2"),
        ("vitis", "2025.1", "unknown tool vitis: vivado_hls, vitis_hls, vitis-run"),
    ],
)
def test_tools_that_never_were(name: str, version: str, message: str) -> None:
    with pytest.raises(HlsError) as raised:
        Tool(name, version)
    assert str(raised.value) == message


def test_vivado_hls_defines_nothing_of_vitis(tmp_path: Path) -> None:
    source = PASS.replace("#include", "#ifdef __VITIS_HLS__\n#error vitis\n#endif\n#include", 1)
    script = SCRIPT.replace("c++14", "c++0x")
    for tool, expected in ((VIVADO, 0), (CLASSIC, 1)):
        (tmp_path / "run.tcl").write_text(script)
        (tmp_path / "pass.cpp").write_text(source)
        said: list[str] = []
        assert run_script(tool, Path("run.tcl"), cwd=tmp_path, say=said.append) == expected, said
    assert errors(said) == [
        "ERROR: [HLS 200-70] Compilation errors found: #error vitis (pass.cpp:2:2)"
    ]


@pytest.mark.parametrize(("value", "code"), [(0, 0), (1, 1)])
def test_csim_runs_the_test_bench(value: int, code: int, tmp_path: Path) -> None:
    bench = (
        '#include <fstream>\n#include "ap_axi_sdata.h"\n#include "hls_stream.h"\n'
        "typedef ap_axiu<32, 0, 0, 0> beat_t;\n"
        "void pass(hls::stream<beat_t> &, hls::stream<beat_t> &);\n"
        'int main() { hls::stream<beat_t> a("a"), b("b"); beat_t x; x.data = 7; a.write(x);\n'
        '    pass(a, b); int want; std::ifstream("data.txt") >> want;\n'
        f"    return !(b.read().data == want && {value} == 0); }}\n"
    )
    (tmp_path / "bench.cpp").write_text(bench)
    (tmp_path / "data.txt").write_text("7")
    script = OPENED + "add_files -tb bench.cpp\nadd_files -tb data.txt\ncsim_design\nexit\n"
    exit_code, said = attempt(tmp_path, script)
    assert exit_code == code
    assert said[2] == (
        "ERROR: [SIM 211-100] CSim failed: the test bench returned 1."
        if code
        else "INFO: [SIM 211-1] CSim done with 0 errors."
    )


def command_line(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "pass.cpp").write_text(PASS)
    return subprocess.run(
        [sys.executable, "-m", "hls4ml_soc.virtual.hls", *words],
        cwd=folder, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_command_line_makes_the_ip(tmp_path: Path) -> None:
    (tmp_path / "run.tcl").write_text(SCRIPT)
    words = ("--tool", "vitis_hls", "--version", "2023.1", "-f", "run.tcl")
    done = command_line(tmp_path, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / IP / "component.xml").exists()
    assert (tmp_path / "vitis_hls.log").read_text() == done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--mode", "hls", "--tcl", "no.tcl"), "ERROR: [HLS 200-70] cannot find the script no.tcl"),
        (("-f", "run.tcl"),
         "ERROR: vitis-run takes --mode hls --tcl SCRIPT and no arguments for the script"),
        (("--tool", "vitis_hls", "--tcl", "run.tcl"), "ERROR: vitis_hls takes -f SCRIPT"),
        (("--version", "2019.2", "run.tcl"),
         "ERROR: there is no vitis-run 2019.2: 2023.2 to 2025.2"),
    ],
)  # fmt: skip
def test_command_line_refuses(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = command_line(tmp_path, *words)
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines()[-1] == message
