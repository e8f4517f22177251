"""Values against formats, and against what they should be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.profile.ranges import Distance, Fit, Spread, enough_for


def test_overflow_begins_one_step_above_the_highest_value() -> None:
    narrow = FixedPoint.parse("ap_fixed<4,2>")  # -2 to 1.75 in steps of 0.25
    values = np.array([-2.0, -2.001, 1.75, 1.99, 2.0])
    assert Fit.of(narrow, values).overflow == 2
    assert narrow.decode(narrow.encode(values)).tolist() == [-2, 1.75, 1.75, 1.75, -2]


def test_underflow_is_less_than_a_step_but_not_zero() -> None:
    fit = Fit.of(FixedPoint.parse("ap_fixed<8,6>"), np.array([0, 0.2, -0.2, 0.25, -0.25, 3]))
    assert (fit.values, fit.overflow, fit.underflow) == (6, 0, 2)


@given(
    st.lists(st.floats(-1e4, 1e4).filter(lambda x: x == 0 or abs(x) > 1e-3), min_size=2),
    st.booleans(),
    st.sampled_from(["TRN", "RND", "RND_CONV"]),
)
def test_what_is_enough_holds_every_value(values, signed: bool, rounding: str) -> None:
    array = np.array(values)
    enough = enough_for(FixedPoint(16, 6, signed, rounding), array)
    assert Fit.of(enough, array).overflow == 0
    held = enough.decode(enough.encode(array))
    assert np.abs(held - array).max() <= enough.step
    rms = math.sqrt(np.mean(array**2))
    assert not rms or enough.step <= rms / 128


def test_one_bit_less_would_not_be_enough() -> None:
    values = np.array([3.0, -1.0])
    enough = enough_for(FixedPoint.parse("ap_fixed<16,6>"), values)
    assert str(enough) == "ap_fixed<9,3,AP_TRN,AP_WRAP,0>"
    assert Fit.of(FixedPoint.parse("ap_fixed<8,2>"), values).overflow == 1


@pytest.mark.parametrize(
    ("got", "right", "step", "error", "worst", "bias"),
    [
        ([3.0, 4.0], [3.0, 4.0], 0.0, 0.0, 0.0, 0.0),
        ([3.5, 3.5], [4.0, 4.0], 0.25, 0.125, 0.5, -0.5),
        ([0.25, 0.25], [0.0, 0.0], 0.5, 0.5, 0.25, 0.25),
        ([1.0, 1.0], [0.0, 0.0], 0.0, math.inf, 1.0, 1.0),
    ],
)
def test_distance(got, right, step, error, worst, bias) -> None:
    assert Distance.of(np.array(got), np.array(right), step) == Distance(error, worst, bias)


def test_spread_leaves_zeros_out_of_the_magnitudes() -> None:
    spread = Spread.of(np.array([0.0, 0.0, -2.0, 2.0]))
    assert spread == Spread(-2.0, 2.0, math.sqrt(2), 2.0, 2.0)
    assert Spread.of(np.zeros(3)) == Spread(0, 0, 0, 0, 0)
