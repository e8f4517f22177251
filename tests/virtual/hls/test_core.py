"""Emulated cores against hls4ml's own emulation, bit for bit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hls4ml_soc.virtual.hls.core import StreamCore
from hls4ml_soc.virtual.hls.errors import CoreError


def ends_of(network: Any, pattern: list[bool]) -> np.ndarray:
    """Return TLAST of every input beat: each sample's on its last beat."""
    last = np.zeros((len(pattern), network.beats(network.inputs)), bool)
    last[:, -1] = pattern
    return last.reshape(-1)


def through(core: StreamCore, data: bytes, last: np.ndarray, chunk: int = 1 << 30) -> Any:
    """Send all beats in chunks and take what comes; return data, keep and last of the output."""
    octets, keeps, lasts, sent = b"", [], [], 0
    while True:
        part = last[sent : sent + chunk]
        taken = core.push(data[sent * core.in_bytes : (sent + len(part)) * core.in_bytes], part)
        sent += taken
        got, keep, ends = core.pull(min(chunk, 64))
        octets += got
        keeps += keep.tolist()
        lasts += ends.tolist()
        if not taken and not got:
            assert sent == len(last), core.standstill()
            return octets, keeps, lasts


def check(network: Any, core: StreamCore, count: int, pattern: list[bool], chunk: int) -> None:
    samples = network.draw(count, seed=count)
    octets, keeps, lasts = through(core, network.encode(samples), ends_of(network, pattern), chunk)
    per_sample = network.beats(network.outputs)
    assert len(lasts) == count * per_sample
    assert set(keeps) == {(1 << core.out_bytes) - 1}
    expected = np.zeros((count, per_sample), bool)
    expected[:, -1] = pattern
    assert lasts == expected.reshape(-1).tolist()
    if count > 1:  # predict drops the batch of a single sample
        for got, wanted in zip(network.decode(octets), network.predict(samples), strict=True):
            np.testing.assert_array_equal(got, wanted)
    else:
        for got, wanted in zip(network.decode(octets), network.predict(samples), strict=True):
            np.testing.assert_array_equal(got.reshape(-1), wanted.reshape(-1))


@pytest.mark.parametrize("count", [1, 2, 7, 100])
@pytest.mark.parametrize("name", ["mlp", "two", "image"])
def test_equals_predict(name: str, count: int, request: pytest.FixtureRequest) -> None:
    network = request.getfixturevalue(name)
    core = StreamCore(network.core_path)
    patterns = [[False] * (count - 1) + [True], [True] * count, [False] * count]
    rng = np.random.default_rng(count)
    patterns.append(rng.integers(0, 2, count).astype(bool).tolist())
    for chunk, pattern in zip((1 << 30, 1, 3, 7), patterns, strict=True):
        core.start(count)
        check(network, core, count, pattern, chunk)
        assert core.standstill() == ""
    assert core.runs_done == 4 * count
    core.close()


def test_outputs_of_the_networks_are_as_wide_as_meant(mlp: Any, two: Any, image: Any) -> None:
    widths = [[(p.width, p.signed) for p in n.outputs] for n in (mlp, two, image)]
    assert widths == [[(36, True)], [(12, True), (27, True)], [(14, True)]]
    assert (two.inputs[1].width, two.inputs[1].signed) == (8, False)


def test_tlast_inside_a_sample_does_not_count(mlp: Any) -> None:
    core = StreamCore(mlp.core_path)
    core.start(2)
    last = np.ones(2 * mlp.beats(mlp.inputs), bool)
    last[-1] = False
    _, _, lasts = through(core, mlp.encode(mlp.draw(2)), last)
    assert lasts == [False] * 4 + [True] + [False] * 5


@pytest.mark.parametrize("name", ["mlp", "image"])
def test_cut_sample_then_reset(name: str, request: pytest.FixtureRequest) -> None:
    network = request.getfixturevalue(name)
    core = StreamCore(network.core_path)
    core.start(3)
    beats = network.beats(network.inputs) + network.beats(network.inputs) // 2
    data = network.encode(network.draw(2))
    through(core, data[: beats * 8], np.zeros(beats, bool))
    assert f"{network.name}_unpack waits for data from the empty FIFO s_axis (depth 2)" in (
        core.standstill()
    )
    core.reset()
    assert (core.runs_done, core.standstill()) == (0, "")
    core.start(7)
    check(network, core, 7, [True] * 7, 1 << 30)
    core.close()


