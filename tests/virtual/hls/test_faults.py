"""Cores that stand still: started too often, or crashed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hls4ml_soc.virtual.hls.core import StreamCore
from tests.virtual.hls.passing import IP, PASS, run

BEAT = b"\x01\x02\x03\x04"


def test_a_start_too_many_holds_the_last_sample(tmp_path: Path) -> None:
    assert run(tmp_path, PASS)[0] == 0
    core = StreamCore(tmp_path / IP / "standin/core.so", stalling=True)
    core.start(2)
    assert core.push(BEAT, [True]) == 1
    assert core.pull(9)[0] == b""
    assert core.standstill() == (
        "first waits for data from the empty FIFO s_axis (depth 2); "
        "second waits for data from the empty FIFO middle (depth 5); "
        "a finished sample stays inside until input of a later one comes: "
        "the core has had 2 starts for 1 samples"
    )
    core.push(BEAT, [True])
    assert core.pull(9)[0] == 2 * BEAT
    assert core.standstill() == ""
    core.close()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("*(volatile int *)16 = 1;", "left its memory, as by an index out of bounds"),
        ("volatile int n = 0; n = 7 / n;", "divided by zero"),
        ("abort();", "aborted"),
        ("struct deep { static int down(int n) { volatile char c[9999]; c[n] = 1; "
         "return n + down(c[n]) + c[0]; } }; deep::down(0);",
         "left its memory, as by an index out of bounds"),
    ],
)  # fmt: skip
def test_a_crash_becomes_a_sentence(code: str, why: str, tmp_path: Path) -> None:
    source = PASS.replace(
        "b) { b.write(a.read()); }\nvoid",
        f"b) {{ beat_t x = a.read(); if (x.data == 0) {{ {code} }} b.write(x); }}\nvoid",
    )
    assert source != PASS
    assert run(tmp_path, source)[0] == 0
    core = StreamCore(tmp_path / IP / "standin/core.so")
    core.start(3)
    core.push(BEAT, [False])
    assert core.pull(9)[0] == BEAT
    core.push(bytes(4), [False])
    assert core.pull(9)[0] == b""
    assert core.standstill() == f"process second of the emulation crashed: it {why}"
    assert core.push(9 * BEAT, [False] * 9) < 9
    core.reset()
    assert core.standstill() == ""
    core.start()
    core.push(BEAT, [True])
    assert core.pull(9)[0] == BEAT
    core.close()
