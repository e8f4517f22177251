"""The short way of single samples gives what the codec gives, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc.fixed_point import OVERFLOWS, ROUNDINGS, FixedPoint


@st.composite
def formats(draw) -> FixedPoint:
    width = draw(st.integers(1, 26))
    signed = draw(st.booleans())
    overflow = draw(st.sampled_from([o for o in OVERFLOWS if signed or o != "WRAP_SM"]))
    integer = draw(st.integers(-4, width + 3))
    rounding = draw(st.sampled_from(ROUNDINGS))
    return FixedPoint(width, integer, signed, rounding, overflow)


@pytest.fixture(scope="session")
def quick(driver):
    from hls4ml_overlay.quick import Quick

    return Quick


@settings(max_examples=500, deadline=None)
@given(formats(), st.data())
def test_words_and_values_are_the_codecs(quick, form, data) -> None:
    # Steps of a quarter, around zero, the ends of the range and anywhere.
    quarters = st.integers(-12, 12)
    near = st.sampled_from([form.lowest, 0.0, form.highest])
    around = st.builds(lambda end, n: end + n * form.step / 4, near, quarters)
    value = around | st.floats(form.lowest, form.highest, width=64)
    x = np.array([data.draw(st.lists(value, min_size=3, max_size=3))], np.float32)
    short = quick(form, 3)
    words = np.zeros((1, 3), form.dtype)
    if short.encode(x, words):
        assert np.array_equal(words, form.encode(x))
    words = form.encode(x)
    y = np.zeros((1, 3), np.float32)
    if short.decode(words, y):
        assert np.array_equal(y, form.decode(words, dtype=np.float32))


@pytest.mark.parametrize("rounding", ["TRN", "TRN_ZERO", "RND_CONV"])
@pytest.mark.parametrize("overflow", ["WRAP", "SAT", "SAT_ZERO", "WRAP_SM"])
def test_common_formats_go_the_short_way(quick, rounding: str, overflow: str) -> None:
    form = FixedPoint(16, 6, True, rounding, overflow)
    words = np.zeros((1, 2), np.int16)
    assert quick(form, 2).encode(np.array([[1.5, -31.75]], np.float32), words)
    assert words.tolist() == [[1536, -32512]]
    assert quick(form, 2).decode(words, y := np.zeros((1, 2), np.float32))
    assert y.tolist() == [[1.5, -31.75]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 32.0, -32.001, 3e38, 32767.5 / 1024])
def test_what_is_out_of_range_is_left_to_the_codec(quick, value: float) -> None:
    form = FixedPoint(16, 6, True, "RND_CONV", "SAT")
    words = np.full((1, 2), 99, np.int16)
    assert not quick(form, 2).encode(np.array([[0, value]], np.float32), words)
    assert words.tolist() == [[99, 99]]


@pytest.mark.parametrize(
    "spelling",
    ["ap_ufixed<16,6>", "ap_int<16>", "ap_fixed<25,6>", "ap_fixed<16,20>", "ap_fixed<8,1,RND>",
     "ap_fixed<8,1,TRN,SAT_SYM>"],
)  # fmt: skip
def test_other_formats_are_left_to_the_codec(quick, spelling: str) -> None:
    form = FixedPoint.parse(spelling)
    words = np.zeros((1, 1), form.dtype)
    assert not quick(form, 1).encode(np.zeros((1, 1), np.float32), words)
    assert not quick(FixedPoint(16, 6), 1).encode(np.zeros((1, 1)), np.zeros((1, 1), np.int16))
