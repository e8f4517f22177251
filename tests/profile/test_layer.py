"""Why a layer departs, from arrays alone."""

import numpy as np
import pytest

from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.profile.calls import Call
from hls4ml_soc.profile.layer import measure

VALUES = np.linspace(-1.5, 1.5, 60).reshape(20, 3) + 0.013


def layer(fixed, result="ap_fixed<16,6>", sums=None, function="dense", wide=None, floats=VALUES):
    """Measure a layer 'fc'."""
    formats = [FixedPoint.parse(text) if text else None for text in (result, sums)]
    call = Call(0, "fc", function, "layer2_out", *formats, ("x",))
    return measure("fc", call, formats[0], fixed, floats, wide, ("x",))


def rounded(text: str):
    """Return the values as a format holds them."""
    form = FixedPoint.parse(text)
    return form.decode(form.encode(VALUES))


def test_a_good_layer_does_not_depart() -> None:
    good = layer(rounded("ap_fixed<16,6>"))
    assert not good.departs
    assert good.against == "float"
    assert good.remedy(good.departs) == {}


@pytest.mark.parametrize(
    ("measured", "cause", "remedy"),
    [
        (
            lambda: layer(rounded("ap_fixed<8,1>"), "ap_fixed<8,1>"),
            "21 of 60 values lie outside ap_fixed<8,1,AP_TRN,AP_WRAP,0>: they reach from -1.487 to "
            "1.513",
            {"result": "ap_fixed<10,2,AP_TRN,AP_WRAP,0>"},
        ),
        (
            lambda: layer(rounded("ap_fixed<8,8>"), "ap_fixed<8,8>"),
            "39 of 60 values are smaller than the step of ap_fixed<8,8,AP_TRN,AP_WRAP,0>",
            {"result": "ap_fixed<10,2,AP_TRN,AP_WRAP,0>"},
        ),
        (
            lambda: layer(VALUES + 2 * (VALUES < -1), sums="ap_fixed<8,1>"),
            "21 of 60 sums lie outside ap_fixed<8,1,AP_TRN,AP_WRAP,0>: they reach from -1.487 to "
            "1.513",
            {"accum": "auto"},
        ),
        (
            lambda: layer(VALUES - 0.25, sums="ap_fixed<10,6>"),
            "what is cut off in sums of ap_fixed<10,6,AP_TRN,AP_WRAP,0> adds up to -0.25 on "
            "average",
            {"accum": "auto"},
        ),
        (
            lambda: layer(VALUES * 0.5, wide=VALUES * 0.5),
            "wider results and sums change little: what is rounded are weights or inputs",
            {},
        ),
        (
            lambda: layer(VALUES * 0.5, function="softmax"),
            "hls4ml's softmax looks exponentials up in a table that spans the whole format of what "
            "it reads",
            {},
        ),
        (
            lambda: layer(VALUES * 0.5, sums="ap_fixed<20,8>"),
            "the formats of results (ap_fixed<16,6,AP_TRN,AP_WRAP,0>) and sums "
            "(ap_fixed<20,8,AP_TRN,AP_WRAP,0>) are coarse",
            {"accum": "auto"},
        ),
    ],
)
def test_the_cause_of_a_departure(measured, cause: str, remedy) -> None:
    bad = measured()
    assert bad.departs
    assert bad.cause() == cause
    assert bad.remedy(True) == remedy


def test_without_anything_to_compare_with_ranges_are_told_all_the_same() -> None:
    alone = layer(rounded("ap_fixed<8,1>"), "ap_fixed<8,1>", floats=None)
    assert (alone.against, alone.fit, alone.distance, alone.departs) == ("", None, None, False)
    assert alone.fixed.highest <= 0.9921875
    assert alone.limits == (-1.0, 0.9921875, 0.0078125)


def test_values_of_another_shape_are_not_compared() -> None:
    other = layer(VALUES, floats=np.zeros((20, 4)), wide=VALUES)
    assert other.against == "wide"
    assert other.distance is not None and other.distance.error == 0


def test_values_at_the_limits_are_counted() -> None:
    saturated = FixedPoint.parse("ap_fixed<8,1,AP_RND,AP_SAT>")
    found = layer(saturated.decode(saturated.encode(VALUES)), str(saturated))
    assert found.at_limit == 21
