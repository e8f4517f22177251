"""The wrapper and the script that ship, around a network of three lines, through the stand-in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.accelerator import Accelerator, Tensor
from hls4ml_soc.block_design import BlockDesign
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.virtual.hls.core import StreamCore
from hls4ml_soc.virtual.hls.run import run_script
from hls4ml_soc.virtual.hls.tools import Tool

FORMAT = FixedPoint(16, 6)
HEADER = """#ifndef NAME_H_
#define NAME_H_
#include "ap_fixed.h"
typedef ap_fixed<16,6> input_t;
typedef ap_fixed<16,6> result_t;
const int OUT = 3;
void NAME(input_t x[10], result_t layer2_out[OUT]);
#endif
"""
SOURCE = """#include "NAME.h"
void NAME(input_t x[10], result_t layer2_out[OUT]) {
    for (int i = 0; i < OUT; i++) layer2_out[i] = x[i] + x[9];
}
"""


def prepare(folder: Path, name: str = "net", uncertainty: str = "27%") -> Path:
    """Write firmware and the files for HLS; return the wrapper's path."""
    project = folder / "project"
    (project / "firmware").mkdir(parents=True)
    for suffix, text in (("h", HEADER), ("cpp", SOURCE)):
        (project / "firmware" / f"{name}.{suffix}").write_text(text.replace("NAME", name))
    accelerator = Accelerator(
        name=name,
        io_type="io_parallel",
        inputs=(Tensor("x", (10,), FORMAT, "input_t"),),
        outputs=(Tensor("layer2_out", (3,), FORMAT, "result_t"),),
        clock_ns=8.0,
        part="xc7z020clg400-1",
        backend="Vitis",
        namespace="",
        project=project,
        clock_uncertainty=uncertainty,
    )
    plan = BlockDesign(Contract(accelerator, Board.load("pynq-z2"))).plan()
    for path, text in plan.files.items():
        if path.startswith("hls/"):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
    return folder / "hls" / f"{name}_soc.cpp"


def run(wrapper: Path) -> tuple[int, list[str]]:
    """Run the script; return exit code and error lines."""
    said: list[str] = []
    tool = Tool("vitis-run", "2024.1")
    code = run_script(tool, Path("run_hls.tcl"), cwd=wrapper.parent, say=said.append)
    return code, [line for line in said if line.startswith("ERROR")]


def edited(wrapper: Path, old: str, new: str) -> Path:
    text = wrapper.read_text()
    assert text.count(old) == 1, text
    wrapper.write_text(text.replace(old, new))
    return wrapper


def ip(wrapper: Path) -> Path:
    return wrapper.parent / f"{wrapper.stem}_prj/solution1/impl/ip"


@pytest.mark.parametrize("name", ["last", "x0", "y0", "s_axis", "m_axis", "end"])
def test_networks_with_the_wrappers_own_names(name: str, tmp_path: Path) -> None:
    wrapper = prepare(tmp_path, name)
    assert run(wrapper) == (0, [])
    core = StreamCore(ip(wrapper) / "standin/core.so")
    values = np.zeros(12, "<i2")
    values[:10] = range(1, 11)
    core.start()
    core.push(values.tobytes(), [False, False, True])
    data, _, last = core.pull(9)
    assert np.frombuffer(data, "<i2").tolist() == [11, 12, 13, 0]
    assert last.tolist() == [True]
    core.close()


def test_the_clock_and_its_uncertainty_reach_the_tool(tmp_path: Path) -> None:
    wrapper = prepare(tmp_path)
    edited(wrapper.parent / "run_hls.tcl", "uncertainty $uncertainty", "uncertainty x$uncertainty")
    assert run(wrapper) == (
        1,
        [
            "ERROR: [HLS 200-101] 'set_clock_uncertainty': 'x27%' is neither ns nor percent below "
            "100"
        ],
    )
    edited(wrapper.parent / "run_hls.tcl", "uncertainty x$uncertainty", "uncertainty $uncertainty")
    assert run(wrapper) == (0, [])
    facts = json.loads((ip(wrapper) / "standin/standin.json").read_text())
    assert (facts["clock_period_ns"], facts["clock_uncertainty"]) == (8.0, "27%")


