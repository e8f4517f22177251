"""Samples by the block: every one once, in its place, whatever the number of threads."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hls4ml_soc import batches
from hls4ml_soc.batches import BLOCK, PER_THREAD, Batches

#: As an emulation is: it needs a first call, keeps variables, and has them in the middle of a call
#: hold what no other thread may touch.
BRIDGE = """
static bool loaded = false;
static double line[3];
static long calls = 0;
extern "C" void net_double(double *a, double *b, double *y) {
    if (!loaded) { loaded = true; }
    calls++;
    for (int i = 0; i < 3; i++) line[i] = a[i];
    for (volatile int wait = 0; wait < 2000; wait = wait + 1) {}
    y[0] = line[0] + 10 * line[1] + 100 * line[2];
    y[1] = b[0];
}
extern "C" long calls_made() { return calls; }
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "bridge.cpp").write_text(BRIDGE + batches.loop_source("net", [3, 1, 2]))
    command = ["g++", "-shared", "-fPIC", "-fno-gnu-unique", "bridge.cpp", "-o", "net.so"]
    subprocess.run(command, cwd=folder, check=True, timeout=60)
    return folder / "net.so"


def first(loop: Any) -> None:
    batches.call(loop, [np.zeros((1, size)) for size in (3, 1, 2)])


def arrays(count: int) -> list[Any]:
    random = np.random.default_rng(count)
    return [random.random((count, 3)), random.random((count, 1)), np.zeros((count, 2))]


def expected(a: Any, b: Any) -> Any:
    return np.column_stack([a[:, 0] + 10 * a[:, 1] + 100 * a[:, 2], b])


def test_the_loop_that_is_added_to_a_bridge() -> None:
    assert batches.loop_source("net", [3, 1, 2]) == (
        '\nextern "C" void soc_batch(unsigned long samples, double **at) {\n'
        "    for (unsigned long n = 0; n < samples; n++)\n"
        "        net_double(at[0] + n * 3, at[1] + n * 1, at[2] + n * 2);\n}\n"
    )


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1, 3 * PER_THREAD + 5])
def test_every_sample_is_computed_once(library: Path, most: int, count: int) -> None:
    made = Batches(library, first, most)
    before = made.library.calls_made()
    a, b, y = arrays(count)
    made.run([a, b, y])
    np.testing.assert_array_equal(y, expected(a, b))
    if most == 1 or count < 2 * PER_THREAD:
        assert made.library.calls_made() - before == count


def test_threads_have_libraries_of_their_own(library: Path) -> None:
    prepared = []

    def count(loop: Any) -> None:
        prepared.append(loop)
        first(loop)

    made = Batches(library, count, 4)
    assert len(prepared) == 1
    for samples, libraries in [(2 * PER_THREAD - 1, 1), (2 * PER_THREAD, 2), (9 * PER_THREAD, 4)]:
        a, b, y = arrays(samples)
        made.run([a, b, y])
        np.testing.assert_array_equal(y, expected(a, b))
        assert len(prepared) == libraries
    assert len({id(loop) for loop in prepared}) == 4


def test_a_library_whose_file_has_gone_goes_on_alone(library: Path, tmp_path: Path) -> None:
    """Its weights have gone too, and an emulation ends the process when it does not find them."""
    copy = Path(shutil.copy(library, tmp_path / "gone.so"))
    made = Batches(copy, first, 2)
    copy.unlink()
    a, b, y = arrays(4 * PER_THREAD)
    made.run([a, b, y])
    np.testing.assert_array_equal(y, expected(a, b))


def test_an_error_ends_all_threads(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Batches(library, first, 2)
    done, own = [], 1 << 20

    def call(loop: Any, arrays: Any, start: int, stop: int) -> None:
        done.append(start)
        if start == BLOCK:
            raise KeyboardInterrupt
        threading.Event().wait(0.001)

    monkeypatch.setattr(batches, "call", lambda *a: None)
    made.run(arrays(4 * PER_THREAD))  # both libraries are there
    monkeypatch.setattr(batches, "call", call)
    before = threading.stack_size(own)
    try:
        with pytest.raises(KeyboardInterrupt):
            made.run(arrays(1000 * PER_THREAD))
    finally:
        assert threading.stack_size(before) == own
    assert len(done) < 1000 * PER_THREAD // BLOCK
