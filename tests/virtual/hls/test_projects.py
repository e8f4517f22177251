"""Synthesis of whole hls4ml projects: depths, deadlocks, resets, weights, reproducible bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from hls4ml_soc.virtual.hls.core import StreamCore
from tests.virtual.hls.passing import errors
from tests.virtual.hls.wrapping import attempt, copy_of, synthesise


def test_depths_are_what_the_pragmas_say(image: Any) -> None:
    facts = json.loads(image.core_path.with_name("standin.json").read_text())
    assert facts["fifos"] == [
        {"name": "s_axis", "depth": 2},
        {"name": "m_axis", "depth": 2},
        {"name": "x0", "depth": 16},
        {"name": "y0", "depth": 16},
        {"name": "last", "depth": 512},
        {"name": "image/layer2_out", "depth": 9},
        {"name": "image/layer5_cpy1", "depth": 9},
        {"name": "image/layer5_cpy2", "depth": 9},
        {"name": "image/layer3_out", "depth": 9},
    ]
    assert facts["processes"] == [
        "image_unpack",
        "image/conv_2d_cl",
        "image/clone_stream",
        "image/relu",
        "image/add",
        "image_pack",
    ]


def test_deadlock_is_named(image: Any, tmp_path: Path) -> None:
    """A pack process that wants the flag first, while the flag is written after the data."""
    network = copy_of(image, tmp_path)
    source = network / "hls" / "image_soc.cpp"
    call = "soc::tensor_to_beats<64, 16, 18, true>(y0, last, m_axis);"
    early = "hls::stream<ap_uint<1> > mine; mine.write(last.read());\n    " + call.replace(
        "last,", "mine,"
    )
    text = source.read_text()
    assert call in text
    source.write_text(text.replace(call, early).replace("depth=16", "depth=1"))
    firmware = network / "project/firmware/image.cpp"
    firmware.write_text(firmware.read_text().replace("depth=9", "depth=1"))
    core = StreamCore(synthesise(network, "image"))
    core.start(1)
    core.push(image.encode(image.draw(1)), np.zeros(19, bool))
    assert core.pull(99)[0] == b""
    assert core.standstill() == (
        "image_unpack waits for room in the full FIFO x0 (depth 1); "
        "image/conv_2d_cl waits for room in the full FIFO image/layer2_out (depth 1); "
        "image/clone_stream waits for room in the full FIFO image/layer5_cpy2 (depth 1); "
        "image/relu waits for room in the full FIFO image/layer3_out (depth 1); "
        "image/add waits for room in the full FIFO y0 (depth 1); "
        "image_pack waits for data from the empty FIFO last (depth 512)"
    )
    core.close()


def test_reset_leaves_static_variables_by_default(image: Any, tmp_path: Path) -> None:
    """hls4ml's convolutions count rows and columns in statics: a cut image shifts the next."""
    network = copy_of(image, tmp_path)
    script = network / "hls" / "run_hls.tcl"
    script.write_text(script.read_text().replace("config_rtl -reset state\n", ""))
    core = StreamCore(synthesise(network, "image"))
    data = image.encode(image.draw(1))
    last = np.zeros(19, bool)
    clean = once(core, data, last)
    assert len(clean) == 5 * 8
    core.start(1)
    core.push(data[: 8 * 8], last[:8])
    core.reset()
    assert once(core, data, last) != clean
    core.close()


def once(core: StreamCore, data: bytes, last: np.ndarray) -> bytes:
    core.start(1)
    out, sent = b"", 0
    while taken := core.push(data[sent * 8 :], last[sent:]):
        sent += taken
        out += core.pull(99)[0]
    return out + core.pull(99)[0]


def test_same_input_in_another_folder_gives_the_same_bytes(mlp: Any, tmp_path: Path) -> None:
    path = synthesise(copy_of(mlp, tmp_path / "a" / "b"), "mlp")
    assert path.read_bytes() == mlp.core_path.read_bytes()
    assert str(tmp_path).encode() not in path.read_bytes()
    assert str(mlp.folder).encode() not in mlp.core_path.read_bytes()


def test_weights_that_differ_are_refused(mlp: Any, tmp_path: Path) -> None:
    network = copy_of(mlp, tmp_path)
    weights = network / "project/firmware/weights/w2.txt"
    numbers = weights.read_text().split(",")
    numbers[3] = " 0.5"
    weights.write_text(",".join(numbers))
    (header,) = [
        line for line in (weights.with_suffix(".h")).read_text().splitlines() if "= {" in line
    ]
    old = header.partition("{")[2].split(",")[3].strip()
    code, said = attempt(network)
    assert (code, errors(said)) == (
        1,
        [
            f"ERROR: weights/w2.h and w2.txt differ at number 3: {old} is synthesised, 0.5 is "
            "emulated: write the hls4ml project again"
        ],
    )
    weights.write_text(",".join(numbers[:-1]))
    assert errors(attempt(network)[1]) == [
        "ERROR: weights/w2.h has 60 numbers, w2.txt has 59: write the hls4ml project again"
    ]