def test_without_an_uncertainty_the_tools_own_holds(tmp_path: Path) -> None:
    wrapper = prepare(tmp_path, uncertainty="")
    assert run(wrapper) == (0, [])
    facts = json.loads((ip(wrapper) / "standin/standin.json").read_text())
    assert facts["clock_uncertainty"] == ""


def test_the_uncertainty_is_part_of_the_identity(tmp_path: Path) -> None:
    prepare(tmp_path)
    board = Board.load("pynq-z2")
    one = Accelerator("net", "io_parallel", (), (), 8.0, "", "Vitis", "", tmp_path / "project")
    assert one.digest() != replace(one, clock_uncertainty="10%").digest()
    assert Contract(one, board).accelerator.clock_uncertainty == ""


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("tensor<64, 16, 10>", "tensor<64, 16, 11>",
         ("no matching function for call to 'beats_to_tensor<64, 16, 11>(", "(net_soc.cpp:")),
        ("tensor<64, 16, 10>", "tensor<64, 16, 20>",
         ("no matching function for call to 'beats_to_tensor<64, 16, 20>(", "(net_soc.cpp:")),
        ("beats<64, 16, 3, true>", "beats<64, 16, 4, true>",
         ("no matching function for call to 'tensor_to_beats<64, 16, 4, true>(", "(net_soc.cpp:")),
        ("    input_t x0[10];", "    input_t x0[1];",
         ("invalid initialization of reference of type 'input_t (&)[10]'", "(net_soc.cpp:")),
        ("    result_t y0[3];", "    result_t y0[2];",
         ("invalid initialization of reference of type 'result_t (&)[3]'", "(net_soc.cpp:")),
        ("    input_t x0[10];", "    input_t x0[12];",
         ("invalid initialization of reference of type 'input_t (&)[10]'", "(net_soc.cpp:")),
        ("tensor<64, 16, 10>", "tensor<32, 16, 10>",
         ("static assertion failed: soc_stream.h: BITS is not the width of a beat (soc_beats.h:",)),
        ("beats<64, 16, 3, true>", "beats<128, 16, 3, true>",
         ("static assertion failed: soc_stream.h: BITS is not the width of a beat (soc_beats.h:",)),
    ],
)  # fmt: skip
def test_sizes_that_do_not_fit(
    old: str, new: str, messages: tuple[str, ...], tmp_path: Path
) -> None:
    code, (error,) = run(edited(prepare(tmp_path), old, new))
    assert code == 1
    for message in ("ERROR: [HLS 200-70] Compilation errors found: ", *messages):
        assert message in error


@pytest.mark.parametrize(
    ("size", "less", "message"),
    [
        ("10", "8", "x0[8] is smaller than the parameter x[10] of ::net"),
        ("3", "2", "y0[2] is smaller than the parameter layer2_out[OUT] of ::net"),
    ],
)
def test_a_wrapper_for_a_smaller_network(
    size: str, less: str, message: str, tmp_path: Path
) -> None:
    wrapper = prepare(tmp_path)
    text = re.sub(rf"(\[|, ){size}([]),>])", rf"\g<1>{less}\2", wrapper.read_text())
    wrapper.write_text(text)
    line = 1 + text[: text.index("    ::net(")].count("\n")
    assert run(wrapper) == (
        1,
        [
            "ERROR: [HLS 200-70] Compilation errors found: static assertion failed: "
            f"{message} (net_soc.cpp:{line}:31)"
        ],
    )


def test_without_the_network(tmp_path: Path) -> None:
    wrapper = prepare(tmp_path)
    line = "add_files ../project/firmware/$name.cpp -cflags $flags\n"
    edited(wrapper.parent / "run_hls.tcl", line, "")
    code, (error,) = run(wrapper)
    assert code == 1
    assert error == (
        "ERROR: [HLS 200-70] Compilation errors found: undefined reference to "
        "'net(ap_fixed<16, 6, (ap_q_mode)5, (ap_o_mode)3, 0>*, ap_fixed<16, 6, (ap_q_mode)5, "
        "(ap_o_mode)3, 0>*)': no source that add_files named defines it"
    )
