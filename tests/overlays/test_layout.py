"""Samples in memory, against a packer written another way: Python integers, bit by bit."""

import json

import numpy as np
import pytest

SPECS = [
    ("a", [3, 3], "ap_fixed<16,6,AP_TRN,AP_WRAP,0>"),
    ("b", [5], "ap_ufixed<6,2,AP_TRN,AP_SAT,0>"),
    ("c", [1], "ap_int<1>"),
    ("d", [7], "ap_fixed<38,18,AP_TRN,AP_WRAP,0>"),
]


def describe(packing: str, stream_bits: int, specs=SPECS) -> dict:
    tensors = []
    for name, shape, precision in specs:
        width = int(precision.partition("<")[2].partition(",")[0].partition(">")[0])
        bits = width if packing == "dense" else next(b for b in (8, 16, 32, 64) if b >= width)
        beats = -(-int(np.prod(shape)) // (stream_bits // bits))
        tensors.append(
            {
                "name": name,
                "shape": shape,
                "precision": precision,
                "container_bits": bits,
                "beats": beats,
            }
        )
    return {
        "format": 1, "name": "net", "design_id": "0x0123456789abcdef",
        "part": "xc7z020clg400-1", "clock_mhz": 100.0,
        "packing": packing, "stream_bits": {"in": stream_bits, "out": stream_bits},
        "memory": [{"base": 0x100000, "size": 0x1000}],
        "cells": {"dma": "dma", "identity": "identity"},
        "inputs": tensors, "outputs": tensors,
    }  # fmt: skip


def expected_bytes(described: dict, words: list[list[int]]) -> bytes:
    """One sample, by Python integers."""
    bits = described["stream_bits"]["in"]
    sample = b""
    for tensor, values in zip(described["inputs"], words, strict=True):
        c = tensor["container_bits"]
        lanes = bits // c
        for beat in range(tensor["beats"]):
            value = sum(
                (v % (1 << c)) << (c * i)
                for i, v in enumerate(values[beat * lanes : (beat + 1) * lanes])
            )
            sample += value.to_bytes(bits // 8, "little")
    return sample


@pytest.fixture
def layout_of(driver):
    from hls4ml_overlay.layout import Layout

    return Layout


@pytest.mark.parametrize("packing", ["aligned", "dense"])
@pytest.mark.parametrize("stream_bits", [64, 128])
def test_samples_lie_as_the_contract_says(layout_of, packing: str, stream_bits: int) -> None:
    described = describe(packing, stream_bits)
    layout = layout_of(described)
    rng = np.random.default_rng(1)
    # Values on each format's grid, so that words are known without the codec.
    words = [
        rng.integers(-(2**15), 2**15, (4, 9)),
        rng.integers(0, 2**6, (4, 5)),
        rng.integers(-1, 1, (4, 1)),
        rng.integers(-(2**37), 2**37, (4, 7)),
    ]
    values = [words[0] / 2**10, words[1] / 2**4, words[2].astype(float), words[3] / 2**20]
    raw = np.zeros((4, layout.bytes_in), np.uint8)
    layout.encode(values, raw)
    for row, *sample in zip(raw, *words, strict=True):
        assert row.tobytes() == expected_bytes(described, [w.tolist() for w in sample])
    results = [tensor.empty(4) for tensor in layout.outputs]
    layout.decode(raw, results)
    for tensor, value, result in zip(layout.outputs, values, results, strict=True):
        assert result.shape == (4, *tensor.shape)
        assert np.array_equal(result.reshape(4, -1), value)


def test_results_are_of_the_float_that_holds_them_all(layout_of) -> None:
    dtypes = [tensor.dtype for tensor in layout_of(describe("aligned", 64)).outputs]
    assert dtypes == [np.float32, np.float32, np.float32, np.float64]


def test_inputs_may_be_flat_and_of_any_real_type(layout_of) -> None:
    layout = layout_of(describe("aligned", 64, SPECS[:1]))
    for x in (np.ones((2, 3, 3)), np.ones((2, 9), np.int8), [[1] * 9] * 2, np.ones((2, 9), bool)):
        (array,), count = layout.check([x])
        assert array.shape == (2, 9) and count == 2


@pytest.mark.parametrize(
    ("arrays", "error", "said"),
    [
        ([], ValueError, "0 arrays were given; net takes 2: a, b"),
        (
            [np.ones((1, 9)), np.ones((2, 5))],
            ValueError,
            "the inputs differ in their number of samples: [1, 2]",
        ),
        (
            [np.ones(9), np.ones((1, 5))],
            ValueError,
            "a: an array of shape (9,) was given; (samples, 3, 3) is needed",
        ),
        (
            [np.ones((1, 4)), np.ones((1, 5))],
            ValueError,
            "a: an array of shape (1, 4) was given; (samples, 3, 3) is needed",
        ),
        (
            [np.float64(1), np.ones((1, 5))],
            ValueError,
            "a: an array of shape () was given; (samples, 3, 3) is needed",
        ),
        (
            [np.ones((1, 9), complex), np.ones((1, 5))],
            TypeError,
            "a: complex128 is no array of real numbers",
        ),
        ([np.array([["1"] * 9]), np.ones((1, 5))], TypeError, "a: <U1 is no array of real numbers"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layout_of, arrays, error, said: str) -> None:
    with pytest.raises(error) as caught:
        layout_of(describe("aligned", 64, SPECS[:2])).check(arrays)
    assert str(caught.value) == said


def test_nan_is_refused_with_its_place(layout_of) -> None:
    layout = layout_of(describe("aligned", 64, SPECS[:1]))
    x = np.zeros((2, 9))
    x[1, 3] = np.nan
    with pytest.raises(
        ValueError,
        match=r"^a: nan at index \[1, 3\] has no word in ap_fixed<16,6,AP_TRN,AP_WRAP,0>$",
    ):
        layout.encode([x], np.zeros((2, layout.bytes_in), np.uint8))


def test_a_buffer_out_of_reach_is_refused(layout_of, driver) -> None:
    layout = layout_of(describe("aligned", 64))
    layout.check_reachable(0x100000, 0x1000)
    for address, size in ((0xFFFFF, 1), (0x100FFF, 2)):
        with pytest.raises(driver.AcceleratorError) as error:
            layout.check_reachable(address, size)
        assert str(error.value) == (
            f"the buffer at 0x{address:x} lies outside the memory that the design reaches "
            "(0x100000..0x100fff)"
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "{}: No such file or directory; it belongs beside the .bit"),
        (
            "{",
            "{} is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 "
            "(char 1)",
        ),
        (json.dumps({"format": 2}), "{} is not an accelerator.json of format 1"),
        ("[]", "{} is not an accelerator.json of format 1"),
    ],
)
def test_a_description_that_is_none_is_refused(
    layout_of, driver, tmp_path, text, said: str
) -> None:
    path = tmp_path / "accelerator.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(driver.AcceleratorError) as error:
        layout_of.read(str(path))
    assert str(error.value) == said.format(path)
