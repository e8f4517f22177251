"""What of a finished build must not be used."""

import pytest

from hls4ml_soc.toolchains import verdict


@pytest.mark.parametrize(
    ("timing", "origin", "said"),
    [
        (None, "standin", ""),
        (None, "vendor", "told no slack: timing.rpt has no design timing summary"),
        ({"wns_ns": 0.1, "met": True}, "vendor", ""),
        (
            {"wns_ns": -0.1, "met": False},
            "vendor",
            "ended well, but timing is NOT met, worst slack -0.1 ns: see timing.rpt",
        ),
        (
            {"wns_ns": -0.1, "met": False},
            "standin",
            "ended well, but timing is NOT met, worst slack -0.1 ns: see timing.rpt",
        ),
    ],
)
def test_a_build_whose_timing_is_not_met_or_not_known_is_not_used(timing, origin, said) -> None:
    assert verdict.unmet(verdict.Verdict(0, timing=timing), origin) == said
