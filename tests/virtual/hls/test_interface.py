"""What component.xml and the report say of a core."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc.virtual.hls.core import StreamCore
from tests.virtual.hls.passing import IP, PASS, S, buses, kind, parameters, run, wires


def test_component_of_an_axis_core(tmp_path: Path) -> None:
    code, said = run(tmp_path, PASS)
    assert code == 0, said
    root = ET.parse(tmp_path / IP / "component.xml").getroot()
    vlnv = [root.findtext(f"s:{k}", None, S) for k in ("vendor", "library", "name", "version")]
    assert vlnv == ["xilinx.com", "hls", "pass", "1.0"]
    found = buses(tmp_path)
    assert {name: kind(bus) for name, bus in found.items()} == {
        "ap_clk": ("clock", "slave"),
        "ap_rst_n": ("reset", "slave"),
        "ap_ctrl": ("acc_handshake", "slave"),
        "s_axis": ("axis", "slave"),
        "m_axis": ("axis", "master"),
    }
    assert parameters(found["ap_clk"]) == {
        "ASSOCIATED_BUSIF": "s_axis:m_axis",
        "ASSOCIATED_RESET": "ap_rst_n",
    }
    assert parameters(found["ap_rst_n"]) == {"POLARITY": "ACTIVE_LOW"}
    assert parameters(found["s_axis"]) == {
        "TDATA_NUM_BYTES": "4",
        "TDEST_WIDTH": "0",
        "TID_WIDTH": "0",
        "TUSER_WIDTH": "0",
        "HAS_TREADY": "1",
        "HAS_TSTRB": "1",
        "HAS_TKEEP": "1",
        "HAS_TLAST": "1",
    }
    assert wires(tmp_path) == {
        "ap_clk": ("in", None), "ap_rst_n": ("in", None), "ap_start": ("in", None),
        "ap_done": ("out", None), "ap_idle": ("out", None), "ap_ready": ("out", None),
        "s_axis_TDATA": ("in", "31"), "s_axis_TVALID": ("in", None),
        "s_axis_TREADY": ("out", None), "s_axis_TKEEP": ("in", "3"),
        "s_axis_TSTRB": ("in", "3"), "s_axis_TLAST": ("in", "0"),
        "m_axis_TDATA": ("out", "31"), "m_axis_TVALID": ("out", None),
        "m_axis_TREADY": ("in", None), "m_axis_TKEEP": ("out", "3"),
        "m_axis_TSTRB": ("out", "3"), "m_axis_TLAST": ("out", "0"),
    }  # fmt: skip
    facts = json.loads((tmp_path / IP / "standin/standin.json").read_text())
    assert facts["fifos"] == [
        {"name": "s_axis", "depth": 2},
        {"name": "m_axis", "depth": 2},
        {"name": "middle", "depth": 5},
    ]
    assert (facts["processes"], facts["clock_period_ns"]) == (["first", "second"], 8.0)
    report = (tmp_path / "prj/solution1/syn/report/pass_csynth.xml").read_text()
    assert "not known" in report
    assert "Latency" not in report


def test_arguments_in_the_other_order(tmp_path: Path) -> None:
    swapped = PASS.replace(
        "void pass(hls::stream<beat_t> &s_axis, hls::stream<beat_t> &m_axis)",
        "void pass(hls::stream<beat_t> &m_axis, hls::stream<beat_t> &s_axis)",
    )
    assert run(tmp_path, swapped)[0] == 0
    assert wires(tmp_path)["m_axis_TDATA"] == ("out", "31")
    core = StreamCore(tmp_path / IP / "standin/core.so", free_running=True)
    core.push(b"\x01\x02\x03\x04", [True])
    data, keep, last = core.pull(4)
    assert (data, keep.tolist(), last.tolist()) == (b"\x01\x02\x03\x04", [15], [True])
    core.close()


def test_reset_empties_ports_and_fifos(tmp_path: Path) -> None:
    assert run(tmp_path, PASS)[0] == 0
    core = StreamCore(tmp_path / IP / "standin/core.so")
    core.start(3)
    assert core.push(bytes(9 * 4), [False] * 9) == 5  # three started, two in the register slice
    core.reset()
    assert (core.runs_done, core.pull(9)[0], core.standstill()) == (0, b"", "")
    assert core.push(b"\x01\x02\x03\x04", [True]) == 1
    assert core.pull(9)[0] == b""  # the starts are gone, too
    core.start(1)
    assert core.pull(9)[0] == b"\x01\x02\x03\x04"
    core.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", {"ap_ctrl": ("acc_handshake", "slave")}),
        ("#pragma HLS INTERFACE mode=ap_ctrl_chain port=return",
         {"ap_ctrl": ("acc_handshake", "slave")}),
        ("#pragma HLS INTERFACE ap_ctrl_none port=return", {}),
        ("#pragma HLS INTERFACE s_axilite port=return",
         {"s_axi_control": ("aximm", "slave"), "interrupt": ("interrupt", "master")}),
    ],
)  # fmt: skip
def test_block_protocols(line: str, expected: dict[str, Any], tmp_path: Path) -> None:
    source = PASS.replace("#pragma HLS INTERFACE ap_ctrl_hs port=return", line)
    assert run(tmp_path, source)[0] == 0
    others = ("ap_clk", "ap_rst_n", "s_axis", "m_axis")
    found = {name: kind(bus) for name, bus in buses(tmp_path).items() if name not in others}
    assert found == expected
    assert ("ap_continue" in wires(tmp_path)) == ("chain" in line)


def test_core_without_a_block_protocol_runs_by_itself(tmp_path: Path) -> None:
    source = PASS.replace("ap_ctrl_hs", "ap_ctrl_none")
    assert run(tmp_path, source)[0] == 0
    core = StreamCore(tmp_path / IP / "standin/core.so")
    assert core.push(bytes(4), [False]) == 1
    assert core.pull(9)[0] == bytes(4)
    core.close()


def test_stream_without_axis_pragma_is_a_fifo_port(tmp_path: Path) -> None:
    source = PASS.replace("#pragma HLS INTERFACE axis port=s_axis", "")
    assert run(tmp_path, source)[0] == 0
    assert kind(buses(tmp_path)["s_axis"]) == ("acc_fifo_read", "master")
    assert wires(tmp_path)["s_axis_dout"] == ("in", "40")
    assert "s_axis_TDATA" not in wires(tmp_path)
