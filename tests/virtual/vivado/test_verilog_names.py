"""Names that a module uses and nothing declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc.virtual.vivado import verilog_names

SHIPPED = (Path(__file__).parents[3] / "vivado_tcl/rtl/sample_start.v").read_text()


def own(result: Any) -> list[str]:
    """Return the errors that are not echoes."""
    return [
        line.replace(str(result.folder), "@")
        for line in result.severe()
        if "[Common 17-39]" not in line
    ]


def test_missing_port_is_an_undeclared_name(bench: Any) -> None:
    port = "    input  wire [BITS-1:0]   s_axis_tdata,\n"
    assert SHIPPED.count(port) == 1
    (bench.folder / "start.v").write_text(SHIPPED.replace(port, "", 1))
    source = str(bench.folder / "start.v")
    line = next(
        n for n, t in enumerate(SHIPPED.replace(port, "").split("\n"), 1) if "= s_axis_tdata" in t
    )
    assert verilog_names.undeclared(source, "sample_start") == [
        ("Synth 8-36", f"'s_axis_tdata' is not declared [{source}:{line}]")
    ]


def test_shipped_module_declares_all(tmp_path: Path) -> None:
    (tmp_path / "start.v").write_text(SHIPPED)
    assert verilog_names.undeclared(str(tmp_path / "start.v"), "sample_start") == []


def test_undeclared_name_in_a_run(bench: Any, benches: Any) -> None:
    path = bench.folder / "start.v"
    body = "assign ap_start = go;\nendmodule"
    text = path.read_text().replace("endmodule", body)
    path.write_text(f"`default_nettype none\n{text}")
    result = bench.run(benches.GOOD)
    line = path.read_text().split("\n").index("assign ap_start = go;") + 1
    assert own(result)[0] == f"ERROR: [Synth 8-36] 'go' is not declared [@/start.v:{line}]"
    log = (bench.folder / "project/soc.runs/synth_1/runme.log").read_text()
    assert log.endswith("ERROR: [Common 17-39] 'synth_design' failed due to earlier errors.\n")
    assert result.code == 1


KNOWN = """
`default_nettype none
(* keep = "true" *) module m #(parameter W = 8, parameter [3:0] K = 4'd3) (
    input wire clk, input wire [W-1:0] a, b, output reg [W-1:0] q, inout wire [1:0] pad
); // unknown
    localparam N = $clog2(W), L = 2;
    wire [W-1:0] sum = a + b, both; reg [7:0] memory [0:N-1]; integer i; genvar g;
    function [7:0] twice; input [7:0] x; twice = x << 1; endfunction
    other #(.DEPTH(N)) u0 (.clk(clk), .d(sum), .q());
    other u1 [1:0] (.clk (clk), .d (twice(a)));
    and g0 (both[0], a[0], b[0]);
    generate for (g = 0; g < W; g = g + 1) begin : bits
        wire local_net = a[g] ^ K[0];
    end endgenerate
    always @(posedge clk) begin : work
        reg [3:0] n;
        for (i = 0; i < N; i = i + 1) memory[i] <= 8'hx0 + `SOME * 1.5e3;
        n = u0.count; q <= {W{1'b1}} & bits[0].local_net; $display("%d unknown", L, n);
    end
endmodule
"""


def test_names_of_all_kinds_are_known(tmp_path: Path) -> None:
    path = tmp_path / "m.v"
    path.write_text(KNOWN)
    assert verilog_names.undeclared(str(path), "m") == []


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("localparam N = $clog2(W), L = 2;", "N"),
        ("reg [7:0] memory [0:N-1];", "memory"),
        ("reg [3:0] n;", "n"),
        (", b, output", "b"),
        ("integer i;", "i"),
        ("genvar g;", "g"),
        (", both;", "both"),
    ],
)
def test_each_missing_name_is_found(tmp_path: Path, old: str, name: str) -> None:
    path = tmp_path / "m.v"
    new = {", b, output": ", output", ", both;": ";"}.get(old, "")
    path.write_text(KNOWN.replace(old, new, 1))
    found = [text.split("'")[1] for _, text in verilog_names.undeclared(str(path), "m")]
    assert name in found


def test_implicit_nets_are_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "m.v"
    path.write_text("module m (input a, output b);\nassign c = a;\nassign b = c;\nendmodule\n")
    assert verilog_names.undeclared(str(path), "m") == []
