"""The one comparison, and the report."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hls4ml_soc import report


def test_equal_outputs_are_bit_exact() -> None:
    values = {"y": np.arange(12.0).reshape(4, 3)}
    assert str(report.compare(values, {"y": values["y"].astype(np.float32)})) == "4/4 bit-exact"


@given(st.integers(0, 3), st.integers(0, 2), st.integers(0, 63))
def test_any_flipped_bit_is_found_with_its_place(sample: int, element: int, bit: int) -> None:
    expected = np.arange(1.0, 13.0).reshape(4, 3)
    got = expected.copy()
    got.view(np.uint64)[sample, element] ^= np.uint64(1) << np.uint64(bit)
    found = report.compare({"y": got}, {"y": expected})
    assert (found.samples, found.bit_exact, found.mismatches) == (4, 3, 1)
    assert found.first is not None
    assert (found.first.output, found.first.sample, found.first.index) == ("y", sample, (element,))
    assert found.first.expected == expected[sample, element]


def test_the_first_mismatch_is_that_of_the_first_sample() -> None:
    a, b = np.zeros((5, 2, 2)), np.zeros((5, 3))
    wrong_a, wrong_b = a.copy(), b.copy()
    wrong_a[3, 1, 0] = 1.5
    wrong_b[2, 2] = -2.0
    found = report.compare({"a": wrong_a, "b": wrong_b}, {"a": a, "b": b})
    assert str(found) == "3/5 bit-exact"
    assert str(found.first) == "b[2] of sample 2: -2.0, expected 0.0"


def test_nan_equals_nothing() -> None:
    values = {"y": np.full((1, 1), np.nan)}
    assert report.compare(values, values).mismatches == 1


@pytest.mark.parametrize(
    ("got", "message"),
    [
        ({"z": np.zeros((2, 3))}, r"^outputs \['z'\] cannot be compared with \['y'\]$"),
        ({"y": np.zeros((3, 3))}, r"^numbers of samples differ: \[2, 3\]$"),
        ({"y": np.zeros((2, 4))}, r"^output y has shape \(2, 4\), expected is \(2, 3\)$"),
    ],
)
def test_what_cannot_be_compared_is_an_error(got, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        report.compare(got, {"y": np.zeros((2, 3))})


def test_accuracy_is_the_share_of_right_largest_outputs() -> None:
    outputs = {"y": np.array([[0, 1], [1, 0], [0, 1], [0, 1]])}
    assert report.accuracy(outputs, np.array([1, 0, 0, 1])) == 0.75


def test_percentiles_of_no_latencies_are_unknown() -> None:
    assert report.percentiles([]) is None
    assert report.percentiles([1.0, 2.0, 3.0]) == {"median": 2.0, "p95": 2.9, "p99": 2.98}


def test_the_file_has_every_field_and_null_for_what_is_not_known(tmp_path) -> None:
    whole = report.Report(
        "pynq-z2", "pynq", "virtual", "standin", "run", "out", not_verified=["timing"]
    )
    whole.write(tmp_path / "report.json")
    read = json.loads((tmp_path / "report.json").read_text())
    assert read.keys() == report.Report.__dataclass_fields__.keys()
    assert read["latency_us"] is None and read["throughput_per_s"] is None
    assert read["not_verified"] == ["timing"]