def test_needs_a_start_for_every_sample(mlp: Any) -> None:
    core = StreamCore(mlp.core_path)
    data, last = mlp.encode(mlp.draw(2)), ends_of(mlp, [True, True])
    assert core.push(data, last) == 2  # the register slice alone
    assert core.pull(10)[0] == b""
    core.start(1)
    assert core.pull(100)[2].tolist() == []
    assert core.push(data[16:], last[2:]) == 3  # the slice holds the next sample's first two beats
    assert core.pull(100)[2].tolist() == [False] * 4 + [True]
    assert core.runs_done == 1
    core.close()


def test_holds_no_more_than_its_buffers(mlp: Any) -> None:
    core = StreamCore(mlp.core_path, free_running=True)
    count = 50
    taken = core.push(mlp.encode(mlp.draw(count)), ends_of(mlp, [False] * count))
    # Samples in the two buffers of y0, of which mlp_pack empties one, and of x0; 2 beats in s_axis.
    assert core.standstill() == (
        "mlp_unpack waits for room in the full array x0 (depth 2); "
        "mlp waits for room in the full array y0 (depth 2); "
        "mlp_pack waits for room in the full FIFO m_axis (depth 2)"
    )
    assert taken == 4 * mlp.beats(mlp.inputs) + 2
    core.close()


def test_stall_keeps_the_last_sample_when_free_running(mlp: Any) -> None:
    core = StreamCore(mlp.core_path, free_running=True, stalling=True)
    data, last = mlp.encode(mlp.draw(3)), ends_of(mlp, [False, False, True])
    _, _, lasts = through(core, data, last)
    assert lasts == [False] * 10  # the third, and TLAST with it, never leave
    assert core.standstill() != ""
    core.push(data[:8], last[:1])
    assert core.pull(99)[2].tolist() == [False] * 4 + [True]
    core.close()


def test_stall_does_not_show_with_one_start_per_sample(mlp: Any) -> None:
    core = StreamCore(mlp.core_path, stalling=True)
    for _ in range(3):
        core.start(1)
        check(mlp, core, 1, [True], 1 << 30)
    core.close()


def test_free_running_core_without_the_fault_gives_everything(mlp: Any) -> None:
    core = StreamCore(mlp.core_path, free_running=True)
    check(mlp, core, 7, [False] * 6 + [True], 1 << 30)
    core.close()


def test_two_cores_of_one_file_share_nothing(image: Any) -> None:
    first, second = StreamCore(image.core_path), StreamCore(image.core_path)
    first.start(1)
    first.push(image.encode(image.draw(1))[: 8 * 7], np.zeros(7, bool))
    second.start(7)
    check(image, second, 7, [False] * 7, 1 << 30)
    first.close()
    second.close()


def test_moved_library_works_without_the_project(mlp: Any, tmp_path: Path) -> None:
    moved = tmp_path / "core.so"
    shutil.copy(mlp.core_path, moved)
    firmware = mlp.folder / "project" / "firmware"
    firmware.rename(firmware.with_name("away"))
    try:
        core = StreamCore(moved)
        moved.unlink()
        core.start(7)
        check(mlp, core, 7, [True] * 7, 1 << 30)
        core.reset()
        core.start(2)
        check(mlp, core, 2, [True] * 2, 1 << 30)
        core.close()
    finally:
        firmware.with_name("away").rename(firmware)


def test_wrong_amount_of_data_is_refused(mlp: Any) -> None:
    core = StreamCore(mlp.core_path)
    with pytest.raises(CoreError, match="^push: 9 bytes for 1 beats of 8 bytes$"):
        core.push(b"123456789", [True])
    core.close()


def test_other_files_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "core.so"
    text.write_text("no library")
    with pytest.raises(CoreError, match="no IP core of the HLS stand-in: .*(short|invalid ELF)"):
        StreamCore(text)
    with pytest.raises(CoreError, match="no IP core: No such file or directory$"):
        StreamCore(tmp_path / "missing.so")
