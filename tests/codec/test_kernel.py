"""The compiled kernel gives what numpy gives, or leaves it to numpy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hls4ml_soc import codec_kernel, fixed_point
from hls4ml_soc.codec_kernel import Kernel
from hls4ml_soc.errors import ToolError
from hls4ml_soc.fixed_point import OVERFLOWS, FixedPoint


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    codec_kernel.use(tmp_path_factory.mktemp("kernel"))
    loaded = fixed_point.KERNEL
    codec_kernel.leave()
    assert fixed_point.KERNEL is None
    yield loaded


def both(kernel: Any, call: Any) -> tuple[Any, Any]:
    """Return the result or the error's text, from numpy and with the kernel."""
    told = []
    for fixed_point.KERNEL in (None, kernel):
        try:
            told.append(call())
        except (ValueError, TypeError) as error:
            told.append(f"{type(error).__name__}: {error}")
        finally:
            codec_kernel.leave()
    return told[0], told[1]


formats = st.builds(
    lambda width, integer, signed, rounding, overflow: FixedPoint(
        width, integer, signed or overflow == "WRAP_SM", rounding, overflow
    ),
    st.integers(1, 26),
    st.integers(-3, 27),
    st.booleans(),
    st.sampled_from(["TRN", "RND_CONV", "RND"]),
    st.sampled_from(OVERFLOWS),
)


@settings(max_examples=200, deadline=None)
@given(formats, st.data())
def test_words_are_those_of_numpy(kernel: Kernel, form: FixedPoint, data: Any) -> None:
    reach = 2.0 ** (form.integer + data.draw(st.integers(-2, 1)))
    near = st.floats(-reach, reach, width=32).map(lambda v: float(np.float32(v)))
    ties = st.integers(-70, 70).map(lambda n: float(np.float32(n * form.step / 2)))
    odd = st.sampled_from(
        [0.0, -0.0, 2.0**120, -(2.0**120), float("inf"), -float("inf"), float("nan")]
    )
    elements = data.draw(st.sampled_from([near, near | ties, near | ties | odd]))
    x = data.draw(arrays.arrays(np.float32, st.integers(0, 40), elements=elements))
    mine, its = both(kernel, lambda: form.encode(x))
    np.testing.assert_array_equal(its, mine)


@pytest.mark.parametrize("rounding", ["TRN", "RND_CONV", "RND"])
@pytest.mark.parametrize("overflow", OVERFLOWS)
def test_ties_and_limits(kernel: Kernel, rounding: str, overflow: str) -> None:
    for spelling in ("ap_fixed<4,2", "ap_fixed<8,3", "ap_ufixed<8,3", "ap_fixed<16,6"):
        if (overflow, spelling[3]) == ("WRAP_SM", "u"):
            continue
        form = FixedPoint.parse(f"{spelling},AP_{rounding},AP_{overflow}>")
        inside = np.arange(-31, 32) / 4
        around = [limit + inside for limit in form.word_range]
        for quarters in (inside, *around, np.concatenate([inside, *around])):
            x = (quarters * form.step).astype(np.float32)
            mine, its = both(kernel, lambda form=form, x=x: form.encode(x))
            np.testing.assert_array_equal(its, mine)


@settings(max_examples=100, deadline=None)
@given(formats, st.data())
def test_values_are_those_of_numpy(kernel: Kernel, form: FixedPoint, data: Any) -> None:
    low, high = form.word_range
    words = np.array(data.draw(st.lists(st.integers(low, high), max_size=40)), form.dtype)
    for dtype in (np.float32, np.float64):
        mine, its = both(kernel, lambda dtype=dtype: form.decode(words, dtype=dtype))
        np.testing.assert_array_equal(its, mine)
        assert its.dtype == dtype


@pytest.mark.parametrize("spelling", ["ap_fixed<16,6>", "ap_ufixed<8,0,AP_RND_CONV,AP_SAT>"])
def test_what_it_does_and_what_it_leaves(kernel: Kernel, spelling: str) -> None:
    form = FixedPoint.parse(spelling)
    x = np.linspace(0, 0.9, 50, dtype=np.float32)
    words = np.empty(50, form.dtype)
    assert kernel.encode(form, x, words)
    np.testing.assert_array_equal(words, form.encode(x))
    assert kernel.encode(form, x + 1e30, words) == (form.overflow == "SAT")
    assert not kernel.encode(form, np.where(x > 0.5, np.float32(np.nan), x), words)
    assert not kernel.encode(form, x.astype(np.float64), words)
    assert not kernel.encode(form, np.repeat(x, 2)[::2], words)
    assert not kernel.encode(form, x.astype(">f4"), words)
    assert kernel.decode(form, words, x)
    assert not kernel.decode(form, words, np.empty(50))
    assert not kernel.decode(form, words.astype(np.int32), x)
    memory = np.zeros(50, np.float32)
    assert not kernel.encode(form, memory, memory.view(form.dtype)[:50])
    assert not kernel.encode(FixedPoint.parse("ap_fixed<25,6>"), x, np.empty(50, np.int32))
    assert not kernel.encode(FixedPoint.parse("ap_int<16>"), x, np.empty(50, np.int16))


def test_it_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    codec_kernel.use()
    (library,) = (tmp_path / "hls4ml_soc").iterdir()
    made = library.stat().st_mtime_ns
    monkeypatch.setenv("PATH", "")
    codec_kernel.use()
    codec_kernel.leave()
    assert library.stat().st_mtime_ns == made
    with pytest.raises(ToolError) as error:
        codec_kernel.use(tmp_path / "other")
    assert str(error.value) == (
        "the codec's kernel is compiled with g++, which is missing: install it"
    )


def test_a_source_that_does_not_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "kernel.cpp"
    source.write_text("#error no\n")
    monkeypatch.setattr(codec_kernel, "SOURCE", source)
    with pytest.raises(ToolError, match="the codec's kernel does not compile: .*#error no"):
        codec_kernel.use(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
