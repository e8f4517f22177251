"""Formats: spellings, properties, refusals; encoding and decoding as numpy users meet them."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc import fixed_point, packing
from hls4ml_soc.fixed_point import OVERFLOWS, ROUNDINGS, FixedPoint

PLAIN = FixedPoint.parse("ap_fixed<16,6>")
quick = settings(max_examples=200, deadline=None, database=None, derandomize=True)


@st.composite
def formats(draw: Any) -> FixedPoint:
    width, signed = draw(st.integers(1, 64)), draw(st.booleans())
    if draw(st.integers(0, 5)) == 0:
        return FixedPoint(width, width, signed, integral=True)
    overflow = draw(st.sampled_from(OVERFLOWS if signed else OVERFLOWS[:-1]))
    rounding = draw(st.sampled_from(ROUNDINGS))
    integer, bits = draw(st.integers(-40, 80)), draw(st.integers(0, width))
    return FixedPoint(width, integer, signed, rounding, overflow, bits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ap_fixed<16,6>", FixedPoint(16, 6)),
        (" ap_fixed < 16 , 6 > ", FixedPoint(16, 6)),
        ("fixed<16,6>", FixedPoint(16, 6)),
        ("ufixed<8,0,RND,SAT>", FixedPoint(8, 0, False, "RND", "SAT")),
        ("ap_ufixed<8,-2,AP_RND_CONV>", FixedPoint(8, -2, False, "RND_CONV")),
        ("ap_fixed<8,12,AP_TRN,AP_WRAP_SM,3>", FixedPoint(8, 12, True, "TRN", "WRAP_SM", 3)),
        ("fixed<8,3,TRN_ZERO,AP_SAT_SYM,0>", FixedPoint(8, 3, True, "TRN_ZERO", "SAT_SYM")),
        ("ap_int<7>", FixedPoint(7, 7, True, integral=True)),
        ("ap_uint< 64 >", FixedPoint(64, 64, False, integral=True)),
        ("uint<1>", FixedPoint(1, 1, False, integral=True)),
    ],
)
def test_parse(text: str, expected: FixedPoint) -> None:
    assert FixedPoint.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "float",
        "ap_fixed<16>",
        "ap_fixed<16,6",
        "ap_fixed<16,6,>",
        "ap_fixed<1 6,6>",
        "ap_fixed<16,6,AP_RND,AP_SAT,0,0>",
        "ap_int<8,8>",
        "ap_int<-8>",
        "std::ap_int<8>",
        "ap_fixed<16,6>>",
    ],
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        FixedPoint.parse(text)
    accepted = "ap_[u]fixed<W,I[,rounding[,overflow[,N]]]> or ap_[u]int<W>"
    assert str(caught.value) == f"{text!r} is no number format: write {accepted}"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ap_fixed<0,0,AP_TRN,AP_WRAP,0>", "the width must lie in 1..64"),
        ("ap_int<65>", "the width must lie in 1..64"),
        (
            "ap_fixed<8,901,AP_TRN,AP_WRAP,0>",
            "the integer bits must lie in -900..900, a double's reach",
        ),
        (
            "ap_fixed<8,4,AP_SAT,AP_WRAP,0>",
            "the rounding must be one of TRN, TRN_ZERO, RND, RND_ZERO, RND_INF, RND_MIN_INF, "
            "RND_CONV",
        ),
        (
            "ap_fixed<8,4,AP_TRN,AP_RND,0>",
            "the overflow must be one of WRAP, SAT, SAT_ZERO, SAT_SYM, WRAP_SM",
        ),
        ("ap_fixed<8,4,AP_TRN,AP_WRAP,9>", "N must lie in 0..width"),
        ("ap_ufixed<8,4,AP_TRN,AP_WRAP_SM,0>", "AP_WRAP_SM needs a signed type"),
    ],
)
def test_formats_that_cannot_be(text: str, rule: str) -> None:
    with pytest.raises(ValueError) as caught:
        FixedPoint.parse(text)
    assert str(caught.value) == f"{text} is no number format: {rule}"


def test_an_ap_int_has_no_modes() -> None:
    for wrong in ({"integer": 6}, {"rounding": "RND"}, {"overflow": "SAT"}):
        with pytest.raises(ValueError, match="an ap_int has neither fraction nor modes$"):
            dataclasses.replace(FixedPoint(8, 8, integral=True), **wrong)


@quick
@given(formats())
def test_str_is_canonical_and_parse_its_inverse(form: FixedPoint) -> None:
    assert FixedPoint.parse(str(form)) == form
    assert FixedPoint.parse(str(form).replace(",AP_", ",")[3:]) == form


def test_properties() -> None:
    assert str(PLAIN) == "ap_fixed<16,6,AP_TRN,AP_WRAP,0>"
    assert (PLAIN.fraction, PLAIN.container_bits, PLAIN.dtype.str) == (10, 16, "<i2")
    assert (PLAIN.lowest, PLAIN.highest, PLAIN.step) == (-32.0, 31.9990234375, 2.0**-10)
    assert PLAIN.word_range == (-32768, 32767)
    wide = FixedPoint.parse("ap_ufixed<33,40>")
    assert (wide.fraction, wide.container_bits, wide.dtype.str) == (-7, 64, "<u8")
    assert (wide.lowest, wide.highest, wide.step) == (0.0, 128.0 * (2**33 - 1), 128.0)
    assert [FixedPoint(w, 1).container_bits for w in (1, 8, 9, 16, 17, 32, 33, 64)] == [
        *(8, 8, 16, 16),
        *(32, 32, 64, 64),
    ]
    assert FixedPoint.parse("ap_uint<5>").dtype.str == "|u1"


@quick
@given(formats(), st.data())
def test_decoded_words_encode_to_themselves(form: FixedPoint, data: Any) -> None:
    low, high = form.word_range
    low += form.overflow == "SAT_SYM" and form.signed
    exact = st.integers(max(low, -(2**53)), min(high, 2**53))
    words = np.array(data.draw(st.lists(exact, min_size=1, max_size=20)), form.dtype)
    values = form.decode(words)
    assert form.encode(values).tolist() == words.tolist()
    assert form.decode(form.encode(values)).tolist() == values.tolist()


@quick
@given(formats(), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_values_in_range_come_back_within_a_step(form: FixedPoint, shares: list[float]) -> None:
    if form.integral or not 3 <= form.width <= 53:
        return
    values = (form.lowest + form.step) * np.array(shares)
    values += (form.highest - form.step) * (1 - np.array(shares))
    error = np.abs(form.decode(form.encode(values)) - values)
    nearest = form.rounding.startswith("RND")
    blur = np.abs(values) * 2.0**-52
    assert (error <= form.step * (0.5 if nearest else 1) + blur).all()


def test_ap_int_of_small_negative_numbers_is_one() -> None:
    values = [-0.1, -0.49, -0.5, -0.99, -1.5, 0.99, -0.0, 300.0]
    assert FixedPoint.parse("ap_int<8>").encode(values).tolist() == [1, 1, 0, 0, -1, 0, 0, 44]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize("text", ["ap_fixed<16,6>", "ap_fixed<16,6,AP_RND,AP_SAT>", "ap_int<16>"])
def test_nan_is_refused_with_its_first_index(text: str, dtype: Any) -> None:
    form = FixedPoint.parse(text)
    values = np.zeros((3, fixed_point.CHUNK), dtype)
    values[2, 7:9] = np.nan
    with pytest.raises(ValueError) as caught:
        form.encode(values)
    assert str(caught.value) == f"nan at index [2, 7] has no word in {form}"


def test_refusals_of_values() -> None:
    accepted = "floats of up to 64 bits, integers or bools"
    single_complex, date, extended = np.zeros(1, "c8"), np.zeros(1, "M8[s]"), np.zeros(1, "g")
    for values in (["1"], [object()], [1j], single_complex, date, extended):
        with pytest.raises(TypeError) as caught:
            PLAIN.encode(values)
        kind = np.asarray(values).dtype
        assert str(caught.value) == f"values for {PLAIN} must be {accepted}, not {kind}"
    for form in (PLAIN, dataclasses.replace(PLAIN, overflow="SAT"), FixedPoint(16, 80)):
        for large in (2**53 + 1, -(2**53) - 1, 2**64 - 1):
            with pytest.raises(ValueError) as refused:
                form.encode(np.array([0, large], np.int64 if large < 2**63 else np.uint64))
            assert str(refused.value) == f"{large} at index [1] has no word in {form}"
    with pytest.raises(ValueError) as scalar:
        PLAIN.encode(float("-inf"))
    assert str(scalar.value) == f"-inf at index [] has no word in {PLAIN}"


def test_refusals_of_out_and_words() -> None:
    with pytest.raises(ValueError) as shape:
        PLAIN.encode(np.zeros((2, 3)), out=np.zeros(6, np.int16))
    assert str(shape.value) == f"out must be int16 (2, 3) for {PLAIN}, not int16 (6,)"
    with pytest.raises(ValueError) as kind:
        PLAIN.encode(np.zeros(2), out=np.zeros(2, np.int32))
    assert str(kind.value) == f"out must be int16 (2,) for {PLAIN}, not int32 (2,)"
    with pytest.raises(TypeError) as words:
        PLAIN.decode(np.zeros(2, np.uint16))
    assert str(words.value) == f"words of {PLAIN} are int16, not uint16"
    with pytest.raises(TypeError) as floats:
        PLAIN.decode(np.zeros(2, np.int16), dtype=np.float16)
    assert str(floats.value) == f"words of {PLAIN} become float64 or float32, not float16"
    large = FixedPoint(64, 140)
    with pytest.raises(ValueError) as reach:
        large.decode(np.zeros(2, np.int64), dtype=np.float32)
    assert str(reach.value) == f"float32 does not reach as far as {large}: decode to float64"


def test_every_layout_of_values_and_out() -> None:
    draw = np.random.default_rng(1)
    block = draw.uniform(-60, 60, (6, 5, 40)).astype(np.float32)
    expected = PLAIN.encode(block.ravel()).reshape(block.shape)
    assert PLAIN.encode(block.transpose(2, 0, 1)).tolist() == expected.transpose(2, 0, 1).tolist()
    assert PLAIN.encode(block[::2, ::-1]).tolist() == expected[::2, ::-1].tolist()
    buffer = np.full((6, 5, 100), 77, np.int16)
    out = buffer[:, :, 3:83:2]
    assert PLAIN.encode(block, out=out) is out
    assert out.tolist() == expected.tolist()
    assert (buffer[:, :, :3] == 77).all() and (buffer[:, :, 4:83:2] == 77).all()
    assert PLAIN.encode(np.zeros((0, 4))).shape == (0, 4)
    assert PLAIN.encode(0.7).shape == () and PLAIN.encode(0.7) == 716
    assert PLAIN.encode([[True, False]]).tolist() == [[1024, 0]]


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(2).normal(size=(7, 33)) * 30
    form = FixedPoint.parse("ap_fixed<9,4,AP_RND,AP_SAT_ZERO>")
    expected = form.encode(values)
    for size in (1, 2, 33, 50):
        monkeypatch.setattr(fixed_point, "CHUNK", size)
        assert form.encode(values).tolist() == expected.tolist()


def test_decode_into_strided_memory() -> None:
    words = np.array([[1024, -1], [716, -717]], np.int16)
    buffer = np.full((2, 4), 9.0, np.float32)
    out = buffer[:, ::2]
    assert PLAIN.decode(words, out=out) is out
    assert out.tolist() == [[1.0, -(2.0**-10)], [716 / 1024, -717 / 1024]]
    assert (buffer[:, 1::2] == 9.0).all()
    assert PLAIN.decode([[1024]]).dtype == np.float64


@pytest.mark.parametrize("module", [fixed_point, packing])
def test_source_runs_on_boards(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add("." * node.level + (node.module or ""))
    assert imported <= {"__future__", "re", "dataclasses", "functools", "typing", "numpy"}
